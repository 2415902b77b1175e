import { defineConfig } from "vitest/config";
import { schemas } from "./schemas.ts";

// The built files are committed, so their names stay the same and nothing is inlined: the page's policy is 'self'.
export default defineConfig({
  base: "/static/",
  // Addresses are relative, so that the page works under every base path.
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `static/${file}` : { relative: true }),
  },
  plugins: [schemas()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../service/dashboard/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    // The first of each that know light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      // What several pages need is one file, not forty; drawings, ensembles, searches, data sets and texts of later pages
      // stay out of it. Paths begin above the checkout, whose own folder may have any of these names.
      output: {
        codeSplitting: {
          groups: [
            {
              name: "shared",
              test: /^(?!.*\/frontend\/src\/(inside|texts|ensemble|searches|datasets)\/(?!common|texts|language))/,
              minShareCount: 3,
              priority: 1,
            },
            { name: "colours", test: /\/src\/shell\/theme/, priority: 1 },
            { name: "drawing", test: /\/src\/inside\//, minShareCount: 2 },
          ],
        },
        entryFileNames: "page.js",
        chunkFileNames: ({ name }) => `${name.replace(/^_virtual_/, "")}.js`,
        assetFileNames: "[name][extname]",
      },
    },
  },
  // While it is developed, whatever is not the page's own is the service's: no list of routes that could be forgotten.
  server: { proxy: { "^/(?!static/|$)": process.env.SERVICE ?? "http://127.0.0.1:8000" } },
  test: { include: ["tests/**/*.test.ts"], environment: "happy-dom", isolate: false, testTimeout: 60_000 },
});

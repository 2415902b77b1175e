import { defineConfig } from "vitest/config";

// The built files are committed, so their names stay the same and nothing is inlined: the page's policy is 'self'.
export default defineConfig({
  base: "/static/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../service/dashboard/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    // The first of each that know light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    reportCompressedSize: true,
    rollupOptions: {
      output: { entryFileNames: "page.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  // While it is developed, whatever is not the page's own is the service's: no list of routes that could be forgotten.
  server: { proxy: { "^/(?!static/|$)": process.env.SERVICE ?? "http://127.0.0.1:8000" } },
  test: { include: ["tests/**/*.test.ts"], environment: "happy-dom", isolate: false },
});

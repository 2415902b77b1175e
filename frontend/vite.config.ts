import { defineConfig } from "vite";

// The built files are committed, so their names stay the same and nothing is inlined: the page's policy is 'self'.
export default defineConfig({
  base: "/static/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../service/dashboard/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: true,
    rollupOptions: {
      output: { entryFileNames: "page.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["networks", "train", "jobs", "events", "history", "predict", "evaluate", "explain", "datasets", "openapi.json", "docs", "readyz", "healthz"].map(
        (part) => [`/${part}`, process.env.SERVICE ?? "http://127.0.0.1:8000"],
      ),
    ),
  },
});

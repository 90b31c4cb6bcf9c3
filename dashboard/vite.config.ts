import { defineConfig } from "vite";

export default defineConfig({
  build: {
    // Into the package: who installs a wheel needs no Node.
    outDir: "../python/v100_ai/api/assets",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    sourcemap: false,
    license: { fileName: "licences.md" },
  },
  server: { proxy: { "/v1": { target: "http://127.0.0.1:8100", ws: true }, "/metrics": "http://127.0.0.1:8100" } },
});

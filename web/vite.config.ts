import { defineConfig } from "vite";

// The server embeds what lands in built/assets and serves it under /ai/assets; manifest.json tells it the entry.
export default defineConfig({
  base: "/ai/assets/",
  publicDir: false,
  build: {
    outDir: "../internal/webui/built/assets",
    emptyOutDir: true,
    assetsDir: "",
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: "src/main.tsx" },
  },
});

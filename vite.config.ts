import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { icons } from "./vite.icons.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const at = (path: string) => root + path;

/** Each file in an app's `frontend/pages/` is an entry: `{% vite_asset 'rooms/frontend/pages/room.ts' %}`. */
const apps = ["collab", "rooms", "documents", "video", ...readdirSync(at("platform")).map((name) => `platform/${name}`)];
const entries = apps.flatMap((app) => {
  try {
    return readdirSync(at(`${app}/frontend/pages`))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${app}/frontend/pages/${name}`);
  } catch {
    return [];
  }
});

export default defineConfig({
  base: "/static/",
  plugins: [icons()],
  resolve: {
    alias: {
      "@collab": at("collab/frontend"),
      "@documents": at("documents/frontend"),
      "@video": at("video/frontend"),
      "@notifications": at("platform/notifications/frontend"),
    },
  },
  build: {
    outDir: at("collab/frontend/dist"),
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    rollupOptions: { input: entries.map(at) },
  },
  test: { environment: "jsdom", include: ["{collab,rooms,documents,video}/frontend/**/*.test.ts", "platform/*/frontend/**/*.test.ts"] },
});

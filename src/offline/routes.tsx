/** The service worker and the page that it shows where it has no copy; both are public and hold nobody's words. */
import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import { Away } from "../../views/offline/away.tsx";
import type { Assets } from "../assets.ts";
import type { Http } from "../http.ts";

const AWAY_PATH = "/away";
const ENTRY = fileURLToPath(new URL("../../views/browser/service-worker.ts", import.meta.url));

export function offlineRoutes(assets: Assets) {
  let script: Promise<string> | undefined;
  return (
    new Hono<Http>()
      // At the root, so that it may answer for every page; its bytes change with those of any asset.
      .get("/service-worker.js", async (c) => {
        script ??= build(assets.kept());
        return c.body(await script, 200, { "content-type": "text/javascript; charset=utf-8" });
      })
      .get(AWAY_PATH, (c) => c.html(<Away assets={assets} />))
  );
}

async function build(paths: string[]): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [ENTRY],
    target: "browser",
    format: "iife",
    minify: true,
    define: { ASSETS: JSON.stringify(paths), AWAY_PATH: JSON.stringify(AWAY_PATH) },
  });
  return outputs[0]!.text();
}

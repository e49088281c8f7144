import { Hono } from "hono";
import { type Http, requireUpgrade, upgrade } from "../http.ts";
import type { Live } from "./live.ts";

export function liveRoutes(live: Live, publicUrl: URL | undefined) {
  return new Hono<Http>().get("/", async (c) => {
    const actor = requireUpgrade(c, publicUrl);
    const { since, view, bucket } = c.req.query();
    const types = c.req.queries("types")?.flatMap((list) => list.split(",").filter(Boolean));
    const query = { since, view, bucket, types: types?.length ? types : undefined };
    return upgrade(c, await live.connect(actor, c.get("session")!, query));
  });
}

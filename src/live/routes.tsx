import { Hono } from "hono";
import { actorOf, type Http } from "../http.ts";
import { forbidden, Problem } from "../problem.ts";
import type { Live } from "./live.ts";

export function liveRoutes(live: Live, publicUrl: URL | undefined) {
  return new Hono<Http>().get("/", async (c) => {
    const actor = actorOf(c);
    if (!fromOurPages(c.req.raw, publicUrl))
      throw forbidden("A page of another origin may not open this socket.");
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
      throw new Problem(426, "upgrade-required", "This is a WebSocket", {
        headers: { upgrade: "websocket" },
      });
    const { since, view, bucket } = c.req.query();
    const types = c.req.queries("types")?.flatMap((list) => list.split(",").filter(Boolean));
    const query = { since, view, bucket, types: types?.length ? types : undefined };
    const socket = await live.connect(actor, c.get("session")!, query);
    if (!c.env.server.upgrade(c.req.raw, { data: socket }))
      throw new Problem(400, "bad-upgrade", "The WebSocket handshake is not right");
    // Bun has answered already; Hono wants something to return.
    return new Response(null);
  });
}

/** Browsers always name the origin; other clients, which carry a token, name none. */
function fromOurPages(request: Request, publicUrl: URL | undefined): boolean {
  const origin = request.headers.get("origin");
  if (!origin) return true;
  if (origin === publicUrl?.origin) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.get("host");
}

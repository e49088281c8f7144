import { Hono } from "hono";
import type { Database } from "../database.ts";
import { actorOf, bodyOf, etag, expectedRevision, type Http } from "../http.ts";
import { StateChangeShape } from "./operations.ts";
import { putState, readState, requireRevision, stateView } from "./state.ts";

/** `/api/me/state` */
export function stateRoutes(db: Database) {
  return new Hono<Http>()
    .get("/", async (c) => {
      const state = await readState(db, actorOf(c));
      return c.json(stateView(state), 200, etag(state.revision));
    })
    .put("/", async (c) => {
      const actor = actorOf(c);
      const expected = expectedRevision(c);
      await requireRevision(db, actor, expected);
      const state = await putState(db, actor, expected, await bodyOf(c, StateChangeShape));
      return c.json(stateView(state), 200, etag(state.revision));
    });
}

import { Hono } from "hono";
import { requireWholeAccount } from "../access.ts";
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
      requireWholeAccount(actor);
      const standing = await readState(db, actor);
      const expected = expectedRevision(c, standing.revision);
      requireRevision(standing, expected);
      const state = await putState(db, actor, expected, await bodyOf(c, StateChangeShape));
      return c.json(stateView(state), 200, etag(state.revision));
    });
}

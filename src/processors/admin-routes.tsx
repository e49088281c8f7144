import { Hono } from "hono";
import { requireAdministrator } from "../access.ts";
import type { Database } from "../database.ts";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { ConsentShape, ProcessorChangeShape } from "./admin-operations.ts";
import {
  changeProcessor,
  consentTo,
  findInstalled,
  listStanding,
  listVersions,
  requireOwnedRoot,
  settingsView,
  standingView,
} from "./settings.ts";

/** @param secret seals the secrets in settings. */
export function processorSettingsRoutes({ db, secret }: { db: Database; secret: string }) {
  return new Hono<Http>()
    .patch("/processors/:id", async (c) => {
      const actor = actorOf(c);
      const { id } = await findInstalled(db, c.req.param("id"));
      requireAdministrator(actor);
      const change = await bodyOf(c, ProcessorChangeShape);
      return c.json(settingsView(await changeProcessor(db, actor, secret, id, change)));
    })
    .get("/processors/:id/versions", async (c) => {
      actorOf(c);
      return c.json({ items: await listVersions(db, c.req.param("id")), next: null });
    })
    .get("/buckets/:root/processors", async (c) => {
      const found = await listStanding(db, actorOf(c), c.req.param("root"));
      return c.json({ items: found.map(standingView), next: null });
    })
    .put("/buckets/:root/processors/:id", async (c) => {
      const actor = actorOf(c);
      const { root, id } = c.req.param();
      await requireOwnedRoot(db, actor, root);
      await findInstalled(db, id);
      const draft = await bodyOf(c, ConsentShape);
      return c.json(standingView(await consentTo(db, actor, secret, root, id, draft)));
    });
}

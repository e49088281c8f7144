import { Hono } from "hono";
import type { Database } from "../database.ts";
import { actorOf, answerOnce, bodyOf, type Http } from "../http.ts";
import { notFound } from "../problem.ts";
import { compatibilityRoutes } from "./compatibility-routes.tsx";
import { deleteVersion } from "./deletion.ts";
import { deprecateVersion } from "./deprecation.ts";
import { RegistrationShape, ValidationShape } from "./operations.ts";
import { contentIdOf, keepVersion, prepareVersion, untilStill } from "./registration.ts";
import { requireMayRegister } from "./stewards.ts";
import {
  errorsOf,
  listSchemas,
  listVersions,
  requireVersion,
  type SchemaVersion,
  sourceOf,
} from "./versions.ts";
import { summary, versionView } from "./views.ts";

export function schemaRoutes(db: Database) {
  const view = async (version: SchemaVersion, on = db) =>
    versionView({ ...version, globalId: await contentIdOf(on, version.hash) });
  return new Hono<Http>()
    .route("/", compatibilityRoutes(db))
    .get("/", async (c) => {
      actorOf(c);
      return c.json({ items: (await listSchemas(db)).map(summary), next: null });
    })
    .get("/:name/versions", async (c) => {
      actorOf(c);
      const versions = await listVersions(db, c.req.param("name"));
      if (versions.length === 0) throw notFound("This schema");
      return c.json({ items: versions.map(summary), next: null });
    })
    .post("/:name/versions", async (c) => {
      const actor = actorOf(c);
      const name = c.req.param("name");
      await requireMayRegister(db, actor, name);
      const draft = await bodyOf(c, RegistrationShape);
      return untilStill(async () => {
        const prepared = await prepareVersion(db, actor, name, draft);
        return answerOnce(c, db, draft, async (tx) => {
          const { version, created } = await keepVersion(tx, actor, prepared);
          return { status: created ? 201 : 200, answer: await view(version, tx) };
        });
      });
    })
    .get("/:name/versions/:version", async (c) => {
      actorOf(c);
      const { name, version } = c.req.param();
      return c.json(await view(await requireVersion(db, name, version)));
    })
    .delete("/:name/versions/:version", async (c) => {
      const { name, version } = c.req.param();
      const forced = c.req.query("force") === "true";
      await deleteVersion(db, actorOf(c), name, version, { forced });
      return c.body(null, 204);
    })
    .post("/:name/versions/:version/deprecation", async (c) => {
      const { name, version } = c.req.param();
      return c.json(await view(await deprecateVersion(db, actorOf(c), name, version)));
    })
    .post("/:name/versions/:version/validation", async (c) => {
      actorOf(c);
      const { name, version } = c.req.param();
      const schema = sourceOf(await requireVersion(db, name, version));
      const { content } = await bodyOf(c, ValidationShape);
      const errors = await errorsOf(db, schema, name, content, "");
      return c.json({ valid: errors.length === 0, errors });
    });
}

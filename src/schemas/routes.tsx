import { Hono } from "hono";
import type { Database } from "../database.ts";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { notFound } from "../problem.ts";
import { compatibilityRoutes } from "./compatibility-routes.tsx";
import { schemaId } from "./names.ts";
import { ValidationShape } from "./operations.ts";
import { validate } from "./validation.ts";
import { listSchemas, listVersions, requireVersion, type SchemaVersion } from "./versions.ts";

export function schemaRoutes(db: Database) {
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
    .get("/:name/versions/:version", async (c) => {
      actorOf(c);
      const { name, version } = c.req.param();
      return c.json(versionView(await requireVersion(db, name, version)));
    })
    .post("/:name/versions/:version/validation", async (c) => {
      actorOf(c);
      const { name, version } = c.req.param();
      const schema = await requireVersion(db, name, version);
      const { content } = await bodyOf(c, ValidationShape);
      const errors = validate(schema.source, content);
      return c.json({ valid: errors.length === 0, errors });
    });
}

const summary = (version: SchemaVersion) => ({
  id: schemaId(version.name, version.version),
  name: version.name,
  version: version.version,
  title: version.title,
  createdAt: version.createdAt,
  ...(version.deprecatedAt ? { deprecatedAt: version.deprecatedAt } : {}),
});

const versionView = (version: SchemaVersion) => ({
  ...summary(version),
  schema: JSON.parse(version.source) as unknown,
});

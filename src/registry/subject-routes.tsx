import { type Context, Hono } from "hono";
import { Type } from "typebox";
import { schemaDeletions } from "../../drizzle/tables.ts";
import type { Database } from "../database.ts";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { contentIdOf, registerVersion } from "../schemas/registration.ts";
import { findVersion, listSchemas, referrersOf } from "../schemas/versions.ts";
import { deleteKept, deleteSubject } from "./deletion.ts";
import { noSchema } from "./refusals.ts";
import { findSame, read, requireSubject, versionOf, versionsOf, viewOf } from "./subjects.ts";

/** Not closed: clients send members that newer registries know. */
export const SentShape = Type.Object({
  schema: Type.String(),
  schemaType: Type.Optional(Type.String()),
  references: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Array(
        Type.Object({ name: Type.String(), subject: Type.String(), version: Type.Integer() }),
      ),
    ]),
  ),
  metadata: Type.Optional(Type.Unknown()),
  ruleSet: Type.Optional(Type.Unknown()),
});

/** `/registry/subjects`: names and their versions. */
export function subjectRoutes(db: Database) {
  return new Hono<Http>()
    .get("/", async (c) => {
      const prefix = c.req.query("subjectPrefix") ?? "";
      const names = new Set((await listSchemas(db)).map(({ name }) => name));
      if (withDeleted(c))
        for (const { name } of await db
          .selectDistinct({ name: schemaDeletions.name })
          .from(schemaDeletions))
          names.add(name);
      return c.json([...names].filter((name) => name.startsWith(prefix)).sort());
    })
    .post("/:subject", async (c) => {
      const sent = await bodyOf(c, SentShape);
      const versions = await versionsOf(db, c.req.param("subject"), withDeleted(c));
      const same = findSame(versions, await read(db, sent));
      if (!same) throw noSchema();
      return c.json(await viewOf(db, same));
    })
    .delete("/:subject", async (c) => {
      const subject = c.req.param("subject");
      return c.json(await deleteSubject(db, actorOf(c), subject, isPermanent(c)));
    })
    .get("/:subject/versions", async (c) => {
      const all = await versionsOf(db, c.req.param("subject"), withDeleted(c));
      return c.json(all.map(({ version }) => version));
    })
    .post("/:subject/versions", async (c) => {
      const subject = c.req.param("subject");
      requireSubject(subject);
      const sent = await bodyOf(c, SentShape);
      const { schema, references } = await read(db, sent);
      const draft = { schema, references, source: sent.schema };
      const { version } = await registerVersion(db, actorOf(c), subject, draft);
      return c.json(await viewOf(db, { ...version, isDeleted: false }));
    })
    .get("/:subject/versions/:version", async (c) => {
      const { subject, version } = c.req.param();
      return c.json(await viewOf(db, await versionOf(db, subject, version, withDeleted(c))));
    })
    .delete("/:subject/versions/:version", async (c) => {
      const { subject, version } = c.req.param();
      return c.json(await deleteKept(db, actorOf(c), subject, version, isPermanent(c)));
    })
    .get("/:subject/versions/:version/schema", async (c) => {
      const { subject, version } = c.req.param();
      return c.body((await versionOf(db, subject, version, withDeleted(c))).source);
    })
    .get("/:subject/versions/:version/referencedby", async (c) => {
      const { subject, version } = c.req.param();
      const kept = await versionOf(db, subject, version);
      const ids = new Set<number>();
      for (const { name, version } of await referrersOf(db, kept.name, kept.version)) {
        const found = await findVersion(db, name, version);
        if (found) ids.add(await contentIdOf(db, found.hash));
      }
      return c.json([...ids]);
    });
}

const withDeleted = (c: Context): boolean => c.req.query("deleted") === "true";
const isPermanent = (c: Context): boolean => c.req.query("permanent") === "true";

import { Hono } from "hono";
import type { Database } from "../database.ts";
import type { Http } from "../http.ts";
import { noSchema } from "./refusals.ts";
import { contentOf, type Kept, versionsById } from "./subjects.ts";

/** `/registry/schemas`: schemas by their global ids. */
export function registrySchemaRoutes(db: Database) {
  const byId = async (id: string): Promise<[Kept, ...Kept[]]> => {
    const [first, ...rest] = await versionsById(db, id);
    if (!first) throw noSchema();
    return [first, ...rest];
  };
  const places = async (id: string, withDeleted: boolean) =>
    (await byId(id)).filter(({ isDeleted }) => withDeleted || !isDeleted);
  return new Hono<Http>()
    .get("/types", (c) => c.json(["JSON"]))
    .get("/ids/:id", async (c) => {
      const all = await byId(c.req.param("id"));
      const subject = c.req.query("subject");
      return c.json(contentOf(all.find(({ name }) => name === subject) ?? all[0]));
    })
    .get("/ids/:id/schema", async (c) => {
      const [{ source }] = await byId(c.req.param("id"));
      return c.body(source);
    })
    .get("/ids/:id/subjects", async (c) => {
      const all = await places(c.req.param("id"), c.req.query("deleted") === "true");
      return c.json([...new Set(all.map(({ name }) => name))]);
    })
    .get("/ids/:id/versions", async (c) => {
      const all = await places(c.req.param("id"), c.req.query("deleted") === "true");
      return c.json(all.map(({ name, version }) => ({ subject: name, version })));
    });
}

import { Hono } from "hono";
import { requireAdministrator } from "../access.ts";
import type { Database } from "../database.ts";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { notFound } from "../problem.ts";
import { compare } from "./comparison.ts";
import { clearConfig, configOf, setConfig } from "./configs.ts";
import { ComparisonShape, ConfigShape } from "./operations.ts";
import { requireStewarded } from "./stewards.ts";
import { findVersion } from "./versions.ts";

/** `/api/schemas`: what versions owe each other. */
export function compatibilityRoutes(db: Database) {
  return new Hono<Http>()
    .get("/config", async (c) => {
      actorOf(c);
      return c.json(await configOf(db));
    })
    .put("/config", async (c) => {
      const actor = actorOf(c);
      requireAdministrator(actor);
      return c.json(await setConfig(db, actor, undefined, await bodyOf(c, ConfigShape)));
    })
    .get("/:name/config", async (c) => {
      actorOf(c);
      const name = c.req.param("name");
      if (!(await findVersion(db, name, "latest"))) throw notFound("This schema");
      return c.json(await configOf(db, name));
    })
    .put("/:name/config", async (c) => {
      const actor = actorOf(c);
      const name = c.req.param("name");
      await requireStewarded(db, actor, name);
      return c.json(await setConfig(db, actor, name, await bodyOf(c, ConfigShape)));
    })
    .delete("/:name/config", async (c) => {
      await clearConfig(db, actorOf(c), c.req.param("name"));
      return c.body(null, 204);
    })
    .post("/:name/compatibility", async (c) => {
      actorOf(c);
      const draft = await bodyOf(c, ComparisonShape);
      return c.json(await compare(db, c.req.param("name"), draft));
    });
}

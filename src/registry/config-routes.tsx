import { Hono } from "hono";
import type { Database } from "../database.ts";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { readJson } from "../json.ts";
import { compare } from "../schemas/comparison.ts";
import { clearConfig, configOf, ownConfigOf, setConfig } from "../schemas/configs.ts";
import { changeOf, changeView, levelView } from "./configs.ts";
import { Refusal } from "./refusals.ts";
import { SentShape } from "./subject-routes.tsx";
import { read, versionOf, versionsOf } from "./subjects.ts";

/** `/registry/config` and `/registry/compatibility`: what a subject keeps, and what it would take. */
export function registryConfigRoutes(db: Database) {
  return new Hono<Http>()
    .get("/config", async (c) => c.json(levelView(await configOf(db))))
    .put("/config", async (c) => {
      const change = changeOf(await readJson(c.req.raw));
      await setConfig(db, actorOf(c), undefined, change);
      return c.json(changeView(change));
    })
    .get("/config/:subject", async (c) => {
      const subject = c.req.param("subject");
      if (c.req.query("defaultToGlobal") === "true")
        return c.json(levelView(await configOf(db, subject)));
      const own = await ownConfigOf(db, subject);
      if (!own)
        throw new Refusal(
          40408,
          `Subject '${subject}' does not have subject-level compatibility configured`,
        );
      return c.json(levelView(own));
    })
    .put("/config/:subject", async (c) => {
      const subject = c.req.param("subject");
      const change = changeOf(await readJson(c.req.raw));
      await versionsOf(db, subject);
      await setConfig(db, actorOf(c), subject, change);
      return c.json(changeView(change));
    })
    .delete("/config/:subject", async (c) => {
      const subject = c.req.param("subject");
      await versionsOf(db, subject);
      const before = await configOf(db, subject);
      await clearConfig(db, actorOf(c), subject);
      return c.json(levelView(before));
    })
    .post("/compatibility/subjects/:subject/versions", async (c) => {
      const subject = c.req.param("subject");
      const draft = await read(db, await bodyOf(c, SentShape));
      await versionsOf(db, subject);
      return c.json(verdict(await compare(db, subject, draft), c.req.query("verbose")));
    })
    .post("/compatibility/subjects/:subject/versions/:version", async (c) => {
      const { subject, version } = c.req.param();
      const draft = await read(db, await bodyOf(c, SentShape));
      const against = (await versionOf(db, subject, version)).version;
      return c.json(
        verdict(await compare(db, subject, { ...draft, against }), c.req.query("verbose")),
      );
    });
}

function verdict(
  { compatible, errors }: Awaited<ReturnType<typeof compare>>,
  verbose: string | undefined,
) {
  const messages = errors.map(({ pointer, message }) => `${pointer || "/"}: ${message}`);
  return { is_compatible: compatible, ...(verbose === "true" ? { messages } : {}) };
}

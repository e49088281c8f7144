/**
 * `/registry`: the Confluent Schema Registry's REST API for JSON Schema, so that its clients work unchanged. They
 * come with a bearer token, or with basic credentials whose password is one (the user is not looked at).
 */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Sessions } from "../accounts/session.ts";
import type { Database } from "../database.ts";
import { actorOf, type Http } from "../http.ts";
import { notFound } from "../problem.ts";
import { registryConfigRoutes } from "./config-routes.tsx";
import { CONTENT_TYPE, refused } from "./refusals.ts";
import { registrySchemaRoutes } from "./schema-routes.tsx";
import { subjectRoutes } from "./subject-routes.tsx";

export function registryRoutes({ db, sessions }: { db: Database; sessions: Sessions }) {
  const app = new Hono<Http>();
  app.use(basic(sessions));
  app.use(async (c, next) => {
    actorOf(c);
    await next();
    c.header("content-type", CONTENT_TYPE);
  });
  app.get("/", (c) => c.json({}));
  app.get("/contexts", (c) => c.json(["."]));
  app.get("/mode", (c) => c.json({ mode: "READWRITE" }));
  app.get("/mode/:subject", (c) => c.json({ mode: "READWRITE" }));
  app.route("/schemas", registrySchemaRoutes(db));
  app.route("/subjects", subjectRoutes(db));
  app.route("/", registryConfigRoutes(db));
  // Its clients read its own kind of refusal only, of an address that is none as well.
  app.all("*", (c) => refused(c, notFound("This address")));
  app.onError((error, c: Context<Http>) => refused(c, error));
  return app;
}

/** Basic credentials (RFC 7617) with a token as their password. */
const basic =
  (sessions: Sessions): MiddlewareHandler<Http> =>
  async (c, next) => {
    const [, credentials] = /^Basic ([\w+/=]+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (credentials && !c.get("actor")) {
      const text = Buffer.from(credentials, "base64").toString();
      const token = text.slice(text.indexOf(":") + 1);
      if (/^\S+$/.test(token)) {
        const found = await sessions.of(new Headers({ authorization: `Bearer ${token}` }));
        if (found) {
          c.set("actor", { ...found.actor, traceparent: c.get("traceparent") });
          c.set("session", found.session);
        }
      }
    }
    await next();
  };

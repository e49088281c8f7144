/** The whole route table, and the one place that turns errors into answers. */
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { ErrorPage } from "../views/error.tsx";
import { type AccountParts, accountPages, authRoutes } from "./accounts/routes.tsx";
import { blobRoutes } from "./blobs/routes.tsx";
import { firstPlace } from "./books/first-book.ts";
import { bucketRoutes } from "./buckets/routes.tsx";
import { isUnavailable } from "./database.ts";
import { type DocumentParts, documentRoutes, documentSockets } from "./documents/api.tsx";
import { type WriterParts, writerRoutes } from "./documents/routes.tsx";
import type { Http } from "./http.ts";
import { badQuery } from "./lists.ts";
import type { Live } from "./live/live.ts";
import { liveRoutes } from "./live/routes.tsx";
import type { Log } from "./log.ts";
import { notFound, Problem, unavailable } from "./problem.ts";
import { runRoutes } from "./runs/routes.tsx";
import { schemaRoutes } from "./schemas/routes.tsx";
import { nextTraceparent } from "./trace.ts";

export type AppParts = AccountParts &
  DocumentParts &
  WriterParts & { live: Live; log: Log; ready(): Promise<Record<string, boolean>> };

export function createApp(parts: AppParts) {
  const { db, assets } = parts;
  const app = new Hono<Http>();

  app.use(logged(parts.log));
  app.use(secured(parts.env.publicUrl));
  app.get("/up", (c) => c.text("up"));
  app.get("/ready", async (c) => {
    const checks = await parts.ready();
    return c.json(checks, Object.values(checks).every(Boolean) ? 200 : 503);
  });
  app.get("/assets/*", (c) => {
    const asset = assets.respond(c.req.raw);
    return asset?.ok ? asset : c.notFound();
  });

  app.use(fromOurselves(parts.env.publicUrl));
  app.use(storable);
  app.use(async (c, next) => {
    const found = await parts.sessions.of(c.req.raw.headers);
    if (found) {
      c.set("actor", { ...found.actor, traceparent: c.get("traceparent") });
      c.set("session", found.session);
    }
    await next();
  });

  app.route("/api/auth", authRoutes(parts));
  app.route("/api/schemas", schemaRoutes(db));
  app.route("/api/buckets", bucketRoutes(db));
  app.route("/api/blobs", blobRoutes(db));
  app.route("/api/documents", documentRoutes(parts));
  app.route("/api/runs", runRoutes(db, parts.processors, parts.heard));
  app.route("/live", liveRoutes(parts.live, parts.env.publicUrl));
  app.route("/documents", documentSockets(parts, parts.env.publicUrl));

  app.get("/", async (c) => {
    const actor = c.get("actor");
    // Whoever is not signed in is sent on from there to the first run, where that is due.
    if (!actor) return c.redirect("/sign-in");
    return c.redirect(`/chapters/${await firstPlace(db, actor)}`);
  });
  app.route("/", accountPages(parts));
  app.route("/", writerRoutes(parts));

  app.notFound((c) => answer(c, notFound("This page"), parts));
  app.onError((error, c) => {
    if (error instanceof Problem) return answer(c, error, parts);
    if (isUnavailable(error)) {
      c.get("log").warn({ err: error }, "the database is away");
      return answer(c, unavailable(), parts);
    }
    c.get("log").error({ err: error }, "a request failed");
    return answer(
      c,
      new Problem(500, "internal", "Something went wrong here", {
        detail: "It is in the log. Nothing was changed; try again.",
      }),
      parts,
    );
  });
  return app;
}

/** People get a page, programs problem details. */
function answer(c: Context<Http>, problem: Problem, { assets }: Pick<AppParts, "assets">) {
  const forPeople =
    c.req.method === "GET" &&
    !c.req.path.startsWith("/api/") &&
    c.req.header("accept")?.includes("text/html") &&
    !c.req.header("hx-request");
  if (!forPeople) {
    const response = problem.toResponse();
    response.headers.set("x-request-id", c.get("requestId"));
    return response;
  }
  if (problem.status === 401) return c.redirect(`/sign-in?next=${encodeURIComponent(c.req.path)}`);
  c.status(problem.status as 404);
  for (const [name, value] of Object.entries(problem.extra.headers ?? {})) c.header(name, value);
  return c.html(
    <ErrorPage
      assets={assets}
      status={problem.status}
      sentence={problem.extra.detail ?? `${problem.title}.`}
      way={{ href: "/", label: "To your book" }}
    />,
  );
}

/** Every request has an id and a trace; each answer is private and a line in the log. */
function logged(log: Log) {
  return async (c: Context<Http>, next: () => Promise<void>) => {
    const started = performance.now();
    const requestId = Bun.randomUUIDv7();
    const traceparent = nextTraceparent(c.req.header("traceparent"));
    const own = log.child({ requestId, traceparent });
    c.set("requestId", requestId);
    c.set("traceparent", traceparent);
    c.set("log", own);
    await next();
    c.header("x-request-id", requestId);
    // Most answers are one reader's own. Assets say otherwise themselves.
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "private, no-cache");
    const line = {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
    };
    if (QUIET.test(c.req.path)) own.debug(line, "answered");
    else own.info(line, "answered");
  };
}

/** Asked all the time, by machines. */
const QUIET = /^\/(up|ready|assets\/.*)$/;

function secured(publicUrl: URL | undefined) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: publicUrl?.protocol === "https:",
    referrerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
  });
}

/**
 * Refuses what another site's page sends in the name of a signed-in reader. Browsers say where a
 * request comes from in Sec-Fetch-Site or, on plain HTTP, in Origin; what has neither is no browser.
 */
function fromOurselves(publicUrl: URL | undefined) {
  return async (c: Context<Http>, next: () => Promise<void>) => {
    const site = c.req.header("sec-fetch-site");
    const origin = c.req.header("origin");
    const ours =
      SAFE.has(c.req.method) ||
      site === "same-origin" ||
      site === "none" ||
      (origin === undefined ? site === undefined : isOwn(origin, c, publicUrl));
    if (!ours) throw new Problem(403, "foreign-origin", "This came from another site");
    await next();
  };
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

function isOwn(origin: string, c: Context<Http>, publicUrl: URL | undefined): boolean {
  if (origin === publicUrl?.origin) return true;
  return URL.canParse(origin) && new URL(origin).host === c.req.header("host");
}

/** Of what a body may not hold, only U+0000 survives the decoding of an address. */
async function storable(c: Context<Http>, next: () => Promise<void>): Promise<void> {
  if (c.req.path.includes("\u0000")) throw notFound("This address");
  for (const [name, value] of Object.entries(c.req.query()))
    if (`${name}${value}`.includes("\u0000")) throw badQuery(name, "holds U+0000");
  await next();
}

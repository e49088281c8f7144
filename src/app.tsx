/** The whole route table, and the one place that turns errors into answers. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { ErrorPage } from "../views/error.tsx";
import { invitationRoutes, tokenRoutes } from "./accounts/api.tsx";
import { invitationPages } from "./accounts/invitation-pages.tsx";
import { type AccountParts, accountPages, authRoutes } from "./accounts/routes.tsx";
import { stateRoutes } from "./accounts/state-routes.tsx";
import { blobRoutes } from "./blobs/routes.tsx";
import { firstPlace } from "./books/first-book.ts";
import { bookRoutes } from "./books/routes.tsx";
import { bucketRoutes } from "./buckets/routes.tsx";
import { isUnavailable } from "./database.ts";
import { type DocumentParts, documentRoutes, documentSockets } from "./documents/api.tsx";
import { chapterRoutes } from "./documents/chapter-routes.tsx";
import { type WriterParts, writerRoutes } from "./documents/routes.tsx";
import { staleRoutes } from "./documents/stale-routes.tsx";
import { takesRoutes } from "./documents/takes-routes.tsx";
import { historyRoutes } from "./documents/versions-routes.tsx";
import { eventRoutes } from "./events/routes.tsx";
import { type FileParts, fileRoutes } from "./files/routes.tsx";
import type { Http } from "./http.ts";
import { badQuery } from "./lists.ts";
import type { Live } from "./live/live.ts";
import { liveRoutes } from "./live/routes.tsx";
import type { Log } from "./log.ts";
import { offlineRoutes } from "./offline/routes.tsx";
import { openApiRoutes } from "./openapi/routes.tsx";
import { notFound, Problem, unavailable } from "./problem.ts";
import { processorSettingsRoutes } from "./processors/admin-routes.tsx";
import { processorRoutes } from "./processors/routes.tsx";
import { runsPageRoutes } from "./runs/page-routes.tsx";
import { runRoutes } from "./runs/routes.tsx";
import { schemaRoutes } from "./schemas/routes.tsx";
import { type SettingsParts, settingsRoutes } from "./settings/routes.tsx";
import { nextTraceparent } from "./trace.ts";

export type AppParts = AccountParts &
  DocumentParts &
  FileParts &
  SettingsParts &
  WriterParts & { live: Live; log: Log; ready(): Promise<Record<string, boolean>> };

export function createApp(parts: AppParts) {
  const { db, assets } = parts;
  const app = new Hono<Http>();

  app.use(logged(parts.log));
  app.use(secured(parts.env.publicUrl));
  app.use(packed);
  app.get("/up", (c) => c.text("up", 200, { "content-type": "text/plain" }));
  app.get("/ready", async (c) => {
    const checks = await parts.ready();
    return c.json(checks, Object.values(checks).every(Boolean) ? 200 : 503);
  });
  app.get("/assets/*", (c) => {
    const asset = assets.respond(c.req.raw);
    return asset?.ok ? asset : c.notFound();
  });

  app.route("/", offlineRoutes(assets));

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
  app.route("/api/tokens", tokenRoutes(db, parts.sessions));
  app.route("/api/invitations", invitationRoutes(db, parts.env.publicUrl));
  app.route("/api/me/state", stateRoutes(db));
  app.route("/api/schemas", schemaRoutes(db));
  app.route("/api/buckets", bucketRoutes(db, parts.processors));
  app.route("/api", openApiRoutes(parts));
  app.route("/api/blobs", blobRoutes(db, parts.processors));
  app.route("/api/documents", documentRoutes(parts));
  app.route("/api/events", eventRoutes(db));
  app.route("/api", fileRoutes(parts));
  app.route("/api/processors", processorRoutes(parts));
  app.route("/api", processorSettingsRoutes(parts));
  app.route("/api/runs", runRoutes(db, parts.processors, parts.heard));
  app.route("/live", liveRoutes(parts.live, parts.env.publicUrl));
  app.route("/documents", documentSockets(parts, parts.env.publicUrl));

  app.get("/", async (c) => {
    const actor = c.get("actor");
    // Whoever is not signed in is sent on from there to the first run, where that is due.
    if (!actor) return c.redirect("/sign-in");
    return c.redirect(`/chapters/${await firstPlace(db, actor, c.req.query("book"))}`);
  });
  app.route("/", accountPages(parts));
  app.route("/invitations", invitationPages(parts));
  app.route("/", writerRoutes(parts));
  app.route("/", historyRoutes(parts));
  app.route("/", staleRoutes(parts));
  app.route("/", takesRoutes(parts));
  app.route("/", chapterRoutes(db, parts.processors));
  app.route("/", bookRoutes(parts));
  app.route("/", settingsRoutes(parts));
  app.route("/", runsPageRoutes(parts));

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
    // Most answers are one reader's own. Assets say otherwise themselves. A page of somebody who is
    // signed in is kept by no cache: the button "back" would show it to whoever comes next.
    const isPage = c.get("actor") && c.res.headers.get("content-type")?.startsWith("text/html");
    if (!c.res.headers.has("cache-control"))
      c.header("cache-control", isPage ? "private, no-store" : "private, no-cache");
    const line = {
      method: c.req.method,
      path: c.req.path.replace(SECRET, "$1…"),
      status: c.res.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
    };
    if (QUIET.test(c.req.path)) own.debug(line, "answered");
    else own.info(line, "answered");
  };
}

/** What an invitation's link ends in lets somebody in. */
const SECRET = /^(\/invitations\/)[^/]+/;
/** Asked all the time, by machines. */
const QUIET = /^\/(up|ready|assets\/.*)$/;

const compressed = compress();

/** Pages go out compressed: a long chapter is mostly markup. Assets are packed already, files keep their ranges. */
const packed: MiddlewareHandler<Http> = (c, next) =>
  UNPACKED.test(c.req.path) ? next() : compressed(c, next);

const UNPACKED = /^\/(api|assets|live|documents)(\/|$)/;

function secured(publicUrl: URL | undefined) {
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      workerSrc: ["'self'"],
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
  return async (c: Context<Http>, next: () => Promise<void>) => {
    await secure(c, next);
    const policy = c.get("policy");
    if (policy) c.header("content-security-policy", policy);
  };
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

/** The whole route table, and the one place that turns errors into answers. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { ErrorPage } from "../views/error.tsx";
import { invitationRoutes, tokenRoutes } from "./accounts/api.tsx";
import { invitationPages } from "./accounts/invitation-pages.tsx";
import { peoplePages } from "./accounts/people-routes.tsx";
import { type AccountParts, accountPages, authRoutes } from "./accounts/routes.tsx";
import { stateRoutes } from "./accounts/state-routes.tsx";
import { blobRoutes } from "./blobs/routes.tsx";
import { libraryRoutes } from "./books/library-routes.tsx";
import { bookRoutes } from "./books/routes.tsx";
import { bucketRoutes } from "./buckets/routes.tsx";
import { type BuildParts, buildRoutes } from "./builds/routes.tsx";
import { codexRoutes } from "./codex/routes.tsx";
import { contextRoutes } from "./context/routes.tsx";
import { beginRoutes } from "./dashboard/begin-routes.tsx";
import { dashboardRoutes } from "./dashboard/routes.tsx";
import { isUnavailable } from "./database.ts";
import { type DocumentParts, documentRoutes, documentSockets } from "./documents/api.tsx";
import { chapterRoutes } from "./documents/chapter-routes.tsx";
import { passageViews } from "./documents/page.tsx";
import { priceRoutes } from "./documents/price-routes.tsx";
import { type WriterParts, writerRoutes } from "./documents/routes.tsx";
import { staleRoutes } from "./documents/stale-routes.tsx";
import { takesRoutes } from "./documents/takes-routes.tsx";
import { historyRoutes } from "./documents/versions-routes.tsx";
import { eventRoutes } from "./events/routes.tsx";
import { type FileParts, fileRoutes } from "./files/routes.tsx";
import { type Http, sized } from "./http.ts";
import { importRoutes } from "./imports/api.tsx";
import { importPages } from "./imports/page-routes.tsx";
import { type LinkParts, linkRoutes } from "./links/api.tsx";
import { type ReadingParts, readingRoutes } from "./links/reading-routes.tsx";
import { sharePages } from "./links/share-routes.tsx";
import { badQuery } from "./lists.ts";
import type { Live } from "./live/live.ts";
import { liveRoutes } from "./live/routes.tsx";
import type { Log } from "./log.ts";
import { methodsOf, notAllowed } from "./methods.ts";
import { offlineRoutes } from "./offline/routes.tsx";
import { openApiRoutes } from "./openapi/routes.tsx";
import { pitchExportRoutes } from "./pitches/export-routes.tsx";
import { pitchPages } from "./pitches/pages.tsx";
import { pitchRoutes } from "./pitches/routes.tsx";
import { notFound, Problem, unavailable } from "./problem.ts";
import { processorSettingsRoutes } from "./processors/admin-routes.tsx";
import { processorRoutes } from "./processors/routes.tsx";
import { registryRoutes } from "./registry/routes.tsx";
import { runsPageRoutes } from "./runs/page-routes.tsx";
import { runRoutes } from "./runs/routes.tsx";
import { schemasPageRoutes } from "./schemas/page-routes.tsx";
import { schemaRoutes } from "./schemas/routes.tsx";
import { searchRoutes } from "./search/routes.tsx";
import { type SettingsParts, settingsRoutes } from "./settings/routes.tsx";
import { nextTraceparent } from "./trace.ts";

export type AppParts = AccountParts &
  BuildParts &
  DocumentParts &
  FileParts &
  LinkParts &
  ReadingParts &
  SettingsParts &
  WriterParts & { live: Live; log: Log; ready(): Promise<Record<string, boolean>> };

export function createApp(parts: AppParts) {
  const { db, assets } = parts;
  const app = new Hono<Http>();

  app.use(logged(parts.log));
  app.use(secured(parts.env.publicUrl));
  app.use(compressed);
  app.use(sized);
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
  app.route("/api/tokens", tokenRoutes(parts));
  app.route("/api/invitations", invitationRoutes(parts));
  app.route("/api/me/state", stateRoutes(db));
  app.route("/api/schemas", schemaRoutes(db));
  app.route("/api/buckets", bucketRoutes(db, parts.processors));
  app.route("/api", openApiRoutes(parts));
  app.route("/api/blobs", blobRoutes(db, parts.processors));
  app.route("/api/documents", documentRoutes(parts));
  app.route("/api/events", eventRoutes(db));
  app.route("/api", fileRoutes(parts));
  app.route("/api/imports", importRoutes(parts));
  app.route("/api", linkRoutes(parts));
  app.route("/api/processors", processorRoutes(parts));
  app.route("/api", processorSettingsRoutes(parts));
  app.route("/api/runs", runRoutes(db, parts.processors, parts.heard));
  app.route("/registry", registryRoutes(parts));
  app.route("/live", liveRoutes(parts.live, parts.env.publicUrl));
  app.route("/documents", documentSockets(parts, parts.env.publicUrl));

  app.route("/", dashboardRoutes(parts));
  app.route("/", accountPages(parts));
  app.route("/", beginRoutes(parts));
  app.route("/invitations", invitationPages(parts));
  app.route("/", writerRoutes(parts));
  app.route("/", historyRoutes(parts));
  app.route("/", staleRoutes(parts));
  app.route("/", takesRoutes(parts));
  app.route("/", priceRoutes(parts));
  app.route("/", chapterRoutes(db, parts.processors));
  app.route("/", libraryRoutes(parts));
  app.route("/", bookRoutes(parts));
  app.route("/", importPages(parts));
  app.route("/", sharePages(parts));
  app.route("/", peoplePages(parts));
  app.route("/read", readingRoutes(parts));
  app.route("/", buildRoutes(parts));
  app.route("/", codexRoutes(parts));
  const pitchParts = {
    ...parts,
    passagesOf: (document: string) => passageViews(db, parts.reading, document, parts.heard),
  };
  app.route("/", pitchPages(pitchParts));
  app.route("/", pitchRoutes(pitchParts));
  app.route("/", pitchExportRoutes(pitchParts));
  app.route("/", contextRoutes(parts));
  app.route("/", settingsRoutes(parts));
  app.route("/", runsPageRoutes(parts));
  app.route("/", searchRoutes(parts));
  app.route("/", schemasPageRoutes(parts));

  app.notFound((c) => {
    const { method, path } = c.req;
    if (!path.startsWith("/api/")) return answer(c, notFound("This page"), parts);
    const allowed = methodsOf(app.routes, path);
    if (allowed.length === 0) return answer(c, notFound("This address"), parts);
    if (method === "OPTIONS") return c.body(null, 204, { allow: allowed.join(", ") });
    return answer(c, notAllowed(method, allowed), parts);
  });
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

/** What an invitation's link ends in lets somebody in, and what a read-only one ends in lets somebody read. */
const SECRET = /^(\/(?:invitations|read)\/)[^/]+/;
/** Asked all the time, by machines. */
const QUIET = /^\/(up|ready|assets\/.*)$/;

/** Pages go out compressed: a long chapter is mostly markup. Assets are packed already, files keep their ranges. */
const compressed: MiddlewareHandler<Http> = (c, next) =>
  AS_IT_IS.test(c.req.path) ? next() : compressing(c, next);

const compressing = compress();
const AS_IT_IS = /^\/(api|assets|live|documents)(\/|$)/;

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

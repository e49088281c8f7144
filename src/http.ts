/** What every route uses: who asks, what they sent, how it is answered. */
import type { ServerWebSocket } from "bun";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Static, TSchema } from "typebox";
import type { AccountActor } from "./access.ts";
import type { Database } from "./database.ts";
import { type Answer, once } from "./idempotency.ts";
import { readJson, readText, requireStorable } from "./json.ts";
import type { Log } from "./log.ts";
import { forbidden, notSignedIn, Problem } from "./problem.ts";
import { checked } from "./shape.ts";

/** What the studio's one WebSocket server hands on to: `/live` and `/documents` have one each. */
export type Socket = {
  open(ws: ServerWebSocket<unknown>): void;
  receive(message: string | Buffer): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
};

export type Http = {
  Variables: {
    /** Undefined: not signed in. */
    actor: AccountActor | undefined;
    log: Log;
    requestId: string;
    traceparent: string;
    /** A content security policy of its own, stricter than the pages'. */
    policy: string | undefined;
    /** Of the signed-in account. */
    session: { id: string; expiresAt: Date } | undefined;
  };
  Bindings: {
    server: Bun.Server<Socket>;
  };
};

export type HttpContext = Context<Http>;

/** @throws 401 */
export function actorOf(c: HttpContext): AccountActor {
  const actor = c.get("actor");
  if (!actor) throw notSignedIn();
  return actor;
}

/** HEAD says how long the answer to GET is (RFC 9110, 9.3.2), where that is known at once: of JSON. */
export async function sized(c: HttpContext, next: () => Promise<void>): Promise<void> {
  await next();
  const { headers } = c.res;
  if (c.req.method !== "HEAD" || headers.has("content-length")) return;
  if (!headers.get("content-type")?.includes("json")) return;
  c.header("content-length", String((await c.res.clone().bytes()).length));
}

/** The JSON body, of the given shape. @throws 400, 413, 422 */
export async function bodyOf<Shape extends TSchema>(
  c: HttpContext,
  shape: Shape,
): Promise<Static<Shape>> {
  return checked(await readJson(c.req.raw), shape);
}

/** The fields of a form; files are left out. @throws 413, 422 */
export async function formOf(c: HttpContext): Promise<Record<string, string>> {
  if (!c.req.header("content-type")?.startsWith("application/x-www-form-urlencoded")) return {};
  const fields = Object.fromEntries(new URLSearchParams(await readText(c.req.raw)));
  requireStorable(fields);
  return fields;
}

/**
 * The revision that If-Match asks for: the standing one where it is among those that are named, or `*` is (RFC 9110,
 * 13.1.1); else one that never was. Weak ones count: a proxy that packs answers makes them of ours.
 * @throws 428 when it is missing
 */
export function expectedRevision(c: HttpContext, standing: number): number {
  const header = c.req.header("if-match");
  if (header === undefined)
    throw new Problem(428, "if-match-missing", "If-Match is missing", {
      detail: "Send the ETag that you read, so that nobody's change is overwritten.",
    });
  const named = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return named.includes(`"${standing}"`) || header.trim() === "*" ? standing : -1;
}

export const etag = (revision: number) => ({ etag: `"${revision}"` });

/**
 * A POST that makes something, once for each Idempotency-Key.
 * @param sealedWith the studio's secret, where the answer holds one of its own
 */
export async function answerOnce(
  c: HttpContext,
  db: Database,
  body: unknown,
  effect: Parameters<typeof once>[3],
  sealedWith?: string,
): Promise<Response> {
  const key = c.req.header("idempotency-key");
  const { status, answer } = await once(
    db,
    actorOf(c),
    { method: c.req.method, path: c.req.path, key, body, sealedWith },
    effect,
  );
  return json(c, { status, answer });
}

export function json(c: HttpContext, { status, answer }: Answer): Response {
  const { revision } = (answer ?? {}) as { revision?: unknown };
  const headers = typeof revision === "number" ? etag(revision) : {};
  return c.json(answer as object, status as ContentfulStatusCode, headers);
}

/**
 * Refuses what may not open a WebSocket, before anything is looked up for it.
 * @throws 401, 403 for a page of another origin, 426
 */
export function requireUpgrade(c: HttpContext, publicUrl: URL | undefined): AccountActor {
  const actor = actorOf(c);
  if (!fromOurPages(c.req.raw, publicUrl))
    throw forbidden("A page of another origin may not open this socket.");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    throw new Problem(426, "upgrade-required", "This is a WebSocket", {
      headers: { upgrade: "websocket" },
    });
  return actor;
}

/** @throws 400 */
export function upgrade(c: HttpContext, socket: Socket): Response {
  if (!c.env.server.upgrade(c.req.raw, { data: socket }))
    throw new Problem(400, "bad-upgrade", "The WebSocket handshake is not right");
  // Bun has answered already; Hono wants something to return.
  return new Response(null);
}

/** Browsers always name the origin; other clients, which carry a token, name none. */
function fromOurPages(request: Request, publicUrl: URL | undefined): boolean {
  const origin = request.headers.get("origin");
  if (!origin) return true;
  if (origin === publicUrl?.origin) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.get("host");
}

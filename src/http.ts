/** What every route uses: who asks, what they sent, how it is answered. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Static, TSchema } from "typebox";
import type { AccountActor } from "./access.ts";
import type { Database } from "./database.ts";
import { type Answer, once } from "./idempotency.ts";
import { readJson, readText, requireStorable } from "./json.ts";
import type { LiveSocket } from "./live/socket.ts";
import type { Log } from "./log.ts";
import { notSignedIn, Problem } from "./problem.ts";
import { checked } from "./shape.ts";

export type Http = {
  Variables: {
    /** Undefined: not signed in. */
    actor: AccountActor | undefined;
    log: Log;
    requestId: string;
    traceparent: string;
    /** Of the signed-in account. */
    session: { id: string; expiresAt: Date } | undefined;
  };
  Bindings: {
    server: Bun.Server<LiveSocket>;
  };
};

export type HttpContext = Context<Http>;

/** @throws 401 */
export function actorOf(c: HttpContext): AccountActor {
  const actor = c.get("actor");
  if (!actor) throw notSignedIn();
  return actor;
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

/** The revision that If-Match names. @throws 428 when it is missing, 412 when it is no revision. */
export function expectedRevision(c: HttpContext): number {
  const header = c.req.header("if-match");
  if (header === undefined)
    throw new Problem(428, "if-match-missing", "If-Match is missing", {
      detail: "Send the ETag that you read, so that nobody's change is overwritten.",
    });
  const match = /^(?:W\/)?"(\d+)"$/.exec(header.trim());
  // Never a revision of ours, so stale whatever the current one is.
  return match ? Number(match[1]) : -1;
}

export const etag = (revision: number) => ({ etag: `"${revision}"` });

/** A POST that makes something, once for each Idempotency-Key. */
export async function answerOnce(
  c: HttpContext,
  db: Database,
  body: unknown,
  effect: Parameters<typeof once>[3],
): Promise<Response> {
  const { status, answer } = await once(
    db,
    actorOf(c),
    { method: c.req.method, path: c.req.path, key: c.req.header("idempotency-key"), body },
    effect,
  );
  return json(c, { status, answer });
}

export function json(c: HttpContext, { status, answer }: Answer): Response {
  return c.json(answer as object, status as ContentfulStatusCode);
}

import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { sessions } from "../../drizzle/tables.ts";
import { SignIn } from "../../views/accounts/sign-in.tsx";
import { Welcome } from "../../views/accounts/welcome.tsx";
import type { Assets } from "../assets.ts";
import type { Database } from "../database.ts";
import type { Env } from "../env.ts";
import { formOf, type Http, type HttpContext } from "../http.ts";
import { parseJson, readJson, readText } from "../json.ts";
import { invalid, notFound, Problem } from "../problem.ts";
import { type Auth, type AuthSettings, PEER_HEADER, problemOf } from "./auth.ts";
import type { Sessions } from "./session.ts";
import { hasAccounts, isAtTheMachine, type SignUp, signUp } from "./sign-up.ts";

export type AccountParts = {
  db: Database;
  auth: Auth;
  sessions: Sessions;
  settings: AuthSettings & Pick<Env, "signup">;
  env: Pick<Env, "host" | "publicUrl">;
  assets: Assets;
  version: string;
  /** Null for the practice model. */
  model: { name: string; baseUrl: string } | null;
};

/** better-auth's own paths; signing up goes through our rules first. */
export function authRoutes(parts: AccountParts) {
  return new Hono<Http>()
    .post("/sign-up/email", async (c) => {
      const body = await readJson(c.req.raw);
      return signUp(parts.db, parts.settings, signUpOf(body), c.req.raw, {
        needsSetupCode: needsSetupCode(parts, c),
        traceparent: c.get("traceparent"),
      });
    })
    .all("/*", async (c) => {
      const request = c.req.method === "POST" ? await withCheckedBody(c.req.raw) : c.req.raw;
      const before = await sessionsOf(parts, c);
      const answer = await parts.auth.handler(request);
      if (answer.status === 404) throw notFound("This address");
      if (answer.status >= 400) throw await problemOf(answer);
      await endSockets(parts, c, before);
      return answer;
    });
}

/** The pages: first run, sign-in, sign-out. They work without script. */
export function accountPages(parts: AccountParts) {
  const { db, assets } = parts;
  return new Hono<Http>()
    .get("/welcome", async (c) => {
      if (await hasAccounts(db)) return c.redirect("/");
      return c.html(<Welcome {...welcomeProps(parts, c)} />);
    })
    .post("/welcome", async (c) => {
      const { name = "", email = "", password = "", setupCode } = await formOf(c);
      try {
        const draft = { name, email, password, setupCode };
        const answer = await signUp(db, parts.settings, draft, c.req.raw, {
          needsSetupCode: needsSetupCode(parts, c),
          traceparent: c.get("traceparent"),
        });
        return signedIn(answer, "/begin");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused(c, error);
        return c.html(
          <Welcome
            {...welcomeProps(parts, c)}
            values={{ name, email, ...(setupCode ? { setupCode } : {}) }}
            errors={fieldErrors(error)}
          />,
        );
      }
    })
    .get("/sign-in", async (c) => {
      if (!(await hasAccounts(db))) return c.redirect("/welcome");
      return c.html(
        <SignIn assets={assets} host={hostOf(parts, c)} next={ownPath(c.req.query("next"))} />,
      );
    })
    .post("/sign-in", async (c) => {
      const { email = "", password = "", next } = await formOf(c);
      const headers = new Headers(c.req.raw.headers);
      headers.set("content-type", "application/json");
      headers.delete("content-length");
      headers.delete("cookie");
      const answer = await parts.auth.handler(
        new Request(new URL("/api/auth/sign-in/email", c.req.url), {
          method: "POST",
          headers,
          body: JSON.stringify({ email, password }),
        }),
      );
      if (answer.ok) return signedIn(answer, ownPath(next) ?? "/");
      const problem = await problemOf(answer);
      refused(c, problem);
      return c.html(
        <SignIn
          assets={assets}
          host={hostOf(parts, c)}
          next={ownPath(next)}
          values={{ email }}
          errors={{ form: sentenceOf(problem) }}
        />,
      );
    })
    .post("/sign-out", async (c) => {
      const headers = new Headers(c.req.raw.headers);
      headers.set("content-type", "application/json");
      headers.delete("content-length");
      const before = await sessionsOf(parts, c);
      const answer = await parts.auth.handler(
        new Request(new URL("/api/auth/sign-out", c.req.url), {
          method: "POST",
          headers,
          body: "{}",
        }),
      );
      await endSockets(parts, c, before);
      return signedIn(answer, "/sign-in");
    });
}

/** better-auth would read bodies of any size, and hand on what Postgres refuses. @throws 400, 413, 422 */
async function withCheckedBody(request: Request): Promise<Request> {
  const text = await readText(request);
  if (text !== "") parseJson(text);
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  headers.delete("transfer-encoding");
  headers.set("content-type", "application/json");
  return new Request(request.url, { method: request.method, headers, body: text || "{}" });
}

/** The ids of the asker's sessions; none who only reads ends one. */
async function sessionsOf(parts: AccountParts, c: HttpContext): Promise<string[]> {
  const actor = c.get("actor");
  if (!actor || c.req.method !== "POST") return [];
  const rows = await parts.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.userId, actor.account));
  return rows.map(({ id }) => id);
}

/** Signing out, revoking, a new password: whatever ended sessions closes their sockets. */
async function endSockets(parts: AccountParts, c: HttpContext, before: string[]): Promise<void> {
  const left = new Set(await sessionsOf(parts, c));
  for (const id of before) if (!left.has(id)) parts.sessions.ended(id);
}

function signUpOf(body: unknown): SignUp {
  const fields = (body ?? {}) as Record<string, unknown>;
  const errors = ["name", "email", "password"]
    .filter((field) => typeof fields[field] !== "string")
    .map((field) => ({ pointer: `/${field}`, rule: "required", message: "is missing" }));
  if (errors.length > 0) throw invalid(errors);
  return {
    name: fields.name as string,
    email: fields.email as string,
    password: fields.password as string,
    setupCode: typeof fields.setupCode === "string" ? fields.setupCode : undefined,
  };
}

export const needsSetupCode = (parts: AccountParts, c: HttpContext) =>
  !isAtTheMachine(parts.env, c.req.raw, c.req.header(PEER_HEADER));

function welcomeProps(parts: AccountParts, c: HttpContext) {
  return {
    assets: parts.assets,
    version: parts.version,
    asksSetupCode: needsSetupCode(parts, c),
    model: parts.model,
  };
}

export function fieldErrors(problem: Problem): Record<string, string> {
  const errors = Object.fromEntries(
    (problem.extra.errors ?? []).map(({ pointer, message }) => [pointer.slice(1), message]),
  );
  const known = ["name", "email", "password", "setupCode"].some((field) => errors[field]);
  return known ? errors : { form: sentenceOf(problem) };
}

/** The page is shown again, with the status and the headers of the refusal. */
export function refused(c: HttpContext, problem: Problem): void {
  c.status(problem.status as 422);
  for (const [name, value] of Object.entries(problem.extra.headers ?? {})) c.header(name, value);
}

export const sentenceOf = (problem: Problem) => problem.extra.detail ?? `${problem.title}.`;

const hostOf = (parts: AccountParts, c: HttpContext) =>
  parts.env.publicUrl?.host ?? c.req.header("host") ?? "";

/** Only a path of this studio, read as browsers read it: signing in never leads elsewhere. */
function ownPath(next: string | undefined): string | undefined {
  if (!next?.startsWith("/") || !URL.canParse(next, NOWHERE)) return undefined;
  const { origin, pathname, search, hash } = new URL(next, NOWHERE);
  // `/.//elsewhere` is a path of ours whose normal form would name another host.
  return origin === NOWHERE && !pathname.startsWith("//") ? pathname + search + hash : undefined;
}

const NOWHERE = "http://studio.invalid";

/** better-auth's cookies on a redirect. */
export function signedIn(answer: Response, to: string): Response {
  const headers = new Headers({ location: to });
  for (const cookie of answer.headers.getSetCookie()) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

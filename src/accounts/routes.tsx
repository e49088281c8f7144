import { Hono } from "hono";
import { SignIn } from "../../views/accounts/sign-in.tsx";
import { Welcome } from "../../views/accounts/welcome.tsx";
import type { Assets } from "../assets.ts";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { Env } from "../env.ts";
import { formOf, type Http, type HttpContext } from "../http.ts";
import { readJson } from "../json.ts";
import { signalSessionEnded } from "../live/live.ts";
import { invalid, notFound, Problem } from "../problem.ts";
import { type Auth, type AuthSettings, PEER_HEADER, problemOf } from "./auth.ts";
import { hasAccounts, isAtTheMachine, type SignUp, signUp } from "./sign-up.ts";

export type AccountParts = {
  db: Database;
  bus: Bus;
  auth: Auth;
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
      });
    })
    .all("/*", async (c) => {
      const answer = await parts.auth.handler(c.req.raw);
      if (answer.status === 404) throw notFound("This address");
      if (answer.status >= 400) throw await problemOf(answer);
      if (c.req.path.endsWith("/sign-out")) endSockets(parts, c);
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
        const missing = [
          ...(name.trim()
            ? []
            : [{ pointer: "/name", rule: "required", message: "Your name is missing." }]),
        ];
        if (missing.length > 0) throw invalid(missing);
        const answer = await signUp(
          db,
          parts.settings,
          { name: name.trim(), email, password, setupCode },
          c.req.raw,
          { needsSetupCode: needsSetupCode(parts, c) },
        );
        return signedIn(answer, "/");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        c.status(error.status as 422);
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
      c.status(problem.status as 401);
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
      const answer = await parts.auth.handler(
        new Request(new URL("/api/auth/sign-out", c.req.url), {
          method: "POST",
          headers,
          body: "{}",
        }),
      );
      endSockets(parts, c);
      return signedIn(answer, "/sign-in");
    });
}

function endSockets(parts: AccountParts, c: HttpContext): void {
  const session = c.get("session");
  if (session) signalSessionEnded(parts.bus, session.id);
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

const needsSetupCode = (parts: AccountParts, c: HttpContext) =>
  !isAtTheMachine(parts.env, c.req.raw, c.req.header(PEER_HEADER));

function welcomeProps(parts: AccountParts, c: HttpContext) {
  return {
    assets: parts.assets,
    version: parts.version,
    asksSetupCode: needsSetupCode(parts, c),
    model: parts.model,
  };
}

function fieldErrors(problem: Problem): Record<string, string> {
  const errors = Object.fromEntries(
    (problem.extra.errors ?? []).map(({ pointer, message }) => [pointer.slice(1), message]),
  );
  const known = ["name", "email", "password", "setupCode"].some((field) => errors[field]);
  return known ? errors : { form: sentenceOf(problem) };
}

const sentenceOf = (problem: Problem) => problem.extra.detail ?? `${problem.title}.`;

const hostOf = (parts: AccountParts, c: HttpContext) =>
  parts.env.publicUrl?.host ?? c.req.header("host") ?? "";

/** Only a path of this studio: signing in never leads elsewhere. */
const ownPath = (next: string | undefined) =>
  next && /^\/(?![/\\])/.test(next) ? next : undefined;

/** better-auth's cookies on a redirect. */
function signedIn(answer: Response, to: string): Response {
  const headers = new Headers({ location: to });
  for (const cookie of answer.headers.getSetCookie()) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** Accounts and sessions with better-auth, on our tables. */
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { bearer } from "better-auth/plugins";
import { accounts, credentials, sessions, verifications } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { Problem } from "../problem.ts";

export type AuthSettings = {
  secret: string;
  publicUrl: URL | undefined;
  /** Off in tests that sign in by the hundred from one address. */
  rateLimited: boolean;
};

export type Auth = ReturnType<typeof createAuth>;

/** Set by the server on each request, over whatever the client sent: the address it came from. */
export const PEER_HEADER = "x-reyna-peer";
export const PASSWORD_MIN_LENGTH = 8;
/** Longer ones only cost time to hash. */
const PASSWORD_MAX_LENGTH = 128;
/** How long a session lasts without use, in seconds, and after how long using it prolongs it. */
const SESSION_S = 60 * 60 * 24 * 60;
const SESSION_RENEWED_AFTER_S = 60 * 60 * 24;

/** On a transaction as `db`, everything it does belongs to that transaction. */
export function createAuth(db: Db, settings: AuthSettings) {
  return betterAuth({
    secret: settings.secret,
    baseURL: settings.publicUrl?.origin,
    basePath: "/api/auth",
    database: drizzleAdapter(db, {
      provider: "pg",
      schema: {
        user: accounts,
        session: sessions,
        account: credentials,
        verification: verifications,
      },
    }),
    // The page and its requests share an origin, under whatever name it was reached.
    trustedOrigins: (request) => {
      const host = request?.headers.get("host");
      return [
        ...(host ? [`http://${host}`, `https://${host}`] : []),
        ...(settings.publicUrl ? [settings.publicUrl.origin] : []),
      ];
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_MIN_LENGTH,
      maxPasswordLength: PASSWORD_MAX_LENGTH,
    },
    user: {
      additionalFields: {
        administratorSince: { type: "date", required: false, input: false },
      },
    },
    session: { expiresIn: SESSION_S, updateAge: SESSION_RENEWED_AFTER_S },
    rateLimit: { enabled: settings.rateLimited, storage: "memory" },
    advanced: {
      cookiePrefix: "reyna",
      useSecureCookies: settings.publicUrl?.protocol === "https:",
      database: { generateId: () => Bun.randomUUIDv7() },
      // Said, because it would leave the check out where it sees a test run.
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [PEER_HEADER] },
    },
    // Surprises, such as a database that is away, are for app.tsx; refusals stay answers.
    onAPIError: { throw: true },
    logger: { disabled: true },
    telemetry: { enabled: false },
    plugins: [bearer()],
  });
}

/** better-auth's refusals as problem details. @throws what is no refusal but a failure */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  const code = body.code ?? (response.status === 429 ? "TOO_MANY_REQUESTS" : "REFUSED");
  if (response.status >= 500 || code.startsWith("FAILED_TO_"))
    throw new Error(`better-auth failed: ${code}`);
  // That it is JSON was seen to before: what it calls bad requests is content that does not validate.
  const status = response.status === 400 ? 422 : response.status;
  const retryAfter = response.headers.get("x-retry-after");
  return new Problem(
    status,
    code.toLowerCase().replaceAll("_", "-"),
    body.message || "That was refused",
    {
      ...(status === 422
        ? {
            errors: [
              {
                pointer: pointerOf(code, body.message ?? ""),
                rule: code.toLowerCase(),
                message: body.message ?? "",
              },
            ],
          }
        : {}),
      headers: retryAfter ? { "retry-after": retryAfter } : {},
    },
  );
}

/** Its own validation names the place in the message: `[body.email] Invalid email`. */
function pointerOf(code: string, message: string): string {
  const named = /^\[body\.([\w.]+)\]/.exec(message);
  if (named) return `/${named[1]!.replaceAll(".", "/")}`;
  if (code.includes("PASSWORD")) return "/password";
  return code.includes("EMAIL") ? "/email" : "";
}

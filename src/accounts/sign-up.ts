/**
 * Signing up. The first account is the administrator's: made under a lock, so that of two at once
 * one is first, and over a network only with the setup code that the start printed. Account,
 * session and first book are one transaction.
 */
import { count, eq, sql } from "drizzle-orm";
import { accounts, studio } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import { makeFirstBook } from "../books/first-book.ts";
import { type Database, type Db, transact } from "../database.ts";
import type { Env } from "../env.ts";
import { type FieldError, invalid, Problem } from "../problem.ts";
import { type AuthSettings, createAuth, PEER_HEADER, problemOf } from "./auth.ts";
import { accept, findOpen } from "./invitations.ts";

export type SignUp = {
  name: string;
  email: string;
  password: string;
  setupCode?: string | undefined;
};

const SIGN_UP_LOCK = 7_203_002;
/** In UTF-16 units; an address has at most 254 octets (RFC 3696, erratum 1690). */
const LIMITS = { name: 200, email: 254 };

export async function hasAccounts(db: Db): Promise<boolean> {
  const [row] = await db.select({ id: accounts.id }).from(accounts).limit(1);
  return row !== undefined;
}

/**
 * Answers as better-auth does, with the session's cookie and token in the headers.
 * @throws 403 `setup-code`, `invitation-needed`; 422; 429
 */
export async function signUp(
  db: Database,
  settings: AuthSettings & Pick<Env, "signup">,
  draft: SignUp,
  request: Request,
  context: { needsSetupCode: boolean; traceparent: string; invitation?: string },
): Promise<Response> {
  return transact(db, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${SIGN_UP_LOCK})`);
    const [known] = await tx.select({ accounts: count() }).from(accounts);
    const first = known!.accounts === 0;
    if (first) await requireSetupCode(tx, draft, context.needsSetupCode);
    else if (settings.signup !== "open" && !(await isAdmitted(tx, context.invitation)))
      throw new Problem(403, "invitation-needed", "This studio takes new accounts by invitation", {
        detail: "Ask its administrator for one.",
      });
    const { name, email, password } = trimmed(draft);
    const answer = await createAuth(tx, settings).handler(
      new Request(new URL("/api/auth/sign-up/email", request.url), {
        method: "POST",
        headers: forwarded(request.headers),
        body: JSON.stringify({ name, email, password }),
      }),
    );
    if (!answer.ok) throw await problemOf(answer);
    const { user } = (await answer.clone().json()) as { user: { id: string } };
    if (first)
      await tx
        .update(accounts)
        .set({ administratorSince: new Date() })
        .where(eq(accounts.id, user.id));
    const actor: AccountActor = {
      kind: "account",
      account: user.id,
      administrator: first,
      traceparent: context.traceparent,
    };
    await makeFirstBook(tx, actor);
    if (context.invitation !== undefined) await accept(tx, actor, context.invitation);
    return answer;
  });
}

/** @throws 404 when the invitation is not good any more */
const isAdmitted = async (tx: Db, invitation: string | undefined): Promise<boolean> =>
  invitation !== undefined && (await findOpen(tx, invitation)).invitation.admits;

/** @throws 422; of the address and the password better-auth knows more */
function trimmed({ name, email, password }: SignUp) {
  const draft = { name: name.trim(), email: email.trim(), password };
  const errors: FieldError[] = [];
  if (draft.name === "")
    errors.push({ pointer: "/name", rule: "required", message: "Your name is missing." });
  for (const field of ["name", "email"] as const)
    if (draft[field].length > LIMITS[field])
      errors.push({
        pointer: `/${field}`,
        rule: "maxLength",
        message: `must have at most ${LIMITS[field]} characters`,
      });
  if (errors.length > 0) throw invalid(errors);
  return draft;
}

async function requireSetupCode(tx: Db, draft: SignUp, needed: boolean): Promise<void> {
  if (!needed) return;
  const [row] = await tx.select({ code: studio.setupCode }).from(studio);
  if (normal(draft.setupCode ?? "") !== normal(row!.code))
    throw new Problem(403, "setup-code", "The setup code is not right", {
      detail: "The studio prints it where it was started, until the first account is made.",
      errors: [
        { pointer: "/setupCode", rule: "setup-code", message: "is not the one printed at start" },
      ],
    });
}

/** People type it in from a terminal: case, spaces and dashes do not count. */
const normal = (code: string) => code.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Four groups of four from an alphabet without look-alikes: 78 bits. */
export function newSetupCode(): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz3456789";
  const letters = [...crypto.getRandomValues(new Uint8Array(16))].map(
    (byte) => alphabet[byte % alphabet.length],
  );
  return letters.join("").replace(/(.{4})(?=.)/g, "$1-");
}

function forwarded(headers: Headers): Headers {
  const kept = new Headers({ "content-type": "application/json" });
  for (const name of ["host", "origin", "user-agent", PEER_HEADER]) {
    const value = headers.get(name);
    if (value) kept.set(name, value);
  }
  return kept;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\]|::ffff:127(\.\d+){3})$/i;
/** Whatever proxies say of whom they speak for. */
const FORWARDING_HEADER =
  /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip|fly-client-ip)$/;

/** Whoever sits at the machine itself needs no setup code. */
export function isAtTheMachine(
  env: Pick<Env, "host" | "publicUrl">,
  request: Request,
  peer: string | undefined,
): boolean {
  const host = request.headers.get("host")?.replace(/:\d+$/, "") ?? "";
  return (
    LOOPBACK.test(env.host) &&
    peer !== undefined &&
    LOOPBACK.test(peer) &&
    LOOPBACK.test(host) &&
    env.publicUrl === undefined &&
    [...request.headers.keys()].every((name) => !FORWARDING_HEADER.test(name))
  );
}

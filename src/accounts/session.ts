/**
 * Who a request comes from, by cookie or bearer token. What was found is believed for a few seconds,
 * so that the many requests of one page cost one look; a session that ends is forgotten at once, in
 * every process that hears of it.
 */
import type { AccountActor } from "../access.ts";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { Auth } from "./auth.ts";
import { findByToken } from "./tokens.ts";

/** How long a session is believed without asking again, in milliseconds. */
const BELIEVED_MS = 5_000;
/** Sessions kept at once; beyond, the oldest is asked for again. */
const KEPT = 10_000;

export type Session = { id: string; expiresAt: Date };
export type SignedIn = { actor: AccountActor; session: Session };

export type Sessions = {
  of(headers: Headers): Promise<SignedIn | undefined>;
  /** It is over: here now, and in the other processes, whose sockets of it close too. */
  ended(session: string): void;
  stop: Stop;
};

export async function openSessions(db: Database, auth: Auth, bus: Bus): Promise<Sessions> {
  const kept = new Map<string, { signedIn: SignedIn; until: number }>();
  /** Sessions that ended since it opened, so that none is believed that was looked up just before its end. */
  let ends = 0;
  const forget = (session: string) => {
    ends++;
    for (const [key, { signedIn }] of kept) if (signedIn.session.id === session) kept.delete(key);
  };
  const stop = await hearEnded(bus, forget);
  return {
    stop,
    async of(headers) {
      const [authorization, cookie] = [headers.get("authorization"), headers.get("cookie")];
      if (authorization === null && cookie === null) return undefined;
      // Of both: what a proxy in front has everybody say in one of them says nothing of who it is.
      const key = JSON.stringify([authorization, cookie]);
      const known = kept.get(key);
      if (known && known.until > Date.now()) return known.signedIn;
      kept.delete(key);
      const before = ends;
      const signedIn = (await byToken(db, headers)) ?? (await lookUp(auth, headers));
      if (!signedIn) return undefined;
      const until = Math.min(Date.now() + BELIEVED_MS, signedIn.session.expiresAt.getTime());
      if (ends === before) kept.set(key, { signedIn, until });
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
      return signedIn;
    },
    ended(session) {
      forget(session);
      bus.signal(`${ENDED}${session}`, "");
    },
  };
}

const ENDED = "reyna.signal.session.";

export const hearEnded = (bus: Bus, handler: (session: string) => void): Promise<Stop> =>
  bus.tail([`${ENDED}*`], ({ subject }) => handler(subject.slice(ENDED.length)));

async function byToken(db: Database, headers: Headers): Promise<SignedIn | undefined> {
  const [, secret] = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  return secret === undefined ? undefined : findByToken(db, secret);
}

async function lookUp(auth: Auth, headers: Headers): Promise<SignedIn | undefined> {
  const found = await auth.api.getSession({ headers }).catch(rethrowCause);
  if (!found) return undefined;
  const actor: AccountActor = {
    kind: "account",
    account: found.user.id,
    administrator: Boolean(found.user.administratorSince),
  };
  return { actor, session: { id: found.session.id, expiresAt: found.session.expiresAt } };
}

/** better-auth wraps what went wrong, so that a database that is away would look like a fault. */
function rethrowCause(error: unknown): never {
  throw (error as { body?: { cause?: unknown } }).body?.cause ?? error;
}

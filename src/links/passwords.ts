/**
 * Links with a password. Whoever knew it gets a proof that is good for this link and this password only: an HMAC under
 * the studio's secret (RFC 2104), so it needs no row. Guessing is slow: so many tries an address and window.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { and, eq, lt, sql } from "drizzle-orm";
import { linkTries } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { Problem } from "../problem.ts";
import type { Link } from "./links.ts";

/** Passwords that one address may try on a link in one window. */
export const TRIES_LIMIT = 5;
/** In seconds. */
export const TRIES_WINDOW_S = 60;
const KEY_BYTES = 32;

/** Whether it is the link's password. @throws 429 after too many tries */
export async function tryPassword(
  db: Db,
  link: Link,
  password: string,
  address: string,
): Promise<boolean> {
  const peer = new Bun.CryptoHasher("sha256").update(`${link.id} ${address}`).digest("hex");
  const within = sql`${linkTries.startedAt} > now() - ${TRIES_WINDOW_S} * interval '1 s'`;
  const [tried] = await db
    .insert(linkTries)
    .values({ link: link.id, peer, count: 1 })
    .onConflictDoUpdate({
      target: [linkTries.link, linkTries.peer],
      set: {
        count: sql`case when ${within} then ${linkTries.count} + 1 else 1 end`,
        startedAt: sql`case when ${within} then ${linkTries.startedAt} else now() end`,
      },
    })
    .returning();
  if (tried!.count > TRIES_LIMIT) throw tooOften(tried!.startedAt);
  const fits = await Bun.password.verify(password, link.passwordHash ?? "").catch(() => false);
  const own = and(eq(linkTries.link, link.id), eq(linkTries.peer, peer));
  if (fits) await db.delete(linkTries).where(own);
  return fits;
}

function tooOften(since: Date): Problem {
  const left = since.getTime() + TRIES_WINDOW_S * 1_000 - Date.now();
  const seconds = Math.min(TRIES_WINDOW_S, Math.max(1, Math.ceil(left / 1_000)));
  return new Problem(429, "too-often", "Too many passwords were tried", {
    detail: `Wait ${seconds} seconds and try again.`,
    headers: { "retry-after": String(seconds) },
  });
}

/** Windows that are over. */
export async function forgetTries(db: Db, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - TRIES_WINDOW_S * 1_000);
  await db.delete(linkTries).where(lt(linkTries.startedAt, before));
}

/** What a reader who knew the password shows from then on. */
export function proofOf(secret: string, { id, passwordHash }: Link): string {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", "reyna read-only links", KEY_BYTES));
  return createHmac("sha256", key).update(`${id} ${passwordHash}`).digest("base64url");
}

/** Whether a reader may look: the link asks for no password, or here is the proof. */
export function mayLook(secret: string, link: Link, proof: string | undefined): boolean {
  if (link.passwordHash === null) return true;
  const [shown, right] = [Buffer.from(proof ?? ""), Buffer.from(proofOf(secret, link))];
  return shown.byteLength === right.byteLength && timingSafeEqual(shown, right);
}

/** Tokens: how a program acts for an account, with as much of its rights as the token says. */
import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { accounts, tokens } from "../../drizzle/tables.ts";
import { type AccountActor, requirePerson, type Scope } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import { type Db, transact } from "../database.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { conflict, invalid, notFound } from "../problem.ts";
import { hashOfSecret, newSecret } from "./secrets.ts";
import type { SignedIn } from "./session.ts";

export type TokenRow = typeof tokens.$inferSelect;

export type TokenDraft = {
  name: string;
  scopes: Scope[];
  /** Absent: wherever the account may. */
  roots?: string[];
  /** RFC 3339; absent: until it is deleted. */
  expiresAt?: string;
};

/** Tokens of one account. */
export const TOKENS_LIMIT = 100;
/** Every secret begins like this, so that it is told from a session's and found by those who look for leaks. */
const PREFIX = "reyna_";
/** How often the moment of use is written, in milliseconds. */
const USED_EVERY_MS = 60_000;
/** Of a token without an end. */
const NEVER = new Date("9999-12-31T00:00:00Z");

/** The secret is told here and never again. @throws 403 for a token; 404 for a root; 409 `too-many`; 422 */
export async function createToken(
  db: Db,
  actor: AccountActor,
  draft: TokenDraft,
): Promise<{ token: TokenRow; secret: string }> {
  requirePerson(actor);
  if (draft.expiresAt && new Date(draft.expiresAt) <= new Date())
    throw invalid([{ pointer: "/expiresAt", rule: "future", message: "must lie in the future" }]);
  if (draft.scopes.includes("administer") && !actor.administrator)
    throw invalid([
      { pointer: "/scopes", rule: "scope", message: "only an administrator's token administers" },
    ]);
  return transact(db, async (tx) => {
    for (const root of draft.roots ?? []) {
      const bucket = await findBucket(tx, actor, root);
      if (bucket.parent) throw conflict("not-root", "A token is good for whole roots");
    }
    await tx.execute(sql`select 1 from accounts where id = ${actor.account} for update`);
    if ((await tx.$count(tokens, eq(tokens.account, actor.account))) >= TOKENS_LIMIT)
      throw conflict("too-many", `An account has ${TOKENS_LIMIT} tokens at most`);
    const secret = PREFIX + newSecret();
    const [token] = await tx
      .insert(tokens)
      .values({
        id: Bun.randomUUIDv7(),
        account: actor.account,
        name: draft.name,
        scopes: draft.scopes,
        roots: draft.roots ?? null,
        hash: hashOfSecret(secret),
        expiresAt: draft.expiresAt ? new Date(draft.expiresAt) : null,
      })
      .returning();
    return { token: token!, secret };
  });
}

/** Newest first. @throws 403 for a token */
export async function listTokens(
  db: Db,
  actor: AccountActor,
  request: PageRequest,
): Promise<Page<TokenRow>> {
  requirePerson(actor);
  const rows = await db
    .select()
    .from(tokens)
    .where(
      and(
        eq(tokens.account, actor.account),
        request.cursor ? lt(tokens.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(tokens.id))
    .limit(request.limit + 1);
  return page(rows, request);
}

/** From here on it is good for nothing. @throws 404; 403 for a token */
export async function deleteToken(db: Db, actor: AccountActor, id: string): Promise<void> {
  requirePerson(actor);
  const [gone] = isId(id)
    ? await db
        .delete(tokens)
        .where(and(eq(tokens.id, id), eq(tokens.account, actor.account)))
        .returning()
    : [];
  if (!gone) throw notFound("This token");
}

/** Who a bearer of this secret is; undefined when it is no token of ours, or no more. */
export async function findByToken(db: Db, secret: string): Promise<SignedIn | undefined> {
  if (!secret.startsWith(PREFIX)) return undefined;
  const [row] = await db
    .select({ token: tokens, administratorSince: accounts.administratorSince })
    .from(tokens)
    .innerJoin(accounts, eq(accounts.id, tokens.account))
    .where(eq(tokens.hash, hashOfSecret(secret)));
  if (!row) return undefined;
  const { id, account, scopes, roots, expiresAt } = row.token;
  if (expiresAt && expiresAt <= new Date()) return undefined;
  await db
    .update(tokens)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(tokens.id, id),
        or(
          sql`${tokens.usedAt} is null`,
          sql`${tokens.usedAt} < now() - ${USED_EVERY_MS} * interval '1 ms'`,
        ),
      ),
    );
  const actor: AccountActor = {
    kind: "account",
    account,
    administrator: row.administratorSince !== null && scopes.includes("administer"),
    token: { id, scopes, roots },
  };
  return { actor, session: { id, expiresAt: expiresAt ?? NEVER } };
}

/** As the API shows a token: all but the hash of its secret. */
export function tokenView({ hash: _hash, account: _account, ...token }: TokenRow) {
  return token;
}

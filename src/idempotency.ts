/**
 * Idempotency-Key: a POST sent twice has one effect and one answer. The answer is kept in the
 * transaction of the effect, so there is never one without the other.
 */
import { and, eq, lt, sql } from "drizzle-orm";
import { idempotencyKeys } from "../drizzle/tables.ts";
import { type AccountActor, isNarrowed } from "./access.ts";
import { type Database, type Tx, transact } from "./database.ts";
import { hashJson } from "./json.ts";
import { conflict, Problem } from "./problem.ts";
import { seal, unseal } from "./secret.ts";

/** How long answers are kept, in hours. */
export const KEPT_HOURS = 24;
const KEY_MAX_LENGTH = 200;

export type Answer = { status: number; answer: unknown };

export type Request = {
  method: string;
  path: string;
  key: string | undefined;
  body: unknown;
  /** The studio's secret, where the answer holds one of its own: it is kept sealed then (`src/secret.ts`). */
  sealedWith?: string;
};

/**
 * Runs `effect`, or answers again what it answered to the same key and body.
 * @throws 409 while the first is still running, 422 when the key came with another body
 */
export async function once(
  db: Database,
  actor: AccountActor,
  request: Request,
  effect: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  const { method, path, key, body, sealedWith } = request;
  if (key === undefined) return transact(db, effect);
  if (key.length === 0 || key.length > KEY_MAX_LENGTH)
    throw keyProblem(`An Idempotency-Key has 1 to ${KEY_MAX_LENGTH} characters.`);
  // What the account was answered, who may do less of it is not answered again.
  const bodyHash = hashJson(isNarrowed(actor) ? { token: actor.token!.id, body } : body);
  return transact(db, async (tx) => {
    const name = JSON.stringify([actor.account, method, path, key]);
    const { rows } = await tx.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken`,
    );
    if (!rows[0]!.taken)
      throw conflict("still-running", "The first request with this Idempotency-Key still runs");
    const [known] = await tx
      .select()
      .from(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.account, actor.account),
          eq(idempotencyKeys.method, method),
          eq(idempotencyKeys.path, path),
          eq(idempotencyKeys.key, key),
        ),
      );
    if (known) {
      if (known.bodyHash !== bodyHash)
        throw keyProblem("This Idempotency-Key came before with another body. Use a new key.");
      return { status: known.status, answer: opened(known.answer, sealedWith) };
    }
    const answer = await effect(tx);
    await tx.insert(idempotencyKeys).values({
      account: actor.account,
      method,
      path,
      key,
      bodyHash,
      status: answer.status,
      answer: kept(answer.answer, sealedWith),
    });
    return answer;
  });
}

const kept = (answer: unknown, secret: string | undefined): unknown =>
  secret === undefined
    ? answer
    : { sealed: Buffer.from(seal(secret, JSON.stringify(answer))).toString("base64") };

/** @throws 422 when the studio's secret is another one since */
function opened(answer: unknown, secret: string | undefined): unknown {
  if (secret === undefined) return answer;
  try {
    const { sealed } = answer as { sealed: string };
    return JSON.parse(unseal(secret, Buffer.from(sealed, "base64")));
  } catch {
    throw keyProblem(
      "What this Idempotency-Key was answered can no longer be read. Use a new key.",
    );
  }
}

export async function forgetKeys(db: Database, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - KEPT_HOURS * 60 * 60 * 1_000);
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before));
}

const keyProblem = (detail: string) =>
  new Problem(422, "idempotency-key", "The Idempotency-Key cannot be used", { detail });

/** How many words somebody means to write in a day: theirs alone, so no event tells of it. */
import { eq } from "drizzle-orm";
import { writingGoals } from "../../drizzle/tables.ts";
import { type AccountActor, requireWholeAccount } from "../access.ts";
import type { Db } from "../database.ts";
import { invalid } from "../problem.ts";

/** Words. */
export const GOAL_LIMIT = 100_000;

/** Null: they have said nothing of it. */
export async function readGoal(db: Db, account: string): Promise<number | null> {
  const [row] = await db.select().from(writingGoals).where(eq(writingGoals.account, account));
  return row?.words ?? null;
}

/** Null takes it away. @throws 403 for a token that may not; 422 */
export async function setGoal(db: Db, actor: AccountActor, words: number | null): Promise<void> {
  requireWholeAccount(actor);
  const { account } = actor;
  if (words === null) {
    await db.delete(writingGoals).where(eq(writingGoals.account, account));
    return;
  }
  if (!Number.isInteger(words) || words < 1 || words > GOAL_LIMIT)
    throw invalid([
      {
        pointer: "/words",
        rule: "range",
        message: `must be a whole number from 1 to ${GOAL_LIMIT}`,
      },
    ]);
  const setAt = new Date();
  await db
    .insert(writingGoals)
    .values({ account, words, setAt })
    .onConflictDoUpdate({ target: writingGoals.account, set: { words, setAt } });
}

/** What models were used and what that cost, by account, book and month; and where a budget ends. */
import { and, desc, eq, sql } from "drizzle-orm";
import { spending } from "../../drizzle/tables.ts";
import type { Db, Tx } from "../database.ts";
import { RunError, type Usage } from "../processors/sdk.ts";
import { findSettings, type Prices } from "./settings.ts";

export type Spending = typeof spending.$inferSelect;

const TOKENS_PRICED = 1_000_000;

/** In US dollars; null where the price is not known. */
export function costOf(usage: Usage, prices: Prices | null): number | null {
  if (!prices) return null;
  const { inputTokens, outputTokens } = usage;
  return (inputTokens * prices.input + outputTokens * prices.output) / TOKENS_PRICED;
}

/** The first day of a month in UTC: `2026-11-01`. */
export const monthOf = (moment: Date): string => `${moment.toISOString().slice(0, 7)}-01`;

/** Adds an attempt to its month, in the transaction that ends it. */
export async function addSpending(
  tx: Tx,
  { account, root }: { account: string; root: string },
  usage: Usage,
  cost: number | null,
  now = new Date(),
): Promise<void> {
  await tx
    .insert(spending)
    .values({
      account,
      root,
      month: monthOf(now),
      attempts: 1,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cost: cost ?? 0,
    })
    .onConflictDoUpdate({
      target: [spending.account, spending.month, spending.root],
      set: {
        attempts: sql`${spending.attempts} + 1`,
        inputTokens: sql`${spending.inputTokens} + ${usage.inputTokens}`,
        outputTokens: sql`${spending.outputTokens} + ${usage.outputTokens}`,
        cost: sql`${spending.cost} + ${cost ?? 0}`,
      },
    });
}

/** Of the account, its newest month first. */
export function listSpending(db: Db, account: string): Promise<Spending[]> {
  return db
    .select()
    .from(spending)
    .where(eq(spending.account, account))
    .orderBy(desc(spending.month), desc(spending.cost));
}

export type Budget = { limit: number; spent: number; of: "account" | "installation" };

/** The budgets that hold for an account this month: its own, and everybody's. */
export async function budgetsOf(
  db: Db,
  account: string | null,
  now = new Date(),
): Promise<Budget[]> {
  const { own, installation } = await findSettings(db, account);
  const budgets: Budget[] = [];
  const month = eq(spending.month, monthOf(now));
  const sum = sql<number>`coalesce(sum(${spending.cost}), 0)::float8`;
  if (own && own.monthlyLimit !== null) {
    const mine = and(month, eq(spending.account, account!));
    const [row] = await db.select({ sum }).from(spending).where(mine);
    budgets.push({ limit: own.monthlyLimit, spent: row!.sum, of: "account" });
  }
  if (installation && installation.monthlyLimit !== null) {
    const [row] = await db.select({ sum }).from(spending).where(month);
    budgets.push({ limit: installation.monthlyLimit, spent: row!.sum, of: "installation" });
  }
  return budgets;
}

/** @throws RunError `budget` when a budget of this month is used up */
export async function requireBudget(db: Db, account: string | null): Promise<void> {
  const full = (await budgetsOf(db, account)).find(({ spent, limit }) => spent >= limit);
  if (!full) return;
  const [spent, limit] = [dollars(full.spent), dollars(full.limit)];
  throw new RunError(
    "budget",
    full.of === "account"
      ? `Your budget of ${limit} for this month is used up (${spent}). Raise it in Settings, or wait for the next month.`
      : `The studio's budget of ${limit} for this month is used up (${spent}). An administrator can raise it in Settings.`,
    { retryable: false },
  );
}

/** `$5.00`; of less than a dollar cents with a tenth: `0.3¢`. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 1) {
    const cents = amount * 100;
    return `${cents < 10 ? cents.toFixed(1) : cents.toFixed(0)}¢`;
  }
  return `$${amount.toFixed(2)}`;
}

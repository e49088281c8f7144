/**
 * The sweeper: finds what the bus lost. Announces again what is due and unclaimed, and ends what no
 * worker will end. Because of it the broker's storage may be wiped at any moment.
 */
import { sql } from "drizzle-orm";
import { SYSTEM } from "../access.ts";
import { announce } from "../announce.ts";
import type { Database } from "../database.ts";
import type { Processor } from "../processors/sdk.ts";
import { failRun, settleCancelled } from "./settle.ts";

/** How often it looks, in milliseconds. */
export const SWEEP_EVERY_MS = 1_000;
/** How long the first announcement has before it is repeated, in milliseconds; doubled each time. */
const SWEEP_AFTER_MS = 3_000;
/** The longest wait between two announcements of one run, in milliseconds. */
const SWEEP_AT_MOST_MS = 5 * 60_000;
/** Runs announced in one sweep. */
const SWEEP_BATCH = 200;

/** `all`: announces whatever is due without waiting; after the bus came back from an absence. */
export async function sweep(
  db: Database,
  processors: readonly Processor[],
  { all = false } = {},
): Promise<void> {
  const { rows } = await db.execute<{
    id: string;
    processor: string;
    attempt: number;
    sweep: number;
  }>(sql`
    update runs set sweep = sweep + 1, swept_at = now()
    where id in (
      select id from runs
      where cancel_requested_at is null and (
        (status = 'queued' and due_at <= now() - ${all ? 0 : SWEEP_AFTER_MS} * interval '1 millisecond') or
        (status = 'running' and lease_until < now() and attempt < max_attempts)
      ) and (${all} or swept_at is null or swept_at <= now() -
        least(${SWEEP_AFTER_MS} * power(2, least(sweep, 20)), ${SWEEP_AT_MOST_MS}) * interval '1 millisecond')
      order by due_at limit ${SWEEP_BATCH}
      for update skip locked
    )
    returning id, processor, attempt, sweep`);
  for (const row of rows)
    announce(db, {
      queued: { run: row.id, processor: row.processor, attempt: row.attempt, sweep: row.sweep },
    });
  await endAbandoned(db, processors);
}

/** Runs whose worker is gone and that nobody may take over: cancelled meanwhile, or tried too often. */
async function endAbandoned(db: Database, processors: readonly Processor[]): Promise<void> {
  const { rows } = await db.execute<{
    id: string;
    processor: string;
    attempt: number;
    cancelled: boolean;
  }>(sql`
    select id, processor, attempt, cancel_requested_at is not null as cancelled from runs
    where status = 'running' and lease_until < now()
      and (cancel_requested_at is not null or attempt >= max_attempts)
    limit ${SWEEP_BATCH}`);
  for (const row of rows) {
    const fence = { run: row.id, attempt: row.attempt };
    const processor = processors.find((one) => one.id === row.processor);
    if (row.cancelled) await settleCancelled(db, SYSTEM, fence, processor);
    else
      await failRun(
        db,
        SYSTEM,
        fence,
        {
          type: "worker-lost",
          sentence: "The worker stopped in the middle of it, several times. Try again.",
        },
        null,
        "lost",
      );
  }
}

/**
 * The sweeper: finds what the bus lost. Announces again what is due and unclaimed, and ends what no
 * worker will end. Because of it the broker's storage may be wiped at any moment.
 */
import { sql } from "drizzle-orm";
import { SYSTEM } from "../access.ts";
import { announce } from "../announce.ts";
import type { Database } from "../database.ts";
import type { Processor } from "../processors/sdk.ts";
import { hint, type Run } from "./queue.ts";
import { failRun, settleCancelled } from "./settle.ts";

/** How often it looks, in milliseconds. */
export const SWEEP_EVERY_MS = 1_000;
/** How long the first announcement has before it is repeated, in milliseconds; doubled each time. */
const SWEEP_AFTER_MS = 3_000;
/** The longest wait between two announcements of one run, in milliseconds. */
const SWEEP_AT_MOST_MS = 5 * 60_000;
/** Runs announced in one statement. */
const SWEEP_BATCH = 200;
/** Such statements where all were lost. Otherwise one: what waits long is more often a backlog than forgotten. */
const SWEEP_ROUNDS = 100;

/** `all`: announces whatever is due without waiting; after the bus came back from an absence. */
export async function sweep(
  db: Database,
  processors: readonly Processor[],
  { all = false } = {},
): Promise<void> {
  const { rows } = await db.execute<{ now: Date }>(sql`select now()`);
  for (let round = 0; round < (all ? SWEEP_ROUNDS : 1); round++)
    if ((await announceDue(db, all ? rows[0]!.now : null)) < SWEEP_BATCH) break;
  await endAbandoned(db, processors);
}

/**
 * What somebody waits for first.
 * @param all whatever no sweep has announced since then; null: what waits longer than it should.
 * @returns how many
 */
async function announceDue(db: Database, all: Date | null): Promise<number> {
  const { rows } = await db.execute<
    Pick<Run, "id" | "processor" | "priority" | "attempt" | "sweep">
  >(sql`
    update runs set sweep = sweep + 1, swept_at = now()
    where id in (
      select id from runs r
      where cancel_requested_at is null and (
        (status = 'queued' and due_at <= now() - ${all ? 0 : SWEEP_AFTER_MS} * interval '1 millisecond') or
        (status = 'running' and lease_until < now() and attempt < max_attempts)
      ) and (swept_at is null or swept_at < coalesce(${all}::timestamptz, now() -
        least(${SWEEP_AFTER_MS} * power(2, least(sweep, 20)), ${SWEEP_AT_MOST_MS}) * interval '1 millisecond'))
      and not exists (
        select 1 from processors p
        where p.id = r.processor and (p.paused_at is not null or p.disabled_at is not null)
      )
      order by priority desc, due_at limit ${SWEEP_BATCH}
      for update skip locked
    )
    returning id, processor, priority, attempt, sweep`);
  for (const { attempt, sweep, ...run } of rows)
    announce(db, { queued: { ...hint(run), attempt, sweep } });
  return rows.length;
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
        { outcome: "lost" },
      );
  }
}

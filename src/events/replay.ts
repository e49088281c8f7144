import { and, asc, gt, gte, isNotNull, lte, min, sql } from "drizzle-orm";
import { events, studio } from "../../drizzle/tables.ts";
import { type Database, type Db, transact } from "../database.ts";
import { type NumberedEvent, numbered } from "./event.ts";

/** How long events are kept, in days. */
export const KEPT_DAYS = 30;
/** Events dropped in one transaction, so that a long-neglected log is no long transaction. */
const PRUNE_BATCH = 5_000;

/** Where the log stands. */
export type LogPosition = { epoch: string; lastOffset: number; prunedOffset: number };

export async function readLogPosition(db: Db): Promise<LogPosition> {
  const [row] = await db
    .select({
      epoch: studio.epoch,
      lastOffset: studio.lastOffset,
      prunedOffset: studio.prunedOffset,
    })
    .from(studio);
  return row!;
}

/**
 * Numbered events after `since`, up to `until`, in order, at most `limit`. They follow on one another
 * without gaps; the first is not `since + 1` only where pruning has passed `since`.
 */
export async function readEvents(
  db: Db,
  since: number,
  until: number,
  limit: number,
): Promise<NumberedEvent[]> {
  const rows = await db
    .select()
    .from(events)
    .where(and(gt(events.offset, since), lte(events.offset, until)))
    .orderBy(asc(events.offset))
    .limit(limit);
  return rows.map(numbered);
}

/**
 * Drops events older than {@link KEPT_DAYS} and remembers up to where. What stays is a whole: an event
 * that is younger than its neighbours, because its transaction began later, keeps those after it.
 */
export async function pruneEvents(db: Database, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 24 * 60 * 60 * 1_000);
  // Before the search: what is numbered during it is new.
  const { lastOffset } = await readLogPosition(db);
  const [oldest] = await db
    .select({ offset: min(events.offset) })
    .from(events)
    .where(and(gte(events.time, before), isNotNull(events.offset)));
  const kept = oldest?.offset ?? lastOffset + 1;
  while ((await dropBefore(db, kept)) === PRUNE_BATCH);
}

/** The oldest {@link PRUNE_BATCH} events below an offset; answers how many there were. */
async function dropBefore(db: Database, kept: number): Promise<number> {
  return transact(db, async (tx) => {
    const { rows } = await tx.execute<{ count: number; highest: number | null }>(sql`
      with gone as (
        delete from events where seq in (
          select seq from events where "offset" < ${kept} order by "offset" limit ${PRUNE_BATCH}
        ) returning "offset"
      ) select count(*) as count, max("offset") as highest from gone`);
    const { count, highest } = rows[0]!;
    if (highest !== null)
      await tx
        .update(studio)
        .set({ prunedOffset: sql`greatest(${studio.prunedOffset}, ${highest}::bigint)` });
    return count;
  });
}

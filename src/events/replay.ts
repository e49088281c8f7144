import { and, asc, gt, lt, lte, sql } from "drizzle-orm";
import { events, studio } from "../../drizzle/tables.ts";
import { type Database, type Db, transact } from "../database.ts";
import { type NumberedEvent, numbered } from "./event.ts";

/** How long events are kept, in days. */
export const KEPT_DAYS = 30;

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

/** Numbered events after `since`, up to `until`, in order, at most `limit`. */
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

/** Drops events older than {@link KEPT_DAYS} and remembers up to where. */
export async function pruneEvents(db: Database, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 24 * 60 * 60 * 1_000);
  await transact(db, async (tx) => {
    const gone = await tx
      .delete(events)
      .where(and(lt(events.time, before), sql`${events.offset} is not null`))
      .returning({ offset: events.offset });
    const highest = gone.reduce((most, row) => Math.max(most, row.offset!), 0);
    if (highest > 0)
      await tx
        .update(studio)
        .set({ prunedOffset: sql`greatest(${studio.prunedOffset}, ${highest}::bigint)` });
  });
}

/** Reading the log, as an account may see it. */
import { type AccountActor, rootsOf } from "../access.ts";
import type { Db } from "../database.ts";
import { badQuery } from "../lists.ts";
import { maySee, parseSince, type Subscription, wants } from "../live/filter.ts";
import { Problem } from "../problem.ts";
import type { CloudEvent } from "./event.ts";
import { type LogPosition, readEvents, readLogPosition } from "./replay.ts";

/** Events looked at for one answer at most; a page of a busy log may be short. */
const SCAN_LIMIT = 10_000;
const SCAN_BATCH = 1_000;

export type EventPage = {
  items: { offset: number; event: CloudEvent }[];
  /** `<epoch>:<offset>` for the next page; null at the end of the log. */
  next: string | null;
  /** `<epoch>:<offset>` up to which the log was read: ask again from here for what happens later. */
  position: string;
};

/**
 * The events after `since`, oldest first, that the actor may see and the filter lets through; from
 * the oldest that is kept without it.
 * @throws 422 for what is no position; 410 for one in another log, or before what is kept
 */
export async function readEventPage(
  db: Db,
  actor: AccountActor,
  filter: Subscription & { since?: string | undefined },
  limit: number,
): Promise<EventPage> {
  const standing = await readLogPosition(db);
  let at = startOf(filter.since, standing);
  const scanUntil = at + SCAN_LIMIT;
  const roots = new Set(await rootsOf(db, actor));
  const items: EventPage["items"] = [];
  while (items.length < limit && at < Math.min(standing.lastOffset, scanUntil)) {
    const batch = await readEvents(db, at, standing.lastOffset, SCAN_BATCH);
    if (batch.length === 0) at = standing.lastOffset;
    for (const one of batch) {
      at = one.offset;
      if (maySee(roots, one) && wants(filter, one))
        items.push({ offset: one.offset, event: one.event });
      if (items.length === limit) break;
    }
  }
  const position = `${standing.epoch}:${at}`;
  return { items, next: at < standing.lastOffset ? position : null, position };
}

function startOf(since: string | undefined, { epoch, lastOffset, prunedOffset }: LogPosition) {
  if (since === undefined) return prunedOffset;
  const parsed = parseSince(since);
  if (!parsed) throw badQuery("since", "must be the `next` or `position` of an earlier answer");
  if (parsed.epoch !== epoch || parsed.offset > lastOffset || parsed.offset < prunedOffset)
    throw new Problem(410, "events-gone", "The log does not go on from there", {
      detail: "A backup was restored, or the events are no longer kept. Read everything anew.",
    });
  return parsed.offset;
}

/**
 * The relay: gives events their offsets, in the order of the log and without gaps, and hands them to
 * the bus. It runs in one process at a time, the one that holds the relay's lock.
 *
 *   number   one statement gives max+1… to every row without an offset; only if nobody else has
 *            numbered since this relay last looked, so that two relays can never both
 *   publish  in offset order, stopping at the first failure
 *   mark     remembers how far the bus has it
 *
 * Dying between two of these repeats the later ones; nothing is ever renumbered. Numbering does not
 * wait for publishing: while the bus is away, the log and who hears it in this process go on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { gt, sql } from "drizzle-orm";
import { events, studio } from "../../drizzle/tables.ts";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Database, Postgres } from "../database.ts";
import type { Log } from "../log.ts";
import { type NumberedEvent, numbered, subjectOf } from "./event.ts";

/** Looks without being woken this often, in milliseconds: another process's ring may get lost. */
const POLL_MS = 1_000;
/** How far the bus has it is written at most this often, in milliseconds. */
const MARK_EVERY_MS = 250;
/** Events numbered and published in one go. */
const BATCH = 500;
/** How long it waits after a failure, in milliseconds. */
const RETRY_MS = 500;
/** How long a process without the lock waits before it asks again, in milliseconds. */
const STANDBY_MS = 2_000;
/** The session advisory lock of the relay. */
const RELAY_LOCK = 7_203_001;

export type Relay = {
  /** There may be something new. */
  wake(): void;
  stop: Stop;
};

export function startRelay(
  parts: { postgres: Postgres; bus: Bus; log: Log },
  /** Hears each event at once when it has its offset, before the bus does. */
  onNumbered: (event: NumberedEvent) => void = () => {},
): Relay {
  const { postgres, bus, log } = parts;
  const { db } = postgres;
  const stopped = new AbortController();
  let ring = Promise.withResolvers<void>();

  const relay = async () => {
    while (!stopped.signal.aborted) {
      try {
        const lock = await postgres.exclusive(RELAY_LOCK);
        if (!lock) {
          await pause(STANDBY_MS);
          continue;
        }
        let held = true;
        lock.lost.then(() => {
          held = false;
          ring.resolve();
        });
        try {
          await relayWhile(() => held && !stopped.signal.aborted);
        } finally {
          await lock.release();
        }
      } catch (error) {
        log.warn({ err: error }, "the relay lost the database or the bus; it tries again");
        await pause(RETRY_MS);
      }
    }
  };

  async function relayWhile(held: () => boolean): Promise<void> {
    const from = await readPosition(db);
    let { lastOffset } = from;
    let over = false;
    const going = () => held() && !over;
    const publisher = startPublisher(from, going);
    try {
      while (going()) {
        ring = Promise.withResolvers<void>();
        const fresh = await number(db, lastOffset);
        if (fresh === "fenced") return;
        for (const event of fresh) onNumbered(event);
        lastOffset = fresh.at(-1)?.offset ?? lastOffset;
        if (fresh.length > 0) publisher.add(fresh);
        if (fresh.length < BATCH) await Promise.race([ring.promise, pause(POLL_MS)]);
        publisher.throwIfFailed();
      }
    } finally {
      over = true;
      await publisher.end();
    }
  }

  /** Brings the bus what has been numbered, batch after batch, until `going` ends. */
  function startPublisher({ lastOffset, publishedOffset }: Position, going: () => boolean) {
    let recent: NumberedEvent[] = [];
    let news = Promise.withResolvers<void>();
    let failure: { error: unknown } | undefined;
    let marked = publishedOffset;
    let markedAt = 0;

    /** Seldom: it writes the row that numbering waits for, and repeating a publish is harmless. */
    async function markNowAndThen(): Promise<void> {
      if (marked === publishedOffset || performance.now() - markedAt < MARK_EVERY_MS) return;
      markedAt = performance.now();
      const reached = publishedOffset;
      await mark(db, reached);
      marked = reached;
    }

    const publishing = (async () => {
      while (going()) {
        news = Promise.withResolvers<void>();
        if (publishedOffset === lastOffset) {
          if (marked === publishedOffset) await news.promise;
          else await Promise.race([news.promise, pause(MARK_EVERY_MS)]);
          await markNowAndThen();
          continue;
        }
        const last = lastOffset;
        const handed = recent;
        recent = [];
        const waiting =
          handed[0]?.offset === publishedOffset + 1
            ? handed
            : await unpublished(db, publishedOffset);
        // None: they were pruned before the bus could have them.
        const reached = waiting.length > 0 ? await publish(waiting) : last;
        publishedOffset = Math.max(publishedOffset, reached);
        await markNowAndThen();
        if (waiting.length > 0 && reached < waiting.at(-1)!.offset) await pause(RETRY_MS);
      }
    })().catch((error) => {
      failure = { error };
      ring.resolve();
    });

    return {
      /** When the database failed it; the ring says that there is something to look at. */
      throwIfFailed() {
        if (failure) throw failure.error;
      },
      add(fresh: NumberedEvent[]) {
        lastOffset = fresh.at(-1)!.offset;
        // What the bus is too slow for is read again from the log.
        recent = recent.length > BATCH ? [] : [...recent, ...fresh];
        news.resolve();
      },
      async end() {
        news.resolve();
        await publishing;
        markedAt = 0;
        // Best effort: unmarked, the next relay only publishes again.
        await markNowAndThen().catch(() => {});
      },
    };
  }

  /** The offset of the last event that the bus took. All are under way at once, in their order: the broker answers each. */
  async function publish(waiting: NumberedEvent[]): Promise<number> {
    const sent = waiting.map((event) =>
      bus.publish(subjectOf(event), event.event.id, JSON.stringify(event)).then(
        () => undefined,
        (error: unknown) => ({ error }),
      ),
    );
    let reached = waiting[0]!.offset - 1;
    for (const [at, { offset }] of waiting.entries()) {
      const failure = await sent[at];
      if (failure && !(failure.error instanceof RangeError)) {
        log.warn({ err: failure.error, offset }, "the bus does not take events; they wait");
        break;
      }
      // Too large for the broker, now and for ever: readers find it in the log.
      if (failure) log.error({ err: failure.error, offset }, "an event is too large for the bus");
      reached = offset;
    }
    return reached;
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopped.signal }).catch(() => {});
  const relaying = relay();
  return {
    wake: () => ring.resolve(),
    stop: async () => {
      stopped.abort();
      ring.resolve();
      await relaying;
    },
  };
}

type Position = { lastOffset: number; publishedOffset: number };

async function readPosition(db: Database): Promise<Position> {
  const [row] = await db
    .select({ lastOffset: studio.lastOffset, publishedOffset: studio.publishedOffset })
    .from(studio);
  return row!;
}

/**
 * Offsets for the rows that have none. The row of `studio` is locked and must still say what this
 * relay read: had another one numbered meanwhile, Postgres evaluates the condition anew on the
 * changed row, and nothing is written.
 */
async function number(db: Database, lastOffset: number): Promise<NumberedEvent[] | "fenced"> {
  const { rows } = await db.execute<EventRow & { fence: string | null }>(sql`
    with log as (
      select last_offset from studio where id = 1 and last_offset = ${lastOffset} for update
    ), fresh as (
      select e.seq, log.last_offset + row_number() over (order by e.seq) as "offset"
      from (select seq from events where "offset" is null order by seq limit ${BATCH}) e, log
    ), given as (
      update events set "offset" = fresh."offset" from fresh where events.seq = fresh.seq
      returning events.*
    ), moved as (
      update studio set last_offset = studio.last_offset + (select count(*) from given)
      from log where studio.id = 1 and (select count(*) from given) > 0
    )
    select log.last_offset as fence, given.* from log left join given on true order by given."offset"`);
  if (rows.length === 0) return "fenced";
  return rows.filter((row) => row.seq !== null).map(fromRow);
}

async function unpublished(db: Database, after: number): Promise<NumberedEvent[]> {
  const rows = await db
    .select()
    .from(events)
    .where(gt(events.offset, after))
    .orderBy(events.offset)
    .limit(BATCH);
  return rows.map(numbered);
}

/** Never back: a relay that was replaced may still be about to mark. */
async function mark(db: Database, reached: number): Promise<void> {
  await db
    .update(studio)
    .set({ publishedOffset: sql`greatest(${studio.publishedOffset}, ${reached}::bigint)` });
}

/** `events.*` as the driver gives it for SQL written by hand. */
type EventRow = {
  seq: string;
  offset: string;
  id: string;
  root: string | null;
  path: string[];
  type: string;
  subject: string;
  actor: string;
  data: Record<string, unknown>;
  traceparent: string | null;
  time: string | Date;
};

function fromRow(row: EventRow): NumberedEvent {
  return numbered({
    ...row,
    seq: Number(row.seq),
    offset: Number(row.offset),
    time: new Date(row.time),
  });
}

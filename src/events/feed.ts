/**
 * The ordered stream of events in one web process: offset n only after n−1, each once. The bus
 * brings them early and may lose, repeat or reorder them; on a gap, and now and then, the log in
 * Postgres is read. Only where that has been pruned does an offset not follow on the one before.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { Log } from "../log.ts";
import type { NumberedEvent } from "./event.ts";
import { readEvents, readLogPosition } from "./replay.ts";

/** How long a gap may stay open before the log is read, in milliseconds. */
const GAP_MS = 50;
/** Behind the bus the log is looked at this often, in milliseconds. */
const POLL_MS = 1_000;
/** Events read from the log at once. */
const BATCH = 500;
/** Early events kept while a gap is open; beyond, they are read from the log. */
const EARLY_LIMIT = 10_000;

export type Feed = {
  readonly epoch: string;
  /** The offset of the newest event that was delivered. */
  readonly offset: number;
  /** Called with each event in order. */
  subscribe(handler: (event: NumberedEvent) => void): () => void;
  /** An event that came another way than over the bus: in process, straight from the relay. */
  offer(event: NumberedEvent): void;
  stop: Stop;
};

export async function openFeed(parts: { db: Database; bus: Bus; log: Log }): Promise<Feed> {
  const { db, bus, log } = parts;
  const subscribers = new Set<(event: NumberedEvent) => void>();
  const early = new Map<number, NumberedEvent>();
  const stopped = new AbortController();
  let reading: Promise<void> | undefined;
  let gapTimer: ReturnType<typeof setTimeout> | undefined;

  // The tail first: what is published from here on is either heard or in the log.
  let position = Number.POSITIVE_INFINITY;
  const stopTail = await bus.tail(["reyna.events.>"], ({ text }) =>
    offer(JSON.parse(text) as NumberedEvent),
  );
  const { epoch, lastOffset } = await readLogPosition(db);
  position = lastOffset;

  function offer(event: NumberedEvent): void {
    if (event.offset <= position) return;
    if (event.offset === position + 1) {
      deliver(event);
      drainEarly();
      return;
    }
    if (early.size < EARLY_LIMIT) early.set(event.offset, event);
    gapTimer ??= setTimeout(() => {
      gapTimer = undefined;
      // One that is under way may have begun before the event was in the log.
      void Promise.resolve(reading).then(() => (stopped.signal.aborted ? undefined : catchUp()));
    }, GAP_MS);
  }

  function deliver(event: NumberedEvent): void {
    position = event.offset;
    early.delete(event.offset);
    for (const handler of subscribers) {
      try {
        handler(event);
      } catch (error) {
        log.error({ err: error, offset: event.offset }, "a subscriber of the feed threw");
      }
    }
  }

  function drainEarly(): void {
    for (let next = early.get(position + 1); next; next = early.get(position + 1)) deliver(next);
    for (const offset of early.keys()) if (offset <= position) early.delete(offset);
  }

  /** Reads the log from where this process stands to its end. */
  function catchUp(): Promise<void> {
    reading ??= (async () => {
      try {
        for (;;) {
          const events = await readEvents(db, position, Number.MAX_SAFE_INTEGER, BATCH);
          for (const event of events) {
            if (event.offset <= position) continue;
            if (event.offset > position + 1)
              log.error({ after: position, next: event.offset }, "events were pruned unheard");
            deliver(event);
          }
          drainEarly();
          if (events.length < BATCH) return;
        }
      } catch (error) {
        log.warn({ err: error }, "the feed could not read the log; it tries again");
      } finally {
        reading = undefined;
      }
    })();
    return reading;
  }

  bus.onReconnect(() => void catchUp());
  const polling = (async () => {
    while (!stopped.signal.aborted) {
      await sleep(POLL_MS, undefined, { signal: stopped.signal }).catch(() => {});
      if (!stopped.signal.aborted) await catchUp();
    }
  })();

  return {
    epoch,
    get offset() {
      return position;
    },
    subscribe(handler) {
      subscribers.add(handler);
      return () => subscribers.delete(handler);
    },
    offer,
    async stop() {
      stopped.abort();
      await stopTail();
      clearTimeout(gapTimer);
      await polling;
      await reading;
    },
  };
}

/**
 * Updates on their way into the database. Nobody who types waits here: an update is queued and shown
 * to the others at once, and everything that a document has queued is appended in one statement,
 * one after the other for each document. Only marks wait (see `flushed`), and they may say "kept"
 * because that statement has been committed.
 *
 * A slow or absent database is waited for, without end: what is queued stays queued. A statement
 * whose answer got lost is sent again, so the log may hold an update twice, which Yjs does not mind.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database.ts";
import type { Log } from "../log.ts";
import { appendEntries, type Entry } from "./log.ts";

/** Documents appended to at the same time by one process; the rest of its connections is for others. */
export const APPENDS_AT_ONCE = 6;
/** Updates in one statement, and their bytes. */
export const GROUP_LIMIT = 500;
export const GROUP_LIMIT_BYTES = 4 * 1024 * 1024;
/** What one document may have queued before its writers are slowed down, in bytes. */
export const QUEUE_LIMIT_BYTES = 32 * 1024 * 1024;
/** The pause after a failed append, doubled up to the second one, in milliseconds. */
const RETRY_FROM_MS = 50;
const RETRY_UP_TO_MS = 2_000;

export type Appended = { document: string; first: number; last: number; updates: Uint8Array[] };

export type Queue = {
  push(document: string, entry: Entry): void;
  /**
   * Resolves with true when everything that was pushed to the document before is in the database;
   * with false when the document was purged, or the process stops first.
   */
  flushed(document: string): Promise<boolean>;
  /** Resolves when the document may take more. */
  room(document: string): Promise<void>;
  isIdle(document: string): boolean;
  /** Appends what it holds for at most so many milliseconds; answers what it could not, in updates. */
  stop(withinMs: number): Promise<number>;
};

type Line = {
  entries: Entry[];
  bytes: number;
  /** Updates pushed and appended since the line began. */
  pushed: number;
  kept: number;
  waiting: { for: number; resolve(kept: boolean): void }[];
  running: boolean;
};

export function openQueue(parts: {
  db: Database;
  log: Log;
  /** Hears each group once it is in the database, in the order of the log. */
  appended(group: Appended): void;
  /** The document was purged; what is queued for it has no place any more. */
  gone(document: string): void;
}): Queue {
  const { db, log } = parts;
  const lines = new Map<string, Line>();
  const free = semaphore(APPENDS_AT_ONCE);
  let abandoned = false;

  async function run(document: string, line: Line): Promise<void> {
    // Off this turn of the event loop: whatever else has arrived belongs to the same group.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (line.entries.length > 0 && !abandoned) {
      const group = takeGroup(line);
      const last = await appendForCertain(document, group);
      if (abandoned) return;
      if (last === undefined) {
        lines.delete(document);
        for (const { resolve } of line.waiting) resolve(false);
        parts.gone(document);
        return;
      }
      const updates = group.map(({ update }) => update);
      parts.appended({ document, first: last - group.length + 1, last, updates });
      line.entries.splice(0, group.length);
      line.bytes -= sizeOf(group);
      line.kept += group.length;
      const due = line.waiting.filter((one) => one.for <= line.kept);
      line.waiting = line.waiting.filter((one) => one.for > line.kept);
      for (const { resolve } of due) resolve(true);
    }
    if (abandoned) return;
    line.running = false;
    lines.delete(document);
  }

  async function appendForCertain(document: string, group: Entry[]): Promise<number | undefined> {
    for (let pause = RETRY_FROM_MS; ; pause = Math.min(pause * 2, RETRY_UP_TO_MS)) {
      const release = await free();
      try {
        return await appendEntries(db, document, group);
      } catch (error) {
        log.warn({ err: error, document }, "an append failed; it is tried until it succeeds");
      } finally {
        release();
      }
      await sleep(pause);
      if (abandoned) return undefined;
    }
  }

  return {
    push(document, entry) {
      let line = lines.get(document);
      if (!line) {
        line = { entries: [], bytes: 0, pushed: 0, kept: 0, waiting: [], running: false };
        lines.set(document, line);
      }
      line.entries.push(entry);
      line.bytes += entry.update.byteLength;
      line.pushed++;
      if (line.running) return;
      line.running = true;
      void run(document, line);
    },
    flushed(document) {
      const line = lines.get(document);
      if (!line || line.kept === line.pushed) return Promise.resolve(true);
      return new Promise((resolve) => line.waiting.push({ for: line.pushed, resolve }));
    },
    async room(document) {
      while ((lines.get(document)?.bytes ?? 0) > QUEUE_LIMIT_BYTES && !abandoned)
        await sleep(RETRY_FROM_MS);
    },
    isIdle: (document) => !lines.get(document)?.running,
    async stop(withinMs) {
      const everything = Promise.all([...lines.keys()].map((one) => this.flushed(one)));
      await Promise.race([everything, sleep(withinMs, undefined, { ref: false })]);
      abandoned = true;
      for (const { waiting } of lines.values()) for (const { resolve } of waiting) resolve(false);
      return [...lines.values()].reduce((sum, { entries }) => sum + entries.length, 0);
    },
  };
}

/** The front of the line: at least one, within the limits of a group. */
function takeGroup({ entries }: Line): Entry[] {
  let bytes = 0;
  let count = 0;
  for (const { update } of entries.slice(0, GROUP_LIMIT)) {
    bytes += update.byteLength;
    if (count > 0 && bytes > GROUP_LIMIT_BYTES) break;
    count++;
  }
  return entries.slice(0, count);
}

const sizeOf = (entries: Entry[]) =>
  entries.reduce((sum, { update }) => sum + update.byteLength, 0);

/** Lets `most` in at once; each is given the function with which it leaves. */
function semaphore(most: number): () => Promise<() => void> {
  let inside = 0;
  const outside: (() => void)[] = [];
  const leave = () => {
    const next = outside.shift();
    if (next) next();
    else inside--;
  };
  return async () => {
    if (inside < most) inside++;
    else await new Promise<void>((resolve) => outside.push(resolve));
    return leave;
  };
}

/**
 * What a committed transaction has to tell this process: that there are events to relay, runs to
 * take up, runs to stop. Hints only: whoever misses one finds the same in Postgres a little later.
 */
import { afterCommit, type Database, type Db, databaseOf } from "./database.ts";
import type { Given } from "./runs/hand-over.ts";

export type Announcement =
  | { appended: true }
  | {
      queued: {
        run: string;
        processor: string;
        attempt: number;
        sweep: number;
        /** Nobody waits for it. */
        background?: boolean;
      };
    }
  /** Claimed for a worker, which is to be told. */
  | { given: Given }
  | { cancelled: { run: string } };

const listeners = new WeakMap<Database, Set<(announcement: Announcement) => void>>();

/** Tells once the transaction is committed, never if it rolls back; outside of one, at once. */
export function announce(db: Db, announcement: Announcement): void {
  const database = databaseOf(db);
  afterCommit(db, () => {
    for (const listener of listeners.get(database) ?? []) listener(announcement);
  });
}

export function onAnnounce(db: Database, listener: (announcement: Announcement) => void): void {
  const known = listeners.get(db) ?? new Set();
  listeners.set(db, known.add(listener));
}

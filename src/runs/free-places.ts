/**
 * Which workers have a place free, as they tell it themselves. Whoever stores what triggers a run borrows of them, and
 * gives the run a place in the statement that makes it; what it did not need comes back.
 */
import type { Database } from "../database.ts";

/** How often a worker says how many places it has free, in milliseconds; and at once where that changes. */
export const TOLD_EVERY_MS = 1_000;
/** A worker that said nothing for so long counts as gone, in milliseconds. */
const SILENT_MS = 3 * TOLD_EVERY_MS;

/** How long a claim holds at most that was made for somebody else, in milliseconds; who takes it prolongs it before. */
export const HANDED_LEASE_MS = 6_000;

/** What a worker tells of a processor. */
export type FreePlaces = {
  processor: string;
  /** The last token of the subject on which it is handed runs. */
  at: string;
  /** Its name in claims. */
  worker: string;
  /** Of the processor. */
  version: string;
  /** How long what is claimed for it holds, in milliseconds. */
  leaseMs: number;
  places: number;
};

type Known = FreePlaces & { heardAt: number };

/** Of a studio's workers, by database, processor and `at`. */
const studios = new WeakMap<Database, Map<string, Map<string, Known>>>();

export function hearFree(db: Database, told: FreePlaces): void {
  const processors = studios.get(db) ?? new Map<string, Map<string, Known>>();
  studios.set(db, processors);
  const workers = processors.get(told.processor) ?? new Map<string, Known>();
  processors.set(told.processor, workers);
  workers.set(told.at, { ...told, heardAt: performance.now() });
}

/** It did not take what it was handed: nothing more, until it is heard of again. */
export function forgetWorker(db: Database, processor: string, at: string): void {
  studios.get(db)?.get(processor)?.delete(at);
}

/** Places that nobody else is giving away meanwhile. */
export type Borrowed = {
  /** One worker for each processor, the freest. */
  free: FreePlaces[];
  /** How many places of each worker are taken now, by `at`. */
  giveBack(taken: ReadonlyMap<string, number>): void;
};

export function borrowPlaces(db: Database): Borrowed {
  const borrowed: Known[] = [];
  for (const workers of studios.get(db)?.values() ?? []) {
    const worker = freest(workers);
    if (!worker) continue;
    borrowed.push({ ...worker });
    worker.places = 0;
  }
  return {
    free: borrowed,
    giveBack(taken) {
      for (const { processor, at, places, heardAt } of borrowed) {
        const worker = studios.get(db)?.get(processor)?.get(at);
        if (!worker) continue;
        // What it told since is newer, and may still count among the free what was given here.
        if (worker.heardAt === heardAt) worker.places = places;
        worker.places = Math.max(0, worker.places - (taken.get(at) ?? 0));
      }
    },
  };
}

function freest(workers: Map<string, Known>): Known | undefined {
  let found: Known | undefined;
  const oldest = performance.now() - SILENT_MS;
  for (const worker of workers.values())
    if (worker.heardAt < oldest) workers.delete(worker.at);
    else if (worker.places > (found?.places ?? 0)) found = worker;
  return found;
}

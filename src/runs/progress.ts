/** How far a run is, on its way to the sockets: lossy signals, and a column that is written now and then. */
import { sql } from "drizzle-orm";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Db } from "../database.ts";
import { type Claim, isHeld, storable } from "./claim.ts";

/** Progress of one run goes out at most this often, in milliseconds; the last of it always does. */
export const PROGRESS_WINDOW_MS = 250;
/** Of its note, in UTF-16 units. */
const NOTE_LIMIT = 200;

/** `done` of `total`, in whatever the processor counts; no total, no known end. */
export type Progress = { done: number; total?: number; note?: string };

/** As it travels on the bus. */
export type ProgressSignal = Progress & {
  run: string;
  attempt: number;
  root: string;
  path: string[];
};

export function hearProgress(bus: Bus, handler: (progress: ProgressSignal) => void): Promise<Stop> {
  return bus.tail(["reyna.signal.progress.*"], ({ text }) =>
    handler(JSON.parse(text) as ProgressSignal),
  );
}

export class ProgressStream {
  #newest: Progress | undefined;
  #unsaved = false;
  #sentAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly bus: Bus,
    readonly claim: Claim,
  ) {}

  tell(done: number, total?: number, note?: string): void {
    this.#newest = {
      done: countOf(done),
      ...(total === undefined ? {} : { total: countOf(total) }),
      ...(note === undefined ? {} : { note: storable(String(note).slice(0, NOTE_LIMIT)) }),
    };
    this.#unsaved = true;
    if (this.#timer) return;
    const wait = this.#sentAt + PROGRESS_WINDOW_MS - performance.now();
    if (wait <= 0) this.#send();
    else this.#timer = setTimeout(() => this.#send(), wait);
  }

  #send(): void {
    this.#timer = undefined;
    this.#sentAt = performance.now();
    const { run, attempt, root, path } = this.claim;
    const signal: ProgressSignal = { run, attempt, root, path, ...this.#newest! };
    this.bus.signal(`reyna.signal.progress.${run}`, JSON.stringify(signal));
  }

  /** Under the fence, and only what is new. */
  async save(db: Db): Promise<void> {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    await db.execute(sql`
      update runs set progress = ${JSON.stringify(this.#newest)}::jsonb
      where ${isHeld(this.claim)}`);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

const countOf = (value: number) => (Number.isFinite(value) ? value : 0);

/**
 * What running runs have streamed so far, as this web process heard it: the text for late joiners.
 * Lossy like the signals it listens to; a hole makes it ask the worker for the whole.
 */
import type { NumberedEvent } from "../events/event.ts";
import type { Delta } from "../runs/deltas.ts";

/** Runs kept at most; the oldest is dropped. */
const RUNS_LIMIT = 5_000;
const OVER = new Set(["run.succeeded", "run.failed", "run.cancelled", "run.dead"]);

export class Partials {
  #runs = new Map<string, Delta>();

  constructor(readonly askForWhole: (run: string) => void) {}

  /** Takes a delta in. False when it belongs to an attempt that is over. */
  take(delta: Delta): boolean {
    const known = this.#runs.get(delta.run);
    if (known && delta.attempt < known.attempt) return false;
    const before = known?.attempt === delta.attempt ? known.text : "";
    if (delta.at > before.length) {
      this.askForWhole(delta.run);
      return true;
    }
    this.#runs.delete(delta.run);
    this.#runs.set(delta.run, { ...delta, at: 0, text: before.slice(0, delta.at) + delta.text });
    if (this.#runs.size > RUNS_LIMIT) this.#runs.delete(this.#runs.keys().next().value!);
    return true;
  }

  /** Forgets runs whose attempt has ended. */
  hear(event: NumberedEvent): void {
    if (OVER.has(event.event.type)) this.#runs.delete(event.event.subject);
  }

  /** Everything so far of a run, as one delta from 0. */
  of(run: string): Delta | undefined {
    return this.#runs.get(run);
  }

  all(): Iterable<Delta> {
    return this.#runs.values();
  }
}

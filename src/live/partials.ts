/**
 * What running runs have streamed so far, as this web process heard it: the text for late joiners.
 * Lossy like the signals it listens to; a hole makes it ask the worker for the whole.
 */
import type { NumberedEvent } from "../events/event.ts";
import type { Delta } from "../runs/deltas.ts";

/** Runs kept at most, and ends of attempts remembered; the oldest is dropped. */
const RUNS_LIMIT = 5_000;
const OVER = new Set(["run.succeeded", "run.failed", "run.cancelled", "run.dead"]);

export class Partials {
  #runs = new Map<string, Delta>();
  /** The last attempt of a run that is over: signals may come later than the event that says so. */
  #over = new Map<string, number>();

  constructor(readonly askForWhole: (run: string) => void) {}

  /** Takes a delta in. False when it belongs to an attempt that is over. */
  take(delta: Delta): boolean {
    if (delta.attempt <= (this.#over.get(delta.run) ?? 0)) return false;
    const known = this.#runs.get(delta.run);
    if (known && delta.attempt < known.attempt) return false;
    const before = known?.attempt === delta.attempt ? known.text : "";
    if (delta.at > before.length) {
      this.askForWhole(delta.run);
      return true;
    }
    const text = before.slice(0, delta.at) + delta.text;
    keepNewest(this.#runs, delta.run, { ...delta, at: 0, text });
    return true;
  }

  /** Forgets runs whose attempt has ended. */
  hear({ event: { type, subject, data } }: NumberedEvent): void {
    if (!OVER.has(type)) return;
    const attempt = Number(data.attempt);
    keepNewest(this.#over, subject, Math.max(attempt, this.#over.get(subject) ?? 0));
    if ((this.#runs.get(subject)?.attempt ?? 0) <= attempt) this.#runs.delete(subject);
  }

  /** Everything so far of a run, as one delta from 0. */
  of(run: string): Delta | undefined {
    return this.#runs.get(run);
  }

  all(): Iterable<Delta> {
    return this.#runs.values();
  }
}

function keepNewest<Value>(map: Map<string, Value>, run: string, value: Value): void {
  map.delete(run);
  map.set(run, value);
  if (map.size > RUNS_LIMIT) map.delete(map.keys().next().value!);
}

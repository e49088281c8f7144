/**
 * What a run that asks a model has cost so far, on its way to the sockets: an estimate, told now and then while the model
 * answers. A lossy signal that is kept nowhere; what it did cost is written with its end.
 */
import type { Bus, Stop } from "../bus/bus.ts";
import { dollars } from "../llm/spending.ts";
import type { Claim } from "./claim.ts";

/** At most so often, in milliseconds. */
export const SPENT_EVERY_MS = 1_000;
/** Below this nothing is told, in US dollars: it would read as nothing. */
const LEAST = 0.0005;

/** As it travels on the bus; the cost as people read it, of all attempts. */
export type SpentSignal = {
  run: string;
  attempt: number;
  cost: string;
  root: string;
  path: string[];
};

export function hearSpent(bus: Bus, handler: (spent: SpentSignal) => void): Promise<Stop> {
  return bus.tail(["reyna.signal.spent.*"], ({ text }) => handler(JSON.parse(text) as SpentSignal));
}

export class SpentStream {
  #estimate: (() => number | null) | undefined;
  #sentAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly bus: Bus,
    readonly claim: Claim,
  ) {}

  /** @param estimate in US dollars, asked when it is told; null where a price is unknown */
  tell(estimate: () => number | null): void {
    this.#estimate = estimate;
    if (this.#timer) return;
    const wait = this.#sentAt + SPENT_EVERY_MS - performance.now();
    if (wait <= 0) this.#send();
    else this.#timer = setTimeout(() => this.#send(), wait);
  }

  #send(): void {
    this.#timer = undefined;
    this.#sentAt = performance.now();
    const amount = this.#estimate?.() ?? 0;
    if (amount < LEAST) return;
    const { run, attempt, root, path } = this.claim;
    const signal: SpentSignal = { run, attempt, cost: dollars(amount), root, path };
    this.bus.signal(`reyna.signal.spent.${run}`, JSON.stringify(signal));
  }

  /** Nothing more goes out. */
  end(): void {
    clearTimeout(this.#timer);
    this.#estimate = undefined;
  }
}

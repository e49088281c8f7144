/**
 * Streamed output on its way to the sockets. Lossy signals, not events: `at` lets a receiver see
 * that it missed something, and the worker repeats the whole from 0 when asked.
 */
import type { Bus, Stop } from "../bus/bus.ts";
import type { Claim } from "./claim.ts";

/** Deltas of one run go out at most this often, in milliseconds; the first goes at once. */
export const DELTA_WINDOW_MS = 50;

/** As it travels on the bus. `at` counts UTF-16 units from the start of the attempt's text. */
export type Delta = {
  run: string;
  attempt: number;
  at: number;
  text: string;
  root: string;
  path: string[];
};

const deltaSubject = (run: string) => `reyna.signal.delta.${run}`;
const resendSubject = (run: string) => `reyna.signal.resend.${run}`;
const cancelSubject = (run: string) => `reyna.signal.cancel.${run}`;
const lastToken = (subject: string) => subject.slice(subject.lastIndexOf(".") + 1);

export function hearDeltas(bus: Bus, handler: (delta: Delta) => void): Promise<Stop> {
  return bus.tail(["reyna.signal.delta.*"], ({ text }) => handler(JSON.parse(text) as Delta));
}

export const askForWhole = (bus: Bus, run: string) => bus.signal(resendSubject(run), "");

export const signalCancel = (bus: Bus, run: string) => bus.signal(cancelSubject(run), "");

/** What workers hear: requests for the whole text, and cancellations. */
export function hearRequests(
  bus: Bus,
  handlers: { resend(run: string): void; cancel(run: string): void },
): Promise<Stop> {
  return bus.tail(["reyna.signal.resend.*", "reyna.signal.cancel.*"], ({ subject }) =>
    subject.startsWith("reyna.signal.resend.")
      ? handlers.resend(lastToken(subject))
      : handlers.cancel(lastToken(subject)),
  );
}

/** Gathers one attempt's text and lets it out in batches. */
export class DeltaStream {
  text = "";
  #sent = 0;
  #sentAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly bus: Bus,
    readonly claim: Claim,
  ) {}

  push(delta: string): void {
    this.text += delta;
    if (this.#timer) return;
    const wait = this.#sentAt + DELTA_WINDOW_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sent === this.text.length) return;
    this.#signal(this.#sent);
    this.#sent = this.text.length;
    this.#sentAt = performance.now();
  }

  /** For a late joiner: everything that was sent so far, from 0. */
  resend(): void {
    if (this.#sent > 0) this.#signal(0, this.#sent);
  }

  #signal(from: number, to = this.text.length): void {
    const { run, attempt, root, path } = this.claim;
    const delta: Delta = { run, attempt, at: from, text: this.text.slice(from, to), root, path };
    this.bus.signal(deltaSubject(run), JSON.stringify(delta));
  }

  /** Nothing more goes out. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

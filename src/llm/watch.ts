import { RunError } from "../processors/sdk.ts";

/** Ends a call to a model that the run ended, that does not connect, or that went silent. */
export class Watch {
  readonly #run: AbortSignal;
  readonly #call = new AbortController();
  readonly #stallMs: number;
  readonly #stop = () => this.#call.abort(this.#run.reason);
  #timer: ReturnType<typeof setTimeout>;
  #failure: RunError | undefined;

  constructor(run: AbortSignal, connectMs: number, stallMs: number) {
    run.throwIfAborted();
    this.#run = run;
    this.#stallMs = stallMs;
    run.addEventListener("abort", this.#stop, { once: true });
    this.#timer = setTimeout(() => {
      const what = `The model did not take the call within ${seconds(connectMs)}.`;
      this.#fail(new RunError("model-unreachable", what, { retryable: true }));
    }, connectMs);
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  /** Something came: the wait for the next chunk begins anew. */
  heard(limitMs = this.#stallMs): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const what = `The model fell silent for ${seconds(limitMs)}.`;
      this.#fail(new RunError("model-stalled", what, { retryable: true }));
    }, limitMs);
  }

  /** @throws what ended the call, if it was ended from here. */
  check(): void {
    this.#run.throwIfAborted();
    if (this.#failure) throw this.#failure;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#run.removeEventListener("abort", this.#stop);
  }

  #fail(failure: RunError): void {
    this.#failure = failure;
    this.#call.abort(failure);
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}

/**
 * The checker off the event loop: one worker kept warm, asked one question at a time. It watches its
 * own deadline; where that does not help (a pattern that backtracks without end), the worker is
 * terminated and replaced, and the answer is "undecided".
 */
import type { Verdict } from "./check.ts";
import type { Asked, Order } from "./worker.ts";

/** What one question may take, in milliseconds. */
export const DEADLINE_MS = 2_000;
/** How long past its deadline a worker may take to notice, in milliseconds. */
const GRACE_MS = 500;
/** Questions that wait at once. */
const LONGEST_QUEUE = 200;

export type Checker = {
  /** @throws when too many questions wait, or once it is closed */
  check(asked: Asked, milliseconds?: number): Promise<Verdict>;
  close(): void;
};

/** Bun's, which need not keep the process alive. */
type Thread = Worker & { ref(): void; unref(): void };
type Waiting = { order: Order; settle: (verdict: Verdict) => void; fail: (error: Error) => void };

export function openChecker(): Checker {
  let worker: Thread | undefined;
  let current: Waiting | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let nextId = 0;
  const queue: Waiting[] = [];

  const start = (): Thread => {
    const made = new Worker(new URL("./worker.ts", import.meta.url).href) as Thread;
    made.onmessage = ({
      data,
    }: MessageEvent<{ id: number; verdict?: Verdict; error?: string }>) => {
      if (data.id !== current?.order.id) return;
      if (data.verdict) done((one) => one.settle(data.verdict!));
      else done((one) => one.fail(new Error(`The checker failed: ${data.error}`)));
    };
    made.onerror = (event) => {
      if (made !== worker) return;
      replace();
      done((one) => one.fail(new Error(`The checker failed: ${event.message}`)));
    };
    // It must not keep a process alive that is done otherwise.
    made.unref();
    return made;
  };

  const replace = () => {
    worker?.terminate();
    worker = undefined;
  };

  const done = (settle: (waiting: Waiting) => void) => {
    clearTimeout(timer);
    const finished = current;
    current = undefined;
    if (finished) settle(finished);
    next();
  };

  const next = () => {
    if (current || isClosed) return;
    current = queue.shift();
    if (!current) {
      worker?.unref();
      return;
    }
    worker ??= start();
    worker.ref();
    const { milliseconds } = current.order;
    timer = setTimeout(() => {
      replace();
      done((one) => one.settle(overdue(one.order.asked)));
    }, milliseconds + GRACE_MS);
    worker.postMessage(current.order);
  };

  worker = start();

  return {
    check: (asked, milliseconds = DEADLINE_MS) =>
      new Promise((settle, fail) => {
        if (isClosed) return fail(new Error("The checker is closed."));
        if (queue.length >= LONGEST_QUEUE)
          return fail(new Error("Too many schemas wait to be compared."));
        queue.push({ order: { id: nextId++, asked, milliseconds }, settle, fail });
        next();
      }),
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      replace();
      for (const one of current ? [current, ...queue] : queue)
        one.fail(new Error("The checker is closed."));
      queue.length = 0;
      current = undefined;
    },
  };
}

function overdue({ versions }: Asked): Verdict {
  const against = Math.max(0, ...versions.map(({ version }) => version));
  const message = "Not decided: comparing the schemas took too long. It is refused to be safe.";
  return {
    compatible: false,
    errors: [{ pointer: "", rule: "undecided", message, against, direction: "backward" }],
  };
}

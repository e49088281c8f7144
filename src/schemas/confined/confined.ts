/**
 * Work on schemas that people wrote, out of harm's way: in a process of its own, without the studio's
 * environment, that is asked one thing at a time. Threads do not do: a terminated worker goes on in a
 * pattern that backtracks (measured on Bun 1.4: `^a*a*a*a*b$` over 20,000 characters keeps its core
 * busy for minutes), a process that is killed does not. It costs 12 ms to start and 0.05 ms to ask.
 */
import { fileURLToPath } from "node:url";
import type { Subprocess } from "bun";
import type { Jobs, Order, Reply } from "./jobs.ts";

/** How long past its deadline a job may take to notice by itself, in milliseconds. */
const GRACE_MS = 500;
/** A process that is not ready after so long is started anew, in milliseconds. */
const START_MS = 30_000;
/** Jobs that wait at once, and how long one waits at most, in milliseconds. */
const LONGEST_QUEUE = 200;
const LONGEST_WAIT_MS = 15_000;
/** A process that has grown beyond this is replaced after its job, in bytes. */
const RECYCLED_AT_BYTES = 384 * 1024 * 1024;
/** One that had nothing to do for so long ends, in milliseconds. */
const IDLE_MS = 10 * 60_000;

/** `overrun`: it took too long, or too much memory, and was ended. */
export type Outcome<T> = { kind: "done"; answer: T } | { kind: "overrun" };

export class Busy extends Error {}

export type Confined = {
  /** @throws Busy when too many wait, or it waited too long; Error when the job failed, or it is closed */
  ask<K extends keyof Jobs>(
    job: K,
    input: Jobs[K]["input"],
    milliseconds: number,
  ): Promise<Outcome<Jobs[K]["answer"]>>;
  close(): void;
};

type Waiting = {
  order: Order;
  since: number;
  settle: (outcome: Outcome<never>) => void;
  fail: (error: Error) => void;
};
type Child = { process: Subprocess; ready: boolean };

export function openConfined(): Confined {
  let child: Child | undefined;
  let current: Waiting | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let nextId = 0;
  const queue: Waiting[] = [];

  const start = (): Child => {
    const made: Child = {
      ready: false,
      process: Bun.spawn(
        [process.execPath, fileURLToPath(new URL("./child.ts", import.meta.url))],
        {
          // Nothing of the studio's: no secrets, and no .env or bunfig of whoever started it.
          env: {},
          cwd: fileURLToPath(new URL(".", import.meta.url)),
          stdin: "ignore",
          stdout: "ignore",
          stderr: "ignore",
          serialization: "advanced",
          ipc: (message: Reply) => heard(made, message),
          onExit: () => gone(made),
        },
      ),
    };
    // It must not keep a studio alive that is done otherwise.
    made.process.unref();
    return made;
  };

  const heard = (from: Child, reply: Reply) => {
    if (from !== child) return;
    if (reply.kind === "ready") {
      from.ready = true;
      if (current) send(from, current);
      return;
    }
    if (reply.id !== current?.order.id) return;
    if (reply.bytes > RECYCLED_AT_BYTES) end();
    done((one) =>
      reply.kind === "done"
        ? one.settle({ kind: "done", answer: reply.answer as never })
        : one.fail(new Error(`A job on a schema failed: ${reply.message}`)),
    );
  };

  /** Ended by itself: it grew too large, as a rule. */
  const gone = (from: Child) => {
    if (from !== child) return;
    child = undefined;
    done((one) => one.settle({ kind: "overrun" }));
  };

  const end = () => {
    child?.process.kill("SIGKILL");
    child = undefined;
  };

  const send = (to: Child, { order }: Waiting) => {
    clearTimeout(deadline);
    deadline = setTimeout(overrun, order.milliseconds + GRACE_MS);
    to.process.send(order);
  };

  const overrun = () => {
    end();
    done((one) => one.settle({ kind: "overrun" }));
  };

  const done = (settle: (waiting: Waiting) => void) => {
    clearTimeout(deadline);
    const finished = current;
    current = undefined;
    if (finished) settle(finished);
    next();
  };

  const next = () => {
    if (current || isClosed) return;
    current = queue.shift();
    clearTimeout(idle);
    if (!current) {
      idle = setTimeout(end, IDLE_MS);
      idle.unref();
      return;
    }
    if (performance.now() - current.since > LONGEST_WAIT_MS) {
      done((one) => one.fail(new Busy("It waited too long.")));
      return;
    }
    child ??= start();
    if (child.ready) send(child, current);
    else deadline = setTimeout(overrun, START_MS);
  };

  return {
    ask: (job, input, milliseconds) =>
      new Promise((settle, fail) => {
        if (isClosed) return fail(new Error("The process for schemas is closed."));
        if (queue.length >= LONGEST_QUEUE) return fail(new Busy("Too many schemas wait."));
        const order = { kind: job, input, milliseconds, id: nextId++ } as Order;
        queue.push({ order, since: performance.now(), settle, fail });
        next();
      }),
    close: () => {
      isClosed = true;
      clearTimeout(deadline);
      clearTimeout(idle);
      end();
      for (const one of current ? [current, ...queue] : queue)
        one.fail(new Error("The process for schemas is closed."));
      queue.length = 0;
      current = undefined;
    },
  };
}

/**
 * Threads of processors: what one computes, or loops, or breaks, holds up nobody else, and one that does not end when its
 * time is over is ended. A thread does one attempt at a time and is kept for the next. It is no sandbox: it may
 * read files and open connections as the studio may.
 */
import { type Processor, type RunContext, RunError } from "../processors/sdk.ts";
import { errorOf, toldOf } from "./run-errors.ts";
import type { Call, FromThread, ToThread } from "./thread-messages.ts";

/** How long a processor whose attempt was aborted has to come to an end by itself, in milliseconds. */
const GRACE_MS = 1_000;

/** Whether it works in threads: it has a file to start them from, and does not say that it only ever waits. */
export const usesThreads = (processor: Processor): boolean =>
  processor.module !== undefined && processor.thread !== false;

export type Threads = {
  /** As `processor.run`. Rejects as soon as the signal is aborted; the thread may take a little longer. */
  run(context: RunContext): Promise<unknown>;
  close(): void;
};

export function openThreads({ module, concurrency }: Processor): Threads {
  const idle: Worker[] = [];
  const all = new Set<Worker>();

  const start = (): Worker => {
    const thread = new Worker(new URL("./thread.ts", import.meta.url).href);
    all.add(thread);
    thread.addEventListener("close", () => {
      all.delete(thread);
      const at = idle.indexOf(thread);
      if (at >= 0) idle.splice(at, 1);
    });
    return thread;
  };
  const end = (thread: Worker) => {
    all.delete(thread);
    thread.terminate();
  };
  const giveBack = (thread: Worker) => {
    if (all.has(thread) && idle.length < concurrency) idle.push(thread);
    else end(thread);
  };

  return {
    run(context) {
      if (context.signal.aborted) return Promise.reject(context.signal.reason);
      const thread = idle.pop() ?? start();
      return new Promise((resolve, reject) => {
        const post = (message: ToThread) => thread.postMessage(message);
        let grace: ReturnType<typeof setTimeout> | undefined;
        const abort = () => {
          post({ abort: true });
          grace = setTimeout(() => finish(() => end(thread)), GRACE_MS);
          reject(context.signal.reason);
        };
        const finish = (then: () => void) => {
          clearTimeout(grace);
          context.signal.removeEventListener("abort", abort);
          thread.removeEventListener("message", hear);
          thread.removeEventListener("error", broke);
          thread.removeEventListener("close", broke);
          then();
        };
        const hear = (event: Event) => {
          const message = (event as MessageEvent).data as FromThread;
          if ("call" in message) void answer(context, message, post);
          else if ("tell" in message) take(context, message, thread);
          else
            finish(() => {
              giveBack(thread);
              if ("done" in message) resolve(JSON.parse(message.done));
              else reject(errorOf(message.failed));
            });
        };
        const broke = (event: Event) => {
          const cause = (event as ErrorEvent).message ?? "it ended";
          finish(() => {
            end(thread);
            reject(died(cause));
          });
        };
        const take = (
          to: RunContext,
          message: Extract<FromThread, { tell: string }>,
          of: Worker,
        ) => {
          try {
            hearTold(to, message);
          } catch (error) {
            // More than may be kept: the attempt is over, wherever the processor is.
            finish(() => end(of));
            reject(error);
          }
        };
        thread.addEventListener("message", hear);
        thread.addEventListener("error", broke);
        thread.addEventListener("close", broke);
        context.signal.addEventListener("abort", abort, { once: true });
        const { blob, config } = context;
        post({ start: { module: module!, blob, config } });
      });
    },
    close() {
      for (const thread of all) end(thread);
    },
  };
}

async function answer(
  context: RunContext,
  { call, name, args }: Extract<FromThread, { call: number }>,
  post: (message: ToThread) => void,
): Promise<void> {
  const asked = args as never[];
  try {
    const calls: Record<Call, (...all: never[]) => Promise<unknown>> = {
      read: context.read,
      find: context.find,
      places: context.places,
      putFile: context.files.put,
      readFile: context.files.read,
      complete: (request) => context.llm.complete(request, (text) => post({ delta: call, text })),
    };
    const value = await calls[name](...asked);
    post({ answer: call, value });
  } catch (error) {
    post({ refusal: call, error: toldOf(error) });
  }
}

function hearTold(
  context: RunContext,
  { tell, args }: Extract<FromThread, { tell: string }>,
): void {
  const [first, second, third] = args as never[];
  if (tell === "info" || tell === "warn") context.log[tell](first!, second);
  else if (tell === "progress") context.progress(first!, second, third);
  else context[tell](first!);
}

const died = (cause: string) =>
  new RunError("processor-died", "The processor broke down in the middle of it.", {
    retryable: true,
    cause: new Error(cause),
  });

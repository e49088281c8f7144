/** The inside of a thread: one processor's attempts, one after the other. Started by `threads.ts`. */
import type { BlobIn, Completion, Processor, RunContext } from "../processors/sdk.ts";
import { errorOf, toldOf, tooLarge } from "./run-errors.ts";
import {
  type Call,
  type FromThread,
  OUTPUT_LIMIT,
  type Start,
  TELL_LIMIT,
  type Tell,
  type ToThread,
} from "./thread-messages.ts";

declare const self: {
  onmessage: ((event: { data: ToThread }) => void) | null;
  postMessage(message: FromThread): void;
};

type Waiting = {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onDelta?: ((text: string) => void) | undefined;
};

const waiting = new Map<number, Waiting>();
let lastCall = 0;
let told = 0;
let controller = new AbortController();

self.onmessage = ({ data }) => {
  if ("start" in data) void perform(data.start);
  else if ("abort" in data) controller.abort();
  else if ("delta" in data) waiting.get(data.delta)?.onDelta?.(data.text);
  else if ("answer" in data) settle(data.answer)?.resolve(data.value);
  else settle(data.refusal)?.reject(errorOf(data.error));
};

function settle(call: number): Waiting | undefined {
  const found = waiting.get(call);
  waiting.delete(call);
  return found;
}

function ask<T>(name: Call, args: unknown[], onDelta?: (text: string) => void): Promise<T> {
  lastCall++;
  const answer = new Promise((resolve, reject) => {
    waiting.set(lastCall, { resolve, reject, onDelta });
  });
  self.postMessage({ call: lastCall, name, args });
  return answer as Promise<T>;
}

function tell(name: Tell, ...args: unknown[]): void {
  told++;
  if (told > TELL_LIMIT) throw tooLarge();
  self.postMessage({ tell: name, args });
}

async function perform({ module, blob, config }: Start): Promise<void> {
  told = 0;
  controller = new AbortController();
  let streamed = 0;
  const context: RunContext = {
    blob,
    config,
    read: (id) => ask<BlobIn>("read", [id]),
    find: (filter) => ask<BlobIn[]>("find", [filter]),
    places: () => ask("places", []),
    files: {
      put: (file) => ask("putFile", [file]),
      read: (id) => ask("readFile", [id]),
    },
    record: (value) => tell("record", value),
    progress: (...args) => tell("progress", ...args),
    llm: {
      complete: (request, onDelta) => ask<Completion>("complete", [request], onDelta),
    },
    stream(delta) {
      streamed += delta.length;
      if (streamed > OUTPUT_LIMIT) throw tooLarge();
      tell("stream", delta);
    },
    signal: controller.signal,
    log: {
      info: (data, message) => tell("info", data, message),
      warn: (data, message) => tell("warn", data, message),
    },
  };
  try {
    const { default: processor } = (await import(module)) as { default: Processor };
    const json = JSON.stringify(await processor.run(context)) ?? "null";
    if (json.length > OUTPUT_LIMIT) throw tooLarge();
    self.postMessage({ done: json });
  } catch (error) {
    self.postMessage({ failed: toldOf(error) });
  } finally {
    waiting.clear();
  }
}

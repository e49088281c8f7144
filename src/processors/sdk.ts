/**
 * All that a processor may import of the studio. A processor turns one blob of an input schema into
 * the content of one blob of its output schema:
 *
 *     export default defineProcessor({
 *       id: "shout", version: "1.0.0", title: "Shout", description: "Says it louder.",
 *       inputs: ["text-input-v1"], output: "expanded-text-v1",
 *       async run({ blob }) {
 *         return { text: blob.content.text.toUpperCase(), model: "none" };
 *       },
 *     });
 *
 * `run` may be started again from the beginning at any time (a worker died, a lease ran out), so it
 * has no effect but its answer. What it returns is validated against `output` before it is kept.
 */
import type { Schemas } from "../schemas/types.ts";

export type { Schemas } from "../schemas/types.ts";

export type SchemaId = keyof Schemas;

export type BlobIn<Id extends SchemaId = SchemaId> = {
  id: string;
  /** Which of the processor's inputs it is, e.g. `text-input-v1`. */
  schema: Id;
  bucket: string;
  root: string;
  revision: number;
  content: Schemas[Id];
  metadata: Record<string, unknown>;
  /** When this revision was written; of what `read` and `find` give. */
  updatedAt?: Date;
};

export type Message = { role: "system" | "user" | "assistant"; content: string };

export type CompletionRequest = {
  messages: Message[];
  /** Upper bound of the answer, in tokens. */
  maxTokens?: number;
  temperature?: number;
};

export type Usage = { inputTokens: number; outputTokens: number };

export type Completion = {
  text: string;
  /** The model's own name, as the endpoint gave it. */
  model: string;
  /** True when the practice model wrote it: shown wherever the text is. */
  practice: boolean;
  /** `length`: the model stopped at its limit, not at an end of its own. */
  finish: "stop" | "length";
  usage: Usage;
};

export type Llm = {
  /**
   * One streamed completion; `onDelta` hears every piece in order as it comes.
   * @throws RunError with a sentence for the writer: wrong key, too busy, stalled, cut off.
   */
  complete(request: CompletionRequest, onDelta?: (text: string) => void): Promise<Completion>;
};

export type RunContext<Input extends SchemaId = SchemaId, Config = Record<string, unknown>> = {
  blob: BlobIn<Input>;
  /** Validated against the processor's config schema, defaults filled in. */
  config: Config;
  /** Another blob of the same root; what was read is recorded with its revision. */
  read(id: string): Promise<BlobIn>;
  /** Blobs of a schema version in the same root, newest first, at most 500; recorded as read. */
  find(filter: { schema: SchemaId; bucket?: string; limit?: number }): Promise<BlobIn[]>;
  /** The bucket of the input and what lies above it, nearest first. */
  places(): Promise<Place[]>;
  /** Files: they come to be with the output, which names them by their ids, or not at all. */
  files: {
    /** At most 256 MiB each, and 50 of them. */
    put(file: NewFile): Promise<MadeFile>;
    /** The bytes of a `file-v1` blob of the same root, at most 32 MiB. */
    read(id: string): Promise<FileRead>;
  };
  /** Keeps with the run what people should know of how it worked; the last one counts. At most 64 KiB as JSON. */
  record(value: object): void;
  llm: Llm;
  /** Shows a piece of the output while it is being made. */
  stream(delta: string): void;
  /** Shows how far it is: `done` of `total`, in whatever it counts; a note of a few words. */
  progress(done: number, total?: number, note?: string): void;
  /** Aborted when the run is cancelled, lost its lease or ran out of time. */
  signal: AbortSignal;
  log: { info(data: object, message?: string): void; warn(data: object, message?: string): void };
};

export type NewFile = { name: string; mediaType: string; bytes: Uint8Array };

/** The blob that it will be; `size` in bytes. */
export type MadeFile = { id: string; size: number; sha256: string };

export type FileRead = NewFile;

export type Place = {
  id: string;
  type: string;
  name: string;
  metadata: Record<string, unknown>;
  /** Of a book: its chapters in their order, without those in the trash. */
  chapters?: { id: string; name: string }[];
};

export type Kept = {
  /** What was streamed before the end. */
  text: string;
  /** The model that wrote it, when it had answered at all. */
  model: string;
  practice: boolean;
  /** `stopped`: somebody stopped it; `cut`: the stream broke off. */
  ended: "stopped" | "cut";
};

export type Processor<
  Input extends SchemaId = SchemaId,
  Output extends SchemaId = SchemaId,
  Config = Record<string, unknown>,
> = {
  /** `[a-z][a-z0-9]*(-[a-z0-9]+)*`: its folder, its work queue `reyna.work.<id>`. */
  id: string;
  /** Semantic version; a run stays with the version it was queued for. */
  version: string;
  title: string;
  description: string;
  inputs: readonly Input[];
  output: Output;
  /** JSON Schema of `config`; none means no settings. */
  config?: object;
  /** `on-create` starts a run for every new blob of an input schema. */
  trigger: "on-create" | "on-request";
  permissions: readonly ("model" | "network")[];
  retry: { attempts: number /** First wait, doubled each time, with jitter. */; backoffMs: number };
  /** Runs of this processor at once in one worker process. */
  concurrency: number;
  /**
   * Whether its attempts are made in threads, where it may compute, loop or break without holding up anybody; so unless
   * told. One that only ever waits for others may do without.
   */
  thread?: boolean;
  /** Where its code is, as the studio found it; without, it works in the worker's own thread. */
  module?: string;
  /** One attempt, from claim to settled, in milliseconds. */
  timeoutMs: number;
  /** How many runs may have triggered one another before one of this, 8 unless told: what feeds itself ends there. */
  maxHops?: number;
  run(context: RunContext<Input, Config>): Promise<Schemas[Output]>;
  /** Makes output of a stream that ended early; without it a partial is dropped. */
  keep?(partial: Kept): Schemas[Output];
};

const DEFAULTS = {
  trigger: "on-create",
  permissions: [],
  retry: { attempts: 4, backoffMs: 1_000 },
  concurrency: 8,
  timeoutMs: 5 * 60_000,
} as const;

type Defaulted = keyof typeof DEFAULTS;

export function defineProcessor<
  const Input extends SchemaId,
  const Output extends SchemaId,
  Config = Record<string, never>,
>(
  definition: Omit<Processor<Input, Output, Config>, Defaulted> &
    Partial<Pick<Processor<Input, Output, Config>, Defaulted>>,
): Processor<Input, Output, Config> {
  return { ...DEFAULTS, ...definition };
}

/**
 * A failure that a person is told about. `sentence` says what happened and what to do in a writer's
 * words; `type` is stable for programs; `retryable: false` ends the run at once.
 */
export class RunError extends Error {
  readonly type: string;
  /** What happened, as a sentence. The message adds what to do about it. */
  readonly what: string;
  /** What to do about it before it is tried again: an imperative, without its full stop. */
  readonly advice: string | undefined;
  readonly retryable: boolean;
  /** Not before this many milliseconds from now (a provider's Retry-After). */
  readonly retryAfterMs: number | undefined;

  constructor(
    type: string,
    what: string,
    options: {
      retryable: boolean;
      retryAfterMs?: number | undefined;
      advice?: string | undefined;
      cause?: unknown;
    },
  ) {
    const { advice, cause } = options;
    super(advice ? `${what} ${advice}, then try again.` : what, { cause });
    this.name = "RunError";
    this.type = type;
    this.what = what;
    this.advice = advice;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

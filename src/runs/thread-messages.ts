/** What passes between a worker and a thread in which a processor works (`threads.ts`, `thread.ts`). */
import type { BlobIn, CompletionRequest, RunError } from "../processors/sdk.ts";

export type Start = { module: string; blob: BlobIn; config: Record<string, unknown> };

/** An error on its way between threads: what a RunError says, or what is logged of another. */
export type Told =
  | Pick<RunError, "type" | "what" | "advice" | "retryable" | "retryAfterMs">
  | { message: string; stack?: string | undefined };

export type Call = "read" | "find" | "places" | "putFile" | "readFile" | "complete";
export type Tell = "stream" | "progress" | "record" | "info" | "warn";

export type ToThread =
  | { start: Start }
  | { answer: number; value: unknown }
  | { refusal: number; error: Told }
  | { delta: number; text: string }
  | { abort: true };

export type FromThread =
  | { call: number; name: Call; args: unknown[] | [CompletionRequest] }
  | { tell: Tell; args: unknown[] }
  /** As JSON. */
  | { done: string }
  | { failed: Told };

/** What a processor may make, and what it may stream, in UTF-16 units (of JSON): as much as a request may bring. */
export const OUTPUT_LIMIT = 4 * 1024 * 1024;
/** Messages that one attempt may send out of its thread: a loop that only talks ends there. */
export const TELL_LIMIT = 100_000;

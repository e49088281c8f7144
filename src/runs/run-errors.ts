/** Errors of attempts, across threads. */
import { RunError } from "../processors/sdk.ts";
import { OUTPUT_LIMIT, type Told } from "./thread-messages.ts";

export function toldOf(error: unknown): Told {
  if (error instanceof RunError) {
    const { type, message, retryable, retryAfterMs } = error;
    return { type, sentence: message, retryable, retryAfterMs };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}

export function errorOf(told: Told): Error {
  if ("sentence" in told) {
    const { type, sentence, retryable, retryAfterMs } = told;
    return new RunError(type, sentence, {
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return Object.assign(new Error(told.message), { stack: told.stack });
}

export const tooLarge = () =>
  new RunError(
    "output-too-large",
    `The processor made more than ${OUTPUT_LIMIT / 1024 / 1024} MiB. Its author has to mend that.`,
    { retryable: false },
  );

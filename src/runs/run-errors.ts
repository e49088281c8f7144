/** Errors of attempts, across threads. */
import { RunError } from "../processors/sdk.ts";
import { OUTPUT_LIMIT, type Told } from "./thread-messages.ts";

export function toldOf(error: unknown): Told {
  if (error instanceof RunError) {
    const { type, what, advice, retryable, retryAfterMs } = error;
    return { type, what, advice, retryable, retryAfterMs };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}

export function errorOf(told: Told): Error {
  if ("what" in told) {
    const { type, what, ...options } = told;
    return new RunError(type, what, options);
  }
  return Object.assign(new Error(told.message), { stack: told.stack });
}

/**
 * What the run says of a failed attempt.
 * @param attempts how many there were; undefined when another will come by itself
 */
export function sentenceOf(error: RunError, attempts?: number): string {
  const { what, advice, retryable, message } = error;
  if (!retryable) return message;
  if (attempts === undefined) {
    const then = advice && `; if it stays so, ${advice[0]!.toLowerCase()}${advice.slice(1)}`;
    return `${what} It will be tried again${then ?? ""}.`;
  }
  const tried = `It was tried ${attempts === 1 ? "once" : `${attempts} times`}`;
  return advice
    ? `${what} ${tried}. ${advice}, then try again.`
    : `${what} ${tried}; try again later.`;
}

export const tooLarge = () =>
  new RunError(
    "output-too-large",
    `The processor made more than ${OUTPUT_LIMIT / 1024 / 1024} MiB. Its author has to mend that.`,
    { retryable: false },
  );

/** What goes wrong at a model's provider, in a writer's words with what to do about it. */
import OpenAI from "openai";
import { RunError, type Usage } from "../processors/sdk.ts";

/** Where the call went; `keyed` says whether a key was sent. */
export type Called = { name: string; address: string; keyed: boolean };

/** A provider's own words are quoted up to this many characters. */
const QUOTE_LIMIT = 300;
/** A wait that a provider asks for is honoured up to this long. */
const RETRY_AFTER_LIMIT_MS = 60 * 60_000;

/** A provider that came to its end without an answer, and wants to be paid for `usage`. */
export class Unanswered extends RunError {
  readonly usage: Usage;

  constructor(
    type: string,
    what: string,
    options: { retryable: boolean; advice?: string },
    usage: Usage,
  ) {
    super(type, what, options);
    this.usage = usage;
  }
}

/**
 * The failure as the run settles it. The provider's error is not kept as `cause`: it may repeat the
 * prompt or the key, and causes are logged.
 */
export function explain(error: unknown, called: Called): RunError {
  if (error instanceof RunError) return error;
  if (error instanceof OpenAI.APIConnectionError) return unreachable(called);
  if (error instanceof OpenAI.APIError) return fromStatus(error, called);
  if (error instanceof SyntaxError) return unreadable(called);
  if (error instanceof TypeError && /url/i.test(error.message)) {
    return new RunError("model-not-found", "The model's address is not a web address.", {
      retryable: false,
      advice: "Correct it in Settings (for example https://api.openai.com/v1)",
    });
  }
  return new RunError("model-failed", "The call to the model failed.", { retryable: true });
}

export function unreadable({ address }: Called): RunError {
  return new RunError(
    "model-unreadable",
    `What answers at ${address} is not a model: it sent something else than a completion.`,
    { retryable: false, advice: "Check the address in Settings (most end in /v1)" },
  );
}

function unreachable({ address }: Called): RunError {
  return new RunError("model-unreachable", `No connection to the model at ${address}.`, {
    retryable: true,
    advice: "Check that the server runs and that the address in Settings is right",
  });
}

function fromStatus(error: InstanceType<typeof OpenAI.APIError>, called: Called): RunError {
  const { name, address, keyed } = called;
  const retryAfterMs = retryAfter(error.headers);
  switch (statusOf(error)) {
    case 401:
    case 403:
      if (statusOf(error) === 403 && keyed && quote(error)) return forbidden(error, address);
      return new RunError(
        "model-unauthorized",
        keyed
          ? "The model's address refused the key."
          : "The model's address wants a key and none is set.",
        {
          retryable: false,
          advice: `Put ${keyed ? "a valid" : "the"} key for ${address} into Settings`,
        },
      );
    case 402:
      return outOfQuota();
    case 404:
      return new RunError("model-not-found", `There is no model “${name}” at ${address}.`, {
        retryable: false,
        advice: "Check its name and the address in Settings (most end in /v1)",
      });
    case 429:
      if (error.code === "insufficient_quota" || error.type === "insufficient_quota") {
        return outOfQuota();
      }
      return new RunError("model-busy", "The model is busy just now.", {
        retryable: true,
        retryAfterMs,
      });
    case 408:
    case 409:
    case 425:
      return failed(retryAfterMs);
    default:
      return error.status !== undefined && error.status < 500
        ? refused(error)
        : failed(retryAfterMs);
  }
}

/** The HTTP status, or for an error inside a stream the one that its code stands for. */
function statusOf(error: InstanceType<typeof OpenAI.APIError>): number | undefined {
  if (error.status !== undefined) return error.status;
  const code: unknown = error.code;
  if (typeof code === "number") return code;
  return code === "rate_limit_exceeded" || code === "insufficient_quota" ? 429 : undefined;
}

function outOfQuota(): RunError {
  return new RunError(
    "model-quota",
    "The model's provider says that the account behind the key has no credit left.",
    { retryable: false, advice: "Top it up there or set another key in Settings" },
  );
}

function failed(retryAfterMs: number | undefined): RunError {
  return new RunError("model-failed", "The model's provider had an error of its own.", {
    retryable: true,
    retryAfterMs,
  });
}

/** The key is known; the account behind it may not do this. The provider's reason says what, and never a key. */
function forbidden(error: InstanceType<typeof OpenAI.APIError>, address: string): RunError {
  const words = quote(error, /\bsk-\S+|\S{24,}|\S*\*{3,}\S*/g);
  return new RunError(
    "model-unauthorized",
    `What answers at ${address} refused the key or what it may do. It says: “${words}”`,
    { retryable: false, advice: "Mend that there, or set another key or model in Settings" },
  );
}

function refused(error: InstanceType<typeof OpenAI.APIError>): RunError {
  const words = quote(error);
  return words
    ? new RunError(
        "model-refused",
        `The model's provider did not take the request. It says: “${words}”`,
        { retryable: false },
      )
    : new RunError(
        "model-refused",
        "The model's provider did not take the request, and gave no reason.",
        { retryable: false, advice: "Check the model's name and address in Settings" },
      );
}

/** @param hidden what is left out of it */
function quote(error: InstanceType<typeof OpenAI.APIError>, hidden = /(?!)/): string {
  const body = error.error as { message?: unknown; detail?: unknown } | string | undefined;
  const said = typeof body === "string" ? body : (body?.message ?? body?.detail);
  if (typeof said !== "string") return "";
  const words = said.replace(/\s+/g, " ").replace(hidden, "…").trim();
  return words.length > QUOTE_LIMIT ? `${words.slice(0, QUOTE_LIMIT)}…` : words;
}

/** `Retry-After` (RFC 9110, section 10.2.3: seconds or an HTTP date) or OpenAI's `retry-after-ms`. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const exact = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  const value = headers?.get("retry-after");
  const wait = Number.isFinite(exact)
    ? exact
    : value
      ? /^\s*\d+(\.\d+)?\s*$/.test(value)
        ? Number(value) * 1_000
        : Date.parse(value) - Date.now()
      : Number.NaN;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), RETRY_AFTER_LIMIT_MS) : undefined;
}

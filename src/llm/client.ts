/**
 * The way to a model: any endpoint that speaks OpenAI's chat completions, or the practice model,
 * through one and the same code path.
 *
 * The SDK's loop over a stream ends *normally* on an abort and may do so on a broken connection, so
 * an answer counts only when its `finish_reason` came. Retries are the run's: none happen here.
 * Nothing here logs a key, a prompt or an answer.
 */
import OpenAI from "openai";
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from "openai/resources";
import type { Completion, CompletionRequest, Llm, RunContext, Usage } from "../processors/sdk.ts";
import { RunError } from "../processors/sdk.ts";
import { explain, Unanswered, unreadable } from "./failures.ts";
import { PRACTICE_MODEL, practiceFetch } from "./practice.ts";
import { Watch } from "./watch.ts";

/** `baseUrl` is used exactly as typed, e.g. `https://api.openai.com/v1`; some servers need no key. */
export type ModelSettings =
  | { baseUrl: string; apiKey?: string; model: string }
  | { practice: true };

/** For tests: shorter limits. */
export type LlmLimits = { connectMs?: number; stallMs?: number };

export type Model = {
  /** The name that is asked for; the endpoint may answer with a longer one. */
  name: string;
  practice: boolean;
  /** The `Llm` of one run; its calls end when `signal` aborts. */
  llm(signal: AbortSignal, log: RunContext["log"]): Llm;
};

/** From the request to the answer's headers; a server at home may first have to load the model. */
export const CONNECT_LIMIT_MS = 60_000;
/** Between two chunks of an answer. */
export const STALL_LIMIT_MS = 30_000;
/** After the finish, for the usage; some servers then leave the connection open. */
const USAGE_WAIT_MS = 1_000;
/** English prose in common tokenizers: about four characters a token. */
const CHARACTERS_PER_TOKEN = 4;

export function openLlm(settings: ModelSettings, limits: LlmLimits = {}): Model {
  const practice = "practice" in settings;
  const endpoint: Endpoint = practice
    ? { client: practiceClient(), name: PRACTICE_MODEL, address: "the studio", keyed: false }
    : {
        client: providerClient(settings.baseUrl, settings.apiKey),
        name: settings.model,
        address: withoutSecrets(settings.baseUrl),
        keyed: Boolean(settings.apiKey),
      };
  const { connectMs = CONNECT_LIMIT_MS, stallMs = STALL_LIMIT_MS } = limits;
  const refused = new Set<OptionalField>();
  return {
    name: endpoint.name,
    practice,
    llm: (signal, log) => ({
      async complete(request, onDelta) {
        try {
          const watch = new Watch(signal, connectMs, stallMs);
          return await complete(endpoint, practice, request, refused, watch, onDelta);
        } catch (error) {
          signal.throwIfAborted();
          const failure = explain(error, endpoint);
          log.warn({ type: failure.type, model: endpoint.name }, "The model did not answer");
          throw failure;
        }
      },
    }),
  };
}

/** The `Llm` of one run: `openLlm(settings).llm(signal, log)`. */
export function llmFor(settings: ModelSettings, signal: AbortSignal, log: RunContext["log"]): Llm {
  return openLlm(settings).llm(signal, log);
}

type Endpoint = {
  client: OpenAI;
  name: string;
  /** For sentences: no password, no query. */
  address: string;
  keyed: boolean;
};

/**
 * One streamed completion. An aborted signal throws its reason; what `onDelta` heard until a failure
 * is the partial. Where the endpoint reports no usage, tokens are estimated from characters.
 */
async function complete(
  endpoint: Endpoint,
  practice: boolean,
  request: CompletionRequest,
  refused: Set<OptionalField>,
  watch: Watch,
  onDelta?: (text: string) => void,
): Promise<Completion> {
  let text = "";
  let model = endpoint.name;
  let finish: string | undefined;
  let usage: Usage | undefined;
  let chunks = 0;
  try {
    const { stream, type } = await open(endpoint, request, refused, watch.signal);
    watch.heard();
    for await (const chunk of stream) {
      // Chunks that one read brought are still handed out after an abort.
      if (watch.signal.aborted) break;
      chunks += 1;
      if (chunk.model) model = chunk.model;
      if (chunk.usage) usage = usageOf(chunk.usage);
      const choice = chunk.choices?.[0];
      // `reasoning_content` and its like are the model's own affair: only `content` is the answer.
      const delta = choice?.delta?.content;
      if (delta) {
        text += delta;
        onDelta?.(delta);
      }
      if (choice?.finish_reason) finish = choice.finish_reason;
      watch.heard(finish ? USAGE_WAIT_MS : undefined);
    }
    if (!finish) watch.check();
    if (chunks === 0 && !type.includes("event-stream")) throw unreadable(endpoint);
  } catch (error) {
    // What breaks after the finish takes nothing from the answer.
    if (!finish) {
      watch.check();
      // After the answer began, whatever broke it broke the connection.
      throw chunks > 0 && !(error instanceof OpenAI.APIError) ? cutOff() : error;
    }
  } finally {
    watch.end();
  }
  if (!finish) throw cutOff();
  const used = usage ?? estimateUsage(request, text);
  if (finish === "content_filter") {
    throw new Unanswered(
      "model-refused",
      "The model's provider held the answer back: its content filter objects to these notes.",
      { retryable: false, advice: "Word them differently" },
      used,
    );
  }
  if (finish === "error") {
    throw new RunError("model-failed", "The model broke off with an error.", { retryable: true });
  }
  if (text.trim() === "") {
    throw finish === "length" ? onlyThought(used) : nothing(used);
  }
  return {
    text,
    model,
    practice,
    finish: finish === "length" ? "length" : "stop",
    usage: used,
  };
}

const cutOff = () =>
  new RunError("model-cut", "The model's answer broke off.", { retryable: true });

const nothing = (used: Usage) =>
  new Unanswered("model-empty", "The model answered with nothing.", { retryable: true }, used);

const onlyThought = (used: Usage) =>
  new Unanswered(
    "model-empty",
    "The model used up its tokens before its first word, as models that think at length do.",
    { retryable: false, advice: "Set one that thinks less in Settings, or ask for more words" },
    used,
  );

/** Fields that some compatible servers refuse with a 400 or 422 that names them. */
const OPTIONAL_FIELDS = ["stream_options", "temperature", "max_tokens"] as const;
type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/**
 * Opens the stream. A field that this endpoint refuses by name is left out (`max_tokens` becomes
 * `max_completion_tokens`) and remembered in `refused`.
 */
async function open(
  { client, name }: Endpoint,
  request: CompletionRequest,
  refused: Set<OptionalField>,
  signal: AbortSignal,
): Promise<{ stream: AsyncIterable<ChatCompletionChunk>; type: string }> {
  for (;;) {
    try {
      const { data, response } = await client.chat.completions
        .create(bodyOf(name, request, refused), { signal })
        .withResponse();
      return { stream: data, type: response.headers.get("content-type") ?? "" };
    } catch (error) {
      const field = refusedField(error);
      if (!field || refused.has(field)) throw error;
      refused.add(field);
    }
  }
}

function bodyOf(
  model: string,
  { messages, maxTokens, temperature }: CompletionRequest,
  refused: Set<OptionalField>,
): ChatCompletionCreateParamsStreaming {
  return {
    model,
    messages,
    stream: true,
    ...(!refused.has("stream_options") && { stream_options: { include_usage: true } }),
    ...(temperature !== undefined && !refused.has("temperature") && { temperature }),
    ...(maxTokens !== undefined &&
      (refused.has("max_tokens")
        ? { max_completion_tokens: maxTokens }
        : { max_tokens: maxTokens })),
  };
}

function refusedField(error: unknown): OptionalField | undefined {
  if (!(error instanceof OpenAI.APIError) || (error.status !== 400 && error.status !== 422)) return;
  const named = `${error.param ?? ""} ${error.message}`;
  // A limit that is too high is named too; leaving it out or renaming it would not help.
  if (
    !/unsupported|not supported|unknown|unrecognized|extra|not permitted|unexpected/i.test(
      `${error.code ?? ""} ${error.message}`,
    )
  ) {
    return;
  }
  return OPTIONAL_FIELDS.find((field) => named.includes(field));
}

function usageOf(usage: { prompt_tokens?: number; completion_tokens?: number }): Usage {
  return { inputTokens: usage.prompt_tokens ?? 0, outputTokens: usage.completion_tokens ?? 0 };
}

/** Where nobody counted: about four characters a token. */
export function estimateUsage(request: CompletionRequest, text: string): Usage {
  const asked = request.messages.reduce((sum, message) => sum + message.content.length, 0);
  return {
    inputTokens: Math.ceil(asked / CHARACTERS_PER_TOKEN),
    outputTokens: Math.ceil(text.length / CHARACTERS_PER_TOKEN),
  };
}

function practiceClient(): OpenAI {
  return sdk("http://practice.invalid/v1", undefined, practiceFetch);
}

function providerClient(baseUrl: string, apiKey: string | undefined): OpenAI {
  return sdk(baseUrl, apiKey, fetch);
}

/**
 * Every setting is given, so that the SDK takes none from the environment: an account's own address
 * must never see the operator's key, and the SDK's debug log would print prompts.
 */
function sdk(baseURL: string, apiKey: string | undefined, fetchWith: OpenAIFetch): OpenAI {
  return new OpenAI({
    baseURL,
    apiKey: apiKey || "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: apiKey ? {} : { authorization: null },
    maxRetries: 0,
    logLevel: "off",
    // The watch ends calls; the SDK's own limit must not come first.
    timeout: 10 * CONNECT_LIMIT_MS,
    fetch: fetchWith,
  });
}

type OpenAIFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return "the configured address";
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

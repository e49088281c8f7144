/**
 * The practice model: what answers when no model is configured. It is no language model; it tells
 * the notes again with sentences from a stock (practice-prose.ts), the same for the same request.
 *
 * It stands behind a `fetch` that speaks OpenAI's chat completions, so that everything from the SDK
 * inward runs as it does with a provider. No network is involved.
 */
import { countWords, type Tense } from "./practice-notes.ts";
import { practiceProse } from "./practice-prose.ts";

export const PRACTICE_MODEL = "practice";
/** Pace of a streamed answer; nearer to reading it appear than to a provider's pace. */
const WORDS_A_SECOND = 1_200;
/** Timers are not finer: words are written ahead until this much time is owed. */
const SHORTEST_PAUSE_MS = 4;
/** What is written when the request names no length. */
const DEFAULT_WORDS = 140;
const MOST_WORDS = 5_000;
const FEWEST_WORDS = 10;
/** English prose in common tokenizers. */
const TOKENS_A_WORD = 4 / 3;

/** As `fetch`, for `POST …/chat/completions` and `GET …/models`; ends when the signal aborts. */
export async function practiceFetch(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const request = new Request(input, init);
  const signal = init?.signal ?? request.signal;
  signal.throwIfAborted();
  const { pathname } = new URL(request.url);
  if (pathname.endsWith("/models")) {
    const model = { id: PRACTICE_MODEL, object: "model", created: 0, owned_by: "studio" };
    return Response.json({ object: "list", data: [model] });
  }
  if (!pathname.endsWith("/chat/completions")) return refusal(404, "There is nothing here.");
  const asked = readRequest(await request.text());
  if (!asked) return refusal(400, "The body is not a chat completion request with messages.");
  const answer = answerTo(asked);
  return asked.stream ? streamed(answer, asked.includeUsage, signal) : whole(answer);
}

type Asked = {
  messages: { role: string; content: string }[];
  maxTokens: number | undefined;
  stream: boolean;
  includeUsage: boolean;
};

type Answer = { id: string; text: string; finish: "stop" | "length"; usage: object };

function answerTo({ messages, maxTokens }: Asked): Answer {
  const { kind, notes, directions } = partsOf(messages);
  const seed = hash(JSON.stringify([messages, maxTokens]));
  const words = wordsAskedFor(directions);
  const prose =
    kind === "chapter"
      ? practiceSummary(notes, words)
      : practiceProse(notes, { words, seed, tense: tenseAskedFor(directions) });
  const limit = maxTokens === undefined ? MOST_WORDS * 2 : Math.floor(maxTokens / TOKENS_A_WORD);
  const text = firstWords(prose, limit);
  const asked = messages.reduce((sum, { content }) => sum + countWords(content), 0);
  const [inputTokens, outputTokens] = [asked, countWords(text)].map((words) =>
    Math.ceil(words * TOKENS_A_WORD),
  ) as [number, number];
  return {
    id: `practice-${seed.toString(16)}`,
    text,
    finish: text.length < prose.length ? "length" : "stop",
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  };
}

/** The first sentence of each paragraph, as many as there is room for. */
function practiceSummary(chapter: string, words: number): string {
  const told: string[] = [];
  let left = words;
  for (const paragraph of chapter.split(/\n{2,}/)) {
    const [first = ""] = paragraph.trim().split(/(?<=[.!?…]["”’»)]*)\s+/);
    left -= countWords(first);
    if (left < 0 && told.length > 0) break;
    told.push(first);
  }
  return told.join(" ").trim();
}

/**
 * The notes are what stands between `<notes>` and `</notes>`, or `<words>` or `<chapter>`, in the last message of the
 * user, or all of it; the rest of the conversation says how to write.
 */
function partsOf(messages: Asked["messages"]): {
  kind: string | undefined;
  notes: string;
  directions: string[];
} {
  const last = messages.findLastIndex(({ role }) => role === "user");
  const said = messages[last]?.content ?? "";
  const others = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const marked = /<(notes|words|chapter)\b[^>]*>\n?([\s\S]*)<\/\1>/.exec(said);
  if (!marked) return { kind: undefined, notes: said, directions: others };
  const directions = [...others, said.replace(marked[0], " ")];
  return { kind: marked[1], notes: marked[2]!, directions };
}

/** "about 180 words": the last one said counts, for it is the closest to the writer. */
function wordsAskedFor(directions: string[]): number {
  const asked = directions.flatMap((text) => [
    ...text.matchAll(/(\d{1,3}(?:[,.]\d{3})+|\d{1,6})[\s-]*words?\b/gi),
  ]);
  const words = Number(asked.at(-1)?.[1]?.replace(/[,.]/g, "") ?? DEFAULT_WORDS);
  return Math.min(Math.max(words, FEWEST_WORDS), MOST_WORDS);
}

function tenseAskedFor(directions: string[]): Tense | undefined {
  const asked = directions.map((said) => /\b(past|present) tense\b/i.exec(said)?.[1]);
  return asked.findLast(Boolean)?.toLowerCase() as Tense | undefined;
}

function firstWords(text: string, count: number): string {
  let words = 0;
  for (const word of text.matchAll(/\S+/g)) {
    words += countWords(word[0]);
    if (words > count) return text.slice(0, word.index).trimEnd();
  }
  return text;
}

/** Server-sent events, a word each; the first at once, the rest at {@link WORDS_A_SECOND}. */
function streamed(answer: Answer, includeUsage: boolean, signal: AbortSignal): Response {
  const words = answer.text.match(/\s*\S+/g) ?? [];
  const encoder = new TextEncoder();
  const event = (data: object) => encoder.encode(`data: ${JSON.stringify(data)}\n\n`);
  let written = -1;
  let begun = 0;
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      stop = () => controller.error(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
    },
    async pull(controller) {
      if (written < 0) {
        begun = performance.now();
        written = 0;
        controller.enqueue(event(chunk(answer, { role: "assistant", content: "" }, null)));
        return;
      }
      const ahead = (written * 1_000) / WORDS_A_SECOND - (performance.now() - begun);
      if (ahead >= SHORTEST_PAUSE_MS) await Bun.sleep(ahead);
      if (signal.aborted) return;
      const word = words[written];
      if (word !== undefined) {
        written += 1;
        controller.enqueue(event(chunk(answer, { content: word }, null)));
        return;
      }
      signal.removeEventListener("abort", stop);
      controller.enqueue(event(chunk(answer, {}, answer.finish)));
      if (includeUsage) {
        controller.enqueue(event({ ...chunk(answer, {}, null), choices: [], usage: answer.usage }));
      }
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
    },
    cancel() {
      signal.removeEventListener("abort", stop);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function chunk(answer: Answer, delta: object, finishReason: string | null) {
  return {
    id: answer.id,
    object: "chat.completion.chunk",
    created: 0,
    model: PRACTICE_MODEL,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
}

function whole(answer: Answer): Response {
  const message = { role: "assistant", content: answer.text };
  return Response.json({
    id: answer.id,
    object: "chat.completion",
    created: 0,
    model: PRACTICE_MODEL,
    choices: [{ index: 0, message, finish_reason: answer.finish }],
    usage: answer.usage,
  });
}

function refusal(status: number, message: string): Response {
  return Response.json({ error: { message, type: "invalid_request_error" } }, { status });
}

function readRequest(body: string): Asked | undefined {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { messages, max_tokens, max_completion_tokens, stream, stream_options } = (read ??
    {}) as Record<string, unknown>;
  if (!Array.isArray(messages)) return undefined;
  const limit = max_completion_tokens ?? max_tokens;
  return {
    messages: messages.map((message: { role?: unknown; content?: unknown }) => ({
      role: String(message?.role),
      content: typeof message?.content === "string" ? message.content : "",
    })),
    maxTokens: typeof limit === "number" ? limit : undefined,
    stream: stream === true,
    includeUsage: (stream_options as { include_usage?: unknown })?.include_usage === true,
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}

/** Tells in short what happens in a chapter, so that later ones can be written without all of its words. */
import { type BlobIn, defineProcessor, type Message } from "../../src/processors/sdk.ts";
import { partsOf, promptFor, proseOf, tokenLimit, tokensOf } from "./prompt.ts";

const WORDS_DEFAULT = 200;
/** What goes out and what comes back, in tokens. A longer chapter is told part by part. */
const CONTEXT_DEFAULT = 8_192;

export type SummaryConfig = {
  words: number;
  contextTokens?: number;
  language?: string;
  again?: boolean;
};

const CONFIG = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    words: {
      type: "integer",
      minimum: 40,
      maximum: 1_000,
      default: WORDS_DEFAULT,
      title: "Length",
      description: "About how many words a summary has.",
    },
    contextTokens: {
      type: "integer",
      minimum: 2_048,
      maximum: 200_000,
      default: CONTEXT_DEFAULT,
      title: "Context",
      description:
        "What goes out and what comes back, in tokens together. A longer chapter is told part by part.",
    },
    language: {
      type: "string",
      minLength: 1,
      maxLength: 40,
      title: "Language",
      description: "Write in this language instead of the chapter's own.",
    },
    again: {
      type: "boolean",
      default: false,
      title: "Again",
      description: "Write it anew even where the chapter has not changed since.",
    },
  },
  additionalProperties: false,
};

export default defineProcessor<"chapter-v1", "chapter-summary-v1", SummaryConfig>({
  id: "chapter-summary",
  version: "1.0.0",
  title: "Chapter summary",
  description: "Tells in short what happens in a chapter.",
  inputs: ["chapter-v1"],
  output: "chapter-summary-v1",
  config: CONFIG,
  trigger: "on-request",
  permissions: ["model"],
  // It only waits for the model.
  thread: false,

  async run({ blob, config, find, llm, places, progress, record, stream }) {
    const of = { chapter: blob.bucket, chapterRevision: blob.revision };
    const standing = config.again
      ? undefined
      : ((await find({ schema: "chapter-summary-v1", bucket: blob.bucket })) as Summaries).find(
          ({ content }) => content.chapterRevision === blob.revision && !content.ended,
        );
    if (standing) {
      record({ reused: standing.id, tokens: 0 });
      return standing.content;
    }

    const prose = proseOf(blob.content);
    const name = (await places())[0]?.name ?? "";
    const maxTokens = tokenLimit(config.words);
    const limit = config.contextTokens ?? CONTEXT_DEFAULT;
    const parts = partsOf(prose, Math.max(Math.floor(limit / 2), limit - maxTokens * 2));
    const asked = (part: string, soFar: string): Message[] => promptFor(config, name, part, soFar);
    record({
      // What was told so far goes along with each further part.
      tokens:
        parts.reduce((sum, part) => sum + messageTokens(asked(part, "")), 0) +
        (parts.length - 1) * expected(config.words),
      limit,
      answer: maxTokens,
      expected: parts.length * expected(config.words),
      ...keptWith(parts.length === 1 ? asked(parts[0]!, "") : []),
    });
    let text = "";
    let last = { model: "", practice: false, finish: "stop" };
    for (const [at, part] of parts.entries()) {
      if (parts.length > 1) progress(at, parts.length);
      const isLast = at === parts.length - 1;
      const messages = asked(part, text);
      const done = await llm.complete({ messages, maxTokens }, isLast ? stream : undefined);
      text = done.text.trim();
      last = done;
    }
    return {
      text,
      ...of,
      model: last.model.slice(0, MODEL_NAME_LIMIT),
      ...(last.practice && { practice: true }),
      ...(last.finish === "length" && { ended: "length" as const }),
    };
  },
});

/** A longer prompt is not kept with its run, in UTF-16 units of JSON. */
const PROMPT_KEPT = 40 * 1024;

/** What is asked part by part is not kept either: each prompt has the answer before it. */
const keptWith = (messages: Message[]): { messages?: Message[] } =>
  messages.length > 0 && JSON.stringify(messages).length <= PROMPT_KEPT ? { messages } : {};

type Summaries = BlobIn<"chapter-summary-v1">[];

/** The schema allows a model's name this many characters. */
const MODEL_NAME_LIMIT = 200;
/** What a word comes to, in English. */
const expected = (words: number): number => Math.ceil((words * 4) / 3);
const messageTokens = (messages: Message[]): number =>
  messages.reduce((sum, { content }) => sum + tokensOf(content), 0);

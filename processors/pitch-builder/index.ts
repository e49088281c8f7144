/**
 * Drafts a section of a pitch, as a take. What only the writer can know (comparable titles, sales, credentials) is
 * taken from the writer's facts or left as a marked blank; which, is decided here, and what the model wrote is held to it.
 */
import { defineProcessor, type Message, type Schemas } from "../../src/processors/sdk.ts";
import {
  blank,
  blanksIn,
  type Fact,
  factOf,
  factsIn,
  missingItems,
  withoutBlanks,
} from "./facts.ts";
import { Guard } from "./guard.ts";
import { gather, type Material } from "./material.ts";
import { promptFor, tokenLimit, tokensOf, wordsFor } from "./prompt.ts";
import { countOf, wordsOf } from "./words.ts";

type Ask = Schemas["pitch-section-v1"];

/** What goes out and what comes back, in tokens, unless the settings say otherwise. */
const CONTEXT_DEFAULT = 8_192;

const CONFIG = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    contextTokens: {
      type: "integer",
      minimum: 2_048,
      maximum: 200_000,
      default: CONTEXT_DEFAULT,
      title: "Context",
      description:
        "What goes out and what comes back, in tokens together. Chapters are told shorter where they do not fit.",
    },
  },
  additionalProperties: false,
};

export default defineProcessor<"pitch-section-v1", "expanded-text-v1", { contextTokens?: number }>({
  id: "pitch-builder",
  version: "1.0.0",
  title: "Pitch builder",
  description:
    "Drafts the sections of a pitch from your book, and leaves blanks for what only you know.",
  inputs: ["pitch-section-v1"],
  output: "expanded-text-v1",
  config: CONFIG,
  permissions: ["model"],

  async run(context) {
    const { blob, config, llm, record, stream } = context;
    const ask = blob.content;
    const isOfFacts = ask.material === "facts";
    // What is to be said another way is the writer's by now; blanks in it stay blanks.
    const standing = ask.text?.trim() ?? "";
    const material = await gather(context, !isOfFacts && !standing);
    const own = factsIn(ask.facts);
    const missing = standing ? blanksIn(standing) : missingItems(ask, own);
    // Nothing is said yet: then there is nothing to write around, and nobody is asked.
    if (isOfFacts && own.length === 0 && !standing) {
      const text = framed(ask, missing);
      stream(text);
      record({ tokens: 0, blanks: missing.map(({ label }) => label) });
      return { text, model: "no model" };
    }

    const facts = [
      ...own,
      ...factsIn(withoutBlanks(standing)),
      ...alsoIn(ask),
      ...knownOf(material),
    ];
    const words = standing ? Math.max(1, countOf(standing)) : wordsFor(ask);
    const maxTokens = tokenLimit(words);
    const limit = config.contextTokens ?? CONTEXT_DEFAULT;
    const answer = Math.min(maxTokens, Math.floor(limit / 2));
    const { messages, isTrimmed } = promptFor(ask, material, facts, missing, limit - answer);
    const told = (refused: readonly string[] = []) =>
      record({
        context: contextOf(ask, material, facts, messages, isTrimmed),
        tokens: messages.reduce((sum, { content }) => sum + tokensOf(content), 0),
        limit,
        answer,
        expected: Math.ceil((words * 4) / 3),
        blanks: missing.map(({ label }) => label),
        ...(refused.length > 0 ? { refused: refused.slice(0, REFUSED_KEPT) } : {}),
        ...keptWith(messages),
      });
    told();

    const guard = new Guard({
      material: ask.material,
      facts,
      known: stemsIn([material.book, material.author]),
      names: ask.items?.length && !isOfFacts ? namesOf(material, standing) : null,
      missing,
    });
    const show = (text: string) => {
      if (text !== "") stream(text);
    };
    const done = await llm.complete({ messages, maxTokens }, (delta) => show(guard.push(delta)));
    show(guard.end());
    told(guard.refused);
    return take(
      guard.text,
      done.model,
      done.practice,
      done.finish === "length" ? "length" : undefined,
    );
  },

  // What was streamed was held to the facts as it came.
  keep({ text, model, practice, ended }) {
    return take(text, model, practice, ended);
  },
});

/** Sentences that were not kept, as they are told with the run. */
const REFUSED_KEPT = 20;
/** A longer prompt is not kept with its run, in UTF-16 units of JSON. */
const PROMPT_KEPT = 40 * 1024;

const keptWith = (messages: Message[]): { messages?: Message[] } =>
  JSON.stringify(messages).length <= PROMPT_KEPT ? { messages } : {};

/** The template's own sentence around its blanks, or the blanks a line each. */
function framed({ frame }: Ask, missing: readonly { label: string }[]): string {
  const blanks = missing.map(({ label }) => blank(label));
  if (!frame) return (blanks.length > 0 ? blanks : [blank("yours to write")]).join("\n\n");
  return frame.replaceAll(/\{(\d+)\}/g, (_, at: string) => blanks[Number(at) - 1] ?? "");
}

const alsoIn = ({ also = [] }: Ask): Fact[] => also.flatMap(({ facts }) => factsIn(facts));

/** Rounded, as a letter says it. */
const WORDS_ROUNDED = 1_000;

/** What the studio knows by itself. */
function knownOf({ book, author, words }: Material): Fact[] {
  const length = Math.max(WORDS_ROUNDED, Math.round(words / WORDS_ROUNDED) * WORDS_ROUNDED);
  return [
    book && `The book is called ${book}.`,
    author && `Its author is ${author}.`,
    words > 0 && `The manuscript is complete at about ${length.toLocaleString("en")} words.`,
  ]
    .filter((line) => line !== "" && line !== false)
    .map((line) => factOf(String(line)));
}

const stemsIn = (texts: readonly string[]): Set<string> =>
  new Set(texts.flatMap((text) => wordsOf(text).map(({ stem }) => stem)));

const namesOf = ({ chapters, codex }: Material, standing: string): Set<string> =>
  stemsIn([
    standing,
    ...chapters.flatMap(({ name, text }) => [name, text]),
    ...codex.flatMap(({ name, aliases = [], text }) => [name, ...aliases, text]),
  ]);

function contextOf(
  ask: Ask,
  { chapters, codex }: Material,
  facts: readonly Fact[],
  messages: readonly Message[],
  isTrimmed: boolean,
) {
  const summaries = chapters.filter(({ by }) => by === "summary").length;
  const all = messages.reduce((sum, { content }) => sum + tokensOf(content), 0);
  const said = tokensOf(facts.map(({ text }) => text).join("\n"));
  return [
    {
      id: "voice",
      what: `Convention of ${ask.title}`,
      tokens: tokensOf(ask.convention ?? ""),
      state: "included",
    },
    { id: "notes", what: `Facts, ${facts.length}`, tokens: said, state: "included" },
    ...(chapters.length > 0
      ? [
          {
            id: "summaries",
            what: `Chapters, ${chapters.length}: ${summaries} by their summaries, ${chapters.length - summaries} by how they begin and end`,
            tokens: Math.max(0, all - said),
            state: isTrimmed ? "trimmed" : "included",
          },
        ]
      : []),
    ...(codex.length > 0
      ? [{ id: "codex", what: `Codex, ${codex.length} entries`, tokens: 0, state: "included" }]
      : []),
  ];
}

/** The schema allows a model's name this many characters. */
const MODEL_NAME_LIMIT = 200;

const take = (
  text: string,
  model: string,
  practice: boolean,
  ended: Schemas["expanded-text-v1"]["ended"],
): Schemas["expanded-text-v1"] => ({
  text: text.trim(),
  model: model.slice(0, MODEL_NAME_LIMIT),
  ...(practice && { practice }),
  ...(ended && { ended }),
});

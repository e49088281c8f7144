/** What can be set of an expansion, for the installation, a book or one run. */
import type { Place, Schemas } from "../../src/processors/sdk.ts";

export const WORDS_DEFAULT = 180;
export const WORDS_LEAST = 20;
export const WORDS_MOST = 3_000;
/** What goes out and what comes back, in tokens: models that run at home take about so much. */
export const CONTEXT_DEFAULT = 8_192;
export const CONTEXT_LEAST = 2_048;
export const CONTEXT_MOST = 200_000;

/** How prose is to sound. The nearest says it: the ask, then the settings of the run, then the book. */
export type Voice = {
  style?: string | undefined;
  tense?: "past" | "present" | undefined;
  pointOfView?: string | undefined;
  tone?: string | undefined;
  bannedPhrases?: string[] | undefined;
  /** Prose of the writer's own. */
  voiceSample?: string | undefined;
  /** Instead of the notes' own, e.g. `Italian`. */
  language?: string | undefined;
};

export type ExpansionConfig = Voice & {
  /** About how many words to write; the book's own length unless told. */
  words?: number;
  /** What goes out and what comes back, in tokens. */
  contextTokens?: number;
  /** Parts of the context that go along whole, whatever room there is: `passages`, `summaries`, `sample`, `codex`. */
  include?: string[];
};

const text = (title: string, description: string, maxLength: number) => ({
  type: "string",
  minLength: 1,
  maxLength,
  title,
  description,
});

export const CONFIG = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    words: {
      type: "integer",
      minimum: WORDS_LEAST,
      maximum: WORDS_MOST,
      examples: [WORDS_DEFAULT],
      title: "Length",
      description: `About how many words to write: as the book says, else ${WORDS_DEFAULT}. Longer notes get more.`,
    },
    language: text("Language", "Write in this language instead of the notes' own.", 40),
    style: text("Style", "How the prose is to sound. An ask's own style comes before it.", 2_000),
    tense: { enum: ["past", "present"], title: "Tense", description: "The tense it is told in." },
    pointOfView: text(
      "Point of view",
      "Who tells it, and from how near: first person, Hester; close third.",
      200,
    ),
    tone: text("Tone", "Dry, warm, ironic.", 500),
    bannedPhrases: {
      type: "array",
      maxItems: 200,
      items: { type: "string", minLength: 1, maxLength: 200 },
      title: "Banned phrases",
      description: "What a take must never say.",
    },
    voiceSample: text(
      "Voice sample",
      "A page of the writer's own prose. It goes along where there is room.",
      20_000,
    ),
    contextTokens: {
      type: "integer",
      minimum: CONTEXT_LEAST,
      maximum: CONTEXT_MOST,
      default: CONTEXT_DEFAULT,
      title: "Context",
      description:
        "What goes out and what comes back, in tokens together: no more than the model takes.",
    },
    include: {
      type: "array",
      maxItems: 10,
      items: { enum: ["passages", "summaries", "sample", "codex"] },
      title: "Include anyway",
      description: "Parts of the context that go along whole, whatever room there is.",
    },
  },
  additionalProperties: false,
};

/** The nearest of each, the ask's own style before all. */
export function voiceOf(
  ask: Schemas["text-input-v1"],
  config: Partial<ExpansionConfig>,
  places: Place[],
): Voice {
  const book = (places.find(({ type }) => type === "book")?.metadata ?? {}) as Voice;
  const of = <Name extends keyof Voice>(name: Name): Voice[Name] => config[name] ?? book[name];
  return {
    // It stands beside the notes, where the ask has it.
    style: ask.style?.trim() ? undefined : of("style"),
    tense: of("tense"),
    pointOfView: of("pointOfView"),
    tone: of("tone"),
    bannedPhrases: of("bannedPhrases"),
    voiceSample: of("voiceSample"),
    language: config.language ?? nameOfLanguage(book.language),
  };
}

/** About how many words a take is to have. */
export function wordsOf({ words }: Partial<ExpansionConfig>, places: Place[]): number {
  const { takeWords } = (places.find(({ type }) => type === "book")?.metadata ?? {}) as {
    takeWords?: number;
  };
  return words ?? takeWords ?? WORDS_DEFAULT;
}

/** `it` is Italian; undefined for what is no tag. */
function nameOfLanguage(tag: string | undefined): string | undefined {
  try {
    return tag && new Intl.DisplayNames("en", { type: "language", fallback: "none" }).of(tag);
  } catch {
    return undefined;
  }
}

/** Directions that follow from the voice, a line each. */
export function voiceLines({ tense, pointOfView, tone, style, bannedPhrases }: Voice): string[] {
  return [
    tense && `Tell it in the ${tense} tense.`,
    pointOfView?.trim() && `Point of view: ${pointOfView.trim()}.`,
    tone?.trim() && `Tone: ${tone.trim()}.`,
    style?.trim() && `Style: ${style.trim()}`,
    bannedPhrases?.length && `Never write: ${bannedPhrases.map((one) => `“${one}”`).join(", ")}.`,
  ].filter((line): line is string => Boolean(line));
}

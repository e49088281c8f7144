/** Turns an ask into a take: a passage's notes into prose, or some of its words into others. */
import { defineProcessor, type Message, type Schemas } from "../../src/processors/sdk.ts";
import {
  CONFIG,
  CONTEXT_DEFAULT,
  type ExpansionConfig,
  voiceLines,
  voiceOf,
  wordsOf,
} from "./config.ts";
import { fit, gather, type Part } from "./context.ts";
import {
  aroundIn,
  directionsFor,
  notesFor,
  promptFor,
  rewriteDirectionsFor,
  rewritePromptFor,
  rewrittenWords,
  targetWords,
  tokenLimit,
  tokensWritten,
  wordsFor,
} from "./prompt.ts";
import { tokensOf } from "./tokens.ts";

export default defineProcessor<"text-input-v1", "expanded-text-v1", ExpansionConfig>({
  id: "text-expansion",
  version: "1.1.0",
  title: "Text expansion",
  description: "Writes the prose that your notes ask for.",
  inputs: ["text-input-v1"],
  output: "expanded-text-v1",
  config: CONFIG,
  permissions: ["model"],
  // It only waits for the model.
  thread: false,

  async run(context) {
    const { blob, config, llm, places, record, stream } = context;
    const ask = blob.content;
    const around = aroundIn(blob.metadata);
    const above = await places();
    const words = around ? rewrittenWords(ask.text) : targetWords(ask.text, wordsOf(config, above));
    const voice = voiceOf(ask, config, above);
    // Words that stand there already keep their language.
    if (around) voice.language = config.language;
    const material = await gather(context, above, voice, around !== null);

    const maxTokens = tokenLimit(words);
    const { contextTokens: limit = CONTEXT_DEFAULT } = config;
    // A long answer leaves half to what it is made of.
    const answer = Math.min(maxTokens, Math.floor(limit / 2));
    const fixed = {
      voice: tokensOf(around ? rewriteDirectionsFor(words, voice) : directionsFor(voice)),
      notes: tokensOf(around ? wordsFor(ask, around) : notesFor(ask, words)),
    };
    const include = [...(config.include ?? []), ...includedBy(blob.metadata)];
    const { told, parts, codex } = fit(
      material,
      fixed.voice + fixed.notes,
      limit - answer,
      include,
    );
    const messages = around
      ? rewritePromptFor(ask, around, voice, told)
      : promptFor(ask, words, voice, told);

    const always = (id: "voice" | "notes", what: string): Part => ({
      id,
      what,
      tokens: fixed[id],
      state: "included",
    });
    const all = [
      always("voice", voiceLines(voice).length > 0 ? "Directions and voice" : "Directions"),
      always("notes", around ? "Words to rewrite" : "Notes of this passage"),
      ...parts,
    ];
    record({
      context: all,
      codex: codex.slice(0, CODEX_SHOWN),
      tokens: all.reduce((sum, { state, tokens }) => sum + (state === "dropped" ? 0 : tokens), 0),
      limit,
      answer,
      expected: tokensWritten(words),
      ...keptWith(messages),
    });

    const { text, model, practice, finish } = await llm.complete({ messages, maxTokens }, stream);
    return take(text, model, practice, finish === "length" ? "length" : undefined);
  },

  keep({ text, model, practice, ended }) {
    return take(text, model, practice, ended);
  },
});

/** What the writer wants to go along whole with this ask. */
const includedBy = ({ include }: Record<string, unknown>): string[] =>
  Array.isArray(include) ? include.map(String) : [];

/** Entries told of; there is room for 64 KiB in all. */
const CODEX_SHOWN = 40;
/** A longer prompt is not kept with its run, in UTF-16 units of JSON. */
const PROMPT_KEPT = 40 * 1024;

const keptWith = (messages: Message[]): { messages?: Message[] } =>
  JSON.stringify(messages).length <= PROMPT_KEPT ? { messages } : {};

/** The schema allows a model's name this many characters. */
const MODEL_NAME_LIMIT = 200;

function take(
  text: string,
  model: string,
  practice: boolean,
  ended: Schemas["expanded-text-v1"]["ended"],
): Schemas["expanded-text-v1"] {
  return {
    text: text.trim(),
    model: model.slice(0, MODEL_NAME_LIMIT),
    ...(practice && { practice }),
    ...(ended && { ended }),
  };
}

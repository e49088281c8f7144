/** Turns an ask into a take: a passage's notes into prose, or some of its words into others. */
import { defineProcessor, type Schemas } from "../../src/processors/sdk.ts";
import {
  aroundIn,
  type ExpansionConfig,
  promptFor,
  rewritePromptFor,
  rewrittenWords,
  targetWords,
  tokenLimit,
  WORDS_DEFAULT,
  WORDS_LEAST,
  WORDS_MOST,
} from "./prompt.ts";

const CONFIG = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    words: {
      type: "integer",
      minimum: WORDS_LEAST,
      maximum: WORDS_MOST,
      default: WORDS_DEFAULT,
      title: "Length",
      description: "About how many words to write. Longer notes get more.",
    },
    language: {
      type: "string",
      minLength: 1,
      maxLength: 40,
      title: "Language",
      description: "Write in this language instead of the notes' own.",
    },
  },
  additionalProperties: false,
};

export default defineProcessor<"text-input-v1", "expanded-text-v1", ExpansionConfig>({
  id: "text-expansion",
  version: "1.0.0",
  title: "Text expansion",
  description: "Writes the prose that your notes ask for.",
  inputs: ["text-input-v1"],
  output: "expanded-text-v1",
  config: CONFIG,
  permissions: ["model"],
  // It only waits for the model.
  thread: false,

  async run({ blob, config, llm, stream }) {
    const around = aroundIn(blob.metadata);
    const words = around
      ? rewrittenWords(blob.content.text)
      : targetWords(blob.content.text, config.words);
    const messages = around
      ? rewritePromptFor(blob.content, around, config)
      : promptFor(blob.content, config);
    const { text, model, practice, finish } = await llm.complete(
      { messages, maxTokens: tokenLimit(words) },
      stream,
    );
    return take(text, model, practice, finish === "length" ? "length" : undefined);
  },

  keep({ text, model, practice, ended }) {
    return take(text, model, practice, ended);
  },
});

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

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import takeSchema from "../../schemas/expanded-text-v1.json";
import { llmFor, type ModelSettings } from "../../src/llm/client.ts";
import type { RunContext, Schemas } from "../../src/processors/sdk.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { CONTEXT_DEFAULT, type ExpansionConfig, WORDS_DEFAULT, WORDS_MOST } from "./config.ts";
import expansion from "./index.ts";
import { aroundIn, promptFor, rewritePromptFor, targetWords } from "./prompt.ts";

const NOTES = "Dusk. Hester climbs to the gallery to light up. It is lit already.";
const CONFIG: ExpansionConfig = { words: WORDS_DEFAULT };
const ajv = new Ajv2020({ strict: false, useDefaults: true });
const isTake = ajv.compile(takeSchema);

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());

function expand(
  settings: ModelSettings,
  content: Schemas["text-input-v1"],
  config = CONFIG,
  metadata: Record<string, unknown> = {},
): { streamed: string[]; take: Promise<Schemas["expanded-text-v1"]> } {
  const streamed: string[] = [];
  const log = { info() {}, warn() {} };
  const { signal } = new AbortController();
  const context: RunContext<"text-input-v1", ExpansionConfig> = {
    blob: {
      id: "ask",
      schema: "text-input-v1",
      bucket: "chapter",
      root: "book",
      revision: 1,
      content,
      metadata,
    },
    config,
    read: () => Promise.reject(new Error("an expansion reads nothing else")),
    find: () => Promise.resolve([]),
    places: () => Promise.resolve([]),
    files: {
      put: () => Promise.reject(new Error("an expansion makes no files")),
      read: () => Promise.reject(new Error("an expansion reads no files")),
    },
    record() {},
    llm: llmFor(settings, signal, log),
    stream: (delta) => void streamed.push(delta),
    progress() {},
    signal,
    log,
  };
  return { streamed, take: expansion.run(context) };
}

describe("an expansion", () => {
  test("streams its take and labels the practice model's", async () => {
    const { streamed, take } = expand({ practice: true }, { text: NOTES });
    const made = await take;
    expect(made).toMatchObject({ model: "practice", practice: true });
    expect(made.text).toContain("It is lit already.");
    expect(made.ended).toBeUndefined();
    expect(streamed.join("").trim()).toBe(made.text);
    expect(isTake(made)).toBe(true);
  });

  test("by a provider's model names it and is no practice", async () => {
    server.behave({ kind: "answer", text: "The lamp burned." });
    const { take } = expand({ baseUrl: server.url, model: "m" }, { text: NOTES });
    expect(await take).toEqual({ text: "The lamp burned.", model: "test-model" });
  });

  test("that the model's limit ended says so", async () => {
    server.behave({ kind: "length", text: "The lamp" });
    const { take } = expand({ baseUrl: server.url, model: "m" }, { text: NOTES });
    expect(await take).toEqual({ text: "The lamp", model: "test-model", ended: "length" });
  });

  test("takes the writer's own length over the configured one", async () => {
    const { take } = expand(
      { practice: true },
      { text: NOTES, instruction: "Keep it to 60 words." },
    );
    const words = (await take).text.split(/\s+/).length;
    expect(words).toBeGreaterThan(50);
    expect(words).toBeLessThan(70);
  });

  test("that ended early keeps what was streamed", () => {
    const kept = expansion.keep!({
      text: "The lamp ",
      model: "m",
      practice: false,
      ended: "stopped",
    });
    expect(kept).toEqual({ text: "The lamp", model: "m", ended: "stopped" });
    expect(isTake(kept)).toBe(true);
  });
});

describe("the prompt", () => {
  test("holds the notes apart from what the writer asks and how it should sound", () => {
    const [system, user] = promptFor(
      { text: NOTES, instruction: "More fog.", style: "Spare." },
      250,
      { language: "Italian" },
    );
    expect(user!.content).toContain("about 250 words");
    expect(system!.content).toContain("Write in Italian.");
    expect(user!.content).toStartWith(`<notes>\n${NOTES}\n</notes>`);
    expect(user!.content).toContain("The writer asks: More fog.");
    expect(user!.content).toContain("It should sound like this: Spare.");
  });

  test("never asks for less than the notes hold", () => {
    expect(targetWords("word ".repeat(400), WORDS_DEFAULT)).toBe(500);
    expect(targetWords("w ".repeat(10_000), WORDS_DEFAULT)).toBe(WORDS_MOST);
  });
});

describe("rewriting", () => {
  const WORDS = "It was dated that morning.";
  const around = { before: "She read everything.", after: "She took out the letter." };

  test("asks for the same words said otherwise, to fit where they stand", () => {
    const ask = { text: WORDS, instruction: "Drier." };
    const [system, user] = rewritePromptFor(ask, around, {});
    expect(system!.content).toContain("about 5 words");
    expect(user!.content).toBe(
      "<before>\nShe read everything.\n</before>\n\n<words>\nIt was dated that morning.\n</words>\n\n" +
        "<behind>\nShe took out the letter.\n</behind>\n\nThe writer asks: Drier.",
    );
  });

  test("is told from expanding by what the ask says of itself", async () => {
    expect(aroundIn({ passage: "p" })).toBeNull();
    expect(aroundIn({ passage: "p", rewrites: around })).toEqual(around);
    const { take } = expand({ practice: true }, { text: WORDS }, CONFIG, { rewrites: around });
    expect((await take).text).toContain("It was dated that morning.");
  });
});

test("the configuration defaults to a context and refuses strange lengths", () => {
  const valid = ajv.compile(expansion.config!);
  const config: Record<string, unknown> = {};
  expect(valid(config)).toBe(true);
  expect(config).toEqual({ contextTokens: CONTEXT_DEFAULT });
  expect(valid({ words: 5 })).toBe(false);
  expect(valid({ words: 5_000 })).toBe(false);
});

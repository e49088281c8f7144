/** What is told of a chapter, and when nobody is asked again. */
import { expect, test } from "bun:test";
import type { BlobIn, CompletionRequest, RunContext, Schemas } from "../../src/processors/sdk.ts";
import chapterSummary, { type SummaryConfig } from "./index.ts";
import { partsOf, proseOf, tokensOf } from "./prompt.ts";

const paragraph = (text: string) => ({ type: "paragraph", content: [{ type: "text", text }] });
const passage = (notes: string[], prose: string[]) => ({
  id: notes.join() + prose.join(),
  notes: notes.map(paragraph),
  prose: prose.map(paragraph),
});

type Chapter = Schemas["chapter-v1"];
const chapterOf = (...passages: ReturnType<typeof passage>[]) =>
  ({ passages, words: { notes: 0, prose: 0 } }) as Chapter;

const summaryOf = (revision: number, more: Partial<Schemas["chapter-summary-v1"]> = {}) =>
  ({
    id: `of-${revision}`,
    content: { text: "As told.", chapter: "c1", chapterRevision: revision, model: "m", ...more },
  }) as BlobIn;

/** The summary, what was asked for it, and what was recorded. */
async function summed(
  content: Chapter,
  standing: BlobIn[] = [],
  config: Partial<SummaryConfig> = {},
) {
  const asked: CompletionRequest[] = [];
  let record: Record<string, unknown> = {};
  const context: RunContext<"chapter-v1", SummaryConfig> = {
    blob: {
      id: "b",
      schema: "chapter-v1",
      bucket: "c1",
      root: "book",
      revision: 7,
      metadata: {},
      content,
    },
    config: { words: 200, ...config },
    read: () => Promise.reject(new Error("it reads nothing by id")),
    find: async () => standing,
    files: {
      put: () => Promise.reject(new Error("it makes no files")),
      read: () => Promise.reject(new Error("it reads no files")),
    },
    places: async () => [{ id: "c1", type: "chapter", name: "The Fog", metadata: {} }],
    record(value) {
      record = value as Record<string, unknown>;
    },
    llm: {
      async complete(request) {
        asked.push(request);
        const usage = { inputTokens: 1, outputTokens: 1 };
        return {
          text: ` Told ${asked.length}. `,
          model: "m",
          practice: false,
          finish: "stop",
          usage,
        };
      },
    },
    stream() {},
    progress() {},
    signal: new AbortController().signal,
    log: { info() {}, warn() {} },
  };
  return { summary: await chapterSummary.run(context), asked, record };
}

test("a summary is of this revision, from the prose, and the notes where there is none yet", async () => {
  const { summary, asked, record } = await summed(
    chapterOf(passage(["Dusk."], ["The lamp was lit."]), passage(["She reads the log."], [])),
  );
  expect(summary).toEqual({ text: "Told 1.", chapter: "c1", chapterRevision: 7, model: "m" });
  const { content } = asked[0]!.messages[1]!;
  expect(content).toStartWith('<chapter name="The Fog">\nThe lamp was lit.\n\n');
  expect(content).toContain("[Planned: She reads the log.]");
  expect(content).not.toContain("Dusk.");
  expect(record.tokens).toBe(
    asked[0]!.messages.reduce((sum, { content }) => sum + tokensOf(content), 0),
  );
});

test("the one that stands is reused until the chapter changes, it ended early, or another is wanted", async () => {
  const chapter = chapterOf(passage([], ["The lamp was lit."]));
  const reused = await summed(chapter, [summaryOf(7)]);
  expect(reused.asked).toEqual([]);
  expect(reused.summary.text).toBe("As told.");
  expect(reused.record).toEqual({ reused: "of-7", tokens: 0 });
  expect((await summed(chapter, [summaryOf(6)])).asked).toHaveLength(1);
  expect((await summed(chapter, [summaryOf(7, { ended: "length" })])).asked).toHaveLength(1);
  expect((await summed(chapter, [summaryOf(7)], { again: true })).asked).toHaveLength(1);
});

test("a long chapter is told part by part, each with what was told before", async () => {
  const prose = Array.from({ length: 8 }, (_, at) => `${at} ${"word ".repeat(800)}`);
  const { summary, asked } = await summed(chapterOf(passage([], prose)), [], {
    contextTokens: 4_096,
  });
  expect(asked.length).toBeGreaterThan(2);
  expect(summary.text).toBe(`Told ${asked.length}.`);
  expect(asked[1]!.messages[1]!.content).toStartWith("<so-far>\nTold 1.\n</so-far>");
  const all = asked.map(({ messages }) => messages[1]!.content).join("\n");
  for (const [at] of prose.entries()) expect(all).toContain(`\n${at} word`);
});

test("paragraphs are never cut, and an empty chapter is told so", () => {
  expect(partsOf(["a".repeat(40), "b".repeat(40), "c"], 12)).toEqual([
    "a".repeat(40),
    `${"b".repeat(40)}\n\nc`,
  ]);
  expect(() => proseOf(chapterOf(passage([], [])))).toThrow("no words in this chapter yet");
});

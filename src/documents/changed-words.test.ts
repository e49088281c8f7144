import { expect, test } from "bun:test";
import { changedWords } from "./changed-words.ts";
import { parseMarkdown } from "./model/markdown-read.ts";
import { textOf } from "./model/text.ts";

/** The notes with what is new in brackets, a textblock a line. */
function marked(asked: string, markdown: string): string {
  const notes = parseMarkdown(markdown, "notes");
  const blocks: string[] = [];
  notes.descendants((node) => {
    if (node.isTextblock) blocks.push(node.textBetween(0, node.content.size, "", "\n"));
    return !node.isTextblock;
  });
  for (const { block, from, to } of changedWords(asked, notes).toReversed()) {
    const text = blocks[block]!;
    blocks[block] = `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`;
  }
  return blocks.join("\n");
}

const asked = (markdown: string) => textOf(parseMarkdown(markdown, "notes"));

test("new words are found, also when others went", () => {
  expect(
    marked(
      asked("The log. Pryce's hand. SW 6, fog by four. She checks the date."),
      "The log. Pryce's hand, no question. SW 6, fog by four, one man lost. She checks the date.",
    ),
  ).toBe(
    "The log. Pryce's hand, [no question]. SW 6, fog by four, [one man lost]. She checks the date.",
  );
  expect(marked(asked("A lamp. Oil."), "A lamp.")).toBe("A lamp.");
});

test("notes that are the same have none, lists and breaks too", () => {
  const notes = "One  \ntwo\n\n- three\n- four\n  1. five\n\n> six";
  expect(changedWords(asked(notes), parseMarkdown(notes, "notes"))).toEqual([]);
});

test("a new item of a list is new, its neighbours are not", () => {
  expect(
    marked(asked("- three lamps\n- four oars"), "- three lamps\n- new ropes\n- four oars"),
  ).toBe("three lamps\n[new ropes]\nfour oars");
});

test("behind a break the words are found where they are", () => {
  expect(marked(asked("One\n\ntwo"), "One  \nsecond line here")).toBe("One\n[second line here]");
});

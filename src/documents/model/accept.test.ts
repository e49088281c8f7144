import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { acceptParagraph, acceptTake, type Offered } from "./accept.ts";
import { insertPassage, mergePassage, setAttributes } from "./commands.ts";
import { newDocument, undoOptions, undoScope } from "./document.ts";
import { fitOf } from "./fit.ts";
import { writeHalf } from "./halves.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { readChapter, readRows } from "./rows.ts";
import { hashOf, hashOfText, textOf } from "./text.ts";
import { findWords, wordsBetween } from "./words-at.ts";

const TEXT = "The lamp was lit.\n\nNobody came.";

function chapter(prose = "") {
  const doc = newDocument();
  const id = insertPassage(doc, "end", {
    notes: parseMarkdown("Dusk.", "notes"),
    prose: parseMarkdown(prose, "prose"),
  });
  return { doc, id };
}

const offered = (over: Partial<Offered> = {}): Offered => ({
  take: "t1",
  text: TEXT,
  askHash: hashOfText("Dusk."),
  ...over,
});

const row = (doc: Y.Doc) => readRows(doc)[0]!;
const proseIn = (doc: Y.Doc) => textOf(row(doc).prose);
const type = (doc: Y.Doc, id: string, text: string) =>
  writeHalf(doc, id, "prose", parseMarkdown(text, "prose"));

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = newDocument();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

function sync(a: Y.Doc, b: Y.Doc): void {
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)));
  expect(readChapter(a).toJSON()).toEqual(readChapter(b).toJSON());
}

const undoing = (doc: Y.Doc) =>
  new Y.UndoManager(undoScope(doc), { ...undoOptions(), captureTimeout: 500 });

describe("a take", () => {
  test("fills empty prose, is fresh, and is accepted once", () => {
    const { doc, id } = chapter();
    expect(acceptTake(doc, id, offered())).toBe("fits");
    expect(proseIn(doc)).toBe(TEXT);
    expect(row(doc).attributes).toMatchObject({ take: "t1", proseHash: hashOfText(TEXT) });
    expect(acceptTake(doc, id, offered())).toBe("accepted");
    expect(proseIn(doc)).toBe(TEXT);
  });

  test.each([
    ["in empty prose", ""],
    ["below what was typed", "My own words."],
  ])("accepted by two who have not heard of each other is there once, %s", (_, prose) => {
    const { doc, id } = chapter(prose);
    const other = copyOf(doc);
    // Elsewhere, and words that are gone, make no difference.
    insertPassage(other, "end", { prose: parseMarkdown("Elsewhere.", "prose") });
    acceptTake(doc, id, offered());
    acceptTake(other, id, offered());
    sync(doc, other);
    expect(proseIn(doc)).toBe([prose, TEXT].filter(Boolean).join("\n\n"));
  });

  test("in place of an untouched one, accepted twice at once, is there once", () => {
    const { doc, id } = chapter();
    acceptTake(doc, id, offered({ take: "t0", text: "The old take.\n\nTwo paragraphs." }));
    const other = copyOf(doc);
    acceptTake(doc, id, offered());
    acceptTake(other, id, offered());
    sync(doc, other);
    expect(proseIn(doc)).toBe(TEXT);
  });

  test("accepted on one side while the other types keeps the typed words", () => {
    const { doc, id } = chapter();
    const other = copyOf(doc);
    acceptTake(doc, id, offered());
    type(other, id, "Typed meanwhile.");
    sync(doc, other);
    expect(proseIn(doc)).toContain("Typed meanwhile.");
    expect(proseIn(doc)).toContain("Nobody came.");
  });

  test("accepted, undone, redone, undone and accepted again is what it was each time", () => {
    const { doc, id } = chapter();
    const undo = undoing(doc);
    acceptTake(doc, id, offered());
    undo.stopCapturing();
    undo.undo();
    expect([proseIn(doc), row(doc).attributes.take]).toEqual(["", null]);
    undo.redo();
    expect([proseIn(doc), row(doc).attributes.take]).toEqual([TEXT, "t1"]);
    undo.undo();
    acceptTake(doc, id, offered());
    expect([proseIn(doc), row(doc).attributes.take]).toEqual([TEXT, "t1"]);
  });

  test("never takes the place of typed words unless told to", () => {
    const { doc, id } = chapter("My own words.");
    expect(fitOf(row(doc), { take: "t1" })).toBe("below");
    acceptTake(doc, id, offered({ take: "t0", text: "Below." }));
    expect(proseIn(doc)).toBe("My own words.\n\nBelow.");
    expect(fitOf(row(doc), { take: "t1" })).toBe("below");
    expect(acceptTake(doc, id, offered(), "replace")).toBe("fits");
    expect(proseIn(doc)).toBe(TEXT);
  });

  test("that came in by itself gives way to what it was changed to, and undo brings it back", () => {
    const { doc, id } = chapter();
    acceptTake(doc, id, offered());
    const undo = undoing(doc);
    const changed = offered({ text: "The lamp was out.\n\nMine.", isChanged: true });
    expect(acceptTake(doc, id, changed)).toBe("fits");
    expect(proseIn(doc)).toBe(changed.text);
    expect(row(doc).attributes).toMatchObject({ take: "t1", proseHash: hashOfText(changed.text) });
    undo.undo();
    expect([proseIn(doc), row(doc).attributes.proseHash]).toEqual([TEXT, hashOfText(TEXT)]);
  });

  test("that came in by itself and was written on stays, with what it was changed to below", () => {
    const { doc, id } = chapter();
    acceptTake(doc, id, offered());
    type(doc, id, `${TEXT}\n\nTyped since.`);
    expect(acceptTake(doc, id, offered({ text: "Changed.", isChanged: true }))).toBe("below");
    expect(proseIn(doc)).toBe(`${TEXT}\n\nTyped since.\n\nChanged.`);
  });

  test.each(["…", "🙂", "---"])("goes below %s, which is no word, and was typed", (typed) => {
    const { doc, id } = chapter(typed);
    const before = proseIn(doc);
    expect(before).not.toBe("");
    expect(acceptTake(doc, id, offered())).toBe("below");
    expect(proseIn(doc)).toBe(`${before}\n\n${TEXT}`);
  });

  test("for a passage that is gone changes nothing", () => {
    const { doc } = chapter();
    expect(acceptTake(doc, "nowhere", offered())).toBeUndefined();
    expect(proseIn(doc)).toBe("");
  });
});

describe("a paragraph", () => {
  const paragraph = (doc: Y.Doc, over: object) => ({
    ...offered(),
    paragraph: "Nobody came.",
    before: null,
    behind: null,
    proseHash: hashOf(row(doc).prose),
    ...over,
  });

  test("takes the place of the one it was compared with", () => {
    const { doc, id } = chapter("One.\n\nSomebody came.\n\nThree.");
    expect(acceptParagraph(doc, id, paragraph(doc, { before: 1 }))).toBe("done");
    expect(proseIn(doc)).toBe("One.\n\nNobody came.\n\nThree.");
    expect(row(doc).attributes).toMatchObject({ take: null, proseHash: null, also: "t1" });
  });

  test("comes in behind its neighbour", () => {
    const { doc, id } = chapter("One.\n\nTwo.");
    acceptParagraph(doc, id, paragraph(doc, { behind: 0 }));
    expect(proseIn(doc)).toBe("One.\n\nNobody came.\n\nTwo.");
    acceptParagraph(doc, id, paragraph(doc, { paragraph: "First." }));
    expect(proseIn(doc)).toBe("First.\n\nOne.\n\nNobody came.\n\nTwo.");
  });

  test("after paragraph until all are in is the take", () => {
    const { doc, id } = chapter();
    acceptParagraph(doc, id, paragraph(doc, { paragraph: "The lamp was lit." }));
    expect(row(doc).attributes).toMatchObject({ take: null, also: "t1" });
    // Nobody touched it: the whole take may still take its place.
    expect(fitOf(row(doc), { take: "t1" })).toBe("fits");
    acceptParagraph(doc, id, paragraph(doc, { behind: 0 }));
    expect(proseIn(doc)).toBe(TEXT);
    expect(row(doc).attributes).toMatchObject({ take: "t1", also: null });
  });

  test("is refused when the prose is not what was compared", () => {
    const { doc, id } = chapter("One.");
    const seen = paragraph(doc, { before: 0 });
    type(doc, id, "One more.");
    expect(acceptParagraph(doc, id, seen)).toBe("changed");
    expect(proseIn(doc)).toBe("One more.");
  });

  test("finds its place in a row of several passages", () => {
    const { doc, id } = chapter("One.");
    const second = insertPassage(doc, "end", { prose: parseMarkdown("Two.\n\nThree.", "prose") });
    mergePassage(doc, second, id);
    acceptParagraph(doc, id, paragraph(doc, { before: 2 }));
    expect(readRows(doc)[0]!.parts.map(({ prose }) => textOf(prose))).toEqual([
      "One.",
      "Two.\n\nNobody came.",
    ]);
  });
});

describe("rewritten words", () => {
  const PROSE = "He saw it. *He left at once.* He saw it.\n\nThe end.";
  const words = (doc: Y.Doc, from: number, to: number) => wordsBetween(row(doc).prose, from, to);
  const all = "He saw it. He left at once. He saw it.";
  const left = [all.indexOf("He left") + 1, all.indexOf(" He saw it.", 12) + 1] as const;

  test("take the place of exactly the words they were made of", () => {
    const { doc, id } = chapter(PROSE);
    const rewrites = words(doc, ...left);
    expect(rewrites.text).toBe("He left at once.");
    const take = offered({ text: "He went.", askHash: null, rewrites });
    expect(fitOf(row(doc), take)).toBe("fits");
    expect(acceptTake(doc, id, take)).toBe("fits");
    expect(proseIn(doc)).toBe("He saw it. He went. He saw it.\n\nThe end.");
    // As they were set.
    expect(
      row(doc)
        .prose.child(0)
        .child(1)
        .marks.map(({ type }) => type.name),
    ).toEqual(["em"]);
    expect(fitOf(row(doc), take)).toBe("accepted");
  });

  test("are found again after what stands around them has changed", () => {
    const { doc, id } = chapter(PROSE);
    const rewrites = words(doc, ...left);
    type(doc, id, "At the top.\n\nShe saw it. He left at once. So.");
    expect(fitOf(row(doc), { take: "t1", rewrites })).toBe("fits");
  });

  test("that stand twice are told apart by what is around them, or not at all", () => {
    const { doc, id } = chapter(PROSE);
    const rewrites = words(doc, all.lastIndexOf("He saw") + 1, all.length + 1);
    expect(rewrites.text).toBe("He saw it.");
    acceptTake(doc, id, offered({ text: "It was gone.", rewrites }));
    expect(proseIn(doc)).toBe("He saw it. He left at once. It was gone.\n\nThe end.");
    type(doc, id, "He saw it. He saw it.");
    expect(findWords(row(doc).prose, rewrites)).toBeNull();
  });

  test("go below when the old ones have changed, and nothing is replaced", () => {
    const { doc, id } = chapter(PROSE);
    const take = offered({ text: "He went.", rewrites: words(doc, ...left) });
    type(doc, id, "He saw it. He left in the end.");
    expect(acceptTake(doc, id, take)).toBe("below");
    expect(proseIn(doc)).toBe("He saw it. He left in the end.\n\nHe went.");
  });

  test("may span paragraphs and become several", () => {
    const { doc, id } = chapter("One two.\n\nThree four.");
    const rewrites = words(doc, 5, 16);
    expect(rewrites.text).toBe("two.\n\nThree");
    acceptTake(doc, id, offered({ text: "2.\n\nMiddle.\n\n3", rewrites }));
    expect(proseIn(doc)).toBe("One 2.\n\nMiddle.\n\n3 four.");
    expect(textOf(row(doc).prose)).not.toContain("two");
  });

  test("leave untouched prose untouched, and by hand what is by hand", () => {
    const { doc, id } = chapter();
    acceptTake(doc, id, offered());
    const rewrites = wordsBetween(row(doc).prose, 1, 5);
    acceptTake(doc, id, offered({ take: "t2", text: "That", askHash: null, rewrites }));
    const { attributes, prose } = row(doc);
    expect(textOf(prose)).toStartWith("That lamp");
    expect(attributes).toMatchObject({ take: "t1", proseHash: hashOf(prose), also: "t2" });
    setAttributes(doc, id, { proseHash: "by hand" });
    const again = wordsBetween(row(doc).prose, 1, 5);
    acceptTake(doc, id, offered({ take: "t3", text: "This", askHash: null, rewrites: again }));
    expect(row(doc).attributes).toMatchObject({ proseHash: "by hand", also: "t2 t3" });
  });
});

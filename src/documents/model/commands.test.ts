import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import {
  insertPassage,
  mergePassage,
  movePassage,
  putBackPassage,
  removePassage,
  replaceHalf,
  splitPassage,
} from "./commands.ts";
import { newDocument, passagesOf, undoOptions, undoScope } from "./document.ts";
import { writeHalf } from "./halves.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { readChapter, readRows, readTrash } from "./rows.ts";
import { textOf } from "./text.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

const prose = (words: string) => ({ prose: parseMarkdown(words, "prose") });

/** A chapter with a passage for each letter, and a way to name them. */
function chapter(letters: string) {
  const doc = newDocument();
  const ids = new Map<string, string>();
  for (const letter of letters) ids.set(letter, insertPassage(doc, "end", prose(letter)));
  return { doc, id: (letter: string) => ids.get(letter)! };
}

/** "a b+c": rows in order, a plus before what is merged. */
const rowsIn = (doc: Y.Doc) =>
  readRows(doc)
    .map((row) => row.parts.map((part) => textOf(part.prose)).join("+"))
    .join(" ");

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
  new Y.UndoManager(undoScope(doc), { ...undoOptions(), captureTimeout: 0 });

describe("rows", () => {
  test("are inserted where they are told", () => {
    const { doc, id } = chapter("ab");
    insertPassage(doc, { after: id("a") }, prose("c"));
    insertPassage(doc, { before: id("a") }, prose("d"));
    insertPassage(doc, "start", prose("e"));
    expect(rowsIn(doc)).toBe("e d a c b");
  });

  test("move between, to either end, and not at all when placed at themselves", () => {
    const { doc, id } = chapter("abcd");
    movePassage(doc, id("d"), { after: id("a") });
    expect(rowsIn(doc)).toBe("a d b c");
    movePassage(doc, id("a"), "end");
    movePassage(doc, id("c"), "start");
    movePassage(doc, id("b"), { before: id("b") });
    expect(rowsIn(doc)).toBe("c d b a");
  });

  test("take what is merged under them along", () => {
    const { doc, id } = chapter("abcd");
    mergePassage(doc, id("c"), id("b"));
    movePassage(doc, id("b"), "end");
    expect(rowsIn(doc)).toBe("a d b+c");
    mergePassage(doc, id("b"), id("a"));
    mergePassage(doc, id("d"), id("b"));
    expect(rowsIn(doc)).toBe("a+b+c+d");
  });

  test("let a part go by moving it", () => {
    const { doc, id } = chapter("abcd");
    mergePassage(doc, id("b"), id("a"));
    mergePassage(doc, id("c"), id("a"));
    movePassage(doc, id("b"), "end");
    expect(rowsIn(doc)).toBe("a+c d b");
  });

  test("that were put in one place by two people can be told apart by a third", () => {
    const { doc, id } = chapter("ab");
    const other = copyOf(doc);
    const mine = insertPassage(doc, { after: id("a") }, prose("m"));
    insertPassage(other, { after: id("a") }, prose("n"));
    sync(doc, other);
    const [, first, second] = readRows(doc);
    expect(first!.parts[0]!.pos).toBe(second!.parts[0]!.pos);
    insertPassage(doc, { after: first!.id }, prose("x"));
    const order = rowsIn(doc).split(" ");
    expect(order.indexOf("x")).toBe(2);
    expect(order).toContain(textOf(readRows(doc).find((row) => row.id === mine)!.prose));
    sync(doc, other);
  });

  test("merged by two people into each other are one row, the same for both", () => {
    const { doc, id } = chapter("ab");
    const other = copyOf(doc);
    mergePassage(doc, id("a"), id("b"));
    mergePassage(other, id("b"), id("a"));
    sync(doc, other);
    expect(readRows(doc)).toHaveLength(1);
    expect(readRows(doc)[0]!.passages.toSorted()).toEqual([id("a"), id("b")].toSorted());
    // The edge that leads to the smaller id is ignored.
    const [smaller, larger] = [id("a"), id("b")].toSorted() as [string, string];
    expect(readRows(doc)[0]!.passages).toEqual([larger, smaller]);
    movePassage(doc, smaller, "end");
    expect(readRows(doc).map((row) => row.passages)).toEqual([[larger], [smaller]]);
  });

  test("of three people in a circle are one row", () => {
    const { doc, id } = chapter("abc");
    const [second, third] = [copyOf(doc), copyOf(doc)];
    mergePassage(doc, id("a"), id("b"));
    mergePassage(second, id("b"), id("c"));
    mergePassage(third, id("c"), id("a"));
    sync(doc, second);
    sync(second, third);
    sync(doc, third);
    expect(rowsIn(doc)).toBe(rowsIn(third));
    expect(readRows(doc)).toHaveLength(1);
    expect(readRows(doc)[0]!.passages).toHaveLength(3);
  });

  test("are drawn when both halves are there", () => {
    const { doc } = chapter("a");
    const half = new Y.Map<unknown>();
    passagesOf(doc).set("half-built", half);
    half.set("pos", "z");
    half.set("notes", new Y.XmlFragment());
    expect(rowsIn(doc)).toBe("a");
    half.set("prose", new Y.XmlFragment());
    expect(readRows(doc)).toHaveLength(2);
    readChapter(doc).check();
  });

  test("stay in the chapter when what they are merged under is removed", () => {
    const { doc, id } = chapter("abc");
    mergePassage(doc, id("b"), id("a"));
    const other = copyOf(doc);
    mergePassage(other, id("c"), id("b"));
    removePassage(doc, id("a"), NOW);
    sync(doc, other);
    expect(rowsIn(doc)).toBe("c");
    putBackPassage(doc, id("a"));
    expect(rowsIn(doc)).toBe("a+b+c");
  });

  test("number rows, not what is merged", () => {
    const { doc, id } = chapter("abc");
    mergePassage(doc, id("b"), id("a"));
    expect(readChapter(doc).children.map(({ attrs }) => [attrs.number, attrs.under])).toEqual([
      [1, null],
      [null, id("a")],
      [2, null],
    ]);
  });

  test("that have not changed are the identical nodes again", () => {
    const { doc, id } = chapter("ab");
    const before = readChapter(doc);
    writeHalf(doc, id("a"), "prose", parseMarkdown("changed", "prose"));
    expect(readChapter(doc).child(0)).not.toBe(before.child(0));
    expect(readChapter(doc).child(1)).toBe(before.child(1));
  });
});

describe("removing", () => {
  test("is undone by putting back, whole rows at a time", () => {
    const { doc, id } = chapter("abc");
    mergePassage(doc, id("b"), id("a"));
    removePassage(doc, id("a"), NOW);
    expect(rowsIn(doc)).toBe("c");
    expect(readTrash(doc)).toMatchObject([
      { passages: [id("a"), id("b")], gone: NOW.toISOString() },
    ]);
    putBackPassage(doc, id("b"));
    expect(rowsIn(doc)).toBe("a+b c");
  });

  test("a part leaves its row", () => {
    const { doc, id } = chapter("abc");
    mergePassage(doc, id("b"), id("a"));
    mergePassage(doc, id("c"), id("b"));
    removePassage(doc, id("b"), NOW);
    expect(rowsIn(doc)).toBe("a+c");
  });

  test("keeps what somebody else was writing there", () => {
    const { doc, id } = chapter("ab");
    const other = copyOf(doc);
    removePassage(doc, id("a"), NOW);
    writeHalf(other, id("a"), "prose", parseMarkdown("a and more", "prose"));
    sync(doc, other);
    expect(textOf(readTrash(doc)[0]!.prose)).toBe("a and more");
  });

  test("empty passages leave no trace in the trash", () => {
    const { doc, id } = chapter("a");
    const empty = insertPassage(doc, { after: id("a") });
    removePassage(doc, empty, NOW);
    expect(readTrash(doc)).toEqual([]);
  });
});

describe("splitting", () => {
  test("moves what follows, within a paragraph too", () => {
    const { doc, id } = chapter("a");
    writeHalf(doc, id("a"), "prose", parseMarkdown("one two\n\nthree", "prose"));
    splitPassage(doc, id("a"), { prose: 5 });
    expect(readRows(doc).map((row) => textOf(row.prose))).toEqual(["one ", "two\n\nthree"]);
  });

  test("at the edge of a paragraph leaves no empty one behind", () => {
    const { doc, id } = chapter("a");
    writeHalf(doc, id("a"), "prose", parseMarkdown("one\n\ntwo", "prose"));
    splitPassage(doc, id("a"), { prose: 4 });
    expect(readRows(doc).map((row) => row.prose.childCount)).toEqual([1, 1]);
    expect(rowsIn(doc)).toBe("one two");
  });

  test("made twice is one passage with one text", () => {
    const { doc, id } = chapter("ab");
    writeHalf(doc, id("a"), "prose", parseMarkdown("one two\n\n> three *four*\n\n- five", "prose"));
    writeHalf(doc, id("a"), "notes", parseMarkdown("here there", "notes"));
    const other = copyOf(doc);
    const mine = splitPassage(doc, id("a"), { prose: 5, notes: 6 });
    const theirs = splitPassage(other, id("a"), { prose: 5, notes: 6 });
    expect(theirs).toBe(mine);
    const update = Y.encodeStateAsUpdateV2(other);
    Y.applyUpdateV2(doc, update);
    sync(doc, other);
    expect(readRows(doc).map((row) => [textOf(row.notes), textOf(row.prose)])).toEqual([
      ["here ", "one "],
      ["there", "two\n\nthree four\n\n- five"],
      ["", "b"],
    ]);
  });

  test("made twice of different texts loses neither", () => {
    const { doc, id } = chapter("a");
    writeHalf(doc, id("a"), "prose", parseMarkdown("one two", "prose"));
    const other = copyOf(doc);
    writeHalf(other, id("a"), "prose", parseMarkdown("one two more", "prose"));
    expect(splitPassage(other, id("a"), { prose: 5 })).toBe(
      splitPassage(doc, id("a"), { prose: 5 }),
    );
    sync(doc, other);
    expect(readRows(doc)).toHaveLength(2);
    expect(textOf(readRows(doc)[1]!.prose)).toContain("two more");
  });

  test("takes the rest of the row along, in its order", () => {
    const { doc, id } = chapter("abcde");
    for (const letter of "bcd") mergePassage(doc, id(letter), id("a"));
    writeHalf(doc, id("b"), "prose", parseMarkdown("bee x", "prose"));
    splitPassage(doc, id("b"), { prose: 5 });
    expect(rowsIn(doc)).toBe("a+bee  x+c+d e");
  });

  test("is one step of undo, and can be made again", () => {
    const { doc, id } = chapter("a");
    writeHalf(doc, id("a"), "prose", parseMarkdown("one two", "prose"));
    const manager = undoing(doc);
    splitPassage(doc, id("a"), { prose: 5 });
    manager.undo();
    expect(readRows(doc).map((row) => textOf(row.prose))).toEqual(["one two"]);
    manager.redo();
    expect(readRows(doc).map((row) => textOf(row.prose))).toEqual(["one ", "two"]);
    manager.undo();
    splitPassage(doc, id("a"), { prose: 5 });
    expect(readRows(doc).map((row) => textOf(row.prose))).toEqual(["one ", "two"]);
  });
});

describe("undo", () => {
  test("takes back every command in one step", () => {
    const { doc, id } = chapter("abc");
    const steps = [
      () => movePassage(doc, id("c"), "start"),
      () => mergePassage(doc, id("b"), id("a")),
      () => removePassage(doc, id("c"), NOW),
      () => insertPassage(doc, "start", prose("d")),
      () => replaceHalf(doc, id("a"), "prose", parseMarkdown("new", "prose"), { take: "t" }),
    ];
    for (const step of steps) {
      const manager = undoing(doc);
      const before = readChapter(doc).toJSON();
      step();
      const after = readChapter(doc).toJSON();
      expect(after).not.toEqual(before);
      manager.undo();
      expect(readChapter(doc).toJSON()).toEqual(before);
      manager.redo();
      expect(readChapter(doc).toJSON()).toEqual(after);
      manager.destroy();
    }
  });

  test("of an insertion keeps what somebody else has written there", () => {
    const { doc } = chapter("a");
    const manager = undoing(doc);
    const made = insertPassage(doc, "end", prose("mine"));
    const other = copyOf(doc);
    writeHalf(other, made, "notes", parseMarkdown("theirs", "notes"));
    sync(doc, other);
    manager.undo();
    expect(rowsIn(doc)).toBe("a");
    expect(readTrash(doc).map((row) => textOf(row.notes))).toEqual(["theirs"]);
    putBackPassage(doc, made);
    sync(doc, other);
    expect(readRows(doc)).toHaveLength(2);
  });

  test("of a new paragraph keeps the words that somebody else put in it", () => {
    const { doc, id } = chapter("a");
    const manager = undoing(doc);
    writeHalf(doc, id("a"), "prose", parseMarkdown("a\n\nmine ", "prose"));
    const other = copyOf(doc);
    writeHalf(other, id("a"), "prose", parseMarkdown("a\n\nmine theirs", "prose"));
    sync(doc, other);
    manager.undo();
    expect(textOf(readRows(doc)[0]!.prose)).toBe("a\n\ntheirs");
  });

  test("leaves what others have changed since", () => {
    const { doc, id } = chapter("abc");
    const manager = undoing(doc);
    movePassage(doc, id("c"), "start");
    const other = copyOf(doc);
    movePassage(other, id("c"), { after: id("a") });
    sync(doc, other);
    manager.undo();
    expect(rowsIn(doc)).toBe("a c b");
  });
});

test("a passage that is not there is refused, and nothing is changed", () => {
  const { doc, id } = chapter("ab");
  const before = Y.encodeStateAsUpdate(doc);
  expect(() => movePassage(doc, "nobody", "end")).toThrow(RangeError);
  expect(() => mergePassage(doc, id("a"), "nobody")).toThrow(RangeError);
  expect(() => insertPassage(doc, { after: "nobody" })).toThrow(RangeError);
  expect(() => insertPassage(doc, "end", {}, id("a"))).toThrow(RangeError);
  expect(() => splitPassage(doc, id("a"), { prose: 99 })).toThrow(RangeError);
  expect(() => removePassage(doc, "nobody", NOW)).toThrow(RangeError);
  expect(() => putBackPassage(doc, id("a"))).toThrow(RangeError);
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
});

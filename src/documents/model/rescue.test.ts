import { expect, test } from "bun:test";
import { Transform } from "prosemirror-transform";
import * as Y from "yjs";
import { insertPassage, removePassage } from "./commands.ts";
import { newDocument, passagesOf, recoveredOf, undoOptions, undoScope } from "./document.ts";
import { writeHalf } from "./halves.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { discardRecovered, putBackRecovered, readRecovered } from "./recovered.ts";
import { applyRescuing, applyTogether, rescueUnsent, writeRescued } from "./rescue.ts";
import { readRows } from "./rows.ts";
import { schema } from "./schema.ts";
import { textOf } from "./text.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

/** A server, and two writers who have what it has: a passage of two paragraphs. */
function chapter() {
  const [server, a, b] = [newDocument(), newDocument(), newDocument()];
  const id = insertPassage(server, "end", { prose: parseMarkdown("one\n\ntwo", "prose") });
  for (const doc of [a, b]) Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
  return { server, a, b, id };
}

const proseOf = (doc: Y.Doc) => readRows(doc)[0]!.prose;
const diff = (from: Y.Doc, to: Y.Doc) => Y.encodeStateAsUpdate(from, Y.encodeStateVector(to));
const take = (server: Y.Doc, update: Uint8Array) =>
  writeRescued(server, applyRescuing(server, update), NOW);

/** Joins the two paragraphs. */
const join = (doc: Y.Doc, id: string) =>
  writeHalf(doc, id, "prose", new Transform(proseOf(doc)).join(5).doc);

/** Writes behind "two", a character at a time; what each did as an update. */
const type = (doc: Y.Doc, id: string, words: string): Uint8Array[] =>
  updatesOf(doc, () => {
    for (const one of words) {
      const prose = proseOf(doc);
      const end = prose.content.size - 1;
      writeHalf(doc, id, "prose", new Transform(prose).insert(end, schema.text(one)).doc);
    }
  });

/** Deletes so many characters at the end; what it did as updates. */
const erase = (doc: Y.Doc, id: string, count: number): Uint8Array[] =>
  updatesOf(doc, () => {
    const prose = proseOf(doc);
    const end = prose.content.size - 1;
    writeHalf(doc, id, "prose", new Transform(prose).delete(end - count, end).doc);
  });

function updatesOf(doc: Y.Doc, change: () => void): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const listen = (update: Uint8Array) => updates.push(update);
  doc.on("update", listen);
  change();
  doc.off("update", listen);
  return updates;
}

test("words in a paragraph that somebody joins meanwhile are kept, whichever comes first", () => {
  for (const order of ["join first", "words first"]) {
    const { server, a, b, id } = chapter();
    join(a, id);
    const words = type(b, id, " more");
    if (order === "join first") take(server, diff(a, server));
    for (const update of words) take(server, update);
    if (order === "words first") take(server, diff(a, server));
    expect(textOf(proseOf(server))).toBe("onetwo");
    expect(readRecovered(server)).toMatchObject([{ text: " more", passage: id, half: "prose" }]);
  }
});

test("of what two pages left on one device, words in a place that one removed are told, others not", () => {
  for (const order of ["join first", "words first"]) {
    const { server, a, b, id } = chapter();
    const kept = [Y.encodeStateAsUpdate(server)];
    const words = [...type(b, id, " more!"), ...erase(b, id, 1)];
    join(a, id);
    const joined = [diff(a, server)];
    kept.push(...(order === "join first" ? [...joined, ...words] : [...words, ...joined]));
    const later = newDocument();
    writeRescued(later, applyTogether(later, kept, "device"), NOW);
    expect(textOf(proseOf(later))).toBe("onetwo");
    expect(readRecovered(later)).toMatchObject([{ text: " more", passage: id, half: "prose" }]);
  }
});

test("what two processes rescue, each in its own pieces, is there once", () => {
  const { server, a, b, id } = chapter();
  const second = newDocument();
  Y.applyUpdate(second, Y.encodeStateAsUpdate(server));
  join(a, id);
  const words = type(b, id, " more words");
  take(server, diff(a, server));
  for (const update of words) take(server, update);
  take(second, Y.mergeUpdates(words));
  take(second, diff(a, second));
  take(server, diff(second, server));
  take(second, diff(server, second));
  for (const doc of [server, second])
    expect(readRecovered(doc).map(({ text }) => text)).toEqual([" more words"]);
});

test("deleting what one has seen is deleting", () => {
  const { server, a, id } = chapter();
  for (const update of type(a, id, " more")) take(server, update);
  writeHalf(a, id, "prose", parseMarkdown("one", "prose"));
  take(server, diff(a, server));
  expect(recoveredOf(server).size).toBe(0);
});

test("words whose place was collected as garbage are kept without it", () => {
  const { a, b, id } = chapter();
  const forgetful = new Y.Doc();
  Y.applyUpdate(forgetful, Y.encodeStateAsUpdate(b));
  join(a, id);
  take(forgetful, diff(a, forgetful));
  const words = type(b, id, " more");
  for (const update of words) take(forgetful, update);
  expect(readRecovered(forgetful)).toMatchObject([{ text: " more", passage: null }]);
  for (const update of words) take(forgetful, update);
  expect(readRecovered(forgetful)).toHaveLength(1);
});

test("an update that comes too early is rescued when its time has come", () => {
  const { server, a, b, id } = chapter();
  const [first, ...rest] = type(b, id, " more");
  join(a, id);
  for (const update of rest) take(server, update);
  take(server, diff(a, server));
  take(server, first!);
  expect(readRecovered(server).map(({ text }) => text)).toEqual([" more"]);
});

test("what is no update is refused and listened for no longer", () => {
  const { server, a, id } = chapter();
  expect(() => applyRescuing(server, new Uint8Array([9, 9, 9]))).toThrow();
  join(a, id);
  expect(applyRescuing(server, diff(a, server))).toEqual([]);
});

test("putting back writes them behind their half, as one step of undo", () => {
  const { server, a, b, id } = chapter();
  join(a, id);
  type(b, id, " more");
  take(server, diff(a, server));
  take(server, diff(b, server));
  const manager = new Y.UndoManager(undoScope(server), { ...undoOptions(), captureTimeout: 0 });
  expect(putBackRecovered(server, readRecovered(server)[0]!.id, NOW)).toBe(id);
  expect(textOf(proseOf(server))).toBe("onetwo\n\nmore");
  expect(readRecovered(server)).toEqual([]);
  manager.undo();
  expect(textOf(proseOf(server))).toBe("onetwo");
  expect(readRecovered(server)).toHaveLength(1);
});

test("a removed passage comes back with its words, and a forgotten place is a new row", () => {
  const { server, a, b, id } = chapter();
  join(a, id);
  type(b, id, " more");
  take(server, diff(a, server));
  take(server, diff(b, server));
  removePassage(server, id, NOW);
  const [one] = readRecovered(server);
  writeRescued(
    server,
    [{ client: 7, clock: 0, text: "homeless", follows: false, passage: null, half: null }],
    NOW,
  );
  putBackRecovered(server, one!.id, NOW);
  const made = putBackRecovered(server, readRecovered(server)[0]!.id, NOW);
  expect(readRows(server).map((row) => textOf(row.prose))).toEqual(["onetwo\n\nmore", "homeless"]);
  expect(made).not.toBe(id);
});

test("discarded words are offered no more, by any process", () => {
  const { server, a, b, id } = chapter();
  join(a, id);
  const words = type(b, id, " more");
  take(server, diff(a, server));
  const second = newDocument();
  Y.applyUpdate(second, Y.encodeStateAsUpdate(server));
  take(server, Y.mergeUpdates(words));
  discardRecovered(server, readRecovered(server)[0]!.id, NOW);
  for (const update of words) take(second, update);
  take(server, diff(second, server));
  expect(readRecovered(server)).toEqual([]);
  expect(() => discardRecovered(server, "1.2.3", NOW)).toThrow(RangeError);
});

test("entries that nobody wrote are ignored", () => {
  const { server } = chapter();
  for (const [i, value] of [null, 1, "x", {}, { client: 1, clock: "a", text: 3 }].entries())
    recoveredOf(server).set(`${i}`, value);
  expect(readRecovered(server)).toEqual([]);
});

test("the browser keeps what it typed offline into what comes back removed", () => {
  const { server, a, b, id } = chapter();
  const unsent = rescueUnsent(b, (origin) => origin === "server");
  unsent.kept(unsent.sent());
  join(a, id);
  take(server, diff(a, server));
  type(b, id, " more");
  Y.applyUpdate(b, diff(server, b), "server");
  // Only now does the server hear: the words themselves are gone from what is sent.
  take(server, diff(b, server));
  expect(readRecovered(server)).toMatchObject([{ text: " more", passage: id, half: "prose" }]);
  unsent.stop();
});

test("the browser keeps what comes in for a place that was removed offline", () => {
  const { server, a, b, id } = chapter();
  const unsent = rescueUnsent(a, (origin) => origin === "server");
  unsent.kept(unsent.sent());
  join(a, id);
  for (const update of type(b, id, " more")) take(server, update);
  Y.applyUpdate(a, diff(server, a), "server");
  take(server, diff(a, server));
  expect(readRecovered(server).map(({ text }) => text)).toEqual([" more"]);
  unsent.stop();
});

test("the browser rescues nothing that the server had and somebody deleted", () => {
  const { server, a, b, id } = chapter();
  const known = Y.decodeStateVector(Y.encodeStateVector(server));
  const unsent = rescueUnsent(b, (origin) => origin === "server", known);
  for (const update of type(b, id, " more")) take(server, update);
  unsent.kept(unsent.sent());
  Y.applyUpdate(a, diff(server, a));
  writeHalf(a, id, "prose", parseMarkdown("one", "prose"));
  take(server, diff(a, server));
  Y.applyUpdate(b, diff(server, b), "server");
  expect(passagesOf(b).has(id)).toBe(true);
  expect(recoveredOf(b).size).toBe(0);
  unsent.stop();
});

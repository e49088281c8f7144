import { expect, test } from "bun:test";
import Ajv from "ajv/dist/2020.js";
import * as Y from "yjs";
import chapterSchema from "../../../schemas/chapter-v1.json";
import {
  insertPassage,
  mergePassage,
  movePassage,
  removePassage,
  setAttributes,
} from "./commands.ts";
import { newDocument, undoOptions, undoScope } from "./document.ts";
import { applyEdits, type Edit, EditError } from "./edits.ts";
import { writeHalf } from "./halves.ts";
import { toMarkdown } from "./markdown.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { readRows, readTrash } from "./rows.ts";
import { restoreSnapshot, toSnapshot } from "./snapshot.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const SOURCE = "# T\n\na *b* **c** [d](https://e.org)\\\nf\n\n> q\n\n- x\n\n3. y\n\n***\n\nend";
const validate = new Ajv({ strict: false }).compile(chapterSchema);

function chapter() {
  const doc = newDocument();
  const ids = ["one", SOURCE, "three"].map((prose) =>
    insertPassage(doc, "end", { prose: parseMarkdown(prose, "prose") }),
  ) as [string, string, string];
  writeHalf(doc, ids[0], "notes", parseMarkdown("two words", "notes"));
  setAttributes(doc, ids[0], { take: newTake, askHash: "h" });
  mergePassage(doc, ids[2], ids[1]);
  return { doc, ids };
}
const newTake = "01890000-0000-7000-8000-000000000000";

test("a snapshot is valid chapter-v1 with words, attributes and rows", () => {
  const { doc, ids } = chapter();
  const before = Y.encodeStateAsUpdate(doc);
  const snapshot = toSnapshot(doc);
  expect(validate(snapshot) || validate.errors).toBe(true);
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  expect(snapshot.words).toEqual({ notes: 2, prose: 12 });
  expect(snapshot.passages.map(({ id, under }) => [id, under])).toEqual([
    [ids[0], undefined],
    [ids[1], undefined],
    [ids[2], ids[1]],
  ]);
  expect(snapshot.passages[0]).toMatchObject({ take: newTake, askHash: "h" });
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
});

test("restoring says what was said then, in one step of undo", () => {
  const { doc, ids } = chapter();
  const then = toSnapshot(doc);
  movePassage(doc, ids[2], "start");
  removePassage(doc, ids[0], NOW);
  writeHalf(doc, ids[1], "prose", parseMarkdown("other", "prose"));
  const made = insertPassage(doc, "end", { prose: parseMarkdown("since", "prose") });
  setAttributes(doc, ids[1], { proseHash: "p" });
  const now = toSnapshot(doc);

  const manager = new Y.UndoManager(undoScope(doc), undoOptions());
  restoreSnapshot(doc, then, NOW);
  expect(toSnapshot(doc)).toEqual(then);
  expect(readTrash(doc).map(({ id }) => id)).toEqual([made]);
  manager.undo();
  expect(toSnapshot(doc)).toEqual(now);
});

test("restoring into an empty document makes the passages with their ids", () => {
  const then = toSnapshot(chapter().doc);
  const doc = newDocument();
  insertPassage(doc, "end", { prose: parseMarkdown("other", "prose") });
  restoreSnapshot(doc, then, NOW);
  expect(toSnapshot(doc)).toEqual(then);
});

test("one passage can be restored alone, where it stood", () => {
  const { doc, ids } = chapter();
  const then = toSnapshot(doc);
  writeHalf(doc, ids[0], "prose", parseMarkdown("other", "prose"));
  removePassage(doc, ids[1], NOW);
  restoreSnapshot(doc, then, NOW, ids[1]);
  expect(readRows(doc).map((row) => toMarkdown(row.prose).slice(0, 5))).toEqual([
    "other",
    "# T\n\n",
  ]);

  const other = newDocument();
  for (const id of [ids[0], ids[2]]) insertPassage(other, "end", {}, id);
  restoreSnapshot(other, then, NOW, ids[1]);
  expect(readRows(other).map(({ id }) => id)).toEqual(ids);
});

test("edits insert, replace, move and remove", () => {
  const { doc, ids } = chapter();
  const [made, ...rest] = applyEdits(
    doc,
    [
      { edit: "insert", place: "start", notes: "n", prose: "# P" },
      { edit: "replace", passage: ids[0], prose: "new" },
      { edit: "move", passage: ids[0], place: "start" },
      { edit: "remove", passage: ids[1] },
    ],
    NOW,
  );
  expect(rest).toEqual([ids[0], ids[0], ids[1]]);
  expect(
    readRows(doc).map(({ id, notes, prose }) => [id, toMarkdown(notes), toMarkdown(prose)]),
  ).toEqual([
    [ids[0], "two words", "new"],
    [made!, "n", "# P"],
  ]);
});

test("an edit that cannot be made is named, and none is", () => {
  const { doc, ids } = chapter();
  const before = toSnapshot(doc);
  const wrong: Edit[] = [
    { edit: "replace", passage: "nobody", prose: "x" },
    { edit: "move", passage: ids[0], place: { after: "nobody" } },
    { edit: "remove", passage: "nobody" },
    { edit: "insert", place: { before: "nobody" } },
  ];
  for (const edit of wrong) {
    const attempt = () => applyEdits(doc, [{ edit: "remove", passage: ids[0] }, edit], NOW);
    expect(attempt).toThrow(EditError);
    expect(attempt).toThrow(expect.objectContaining({ index: 1 }) as unknown as Error);
  }
  expect(toSnapshot(doc)).toEqual(before);
});

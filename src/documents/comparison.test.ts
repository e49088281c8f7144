import { expect, test } from "bun:test";
import type { ChapterV1 } from "../schemas/types.ts";
import { compareChapters } from "./comparison.ts";

const chapter = (...passages: [id: string, prose: string][]): ChapterV1 => ({
  passages: passages.map(([id, text]) => ({
    id,
    notes: [],
    prose: [{ type: "paragraph", content: [{ type: "text", text }] }],
  })),
  words: { notes: 0, prose: 0 },
});

const told = (before: ChapterV1, after: ChapterV1) =>
  compareChapters(before, after).map(
    ({ id, kind, isMoved }) => `${id} ${kind}${isMoved ? " moved" : ""}`,
  );

test("what was removed stands where it stood, what was added where it stands", () => {
  const before = chapter(["a", "fog"], ["b", "oil"], ["c", "stair"]);
  const after = chapter(["a", "fog"], ["n", "new"], ["c", "stairs"]);
  expect(told(before, after)).toEqual(["a same", "b removed", "n added", "c changed"]);
  expect(told(chapter(["a", "x"]), chapter(["b", "y"]))).toEqual(["a removed", "b added"]);
});

test("of passages in another order the fewest count as moved", () => {
  const before = chapter(["a", "1"], ["b", "2"], ["c", "3"], ["d", "4"]);
  const after = chapter(["d", "4"], ["a", "1"], ["b", "2"], ["c", "3"]);
  expect(told(before, after)).toEqual(["d same moved", "a same", "b same", "c same"]);
});

test("a change of nothing but emphasis is a change", () => {
  const plain = chapter(["a", "fog"]);
  const marked = chapter(["a", "fog"]);
  marked.passages[0]!.prose = [
    { type: "paragraph", content: [{ type: "text", text: "fog", marks: [{ type: "em" }] }] },
  ];
  const [change] = compareChapters(plain, marked);
  expect(change).toMatchObject({
    kind: "changed",
    prose: { inserted: 0, removed: 0, isSame: false },
  });
});

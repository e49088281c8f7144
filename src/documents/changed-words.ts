/** Which words of a passage's notes are new since they were sent with an ask. */
import type { Node as PMNode } from "prosemirror-model";
import { compare } from "./compare.ts";

/** Within the textblock with this number in the half, from 0, in its own offsets. */
export type WordRange = { block: number; from: number; to: number };

/** What `textOf` puts before the items of lists; the notes themselves have no such signs. */
const LISTED = /^\s*(?:- |\d+\. )+/;

type Line = { text: string; block: number; start: number };

/** @param asked the notes as plain text, as an ask has them */
export function changedWords(asked: string, notes: PMNode): WordRange[] {
  const lines = linesOf(notes);
  const before = asked
    .split("\n")
    .map((line) => line.replace(LISTED, "").trim())
    .filter((line) => line !== "");
  const { paragraphs } = compare(
    before,
    lines.map(({ text }) => text),
  );
  return paragraphs.flatMap(({ after, pieces }): WordRange[] => {
    if (after === null) return [];
    const { block, start } = lines[after]!;
    const ranges: WordRange[] = [];
    let at = start;
    for (const { kind, text } of pieces) {
      if (kind === "removed") continue;
      // Signs at the edges of a change are not what one looks for.
      const words = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(text);
      if (kind === "inserted" && words) {
        const from = at + words.index;
        ranges.push({ block, from, to: from + words[0].length });
      }
      at += text.length;
    }
    return ranges;
  });
}

/** Lines with words; a hard break ends one as the end of a textblock does. */
function linesOf(notes: PMNode): Line[] {
  const lines: Line[] = [];
  let block = 0;
  notes.descendants((node) => {
    if (!node.isTextblock) return true;
    let start = 0;
    for (const text of node.textBetween(0, node.content.size, "", "\n").split("\n")) {
      if (text.trim() !== "") lines.push({ text, block, start });
      start += text.length + 1;
    }
    block += 1;
    return false;
  });
  return lines;
}

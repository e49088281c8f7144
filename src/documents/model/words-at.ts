/**
 * Words of a half by what they say and what stands around them: a place that can be written down, sent to a
 * model and found again after others have changed the half, without knowing how it is built.
 */
import type { Node as PMNode } from "prosemirror-model";

export type Words = {
  /** Blocks are parted by an empty line. */
  text: string;
  /** What stood right before and behind them, at most {@link AROUND} UTF-16 units. */
  before: string;
  after: string;
};

/** Enough to tell two equal sentences apart. */
export const AROUND = 80;

type Line = { start: number; pos: number; size: number };

/** The text of a half, and where its lines of text are: from `start` in the text, at `pos` in the half. */
function flattened(half: PMNode): { text: string; lines: Line[] } {
  let text = "";
  const lines: Line[] = [];
  half.descendants((node, pos) => {
    if (!node.isTextblock) return true;
    if (lines.length > 0) text += "\n\n";
    const line = node.textBetween(0, node.content.size, "", "\n");
    lines.push({ start: text.length, pos: pos + 1, size: line.length });
    text += line;
    return false;
  });
  return { text, lines };
}

/** Without the space at either end. @param from,to count within the half, 0 being before its first block */
export function wordsBetween(half: PMNode, from: number, to: number): Words {
  const { text, lines } = flattened(half);
  const picked = text.slice(indexOf(lines, from), indexOf(lines, to));
  const start = indexOf(lines, from) + picked.length - picked.trimStart().length;
  const end = start + picked.trim().length;
  return {
    text: text.slice(start, end),
    before: text.slice(Math.max(0, start - AROUND), start),
    after: text.slice(end, end + AROUND),
  };
}

/** Null where they do not stand, or stand more than once and nothing around tells which are meant. */
export function findWords(half: PMNode, words: Words): { from: number; to: number } | null {
  const { text, lines } = flattened(half);
  if (words.text === "") return null;
  const found: number[] = [];
  for (let at = text.indexOf(words.text); at >= 0; at = text.indexOf(words.text, at + 1))
    found.push(at);
  const meant = found.filter(
    (at) =>
      text.slice(0, at).endsWith(words.before) &&
      text.slice(at + words.text.length).startsWith(words.after),
  );
  const [start, other] = found.length === 1 ? found : meant;
  if (start === undefined || other !== undefined) return null;
  const from = posOf(lines, start, "start");
  const to = posOf(lines, start + words.text.length, "end");
  return from === null || to === null ? null : { from, to };
}

/** A position between lines counts as the end of the one before it. */
function indexOf(lines: Line[], pos: number): number {
  const line = lines.findLast((one) => one.pos <= pos);
  return line === undefined ? 0 : line.start + Math.min(pos - line.pos, line.size);
}

function posOf(lines: Line[], index: number, edge: "start" | "end"): number | null {
  const holds = ({ start, size }: Line) => start <= index && index <= start + size;
  const line = edge === "start" ? lines.findLast(holds) : lines.find(holds);
  return line === undefined ? null : line.pos + index - line.start;
}

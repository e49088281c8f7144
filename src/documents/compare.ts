/**
 * What changed between two texts of prose: paragraphs are put beside each other, and those that belong together are
 * compared word by word. Pure, and bounded in time: where a text is too long or too different for that, whole
 * sentences or paragraphs are said to be removed and inserted.
 */
import { diffArrays } from "diff";
import type { Node as PMNode } from "prosemirror-model";
import { compareWords, type Piece, tokensOf } from "./compare-words.ts";
import { countWords, paragraphsOf, textOf, wordsIn } from "./model/text.ts";

export type { Piece } from "./compare-words.ts";

export type ComparedParagraph = {
  /** Which paragraph of the text before it is, from 0; null where it is new. */
  before: number | null;
  /** Which paragraph of the text after it is; null where it is gone. */
  after: number | null;
  pieces: Piece[];
};

export type Comparison = {
  /** In the order of the text after; what was removed stands where it stood. */
  paragraphs: ComparedParagraph[];
  /** Words, counted as everywhere (`model/text.ts`). */
  inserted: number;
  removed: number;
};

/** Beyond so many words on one side, paragraphs are only compared as wholes. Some 80,000 words are a novel. */
export const COMPARED_WORDS = 60_000;
/** Words removed and inserted that are looked for in one paragraph; the cost is about the square. */
export const EDITS_IN_PARAGRAPH = 1_200;
/** The sum of those squares in one comparison: about a third of a second. */
export const EDIT_WORK = 3_000_000;
/** Paragraphs removed and inserted that are looked for. */
const EDITS_OF_PARAGRAPHS = 1_000;
/** Pairs of paragraphs whose likeness is looked at in one stretch of changed ones. */
const PAIRS = 40_000;
/** Paragraphs belong together from this share of common words on. */
const ALIKE = 0.3;

/** The paragraphs of a half or of plain text, as they are compared: headings and list items are paragraphs too. */
export function paragraphTexts(content: PMNode | string): string[] {
  const blocks = typeof content === "string" ? paragraphsOf(content) : content.children;
  return blocks.map(textOf).filter((text) => text.trim() !== "");
}

/**
 * @param shared what several comparisons may spend together; they spend it in turn.
 * @param alikeFrom 0 puts paragraphs beside each other that have no word in common
 */
export function compare(
  before: PMNode | string | readonly string[],
  after: PMNode | string | readonly string[],
  shared: { work: number } = { work: EDIT_WORK },
  alikeFrom = ALIKE,
): Comparison {
  const [left, right] = [before, after].map((side) =>
    Array.isArray(side) ? (side as string[]) : paragraphTexts(side as PMNode | string),
  ) as [string[], string[]];
  const budget = isTooLong(left) || isTooLong(right) ? { work: 0 } : shared;
  const paragraphs: ComparedParagraph[] = [];
  for (const [i, j] of aligned(left, right, alikeFrom)) {
    paragraphs.push({
      before: i,
      after: j,
      pieces: piecesOf(i === null ? null : left[i]!, j === null ? null : right[j]!, budget),
    });
  }
  const words = (kind: Piece["kind"]) =>
    paragraphs
      .flatMap(({ pieces }) => pieces)
      .reduce((sum, piece) => sum + (piece.kind === kind ? countWords(piece.text) : 0), 0);
  return { paragraphs, inserted: words("inserted"), removed: words("removed") };
}

const isTooLong = (paragraphs: string[]): boolean =>
  paragraphs.reduce((sum, text) => sum + countWords(text), 0) > COMPARED_WORDS;

function piecesOf(before: string | null, after: string | null, budget: { work: number }): Piece[] {
  if (before === after && after !== null) return [{ kind: "same", text: after }];
  if (before !== null && after !== null) {
    const edits = Math.min(EDITS_IN_PARAGRAPH, Math.floor(Math.sqrt(budget.work)));
    const pieces = edits > 0 ? compareWords(tokensOf(before), tokensOf(after), edits) : null;
    const changed = pieces?.filter(({ kind }) => kind !== "same") ?? [];
    const used = pieces ? changed.reduce((sum, { text }) => sum + countWords(text), 1) : edits;
    budget.work -= used ** 2;
    if (pieces) return pieces;
  }
  const pieces: Piece[] = [];
  if (before) pieces.push({ kind: "removed", text: before });
  if (after) pieces.push({ kind: "inserted", text: after });
  return pieces;
}

type Pair = [before: number | null, after: number | null];

/** Which paragraph stands beside which: equal ones first, then the most alike between them. */
function aligned(left: string[], right: string[], alikeFrom: number): Pair[] {
  const changes = diffArrays(left, right, { maxEditLength: EDITS_OF_PARAGRAPHS });
  if (!changes) return alignedByPlace(left, right, alikeFrom);
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  let [gone, come] = [0, 0];
  const flush = () => {
    pairs.push(...alike(left, i - gone, i, right, j - come, j, alikeFrom));
    [gone, come] = [0, 0];
  };
  for (const { added, removed, count } of changes) {
    if (removed) {
      i += count;
      gone += count;
    } else if (added) {
      j += count;
      come += count;
    } else {
      flush();
      for (let k = 0; k < count; k++) pairs.push([i++, j++]);
    }
  }
  flush();
  return pairs;
}

/** Of texts that have next to nothing in common: what is the same at both ends, the rest as wholes. */
function alignedByPlace(left: string[], right: string[], alikeFrom: number): Pair[] {
  const least = Math.min(left.length, right.length);
  let start = 0;
  while (start < least && left[start] === right[start]) start++;
  let end = 0;
  while (end < least - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  return [
    ...range(0, start).map((k): Pair => [k, k]),
    ...alike(left, start, left.length - end, right, start, right.length - end, alikeFrom),
    ...range(0, end)
      .map((k): Pair => [left.length - 1 - k, right.length - 1 - k])
      .toReversed(),
  ];
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);

/** The order-keeping pairing with the greatest likeness in all (dynamic programming over the pairs). */
function alike(
  left: string[],
  leftFrom: number,
  leftTo: number,
  right: string[],
  rightFrom: number,
  rightTo: number,
  alikeFrom: number,
): Pair[] {
  const [rows, columns] = [leftTo - leftFrom, rightTo - rightFrom];
  const apart = (): Pair[] => [
    ...range(leftFrom, leftTo).map((k): Pair => [k, null]),
    ...range(rightFrom, rightTo).map((k): Pair => [null, k]),
  ];
  if (rows === 0 || columns === 0 || rows * columns > PAIRS) return apart();
  const bags = left.slice(leftFrom, leftTo).map(bagOf);
  const others = right.slice(rightFrom, rightTo).map(bagOf);
  const score = bags.map((bag) => others.map((other) => likeness(bag, other)));
  // best[r][c]: the greatest sum for what lies behind r and c.
  const best = range(0, rows + 1).map(() => new Float64Array(columns + 1));
  for (let r = rows - 1; r >= 0; r--)
    for (let c = columns - 1; c >= 0; c--)
      best[r]![c] = Math.max(
        best[r + 1]![c]!,
        best[r]![c + 1]!,
        score[r]![c]! < alikeFrom ? 0 : score[r]![c]! + best[r + 1]![c + 1]!,
      );
  const pairs: Pair[] = [];
  let [r, c] = [0, 0];
  while (r < rows || c < columns) {
    const isPair =
      r < rows &&
      c < columns &&
      score[r]![c]! >= alikeFrom &&
      best[r]![c] === score[r]![c]! + best[r + 1]![c + 1]!;
    if (isPair) pairs.push([leftFrom + r++, rightFrom + c++]);
    else if (r < rows && (c === columns || best[r]![c] === best[r + 1]![c]))
      pairs.push([leftFrom + r++, null]);
    else pairs.push([null, rightFrom + c++]);
  }
  return pairs;
}

type Bag = { words: Map<string, number>; size: number };

function bagOf(text: string): Bag {
  const words = new Map<string, number>();
  const found = wordsIn(text);
  for (const word of found) {
    const key = word.toLowerCase();
    words.set(key, (words.get(key) ?? 0) + 1);
  }
  return { words, size: found.length };
}

/** The share of the shorter one's words that the longer one has too, from 0 to 1. */
function likeness(a: Bag, b: Bag): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  if (small.size === 0) return 0;
  let common = 0;
  for (const [word, count] of small.words) common += Math.min(count, large.words.get(word) ?? 0);
  return common / ((small.size + large.size) / 2);
}

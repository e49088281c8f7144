/**
 * What changed between two paragraphs, word by word, as an editor would mark it: short stretches that happen to
 * be the same between two changes belong to the change, and a sentence that was put in begins where it begins.
 */
import { diffArrays } from "diff";

export type Piece = { kind: "same" | "removed" | "inserted"; text: string };

/** A word or a sign, with the space before it. */
type Token = { space: string; text: string };

/** `removed` and `inserted` stand between the `same` before and the next part's. */
type Part = { same: [Token, Token][]; removed: Token[]; inserted: Token[] };

/** Written without spaces between words: the platform's dictionary finds them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "word" });
/** Letters and digits held together by apostrophes and hyphens; or one sign. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’‑-][\p{L}\p{N}\p{M}]+)*|./gsu;
const SENTENCE_END = /^[.!?…。！？]$/u;
const CLOSING = /^[.!?…。！？,;:"'”’»)\]]$/u;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [, space = "", run = ""] of text.matchAll(/(\s*)(\S*)/g)) {
    const words = UNSPACED.test(run)
      ? [...SEGMENTER.segment(run)].map(({ segment }) => segment)
      : (run.match(WORD) ?? []);
    words.forEach((word, at) => {
      tokens.push({ space: at === 0 ? space : "", text: word });
    });
    // Space at the very end has no word behind it.
    if (run === "" && space !== "") tokens.push({ space, text: "" });
  }
  return tokens;
}

/**
 * The pieces without what was inserted spell `before`, those without what was removed spell `after`.
 * @param edits at most so many words removed and inserted; the cost is about its square
 * @returns null beyond that
 */
export function compareWords(
  before: readonly Token[],
  after: readonly Token[],
  edits: number,
): Piece[] | null {
  const parts = partsOf(before, after, edits);
  if (!parts) return null;
  const joined = joinNear(parts);
  slide(joined);
  return piecesOf(joined);
}

function partsOf(before: readonly Token[], after: readonly Token[], edits: number): Part[] | null {
  const changes = diffArrays(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
    { maxEditLength: edits },
  );
  if (!changes) return null;
  const parts: Part[] = [emptyPart()];
  let [left, right] = [0, 0];
  for (const { added, removed, count } of changes) {
    if (removed) parts.at(-1)!.removed.push(...before.slice(left, left + count));
    else if (added) parts.at(-1)!.inserted.push(...after.slice(right, right + count));
    else {
      const part = emptyPart();
      for (let i = 0; i < count; i++) part.same.push([before[left + i]!, after[right + i]!]);
      parts.push(part);
    }
    if (!added) left += count;
    if (!removed) right += count;
  }
  return parts;
}

const emptyPart = (): Part => ({ same: [], removed: [], inserted: [] });

const isChange = ({ removed, inserted }: Part): boolean => removed.length + inserted.length > 0;

const isOneSided = ({ removed, inserted }: Part): boolean =>
  removed.length === 0 || inserted.length === 0;

const lengthOf = (tokens: readonly Token[]): number =>
  tokens.reduce((sum, { text, space }) => sum + text.length + space.length, 0);

const weightOf = ({ removed, inserted }: Part): number =>
  Math.max(lengthOf(removed), lengthOf(inserted));

/**
 * What is the same between two changes and no longer than either joins them: "semantic cleanup" of Neil Fraser,
 * diff-match-patch (https://neil.fraser.name/writing/diff/).
 */
function joinNear(parts: Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    let last = part;
    for (;;) {
      const before = joined.at(-1);
      if (!before || !isChange(before) || !isChange(last)) break;
      // What came or went behind a sentence is no part of what changed in it.
      if (isOneSided(last) && endsSentence(last.same)) break;
      const same = lengthOf(last.same.map(([, token]) => token));
      if (same > weightOf(before) || same > weightOf(last)) break;
      joined.pop();
      last = {
        same: before.same,
        removed: [...before.removed, ...last.same.map(([token]) => token), ...last.removed],
        inserted: [...before.inserted, ...last.same.map(([, token]) => token), ...last.inserted],
      };
    }
    joined.push(last);
  }
  return joined;
}

/**
 * A change may often stand in several places that mean the same. Where whole sentences come or go it is put at
 * their boundaries, and a sentence that was replaced takes its full stop along.
 */
function slide(parts: Part[]): void {
  parts.forEach((part, at) => {
    const next = parts[at + 1];
    if (!next) return;
    if (part.removed.length > 1 && part.inserted.length > 1) {
      if (!startsSentence(part.same)) return;
      const ends = next.same.findIndex(([{ text }]) => !CLOSING.test(text));
      const closing = next.same.slice(0, ends < 0 ? next.same.length : ends);
      if (!closing.some(([{ text }]) => SENTENCE_END.test(text))) return;
      part.removed.push(...closing.map(([token]) => token));
      part.inserted.push(...closing.map(([, token]) => token));
      next.same.splice(0, closing.length);
    } else if (part.removed.length === 0 || part.inserted.length === 0) {
      slideOne(part, next, part.removed.length > 0 ? "removed" : "inserted");
    }
  });
}

/** Backwards, while the word before the change is also its last: up to the beginning of a sentence. */
function slideOne(part: Part, next: Part, kind: "removed" | "inserted"): void {
  const side = kind === "removed" ? 0 : 1;
  const change = part[kind];
  const other = 1 - side;
  for (let back = 0; ; back++) {
    if (startsSentence(part.same.slice(0, part.same.length - back))) {
      // The tokens themselves change places, so that each side still spells what it spelled.
      for (let i = 0; i < back; i++) {
        const pair = part.same.pop()!;
        const last = change.pop()!;
        change.unshift(pair[side]!);
        const moved: [Token, Token] = [last, last];
        moved[other] = pair[other]!;
        next.same.unshift(moved);
      }
      return;
    }
    const before = part.same.at(-1 - back)?.[side];
    const last = change[change.length - 1 - back] ?? undefined;
    if (!before || !last || before.text !== last.text) return;
  }
}

const startsSentence = (same: readonly [Token, Token][]): boolean =>
  same.length === 0 || endsSentence(same);

function endsSentence(same: readonly [Token, Token][]): boolean {
  let at = same.length - 1;
  while (at >= 0 && CLOSING.test(same[at]![1].text) && !SENTENCE_END.test(same[at]![1].text)) at--;
  return at >= 0 && SENTENCE_END.test(same[at]![1].text);
}

function piecesOf(parts: Part[]): Piece[] {
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], text: string) => {
    if (text === "") return;
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  for (const { same, removed, inserted } of parts) {
    for (const [before, after] of same) {
      if (before.space === after.space) add("same", after.space);
      else {
        add("removed", before.space);
        add("inserted", after.space);
      }
      add("same", after.text);
    }
    for (const { space, text } of removed) add("removed", space + text);
    for (const { space, text } of inserted) add("inserted", space + text);
  }
  return ordered(pieces);
}

/** What was removed stands before what was inserted in its place, and space before both outside of them. */
function ordered(pieces: Piece[]): Piece[] {
  const result: Piece[] = [];
  let [removed, inserted] = ["", ""];
  const push = (kind: Piece["kind"], text: string) => {
    const last = result.at(-1);
    if (kind === "same" && last?.kind === "same") last.text += text;
    else if (text !== "") result.push({ kind, text });
  };
  const flush = () => {
    const [space = ""] = /^\s*/.exec(removed) ?? [];
    const shared = inserted !== "" && inserted.startsWith(space) ? space : "";
    push("same", shared);
    push("removed", removed.slice(shared.length));
    push("inserted", inserted.slice(shared.length));
    [removed, inserted] = ["", ""];
  };
  for (const { kind, text } of pieces) {
    if (kind === "removed") removed += text;
    else if (kind === "inserted") inserted += text;
    else {
      flush();
      push("same", text);
    }
  }
  flush();
  return result;
}

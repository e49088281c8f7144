/** How the cover of a book is drawn: from a hash of its id, so that it never changes; its title in as many lines as fit. */

/** One flat ground and one ink on it; text has a contrast of at least 4.5. */
const PAIRS = [
  { ground: "#1f2c3b", ink: "#e9e2d0" },
  { ground: "#d9b45b", ink: "#2b2411" },
  { ground: "#dbe3d8", ink: "#36473f" },
  { ground: "#7b2d29", ink: "#f1ded1" },
  { ground: "#edeae3", ink: "#2b4e58" },
  { ground: "#35524a", ink: "#e8e6d6" },
  { ground: "#c9d3dc", ink: "#24344a" },
  { ground: "#e3cdbf", ink: "#5a2a22" },
] as const;

export const MOTIFS = ["rules", "bars", "contours", "discs", "bands"] as const;

export type CoverLook = {
  ground: string;
  ink: string;
  motif: (typeof MOTIFS)[number];
  /** The next number of its own, from 0 to below 1. */
  next: () => number;
};

export function coverLook(id: string): CoverLook {
  const next = numbersOf(id);
  const pair = PAIRS[Math.floor(next() * PAIRS.length)]!;
  return { ...pair, motif: MOTIFS[Math.floor(next() * MOTIFS.length)]!, next };
}

/** FNV-1a (Fowler, Noll, Vo) of the id, drawn out by mulberry32 (Ettinger, public domain). */
function numbersOf(id: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) {
    state ^= id.charCodeAt(at);
    state = Math.imul(state, 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sizes of a title in px of the cover, with the characters that a line takes. */
const SIZES = [
  { size: 23, characters: 10 },
  { size: 19, characters: 13 },
  { size: 16, characters: 15 },
] as const;
const LINES = 4;

export type CoverTitle = { size: number; lines: string[]; isFromRight: boolean };

/** In the largest size whose lines fit; a title that fits in none is cut. */
export function coverTitle(title: string): CoverTitle {
  const isFromRight = /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(title);
  for (const { size, characters } of SIZES) {
    const lines = wrapped(title, characters);
    if (lines && lines.length <= LINES) return { size, lines, isFromRight };
  }
  const { size, characters } = SIZES.at(-1)!;
  const lines = wrapped(title, characters, true)!;
  const kept = lines.slice(0, LINES);
  if (lines.length > LINES) kept[LINES - 1] = `${kept[LINES - 1]!.slice(0, characters - 1)}…`;
  return { size, lines: kept, isFromRight };
}

/** A letter of Chinese, Japanese or Korean is as wide as two. */
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/;
const widthOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (WIDE.test(sign) ? 2 : 1), 0);

/** Null where a word is wider than a line, unless words may be cut. */
function wrapped(title: string, characters: number, mayCut = false): string[] | null {
  const lines: string[] = [];
  for (const word of wordsOf(title)) {
    const glue = WIDE.test(word) ? "" : " ";
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last + glue + word) <= characters)
      lines[lines.length - 1] = last + glue + word;
    else if (widthOf(word) <= characters) lines.push(word);
    else if (mayCut) lines.push(...cut(word, characters));
    else return null;
  }
  return lines;
}

/** Words; where a script has no spaces, its signs. */
const wordsOf = (title: string): string[] =>
  title
    .trim()
    .split(/\s+/)
    .flatMap((word) => (WIDE.test(word) ? [...word] : [word]));

function cut(word: string, characters: number): string[] {
  const signs = [...word];
  const parts: string[] = [];
  for (let at = 0; at < signs.length; at += characters)
    parts.push(signs.slice(at, at + characters).join(""));
  return parts;
}

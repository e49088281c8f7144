/** What somebody looks for, and where a text has it. */

/** Of a search, in characters; what is longer is cut. */
export const QUERY_LIMIT = 200;
/** Words that are looked for at most. */
const WORDS_LIMIT = 12;

/** Before and behind the first match, in characters. */
const BEFORE = 48;
const BEHIND = 96;

/** A stretch of a text, with the words that were looked for marked. */
export type Marked = { text: string; isMatch: boolean }[];

/** In lower case, without what a search engine would read as an operator. */
export function wordsIn(query: string): string[] {
  const words =
    query
      .slice(0, QUERY_LIMIT)
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return [...new Set(words)].slice(0, WORDS_LIMIT);
}

/** For `to_tsquery('simple', …)`: all of them, each from its beginning, since the last may still be typed. */
export const prefixQuery = (words: readonly string[]): string =>
  words.map((word) => `'${word}':*`).join(" & ");

/** At the beginnings of words, whichever comes first. */
function matcher(words: readonly string[]): RegExp {
  const longest = words.toSorted((a, b) => b.length - a.length);
  return new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])(?:${longest.join("|")})`, "giu");
}

/** How many of the words a text has. */
export const countIn = (text: string, words: readonly string[]): number =>
  words.filter((word) => matcher([word]).test(text)).length;

export function marked(text: string, words: readonly string[]): Marked {
  const parts: Marked = [];
  let from = 0;
  for (const { index, 0: match } of text.matchAll(matcher(words))) {
    if (index > from) parts.push({ text: text.slice(from, index), isMatch: false });
    parts.push({ text: match, isMatch: true });
    from = index + match.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMatch: false });
  return parts;
}

/** The words around the first match, on one line. */
export function passageAround(text: string, words: readonly string[]): Marked {
  const line = text.replace(/\s+/g, " ").trim();
  const at = line.search(matcher(words));
  if (at < 0) return [{ text: line.slice(0, BEFORE + BEHIND), isMatch: false }];
  const from = at <= BEFORE ? 0 : line.indexOf(" ", at - BEFORE) + 1;
  // A text without spaces, as Chinese has it, begins where it must.
  const begin = from > at || from === 0 ? Math.max(at - BEFORE, 0) : from;
  const end = Math.min(at + BEHIND, line.length);
  const cut = line.slice(begin, end);
  return marked(`${begin > 0 ? "…" : ""}${cut}${end < line.length ? "…" : ""}`, words);
}

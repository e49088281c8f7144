/** Prose as both sides see it: the server that renders a take and the script that grows one. */

/** Paragraphs are parted by blank lines; what is empty is none. */
export function paragraphs(text: string): string[] {
  return text
    .split(/\r?\n[ \t]*(?:\r?\n\s*)+/)
    .map((paragraph) => paragraph.trimEnd())
    .filter((paragraph) => paragraph.trim() !== "");
}

/** Words as a writer counts them: runs of anything but space. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Kept: to make one takes milliseconds in a browser. */
const NUMBER = new Intl.NumberFormat("en");

/** "1 word", "60 words". */
export function wordsLabel(count: number): string {
  return `${NUMBER.format(count)} ${count === 1 ? "word" : "words"}`;
}

/** In characters, of the words at either end. */
const EXCERPT = 40;

/** Enough of a text to know it by. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ");
  if (line.length <= EXCERPT * 2) return line;
  return `${line.slice(0, EXCERPT).trimEnd()} … ${line.slice(-EXCERPT).trimStart()}`;
}

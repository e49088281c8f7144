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

/** "1 word", "60 words". */
export function wordsLabel(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "word" : "words"}`;
}

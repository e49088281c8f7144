/** Words as they are compared: without case, marks and common endings, so that “Prizes” is “prize”. */

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.,-][\p{L}\p{N}\p{M}]+)*/gu;

export type Word = {
  /** As it is written. */
  text: string;
  stem: string;
  /** Its place among the words. */
  at: number;
  /** First of its sentence, where anything has a capital. */
  isFirst: boolean;
};

export const wordsOf = (text: string): Word[] =>
  (text.match(WORD) ?? []).map((word, at) => ({
    text: word,
    stem: stemOf(word),
    at,
    isFirst: at === 0,
  }));

export const countOf = (text: string): number => text.match(WORD)?.length ?? 0;

export function stemOf(word: string): string {
  const plain = word
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/'s?$/, "")
    // 100,000 and 100.000 are 100000.
    .replace(/(?<=\d)[.,](?=\d{3})/g, "");
  if (plain.length < 5 || /\d/.test(plain)) return plain.replace(/(?<=\p{L}{3})s$/u, "");
  return plain.replace(/(?:ings?|edly|ed|ers?|ies|es|s|ly|e|y)$/, "");
}

/** Sentences with the space behind them, so that they put together are the text again. */
export const sentencesOf = (text: string): string[] =>
  text.match(/[\s\S]*?(?:[.!?…]+["”’»)\]]*\s+|[。！？]|\n+|$)/g)?.filter(Boolean) ?? [];

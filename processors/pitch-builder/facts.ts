/**
 * What a writer says is true, and which of a section's items it gives. That is decided here, from the writer's own
 * lines, and never by a model.
 */
import type { Schemas } from "../../src/processors/sdk.ts";
import { stemOf, wordsOf } from "./words.ts";

type Ask = Schemas["pitch-section-v1"];
type Item = NonNullable<Ask["items"]>[number];

/** One thing that a writer says. */
export type Fact = { text: string; stems: Set<string> };

const BULLET = /^\s*(?:[-*•–]|\d+[.)])\s+/;
/** Not behind an initial or a short title: “A. Author”, “Dr. Tull”. */
const SENTENCE_END =
  /(?<=[^\s.][^\s.][.!?]["”’)]*)(?<!\b(?:Mr|Ms|Mrs|Dr|Prof|St|vs|No|c)\.)\s+(?=["“‘(]*\p{Lu})|;\s+|\n+/u;

export const factsIn = (text: string): Fact[] =>
  text
    .split(SENTENCE_END)
    .map((line) => line.replace(BULLET, "").trim())
    .filter((line) => /[\p{L}\p{N}]/u.test(line))
    .map(factOf);

export const factOf = (text: string): Fact => ({
  text,
  stems: new Set(wordsOf(text).map(({ stem }) => stem)),
});

/** How a blank stands in a text. */
export const blank = (label: string): string => `[[${label}]]`;

/** Those that stand in a text, each once. */
export const blanksIn = (text: string): { label: string; signs: string[] }[] =>
  [...new Set([...text.matchAll(/\[\[([^[\]\n]+)\]\]/g)].map(([, label]) => label!.trim()))].map(
    (label) => ({ label, signs: [] }),
  );

/** Without its blanks, which say what is not known. */
export const withoutBlanks = (text: string): string => text.replaceAll(/\[\[[^[\]\n]+\]\]/g, " ");

/** Items that no line gives, in their order. One without signs takes a line for itself, whatever it says. */
export function missingItems({ items = [] }: Ask, lines: readonly Fact[]): Item[] {
  const untaken = [...lines];
  return items.filter(({ signs }) => {
    if (signs) return !lines.some(({ text }) => hasSign(text, signs));
    return untaken.shift() === undefined;
  });
}

/** A sign is a word in any of its forms; one of several words, or of none, stands as it is. */
export function hasSign(text: string, signs: readonly string[]): boolean {
  const stems = new Set(wordsOf(text).map(({ stem }) => stem));
  return signs.some((sign) =>
    /^\p{L}+$/u.test(sign)
      ? stems.has(stemOf(sign))
      : text.toLowerCase().includes(sign.toLowerCase()),
  );
}

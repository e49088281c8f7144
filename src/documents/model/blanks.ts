/**
 * Marked blanks: what a text leaves for its writer to fill in, as `[[comp title, yours to supply]]`. They are words of the
 * text like others, so that they move, merge and export with it, and are no words when words are counted.
 */
import { countWords } from "./text.ts";

/** The longest of what a blank says, in UTF-16 units. */
export const BLANK_LIMIT = 200;

const BLANK = new RegExp(`\\[\\[([^[\\]\\n]{1,${BLANK_LIMIT}})\\]\\]`, "g");

export type Blank = { says: string; from: number; to: number };

/** In their order, where they stand in the text. */
export const blanksAt = (text: string): Blank[] =>
  [...text.matchAll(BLANK)].map(({ 0: all, 1: says, index }) => ({
    says: says!.trim(),
    from: index,
    to: index + all.length,
  }));

export const blanksIn = (text: string): string[] => blanksAt(text).map(({ says }) => says);

export const countWithoutBlanks = (text: string): number => countWords(text.replace(BLANK, " "));

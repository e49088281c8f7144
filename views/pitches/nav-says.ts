import { figure } from "./pitch-view.ts";

/** “2 blanks” says more than how many words stand around them. */
export const navSays = (words: number, blanks: number): string =>
  blanks > 0 ? `${blanks} ${blanks === 1 ? "blank" : "blanks"}` : words > 0 ? figure(words) : "";

/** About what drafting sections would use, for whoever is about to ask. */
import { countWords, textOf } from "../documents/model/text.ts";
import type { PitchState, SectionState } from "./pitch.ts";

/** English prose in common tokenizers. */
const TOKENS_A_WORD = 4 / 3;
/** Directions, codex and what stands around them. */
const TOKENS_ASKED = 600;
/** Of a chapter at most so many words go along: its summary, or how it begins and ends. */
const WORDS_OF_A_CHAPTER = 280;
/** All chapters together take no more than this of the default context. */
const CHAPTERS_LIMIT = 6_000;
/** Where a section has no limits. */
const WORDS_DEFAULT = 150;

export function usageOf(
  { chapterWords }: Pick<PitchState, "chapterWords">,
  sections: readonly SectionState[],
): { inputTokens: number; outputTokens: number } {
  const chapters = chapterWords.reduce(
    (sum, words) => sum + Math.min(words, WORDS_OF_A_CHAPTER),
    0,
  );
  const told = Math.min(CHAPTERS_LIMIT, chapters * TOKENS_A_WORD);
  let [input, output] = [0, 0];
  for (const { section, rows } of sections) {
    const facts = rows.reduce((sum, { notes }) => sum + countWords(textOf(notes)), 0);
    const { min, max } = section.words ?? {};
    const written = min && max ? (min + max) / 2 : (max ?? min ?? WORDS_DEFAULT);
    // Made of facts, and none are there: nobody is asked.
    if (section.material === "facts" && facts === 0) continue;
    input += TOKENS_ASKED + facts * TOKENS_A_WORD + (section.material === "facts" ? 0 : told);
    output += written * TOKENS_A_WORD;
  }
  return { inputTokens: Math.ceil(input), outputTokens: Math.ceil(output) };
}

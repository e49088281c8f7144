/** From a pitch to the fragments of its page. */
import type { SectionView } from "../../views/pitches/pitch-view.ts";
import type { SourcesProps } from "../../views/pitches/sources.tsx";
import { rangesOf } from "./changed.ts";
import { leftByHand, type PitchState, rebuiltBy, type SectionState, unwrittenIn } from "./pitch.ts";

export const sectionViews = ({ sections }: PitchState): SectionView[] =>
  sections.map(({ section, rows, passage, words, blanks, isExpanding, isTouched }) => ({
    key: section.key,
    title: section.title,
    group: section.group ?? "",
    convention: section.convention,
    limits: section.words ?? {},
    material: section.material ?? "manuscript",
    passage,
    passages: rows.flatMap((row) => row.passages),
    words,
    blanks,
    isExpanding,
    isTouched,
  }));

const titles = (sections: readonly SectionState[]): string[] =>
  sections.map(({ section }) => section.title);

export function sourcesProps(
  pitch: string,
  state: PitchState,
  { mayWrite, isAiOn, price }: { mayWrite: boolean; isAiOn: boolean; price?: string | null },
): SourcesProps {
  const { book, built, sections, chapterWords } = state;
  return {
    pitch,
    book: book && { id: book.id, title: book.name },
    from: rangesOf(built.from),
    at: built.at?.toISOString() ?? null,
    chapters: built.chapters,
    available: chapterWords.length,
    touched: titles(rebuiltBy(state)),
    byHand: titles(leftByHand(state)),
    unwritten: titles(unwrittenIn(state)),
    touchedPassages: built.touched,
    claims: sections
      .filter(({ section }) => section.items?.length)
      .map(({ section, hasFacts, blanks }) => ({
        title: section.title,
        isGiven: hasFacts && blanks.length === 0,
      })),
    mayWrite,
    isAiOn,
    price: price ?? null,
  };
}

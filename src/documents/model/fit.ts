/** What accepting a take would do, as the row stands. */
import type { Passage, Row } from "./rows.ts";
import { hashOf, isBlank } from "./text.ts";
import { findWords, type Words } from "./words-at.ts";

/** What accepting it would do: fill, or go below what was typed; or it has been accepted. */
export type Fit = "fits" | "below" | "accepted";

/**
 * A take may take the place of nothing, or of prose that nobody touched since it was accepted; rewritten words only
 * that of the words they were made of.
 */
export function fitOf(
  row: Row,
  offered: { take: string | undefined; rewrites?: Words | null; isChanged?: boolean },
): Fit {
  const { take, rewrites, isChanged } = offered;
  const { attributes } = row;
  if (take !== undefined && attributes.take === take && !isChanged) return "accepted";
  if (!rewrites) return isBlank(row.prose) || isUntouched(row) ? "fits" : "below";
  if (take !== undefined && alsoOf(row).includes(take)) return "accepted";
  return placeOf(row, rewrites) ? "fits" : "below";
}

export const isUntouched = ({ attributes, prose }: Row): boolean =>
  attributes.proseHash !== null && attributes.proseHash === hashOf(prose);

/** Takes of which a part came in. */
export const alsoOf = ({ attributes }: Row): string[] => attributes.also?.split(" ") ?? [];

export type Place = { part: Passage; from: number; to: number };

/** Of the words in one of the row's parts; null also where they stand in several. */
export function placeOf(row: Row, words: Words): Place | null {
  const found = row.parts.flatMap((part): Place[] => {
    const place = findWords(part.prose, words);
    return place ? [{ part, ...place }] : [];
  });
  return found.length === 1 ? found[0]! : null;
}

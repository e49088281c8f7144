/** How a row's halves stand to each other, as the spine says it. */
import type { Row } from "./rows.ts";
import { countWords, hashOf } from "./text.ts";

/** What the words alone tell; that it is being expanded, the runs tell. */
export type Standing = "to write" | "fresh" | "notes changed since" | "edited by hand";

/**
 * Prose that nobody accepted from a take, or that has changed since, is edited by hand, whatever became of
 * the notes: it is never replaced unasked. A row of several passages is as its first says.
 */
export function standingOf({ notes, prose, attributes }: Row): Standing {
  if (countWords(prose) === 0) return "to write";
  if (attributes.proseHash !== hashOf(prose)) return "edited by hand";
  return attributes.askHash === hashOf(notes) ? "fresh" : "notes changed since";
}

/** What fragments of takes and the script that acts on them both name. */
import type { PassageView } from "./passage-view.ts";

/**
 * A press sends the notes as they stand on the page (`browser/asks.ts` adds them), with a key of its own;
 * presses while it is under way are dropped, so it makes one ask.
 */
export function asks({ id, chapter }: Pick<PassageView, "id" | "chapter">) {
  return {
    "hx-post": `/chapters/${chapter}/passages/${id}/asks`,
    "hx-swap": "none",
    "hx-sync": "this:drop",
    "data-asks": id,
  };
}

/** Asks for other words; what was typed before is to be in the studio. */
export function rewrites({ id, chapter }: Pick<PassageView, "id" | "chapter">) {
  return {
    "hx-post": `/chapters/${chapter}/passages/${id}/rewrites`,
    "hx-swap": "none",
    "hx-sync": "this:drop",
    "data-flushes": true,
  };
}

/** Where takes of a passage are looked at: `offer?take=…&compare=…&against=…`. */
export const offerPath = (chapter: string, passage: string): string =>
  `/chapters/${chapter}/passages/${passage}/offer`;

/** What goes before accepting a take of a passage. */
export const acceptancePath = (chapter: string, passage: string): string =>
  `/chapters/${chapter}/passages/${passage}/acceptance`;

export const discardPath = (chapter: string, passage: string, take: string): string =>
  `/chapters/${chapter}/passages/${passage}/takes/${take}/discard`;

export const changedWordsPath = (chapter: string): string => `/chapters/${chapter}/changed-words`;

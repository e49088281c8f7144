/** What is done to several rows at once: each is one transaction, one step of undo. */
import {
  insertPassage,
  mergePassage,
  movePassage,
  removePassage,
} from "../../../src/documents/model/commands.ts";
import { STRUCTURE } from "../../../src/documents/model/document.ts";
import type { ArrangeParts } from "./arrange-state.ts";

export type Place = { before: string } | { after: string };

/** They come to lie together, in their order. */
export function moveRows({ doc, undo }: ArrangeParts, ids: string[], place: Place): void {
  undo.step(() =>
    doc.transact(() => {
      let at = place;
      for (const id of ids) {
        movePassage(doc, id, at);
        at = { after: id };
      }
    }, STRUCTURE),
  );
}

/** Into the trash. A chapter keeps a row to write in: its id is answered when one had to be made. */
export function removeRows(
  { doc, undo }: ArrangeParts,
  ids: string[],
  ofRows: number,
): string | null {
  return undo.step(() =>
    // At once: what takes longer than a pause would be two steps.
    doc.transact(() => {
      const made = ids.length === ofRows ? insertPassage(doc, "end") : null;
      const now = new Date();
      for (const id of ids) removePassage(doc, id, now);
      return made;
    }, STRUCTURE),
  );
}

export function mergeRows({ doc, undo }: ArrangeParts, ids: string[], into: string): void {
  undo.step(() =>
    doc.transact(() => {
      for (const id of ids) mergePassage(doc, id, into);
    }, STRUCTURE),
  );
}

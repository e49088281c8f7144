/** What a passage is to its page: the props of its fragments, and the ids they are found by. */

import type { Comparison } from "../../src/documents/compare.ts";
import type { Attributes } from "../../src/documents/model/document.ts";
import type { Words } from "../../src/documents/model/words-at.ts";
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import type { MarkName } from "../ui/mark.tsx";

export type PassageView = {
  id: string;
  /** Its place in the chapter, from 1. */
  number: number;
  /** As plain text. */
  notes: string;
  /** The newest run of the newest ask; null before the first. */
  run: RunView | null;
  /** The newest take, a kept partial included; null while there is none. */
  take: ExpandedTextV1 | null;
  /** The bucket of the chapter. */
  chapter: string;
  /** The row as the document has it. */
  row: RowView;
  /** Which of the passage's takes `take` is; null for what a dead run left. */
  shown: ShownTake | null;
  /** Discarded takes, oldest first. */
  discarded?: string[];
  /** One that was discarded just now. */
  discardedNow?: string | null;
  compared?: ComparedTake | null;
};

export type RowView = {
  /** Itself, then what is merged under it; the halves as HTML of the model's own `htmlOf`. */
  parts: { id: string; notes: string; prose: string }[];
  attributes: Attributes;
  /** Hashes as the model makes them, of the notes and the prose as they are. */
  notesHash: string;
  proseHash: string;
  hasNotes: boolean;
  hasProse: boolean;
};

export type ShownTake = {
  /** Blob ids of the takes that one leafs through, oldest first: all that were not discarded, or those that were. */
  ids: string[];
  /** Which one is shown. */
  id: string;
  /** Hash of the notes that it was made of; null for rewritten words. */
  askHash: string | null;
  /** RFC 3339; when it was asked for. */
  askedAt?: string;
  /** The words of the prose that it is to take the place of; absent for an expansion of the notes. */
  rewrites?: Words | null;
  /** It was discarded, and so were the others in `ids`. */
  isDiscarded?: boolean;
};

/** The take that is shown beside the prose as it stood, the words it rewrites, or another take. */
export type ComparedTake = Comparison & {
  look: CompareLook;
  /** `prose`, or the id of the other take. */
  against: string;
  /** Of the prose that it was compared with. */
  proseHash: string;
  /** RFC 3339; when the prose stood so, or the other take was asked for. */
  at: string;
};
export const COMPARE_LOOKS = ["inline", "side"] as const;
export type CompareLook = (typeof COMPARE_LOOKS)[number];
export const AGAINST_PROSE = "prose";

export type RunView = {
  id: string;
  status: "queued" | "running" | "succeeded" | "cancelled" | "dead";
  attempt: number;
  /** What this attempt has streamed so far. */
  partial: string;
  /** The sentence of the last failed attempt, for the writer. */
  problem: string | null;
  /** It is mended where models are set. */
  isSettings?: boolean;
  /** RFC 3339; when a queued run that failed before is tried again. */
  dueAt: string | null;
  /** How long ago this attempt began, in milliseconds, when this was drawn. */
  elapsedMs?: number | null;
};

export const PASSAGES_ID = "passages";
export const NEW_PASSAGE_ID = "new-passage";
export const MARKS_ID = "marks";
export const passageId = (id: string) => `passage-${id}`;
export const spineId = (id: string) => `spine-${id}`;
export const gripId = (id: string) => `grip-${id}`;
/** Of what stands beside the prose: a take, its bar, or the way to one. The server's fragments replace it. */
export const proseId = (id: string) => `prose-${id}`;

/** What tells where the two halves of a passage stand. */
export type Standing = {
  isExpanding: boolean;
  hasProse: boolean;
  notesHash: string;
  proseHash: string;
  attributes: Attributes;
  /** Of a take that is offered, the hash of the notes that it was made of. */
  offered: string | null;
};

/**
 * Prose that was edited by hand and whose notes moved on is *notes changed since*: that is what awaits the
 * writer. What was typed without ever a take is by hand.
 */
export function markFor(standing: Standing): MarkName {
  const { attributes, notesHash, proseHash, offered } = standing;
  if (standing.isExpanding) return "expanding";
  if (offered !== null && offered !== notesHash) return "changed";
  if (!standing.hasProse) return "to-write";
  if (attributes.take === null && attributes.proseHash === null) return "by-hand";
  if (attributes.askHash !== notesHash) return "changed";
  return attributes.proseHash === proseHash ? "fresh" : "by-hand";
}

/** Also the mark of its row in an outline. */
export function markOf({ run, row, shown }: PassageView): MarkName {
  if (isExpanding(run)) return "expanding";
  const isAccepted =
    shown !== null && (row.attributes.take === shown.id || shown.isDiscarded === true);
  return markFor({
    ...row,
    isExpanding: false,
    offered: isAccepted ? null : (shown?.askHash ?? null),
  });
}

export function isExpanding(
  run: RunView | null,
): run is RunView & { status: "queued" | "running" } {
  return run?.status === "queued" || run?.status === "running";
}

/** What a passage is to its page: the props of its fragments, and the ids they are found by. */
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import type { MarkName } from "../ui/mark.tsx";

export type PassageView = {
  id: string;
  /** Its place in the chapter, from 1. */
  number: number;
  notes: string;
  /** Revision of the notes, for If-Match. */
  revision: number;
  /** The newest run of the newest ask; null before the first. */
  run: RunView | null;
  /** The newest take, a kept partial included; null while there is none. */
  take: ExpandedTextV1 | null;
  /** Whether the notes differ from the text of the ask that the take came from. */
  notesChanged: boolean;
};

export type RunView = {
  id: string;
  status: "queued" | "running" | "succeeded" | "cancelled" | "dead";
  attempt: number;
  /** What this attempt has streamed so far. */
  partial: string;
  /** The sentence of the last failed attempt, for the writer. */
  problem: string | null;
  /** RFC 3339; when a queued run that failed before is tried again. */
  dueAt: string | null;
};

export const PASSAGES_ID = "passages";
export const passageId = (id: string) => `passage-${id}`;
export const notesId = (id: string) => `notes-${id}`;
export const spineId = (id: string) => `spine-${id}`;
export const proseId = (id: string) => `prose-${id}`;

/** Where the halves of a passage stand; also the mark of its row in an outline. */
export function markOf({ run, take, notesChanged }: PassageView): MarkName {
  if (isExpanding(run)) return "expanding";
  if (!take) return "to-write";
  return notesChanged ? "changed" : "fresh";
}

export function isExpanding(
  run: RunView | null,
): run is RunView & { status: "queued" | "running" } {
  return run?.status === "queued" || run?.status === "running";
}

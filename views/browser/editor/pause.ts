/**
 * Expands notes when their writer pauses: those of the passage that was typed in, once for each text, while its prose
 * is nobody's own and the caret does not stand in the middle of a word there.
 */
import type { Row } from "../../../src/documents/model/rows.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { standingOf } from "../../../src/documents/model/standing.ts";
import { countWords, hashOf } from "../../../src/documents/model/text.ts";
import { passageId } from "../../chapters/passage-view.ts";
import { unfolded } from "../folded.ts";
import { isOnAtPause, type PauseParts } from "./at-pause.ts";
import { offerOf } from "./furniture.ts";

/** A pause, in milliseconds: nothing typed, the caret at rest. */
export const PAUSE_MS = 4_000;
/** Notes shorter than this, in words, are not done yet. */
const LEAST_WORDS = 3;

/** Answers what is to be called whenever something was typed here. */
export function pausing({ doc, sync }: PauseParts): () => void {
  /** Hashes of the notes that were asked for by this page, by passage. */
  const asked = new Map<string, string>();
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function again(): void {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  }

  function look(): void {
    if (!isOnAtPause()) {
      waiting.clear();
      return;
    }
    const { isTogether, mayWrite } = sync.state();
    const rows = readRows(doc);
    for (const id of waiting) {
      const row = rows.find(({ passages }) => passages.includes(id));
      // It is looked at again when the caret has moved on, or the studio is back.
      if (row && (isInMidWord(row) || !isTogether)) continue;
      waiting.delete(id);
      if (row && mayWrite && awaits(row) && asked.get(row.id) !== hashOf(row.notes)) {
        asked.set(row.id, hashOf(row.notes));
        ask(row.id);
      }
    }
    if (waiting.size > 0 && !isTogether) again();
  }

  document.addEventListener("selectionchange", () => {
    if (waiting.size > 0) again();
  });
  return () => {
    const typedIn = notesAtCaret();
    if (typedIn) waiting.add(typedIn);
    if (waiting.size > 0) again();
  };
}

/** Prose that is nobody's own, notes that say more than it, and nothing under way or on offer for them. */
function awaits(row: Row): boolean {
  if (countWords(row.notes) < LEAST_WORDS) return false;
  const standing = standingOf(row);
  if (standing !== "to write" && standing !== "notes changed since") return false;
  const offer = offerOf(row.id);
  if (!offer || offer.querySelector("[data-run]")) return false;
  const isOffered = offer.dataset.take !== undefined && offer.dataset.take !== row.attributes.take;
  return !(isOffered && offer.dataset.askHash === hashOf(row.notes));
}

const atCaret = (): Element | null => {
  const node = getSelection()?.focusNode;
  return node instanceof Element ? node : (node?.parentElement ?? null);
};

function notesAtCaret(): string | undefined {
  const half = atCaret()?.closest<HTMLElement>('[data-half="notes"]');
  return half?.closest<HTMLElement>("[data-passage]")?.dataset.passage;
}

/** Behind a letter the word may go on. */
function isInMidWord({ passages }: Row): boolean {
  const section = atCaret()?.closest("[data-passage]");
  if (!section || !passages.some((id) => section.id === passageId(id))) return false;
  const { focusNode, focusOffset } = getSelection()!;
  const before = focusNode instanceof Text ? focusNode.data.slice(0, focusOffset) : "";
  return /[\p{L}\p{N}'’-]$/u.test(before);
}

/** Presses what the writer would press. */
function ask(passage: string): void {
  const asks = unfolded(offerOf(passage))?.querySelector<HTMLElement>("[data-asks]");
  if (asks instanceof HTMLFormElement) asks.requestSubmit();
  else asks?.click();
}

/**
 * The panel that the save chip opens: what is waiting, why, and what can be done. Never loaded on use: it is looked at
 * just when there is no network.
 */
import { SAVE_STATE_IDS } from "../chapters/save-state-ids.ts";
import type { SyncState } from "./editor/sync.ts";
import type { ChipState } from "./save-chip.ts";

const panel = () => document.getElementById(SAVE_STATE_IDS.waiting);
const part = <Kind extends HTMLElement>(name: string) =>
  panel()?.querySelector<Kind>(`[${name}]`) ?? null;

/** Beneath the chip; pressed again, it closes. */
export function open(chip: HTMLElement, acts: { copy(): Promise<void>; again(): void }): void {
  const found = panel();
  if (!found) return;
  const [copies, again] = [part<HTMLButtonElement>("data-copies"), part("data-again")];
  if (copies) copies.onclick = () => void acts.copy();
  if (again) again.onclick = acts.again;
  found.togglePopover({ source: chip });
}

export function fill(shown: ChipState, now: SyncState, waiting: () => string): void {
  const found = panel();
  const words = part("data-words");
  const says = part("data-says");
  if (!found?.matches(":popover-open") || !words || !says) return;
  const isRefused = now.refusal !== null && now.refusal.type !== "read-only";
  const refused = shown === "unsaved" && isRefused && now.refusal?.sentence;
  write(says, refused || (says.dataset[sentence(shown, now)] ?? ""));
  const text = now.isKept ? "" : waiting();
  write(words, text);
  words.hidden = text === "";
  part("data-copies")?.toggleAttribute("hidden", text === "");
  part("data-again")?.toggleAttribute("hidden", !isRefused);
}

/** Only what changed: it may be selected at the moment. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Which of the panel's sentences (`chapters/waiting.tsx`). */
function sentence(shown: ChipState, now: SyncState): string {
  if (shown === "saved" && !now.mayWrite) return "viewing";
  if (shown !== "unsaved") return shown === "reconnecting" && now.isKept ? "away" : shown;
  return now.isGone ? "gone" : now.mayWrite ? "unsaved" : "viewer";
}

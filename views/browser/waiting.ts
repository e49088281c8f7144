/** The panel that the save chip opens: what is waiting, why, and what can be done. Loaded when it is pressed. */
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
  write(says, sentence(shown, now));
  const text = now.isKept ? "" : waiting();
  write(words, text);
  words.hidden = text === "";
  part("data-copies")?.toggleAttribute("hidden", text === "");
  const isRefused = now.refusal !== null && now.refusal.type !== "read-only";
  part("data-again")?.toggleAttribute("hidden", !isRefused);
}

/** Only what changed: it may be selected at the moment. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function sentence(shown: ChipState, now: SyncState): string {
  if (shown === "saved") return "All that you typed is in the studio’s database.";
  if (shown === "saving") return "What you typed is on its way to the studio.";
  if (shown === "reconnecting" && now.isKept)
    return "The studio does not answer. All that you typed is saved; what you type now stays on this device until it does.";
  if (shown === "reconnecting")
    return "The studio does not answer. This is on this device, and goes to the studio when it does.";
  if (now.refusal) return now.refusal.sentence;
  if (now.isGone) return "This chapter is not there any more, or not for you. Copy what you typed.";
  if (!now.mayWrite) return "You may only read this chapter now. Copy what you typed.";
  return "The studio does not answer, and this device could not keep it. Copy it to be safe.";
}

/** The clipboard's own interface is missing where the studio is reached over plain HTTP. */
export async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    // Within the panel: the rest of the page cannot be selected while it is open over it.
    (panel() ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Keeps the save chip true; pressed, it opens what is waiting, and puts what is not saved on the clipboard. */
import { announce } from "./announce.ts";
import { toClipboard } from "./clipboard.ts";
import { writeClock } from "./clock.ts";
import type { SyncState } from "./editor/sync.ts";
import { fill, open } from "./waiting.ts";

/** A lost connection is told after this long; most come back at once. In milliseconds. */
const BLIP_MS = 5_000;
/** What takes so long is seen to be at work: a mark that turns for every letter costs each of them a frame's layer. */
const SLOW_MS = 500;

export type ChipState = "saved" | "saving" | "reconnecting" | "unsaved";

export type Facts = Pick<
  SyncState,
  "isTogether" | "isKept" | "isStored" | "isBroken" | "isGone" | "refusal" | "mayWrite"
> & {
  /** The studio has not answered for longer than a blip. */
  isAway: boolean;
};

/** Green only for what the database has; never "on this device" for what the disk has not vouched for. */
export function chipState(facts: Facts): ChipState {
  const { isKept, isStored, isBroken, isGone, isAway, refusal } = facts;
  if (refusal && refusal.type !== "read-only") return "unsaved";
  // It will never be taken, as things stand.
  if (!isKept && (isGone || !facts.mayWrite)) return "unsaved";
  if (!isKept && isBroken && isAway) return "unsaved";
  if (isAway && isStored) return "reconnecting";
  return isKept ? "saved" : "saving";
}

export type SaveChip = {
  update(): void;
  /** What is not saved was put on the clipboard, and nothing was added to it. */
  isCopied(): boolean;
};

export function startSaveChip(parts: {
  state(): SyncState;
  /** What the studio does not have, as plain text. */
  waiting(): string;
  /** Sends again what was refused. */
  again(): void;
}): SaveChip {
  const { state } = parts;
  const chip = document.getElementById("save-chip");
  const saved = chip?.querySelector<HTMLElement>("[data-saved]");
  const says = chip?.querySelector<HTMLElement>("[data-says]");
  const pageTime = chip?.querySelector<HTMLTimeElement>("time")?.dateTime ?? null;
  let waitingSince: number | undefined;
  let isAway = false;
  let copied = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isCopied = () => copied !== "" && copied === parts.waiting();

  function update(): void {
    const now = state();
    const isFine = now.isTogether && now.isKept;
    if (isFine) waitingSince = undefined;
    else waitingSince ??= performance.now();
    // Somebody who types without a pause is never quite saved; answers show that it goes on.
    const waited = isFine ? 0 : performance.now() - Math.max(waitingSince!, now.heardAt);
    isAway = !isFine && waited >= BLIP_MS;
    const isSlow = waited >= SLOW_MS;
    chip?.classList.toggle("slow", isSlow);
    clearTimeout(timer);
    if (!isFine && !isAway) timer = setTimeout(update, (isSlow ? BLIP_MS : SLOW_MS) - waited + 1);
    document.documentElement.classList.toggle("away", isAway && !now.isTogether);
    show(chipState({ ...now, isAway }), now);
  }

  function show(shown: ChipState, now: SyncState): void {
    if (!chip) return;
    const before = chip.dataset.state;
    if (before !== shown) chip.dataset.state = shown;
    if (shown === "unsaved") {
      say(isCopied() ? "Copied, not saved" : "Not saved, copy");
      if (before !== "unsaved") announce(now.refusal?.sentence ?? "Not saved.");
    } else say(shown === "reconnecting" ? "Saved on this device, reconnecting" : "");
    if (shown === "saved") saySaved(now.keptAt?.toISOString() ?? pageTime);
    fill(shown, now, parts.waiting);
  }

  function say(words: string): void {
    if (says && says.textContent !== words) says.textContent = words;
  }

  let said: string | undefined;
  function saySaved(at: string | null): void {
    const minute = at?.slice(0, 16);
    if (!saved || !at || said === minute) return;
    said = minute;
    const time = document.createElement("time");
    time.dateTime = at;
    writeClock(time);
    saved.replaceChildren("Saved ", time);
  }

  async function copy(): Promise<void> {
    const text = parts.waiting();
    if (await toClipboard(text)) {
      copied = text;
      announce("Copied what is not saved.");
    } else announce("It could not be copied; select the text by hand.");
    update();
  }

  chip?.addEventListener("click", () => {
    if (chip.dataset.state === "unsaved" && parts.waiting() !== "") void copy();
    open(chip, { copy, again: parts.again });
    update();
  });

  return { update, isCopied };
}

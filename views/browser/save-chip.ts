/** Keeps the save chip true, and puts what is not saved on the clipboard when it is pressed. */
import { announce } from "./announce.ts";
import { writeClock } from "./clock.ts";
import type { SyncState } from "./editor/sync.ts";

/** A lost connection is told after this long; most come back at once. In milliseconds. */
const BLIP_MS = 5_000;

export type ChipState = "saved" | "saving" | "reconnecting" | "unsaved";

type Facts = Pick<
  SyncState,
  "isTogether" | "isKept" | "isStored" | "isBroken" | "refusal" | "mayWrite"
> & {
  /** The studio has not answered for longer than a blip. */
  isAway: boolean;
};

/** Green only for what the database has; never "on this device" for what the disk has not vouched for. */
export function chipState(facts: Facts): ChipState {
  const { isKept, isStored, isBroken, isAway, refusal } = facts;
  if (refusal && refusal.type !== "read-only") return "unsaved";
  if (!isKept && isBroken && isAway) return "unsaved";
  if (isAway) return isKept || isStored ? "reconnecting" : "saving";
  return isKept ? "saved" : "saving";
}

export function startSaveChip(
  state: () => SyncState,
  unsavedText: () => string,
): { update(): void; isAway(): boolean; isCopied(): boolean } {
  const chip = document.getElementById("save-chip");
  const says = chip?.querySelector<HTMLElement>("[data-says]");
  const pageTime = chip?.querySelector<HTMLTimeElement>("time")?.dateTime ?? null;
  let waitingSince: number | undefined;
  let isAway = false;
  let copied = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    const now = state();
    const isFine = now.isTogether && now.isKept;
    if (isFine) waitingSince = undefined;
    else waitingSince ??= performance.now();
    // Somebody who types without a pause is never quite saved; answers show that it goes on.
    const waited = isFine ? 0 : performance.now() - Math.max(waitingSince!, now.heardAt);
    isAway = !isFine && waited >= BLIP_MS;
    clearTimeout(timer);
    if (!isFine && !isAway) timer = setTimeout(update, BLIP_MS - waited + 1);
    document.documentElement.classList.toggle("away", isAway && !now.isTogether);
    document.getElementById("signed-out")?.toggleAttribute("hidden", !now.isSignedOut);
    show(chipState({ ...now, isAway }), now);
  }

  function show(shown: ChipState, now: SyncState): void {
    if (!chip || !says) return;
    const before = chip.dataset.state;
    chip.dataset.state = shown;
    if (shown === "unsaved") {
      say(copied !== "" && copied === unsavedText() ? "Copied, not saved" : "Not saved, copy");
      if (before !== "unsaved") announce(now.refusal?.sentence ?? "Not saved.");
    } else if (shown === "reconnecting") {
      say(now.isStored ? "Saved on this device, reconnecting" : "Saved, reconnecting");
    } else if (shown === "saving") say("Saving…");
    else saySaved(now.keptAt?.toISOString() ?? pageTime);
  }

  function say(words: string): void {
    if (says && says.textContent !== words) says.textContent = words;
  }

  let said: string | null | undefined;
  function saySaved(at: string | null): void {
    const minute = at?.slice(0, 16) ?? null;
    if (!says || (said === minute && says.textContent?.startsWith("Saved"))) return;
    said = minute;
    says.textContent = "Saved ";
    if (!at) return;
    const time = document.createElement("time");
    time.dateTime = at;
    writeClock(time);
    says.append(time);
  }

  chip?.addEventListener("click", async () => {
    const text = unsavedText();
    if (chip.dataset.state !== "unsaved" || text === "") return;
    if (await toClipboard(text)) {
      copied = text;
      announce("Copied what is not saved.");
    } else announce("It could not be copied; select the text by hand.");
    update();
  });

  return {
    update,
    isAway: () => isAway,
    isCopied: () => copied !== "" && copied === unsavedText(),
  };
}

/** The clipboard's own interface is missing where the studio is reached over plain HTTP. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

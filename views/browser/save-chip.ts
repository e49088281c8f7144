/** Keeps the save chip true, and puts what is not saved on the clipboard when it is pressed. */
import { markCopied, summary, unsavedTexts } from "./autosave.ts";
import { writeClock } from "./clock.ts";

/** A lost connection is told after this long; most come back at once. */
const BLIP_MS = 5_000;

/** The time that the server wrote into the page, shown until something is saved here. */
let pageTime: string | null = null;
let connected = true;
let blip: ReturnType<typeof setTimeout> | undefined;

export function startSaveChip(): void {
  pageTime = document.querySelector<HTMLTimeElement>("#save-chip time")?.dateTime ?? null;
  document.getElementById("save-chip")?.addEventListener("click", async () => {
    const texts = unsavedTexts();
    if (texts.length === 0) return;
    const done = await toClipboard(texts.join("\n\n"));
    if (done) markCopied();
    announce(
      done ? "Copied what is not saved." : "It could not be copied; select the text by hand.",
    );
    if (done) say("Copied, not saved");
  });
}

export function updateSaveChip(): void {
  const chip = document.getElementById("save-chip");
  if (!chip) return;
  const { state, signedOut, savedAt } = summary();
  document.getElementById("signed-out")?.toggleAttribute("hidden", !signedOut);
  const shown = state === "unsaved" ? state : connected ? state : "reconnecting";
  const before = chip.dataset.state;
  chip.dataset.state = shown;
  if (shown === "unsaved") {
    say("Not saved, copy");
    if (before !== "unsaved") announce("Not saved.");
  } else if (shown === "reconnecting") {
    say(state === "saved" ? "Saved, reconnecting" : "Saved on this device, reconnecting");
  } else if (shown === "saving") say("Saving…");
  else saySaved(savedAt);
}

export function connectionIs(up: boolean): void {
  clearTimeout(blip);
  if (up === connected) return;
  const tell = () => {
    connected = up;
    updateSaveChip();
  };
  if (up) tell();
  else blip = setTimeout(tell, BLIP_MS);
}

export function announce(sentence: string): void {
  const region = document.getElementById("announcements");
  if (region) region.textContent = sentence;
}

function say(words: string): void {
  const says = document.querySelector("#save-chip [data-says]");
  if (says && says.textContent !== words) says.textContent = words;
}

function saySaved(savedAt: string | null): void {
  const says = document.querySelector("#save-chip [data-says]");
  if (!says) return;
  const at = savedAt ?? pageTime;
  says.textContent = "Saved ";
  if (!at) return;
  const time = document.createElement("time");
  time.dateTime = at;
  writeClock(time);
  says.append(time);
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

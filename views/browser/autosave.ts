/**
 * `data-autosave` on a textarea: what is typed goes to `data-url` by itself (PUT, If-Match), a copy stays on
 * this device until it is there, and leaving with something unsaved asks first.
 */
import { dropCopy, judgeCopy, keepCopy, readCopy } from "./local-copy.ts";
import { type Answer, createSaver, type Saver } from "./saver.ts";

type Entry = {
  area: HTMLTextAreaElement;
  passage: string;
  saver: Saver;
  /** Found on this device, written on another revision than the page shows. */
  offered: string | null;
};

const entries = new Map<HTMLTextAreaElement, Entry>();
let changed = () => {};
/** What is unsaved was put on the clipboard and not touched since. */
let copied = false;

/** Requests that outlive the page may carry 64 KiB (Fetch, section 4.6); some of it is headers. */
const KEEPALIVE_BYTES = 60_000;
/** Below every revision: a copy that was written on one we no longer know. */
const NO_REVISION = 0;
/** A request that takes longer counts as away. */
const ANSWER_MS = 15_000;

export function startAutosave(onChange: () => void): void {
  changed = onChange;
  document.addEventListener("focusout", ({ target }) => {
    if (target instanceof HTMLTextAreaElement) void entries.get(target)?.saver.flush();
  });
  const flushHidden = () => {
    if (document.visibilityState === "hidden") void flushAll();
  };
  document.addEventListener("visibilitychange", flushHidden);
  addEventListener("pagehide", () => void flushAll());
  addEventListener("online", () => void flushAll());
  // Back from another tab, where the writer may have signed in.
  addEventListener("focus", () => void flushAll());
  addEventListener("beforeunload", (event) => {
    if (unsavedTexts().length > 0 && !copied) event.preventDefault();
  });
}

export function attachAutosave(root: ParentNode): void {
  for (const area of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-autosave]")) {
    if (!entries.has(area)) attach(area);
  }
}

function attach(area: HTMLTextAreaElement): void {
  const account = document.body.dataset.account ?? "";
  const passage = area.closest<HTMLElement>("[data-passage]")?.dataset.passage ?? "";
  const saver = createSaver({
    text: area.defaultValue,
    revision: Number(area.dataset.revision),
    send: (text, revision) => put(area.dataset.url ?? "", text, revision),
    wait(ms, then) {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    onChange() {
      const notes = saver.unsaved();
      const { revision, sending } = saver.position();
      area.dataset.revision = String(revision);
      if (notes !== null) keepCopy(account, passage, { notes, revision, sending, copied });
      else if (entry.offered === null) dropCopy(account, passage);
      changed();
    },
  });
  const entry: Entry = { area, passage, saver, offered: null };
  entries.set(area, entry);
  area.addEventListener("input", () => {
    copied = false;
    saver.changed(area.value);
  });
  restore(entry, account);
}

function restore(entry: Entry, account: string): void {
  const { area, passage, saver } = entry;
  const kept = readCopy(account, passage);
  if (!kept) return;
  const verdict = judgeCopy(kept, {
    notes: area.defaultValue,
    revision: Number(area.dataset.revision),
  });
  if (verdict === "forget") dropCopy(account, passage);
  if (verdict === "offer") entry.offered = kept.notes;
  if (verdict === "restore") {
    area.value = kept.notes;
    saver.changed(kept.notes);
  }
  changed();
}

async function put(url: string, notes: string, revision: number): Promise<Answer> {
  const body = JSON.stringify({ notes });
  const response = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json", "if-match": `"${revision}"` },
    body,
    keepalive: new Blob([body]).size < KEEPALIVE_BYTES,
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (response.ok) return { kind: "saved", ...(await response.json()) };
  if (response.status === 401) return { kind: "signed-out" };
  if (response.status === 412) {
    const { revision: theirs, notes: text } = await response.json();
    return { kind: "conflict", revision: Number(theirs), text: text ?? null };
  }
  const passes = response.status >= 500 || response.status === 429 || response.status === 408;
  return { kind: passes ? "away" : "refused" };
}

/** Sends what is unsaved in one passage now; settles when that is known to have worked or not. */
export async function flushPassage(passage: string): Promise<void> {
  for (const entry of entries.values()) if (entry.passage === passage) await entry.saver.flush();
}

export async function flushAll(): Promise<void> {
  await Promise.all([...entries.values()].map(({ saver }) => saver.flush()));
}

/** Notes that another tab or device saved. */
export function hearNotes(passage: string, revision: number, notes: string): void {
  for (const { area, saver, ...entry } of entries.values()) {
    if (entry.passage !== passage || !saver.heard(revision, notes)) continue;
    const { selectionStart, selectionEnd } = area;
    area.value = notes;
    if (document.activeElement === area) area.setSelectionRange(selectionStart, selectionEnd);
    area.dispatchEvent(new Event("replaced", { bubbles: true }));
  }
}

/** The unsaved texts are on the clipboard: leaving is free, and they are not offered again. */
export function markCopied(): void {
  copied = true;
  const account = document.body.dataset.account ?? "";
  for (const { passage, saver, offered } of entries.values()) {
    const notes = saver.unsaved() ?? offered;
    if (notes === null) continue;
    const { revision, sending } = saver.position();
    keepCopy(account, passage, {
      notes,
      revision: offered ? NO_REVISION : revision,
      sending,
      copied,
    });
  }
}

export function unsavedTexts(): string[] {
  return [...entries.values()].flatMap(({ saver, offered }) => {
    const text = saver.unsaved();
    return [...(text === null ? [] : [text]), ...(offered === null ? [] : [offered])];
  });
}

export type Summary = {
  state: "saved" | "saving" | "unsaved";
  signedOut: boolean;
  /** RFC 3339; the newest answer of the server since the page opened. */
  savedAt: string | null;
};

/** The worst of all fields on the page. */
export function summary(): Summary {
  const all = [...entries.values()];
  const states = all.map(({ saver, offered }) => (offered === null ? saver.state() : "unsaved"));
  const times = all.flatMap(({ saver }) => saver.position().savedAt ?? []);
  return {
    state: states.includes("unsaved") ? "unsaved" : states.includes("saving") ? "saving" : "saved",
    signedOut: all.some(({ saver }) => saver.signedOut()),
    savedAt: times.sort().at(-1) ?? null,
  };
}

/**
 * How the page is divided, kept for the account (`/api/me/state`). A change is kept on this device first: it shows
 * after a reload without a network, and on a page that was fetched before it was made.
 */
import type { HalvesShown } from "../chapters/panes-ids.ts";

/** Null puts it back as designed. */
export type Change = { halves?: HalvesShown; divider?: number | null };

/** `revision`: of the account's state that has the change; null while the studio does not have it. */
type Kept = { change: Change; revision: number | null };

/** Changes that follow each other quickly are sent together, in milliseconds. */
const TOGETHER_MS = 400;

const key = (account: string) => `reyna-panes:${account}`;

/** What this device changed last, where a page of this revision does not have it. */
export function newerPanes(account: string, revision: number): Change | null {
  const kept = read(account);
  return kept && (kept.revision === null || kept.revision > revision) ? kept.change : null;
}

export function keepPanes(account: string, change: Change): void {
  write(account, { change: { ...read(account)?.change, ...change }, revision: null });
  clearTimeout(timer);
  timer = setTimeout(() => sendPanes(account), TOGETHER_MS);
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what the studio does not have yet; where it does not answer, again once there is a network. */
export function sendPanes(account: string): void {
  const kept = read(account);
  if (kept?.revision !== null) return;
  import("./panes-sent.ts")
    .then(async ({ send }) => {
      const revision = await send(kept.change);
      if (revision === "refused") forgetPanes(account);
      // What was changed while it was sent is still to be sent.
      else if (revision && JSON.stringify(read(account)) === JSON.stringify(kept))
        write(account, { ...kept, revision });
    })
    .catch(() => addEventListener("online", () => sendPanes(account), { once: true }));
}

/** Where storage is closed to the page, it is kept as long as the page is open. */
let held: Kept | null = null;

function read(account: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key(account)) ?? "null") ?? held;
  } catch {
    return held;
  }
}

function write(account: string, kept: Kept): void {
  held = kept;
  try {
    localStorage.setItem(key(account), JSON.stringify(kept));
  } catch {
    // See `held`.
  }
}

export function forgetPanes(account: string): void {
  held = null;
  try {
    localStorage.removeItem(key(account));
  } catch {
    // Then there is nothing.
  }
}

/**
 * Signing out takes this account's words off the device, once the studio has ended the session; and asks first when
 * some of them are nowhere else. Without the studio nothing happens: half signed out would be neither.
 */
import { forget, forgetPages, hasUnsent } from "./device-forgotten.ts";
import type { Editor } from "./editor/editor.ts";
import { forgetPanes } from "./panes-kept.ts";

/** How long what was typed last may take to be saved, in milliseconds. */
const FLUSH_MS = 3_000;
/** How long the studio may take to end the session, in milliseconds. */
const ENDS_WITHIN_MS = 10_000;

const UNSENT = "Some words are on this device only. Sign out and delete them?";
const UNKNOWN =
  "This device does not say whether it holds words that the studio does not have. Sign out and delete what is there?";

/** @param others the account's other pages, which go with it. Answers whether it came to that. */
export async function signOut(
  address: string,
  account: string,
  editor: Editor | null,
  others: BroadcastChannel,
): Promise<boolean> {
  await editor?.flush(FLUSH_MS);
  const isUnsent = editor?.isSafe() === false || (await hasUnsent(account));
  if (isUnsent !== false && !confirm(isUnsent ? UNSENT : UNKNOWN)) return false;
  // What was typed from here on would go with the rest, and nobody had been asked.
  const focused = document.activeElement as HTMLElement | null;
  document.body.inert = true;
  if (!(await hasEnded(address))) {
    document.body.inert = false;
    focused?.focus();
    alert("The studio did not answer, so you are still signed in. Nothing was deleted.");
    return false;
  }
  editor?.leave();
  others.postMessage(account);
  forgetPanes(account);
  await Promise.all([forget(account), forgetPages(account)]);
  return true;
}

async function hasEnded(address: string): Promise<boolean> {
  try {
    const { status } = await fetch(address, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(ENDS_WITHIN_MS),
    });
    // A redirection says nothing of itself; with 401 it was over before.
    return status < 400 || status === 401;
  } catch {
    return false;
  }
}

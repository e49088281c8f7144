/**
 * Signing out takes this account's words off the device, once the studio has ended the session; and asks first when
 * some of them are nowhere else. Without the studio nothing happens: half signed out would be neither.
 */
import { forget, hasUnsent } from "./device.ts";
import type { Editor } from "./editor/editor.ts";
import { forgetPages } from "./offline.ts";
import { forgetPanes } from "./panes-kept.ts";

/** How long what was typed last may take to be saved, in milliseconds. */
const FLUSH_MS = 3_000;

/** @param others the account's other pages, which go with it. Answers whether it came to that. */
export async function signOut(
  address: string,
  account: string,
  editor: Editor | null,
  others: BroadcastChannel,
): Promise<boolean> {
  await editor?.flush(FLUSH_MS);
  const isAgreed =
    (await isAllSent(account, editor)) ||
    confirm("Some words are on this device only. Sign out and delete them?");
  if (!isAgreed) return false;
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
    const { status } = await fetch(address, { method: "POST", redirect: "manual" });
    // A redirection says nothing of itself; with 401 it was over before.
    return status < 400 || status === 401;
  } catch {
    return false;
  }
}

const isAllSent = async (account: string, editor: Editor | null) =>
  editor?.isSafe() !== false && !(await hasUnsent(account));

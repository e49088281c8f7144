/**
 * Pages that open without a network: registers the service worker where the browser has them (over plain HTTP it has
 * none, and pages then need the studio).
 */

/** What this page and the worker call the pages that are kept for an account, and the note whose turn it is. */
export const pagesOf = (account: string) => `reyna-pages:${account}`;
export const TURN = "reyna-turn";

export type Message = { keep: string };

export function startOffline(): void {
  if (!("serviceWorker" in navigator) || !document.body.dataset.account) return;
  void register().catch(() => {
    // Refused by a setting of the browser: then it is as over plain HTTP.
  });
}

async function register(): Promise<void> {
  const isControlled = navigator.serviceWorker.controller !== null;
  await navigator.serviceWorker.register("/service-worker.js");
  if (isControlled && !cameAhead()) return;
  // This page came before there was a worker to keep it, or was fetched ahead past it.
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: location.href } satisfies Message);
}

/** Fetched by the browser before it was asked for (speculation rules). */
function cameAhead(): boolean {
  const [arrival] = performance.getEntriesByType("navigation") as { deliveryType?: string }[];
  return arrival?.deliveryType === "navigational-prefetch";
}

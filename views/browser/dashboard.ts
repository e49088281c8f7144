/** The dashboard: kept as things stand while it is open, and drawn for the time zone of its reader. */
import { CHANGES_PATH, DASHBOARD_PULSE_ID, ZONE_COOKIE } from "../dashboard/ids.ts";

/** Between two looks at what has changed, in milliseconds: many events come together. */
const LOOK_EVERY_MS = 400;
const YEAR_S = 365 * 24 * 60 * 60;

type Ajax = (verb: "GET", path: string, options: { swap: string }) => Promise<void>;
const htmx = (window as unknown as { htmx: { ajax: Ajax } }).htmx;

export function startDashboard(): void {
  const pulse = document.getElementById(DASHBOARD_PULSE_ID)!;
  let isLooking = false;
  let hasChanged = false;

  async function look(): Promise<void> {
    hasChanged = true;
    if (isLooking) return;
    isLooking = true;
    while (hasChanged) {
      hasChanged = false;
      // Without a connection it stays as it was; the socket tells when there is one again.
      await htmx.ajax("GET", CHANGES_PATH, { swap: "none" }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    isLooking = false;
  }

  new MutationObserver(look).observe(pulse, { childList: true });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  if (document.getElementById("main")?.dataset.zone === timeZone) return;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser yet
  document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(timeZone)}; path=/; max-age=${YEAR_S}; samesite=lax`;
  void look();
}

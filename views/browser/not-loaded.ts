/** What a key or a press needs is loaded with it; where that did not come the page says so. */
import { hideNotice, notice } from "./notice.ts";

const NOT_LOADED =
  "This part of the page did not come: the studio did not answer. Your writing goes on; try again once it does.";

export function watchLoading(): void {
  addEventListener("unhandledrejection", (event) => {
    const { reason } = event as PromiseRejectionEvent;
    // Each browser has its own sentence for a script that could not be imported.
    if (!(reason instanceof TypeError) || !/module/i.test(reason.message)) return;
    if (!notice(NOT_LOADED)) return;
    event.preventDefault();
    for (const next of ["keydown", "pointerdown"])
      addEventListener(next, hideNotice, { once: true, capture: true });
  });
}

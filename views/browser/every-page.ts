/** What every page has: htmx with its socket, and what elements of ours gain. */
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-ws.js";
// Small, and shared with parts that are loaded on use: here they are no files of their own.
import "../prose.ts";
import "./clipboard.ts";
import "./device.ts";
import "./panes-kept.ts";
import { startAsks } from "./asks.ts";
import { attachClocks } from "./clock.ts";
import type { Editor } from "./editor/editor.ts";
import { onHtmx } from "./htmx-events.ts";
import { growing, lost, startLive } from "./live.ts";
import { watchLoading } from "./not-loaded.ts";
import { startOffline } from "./offline.ts";
import { startSignOut } from "./sign-out.ts";

export function startEveryPage(editor: Editor | null): void {
  const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
  document.documentElement.classList.toggle("mac", isMac);
  startAsks(editor);
  startLive(editor);
  startOffline();
  startSignOut(editor);
  watchLoading();
  attach();
  onHtmx("htmx:after:swap", attach);
  const hear = async (event: Event) => (await import("./palette.ts")).hear(event);
  document.addEventListener("reyna:palette", hear);
  document.addEventListener("keydown", (event) => {
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      // At once: what is typed next goes into it.
      document.querySelector<HTMLDialogElement>("#palette")?.showModal();
    } else if (event.key !== "?") return;
    void hear(event);
  });
}

/** What came with the page, then what comes with each swap. */
function attach(): void {
  // In the same breath, once it is there: text that was shown is never seen to go.
  if (document.querySelector("[data-run], [data-elapsed]"))
    void growing().then(({ attachGrowing }) => attachGrowing(document), lost);
  attachClocks(document);
}

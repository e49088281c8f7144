/** What every page has: htmx with its socket, and what elements of ours gain. */
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-ws.js";
import { startAsks } from "./asks.ts";
import { attachClocks } from "./clock.ts";
import type { Editor } from "./editor/editor.ts";
import { attachGrowing } from "./grow.ts";
import { onHtmx } from "./htmx-events.ts";
import { startLive } from "./live.ts";
import { startOffline } from "./offline.ts";
import { startSignOut } from "./sign-out.ts";

export function startEveryPage(editor: Editor | null): void {
  const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
  document.documentElement.classList.toggle("mac", isMac);
  startAsks(editor);
  startLive(editor);
  startOffline();
  startSignOut(editor);
  attach();
  onHtmx("htmx:after:swap", attach);
}

/** What came with the page, then what comes with each swap. */
function attach(): void {
  attachGrowing(document);
  attachClocks(document);
}

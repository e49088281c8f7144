/** Everything that runs in the browser: htmx with its socket, the editor, and what elements of ours gain. */
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-ws.js";
import { startAsks } from "./asks.ts";
import { attachClocks } from "./clock.ts";
import { startEditor } from "./editor/editor.ts";
import { attachGrowing } from "./grow.ts";
import { onHtmx, processHtmx } from "./htmx-events.ts";
import { startLive } from "./live.ts";
import { startShowPassword } from "./show-password.ts";
import { startSignOut } from "./sign-out.ts";

document.documentElement.classList.toggle("mac", /Mac|iP(hone|ad|od)/.test(navigator.platform));

const editor = startEditor(processHtmx);
startAsks(editor);
startLive(editor);
startShowPassword();
startSignOut();

/** What came with the page, then what comes with each swap. */
function attach(): void {
  attachGrowing(document);
  attachClocks(document);
}

attach();
onHtmx("htmx:after:swap", attach);

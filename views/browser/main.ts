/** Everything that runs in the browser: htmx with its socket, and what elements of ours gain. */
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-ws.js";
import { startAsks } from "./asks.ts";
import { attachAutosave, startAutosave } from "./autosave.ts";
import { attachClocks } from "./clock.ts";
import { attachFitting, startFitting } from "./fit.ts";
import { attachGrowing } from "./grow.ts";
import { onHtmx } from "./htmx-events.ts";
import { startLive } from "./live.ts";
import { showNotesWords, startNotesWords } from "./notes-words.ts";
import { startSaveChip, updateSaveChip } from "./save-chip.ts";
import { startShowPassword } from "./show-password.ts";

document.documentElement.classList.toggle("mac", /Mac|iP(hone|ad|od)/.test(navigator.platform));

startSaveChip();
startAutosave(updateSaveChip);
startAsks();
startLive();
startFitting();
startNotesWords();
startShowPassword();

/** What came with the page, then what comes with each swap. */
function attach(): void {
  attachAutosave(document);
  attachGrowing(document);
  attachFitting(document);
  attachClocks(document);
  showNotesWords();
}

attach();
onHtmx("htmx:after:swap", attach);

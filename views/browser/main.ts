/** The script of the writer's page: the editor, and what follows it. What is not needed to type is loaded on use. */
import { startContext } from "./context-open.ts";
import { startEditor } from "./editor/editor.ts";
import { startEveryPage } from "./every-page.ts";
import { startHead } from "./head.ts";
import { startHistory } from "./history.ts";
import { processHtmx } from "./htmx-events.ts";
import { startOutline } from "./outline.ts";
import { startPanes } from "./panes.ts";

const editor = startEditor(processHtmx);
startEveryPage(editor);
startHead();
startHistory(editor);
startContext();
startOutline(editor);
startPanes();
if (document.body.classList.contains("pitch"))
  void import("./pitch.ts").then(({ startPitch }) => startPitch());

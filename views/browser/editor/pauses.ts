/** Where the chapter says so, notes are expanded at a pause; what does that is loaded then. */
import type * as Y from "yjs";
import { TEXT } from "../../../src/documents/model/document.ts";
import { isOnAtPause, type PauseParts } from "./at-pause.ts";

export function watchPauses(parts: PauseParts): void {
  let typed: (() => void) | undefined;
  parts.doc.on("afterTransaction", ({ origin, local }: Y.Transaction) => {
    if (!local || origin !== TEXT || !isOnAtPause()) return;
    if (typed) typed();
    else
      void import("./pause.ts").then(({ pausing }) => {
        typed ??= pausing(parts);
        typed();
      });
  });
}

/** Whether notes are to be expanded at a pause, and what that looks at. */
import type * as Y from "yjs";
import { EXPANSION_IDS } from "../../chapters/expansion-ids.ts";
import type { Sync } from "./sync.ts";

export type PauseParts = { doc: Y.Doc; sync: Pick<Sync, "state"> };

/** As the switch of the chapter stands, in a book with AI. */
export const isOnAtPause = (): boolean =>
  (document.getElementById(EXPANSION_IDS.atPause) as HTMLInputElement | null)?.checked === true &&
  !document.querySelector('[data-ai="off"]');

/** Looks out for what was removed and can come back; what shows it is loaded when there is some. */
import type * as Y from "yjs";
import { passagesOf, recoveredOf, UNBORN } from "../../../src/documents/model/document.ts";
import type { Sync } from "./sync.ts";
import type { Undoing } from "./undo.ts";

/** What changed is looked at this long after, in milliseconds. */
const LOOK_AFTER_MS = 250;

export type RemovedParts = { doc: Y.Doc; undo: Undoing; sync: Pick<Sync, "state"> };

export function watchRemoved(parts: RemovedParts): void {
  const { doc } = parts;
  let draw: ((parts: RemovedParts) => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hasSome = (): boolean => {
    if (recoveredOf(doc).size > 0) return true;
    for (const passage of passagesOf(doc).values()) {
      const gone = passage.get?.("gone");
      if (typeof gone === "string" && gone !== UNBORN) return true;
    }
    return false;
  };

  async function look(): Promise<void> {
    timer = undefined;
    if (!draw && !hasSome()) return;
    // Without a network it may not come; the next change asks again.
    draw ??= (await import("./recovered.ts").catch(() => undefined))?.drawRemoved;
    draw?.(parts);
  }

  doc.on("afterAllTransactions", (_: Y.Doc, transactions: Y.Transaction[]) => {
    if (timer === undefined && transactions.some((one) => concerns(doc, one)))
      timer = setTimeout(() => void look(), LOOK_AFTER_MS);
  });
}

/** Typing changes none of these. */
function concerns(doc: Y.Doc, { changed }: Y.Transaction): boolean {
  for (const [type, keys] of changed) {
    const all: unknown = type;
    if (all === recoveredOf(doc) || all === passagesOf(doc)) return true;
    if (keys.has("gone") || keys.has("under")) return true;
  }
  return false;
}

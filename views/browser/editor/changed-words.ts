/**
 * Words of the notes that are new since the take beside them was asked for are underlined. The studio finds them, once
 * there are such notes (`changed-words-look.ts`); they move along with what is typed until it has looked again.
 */
import { Plugin } from "prosemirror-state";
import { DecorationSet, type EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import { STANDING_SEEN } from "../../chapters/outline-ids.ts";
import { CHANGED_WORDS } from "./changed-words-key.ts";
import type { Sync } from "./sync.ts";

export type ChangedParts = { doc: Y.Doc; bucket: string; sync: Sync };

export function changedWords(parts: ChangedParts): Plugin {
  return new Plugin<DecorationSet>({
    key: CHANGED_WORDS,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => tr.getMeta(CHANGED_WORDS) ?? set.map(tr.mapping, tr.doc),
    },
    props: { decorations: (state) => CHANGED_WORDS.getState(state) },
    view: (view) => ({ destroy: watching(view, parts) }),
  });
}

function watching(view: EditorView, parts: ChangedParts): () => void {
  let look: Promise<() => void> | undefined;
  const seen = () => {
    if (!look && !view.dom.querySelector(".spine.changed")) return;
    look ??= import("./changed-words-look.ts").then(({ lookingAt }) => lookingAt(view, parts));
    look.then(
      (see) => see(),
      () => {
        // Without a connection it may not come; it is tried again when something changes.
        look = undefined;
      },
    );
  };
  document.addEventListener(STANDING_SEEN, seen);
  return () => document.removeEventListener(STANDING_SEEN, seen);
}

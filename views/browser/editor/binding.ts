/**
 * The chapter on screen and its Yjs document. What is typed goes to the document half by half; which rows there
 * are changes in the document only (`structure.ts`), and the screen follows. What would change the rows on
 * screen alone is refused: no selection, paste or drop can tear a passage.
 */
import { Plugin, PluginKey } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import { passagesOf, TEXT } from "../../../src/documents/model/document.ts";
import { writeHalf } from "../../../src/documents/model/halves.ts";
import { readChapter } from "../../../src/documents/model/rows.ts";
import { HALVES } from "../../../src/documents/model/schema.ts";
import { catchUp, FROM_DOCUMENT } from "./catch-up.ts";
import { seeSelection } from "./cells.ts";
import { COMES_IN } from "./link.ts";
import { type Pins, pinsOf, selectionOf } from "./pins.ts";
import { sameRows } from "./place.ts";

/** Its state counts the changes that were made on screen. */
const key = new PluginKey<number>("rows");

export function rowsBinding(doc: Y.Doc): Plugin<number> {
  let writing = false;
  /** The caret, before what others did came in. */
  let pins: Pins | null = null;

  function follow(view: EditorView): void {
    const pinned = pins;
    pins = null;
    if (view.isDestroyed) return;
    const tr = catchUp(view.state, readChapter(doc));
    if (!tr) return;
    const selection = pinned && !view.composing && selectionOf(doc, tr.doc, pinned);
    if (selection) tr.setSelection(selection);
    // Bold that was asked for is there still when the next letter comes.
    view.dispatch(tr.setStoredMarks(view.state.storedMarks));
  }

  function write(view: EditorView, before: EditorView["state"]): void {
    writing = true;
    try {
      doc.transact(() => {
        view.state.doc.forEach((passage, _, i) => {
          const old = before.doc.child(i);
          if (old === passage) return;
          for (const [at, half] of HALVES.entries())
            if (old.child(at) !== passage.child(at))
              writeHalf(doc, passage.attrs.id, half, passage.child(at), TEXT);
        });
      }, TEXT);
    } finally {
      writing = false;
    }
    // What the reader makes of it may differ: half a character, an item without a paragraph.
    queueMicrotask(() => follow(view));
  }

  return new Plugin<number>({
    key,
    state: {
      init: () => 0,
      apply: (tr, count) => (tr.docChanged && !tr.getMeta(FROM_DOCUMENT) ? count + 1 : count),
    },
    filterTransaction: (tr, state) =>
      !tr.docChanged || tr.getMeta(FROM_DOCUMENT) === true || sameRows(state.doc, tr.doc),
    view(view) {
      const changed = (_: Y.Doc, transactions: Y.Transaction[]) => {
        const touched = transactions.some(({ changedParentTypes }) =>
          (changedParentTypes as ReadonlyMap<unknown, unknown>).has(passagesOf(doc)),
        );
        if (touched && !writing) follow(view);
        // Of what brought nothing to look at; later the caret is somewhere else.
        pins = null;
      };
      const comesIn = ({ local }: Y.Transaction) => {
        if (!local && !writing) pins ??= pinsOf(doc, view.state);
      };
      // An arrow may have moved the caret, and the browser not have told yet.
      const see = () => {
        if (view.hasFocus() && !view.composing) seeSelection(view);
      };
      doc.on(COMES_IN, see);
      doc.on("beforeTransaction", comesIn);
      doc.on("afterAllTransactions", changed);
      return {
        update(_, before) {
          if (key.getState(view.state) === key.getState(before)) return;
          // A change out of the document may have come in the same breath; its rows are the document's.
          if (sameRows(before.doc, view.state.doc)) write(view, before);
        },
        destroy() {
          doc.off(COMES_IN, see);
          doc.off("beforeTransaction", comesIn);
          doc.off("afterAllTransactions", changed);
        },
      };
    },
  });
}

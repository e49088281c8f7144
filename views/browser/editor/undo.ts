/**
 * Undo takes back this person's newest change, wherever it was, text or structure; what others wrote stays.
 * The caret goes back to where it was then.
 */
import { keymap } from "prosemirror-keymap";
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { undoOptions, undoScope } from "../../../src/documents/model/document.ts";
import { type Mark, markOf, selectionAt } from "./place.ts";

export type Undoing = {
  /** Before the binding's plugin in the list: it looks at the selection before the document changes. */
  plugins: Plugin[];
  undo(): true;
  redo(): true;
  /** Makes what `change` does one step of its own. */
  step<T>(change: () => T): T;
};

export function undoing(doc: Y.Doc): Undoing {
  const manager = new Y.UndoManager(undoScope(doc), undoOptions());
  let view: EditorView | undefined;
  /** Where the caret was before the change that is being written; else where it is. */
  let before: Mark | null | undefined;

  manager.on("stack-item-added", ({ stackItem }) => {
    const mark = before === undefined && view ? markOf(view.state.selection) : before;
    if (mark) stackItem.meta.set("caret", mark);
  });
  manager.on("stack-item-popped", ({ stackItem }) => {
    const mark = stackItem.meta.get("caret") as Mark | undefined;
    const selection = view && mark && selectionAt(view.state.doc, mark);
    if (selection) view!.dispatch(view!.state.tr.setSelection(selection).scrollIntoView());
  });

  const undo = (): true => {
    if (view?.editable) manager.undo();
    return true;
  };
  const redo = (): true => {
    if (view?.editable) manager.redo();
    return true;
  };
  /** What the editor does with this event is a step of its own. */
  const alone = () => {
    manager.stopCapturing();
    queueMicrotask(() => manager.stopCapturing());
    return false;
  };
  const watching = new Plugin({
    view(made) {
      view = made;
      return {
        update(_, old) {
          const { doc, selection } = made.state;
          before = doc === old.doc ? undefined : markOf(old.selection);
          // What is typed at another place is another step, however soon it follows.
          if (doc === old.doc && !made.composing && !selection.eq(old.selection))
            manager.stopCapturing();
          queueMicrotask(() => {
            before = undefined;
          });
        },
        destroy: () => manager.destroy(),
      };
    },
    props: {
      handleDOMEvents: {
        cut: alone,
        paste: alone,
        drop: alone,
        // From the browser's own menu.
        beforeinput(_, event) {
          if (event.inputType === "historyUndo") undo();
          else if (event.inputType === "historyRedo") redo();
          else return false;
          event.preventDefault();
          return true;
        },
      },
    },
  });
  return {
    plugins: [keymap({ "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo }), watching],
    undo,
    redo,
    step(change) {
      manager.stopCapturing();
      try {
        return change();
      } finally {
        manager.stopCapturing();
      }
    },
  };
}

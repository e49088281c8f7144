/**
 * Whoever comes back to a chapter is where they left it: the caret at its place in the words, as high on the screen as
 * it was. Kept for this tab as long as it is open; it holds no words.
 */
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { type Mark, markOf, selectionAt } from "./place.ts";

/** `top`: of the caret's line, in CSS pixels below the top of the screen. */
type Kept = { mark: Mark; top: number };

export function remembering(document: string): Plugin {
  const name = `caret ${document}`;
  let wasHere = false;

  function keep(view: EditorView): void {
    const mark = wasHere && markOf(view.state.selection);
    if (!mark) return;
    const { top } = view.coordsAtPos(view.state.selection.head);
    try {
      sessionStorage.setItem(name, JSON.stringify({ mark, top } satisfies Kept));
    } catch {
      // There may be none, or it is full: then one begins at the top.
    }
  }

  return new Plugin({
    props: {
      handleDOMEvents: {
        focus: () => {
          wasHere = true;
          return false;
        },
      },
    },
    view(view) {
      const leave = () => keep(view);
      addEventListener("pagehide", leave);
      // Once there is a view to dispatch to.
      queueMicrotask(() => restore(view, read(name)));
      return { destroy: () => removeEventListener("pagehide", leave) };
    },
  });
}

function read(name: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/** Unless one has begun something else while the page was loading. */
function restore(view: EditorView, kept: Kept | null): void {
  const { body, activeElement } = view.dom.ownerDocument;
  if (!kept || view.isDestroyed || (activeElement && activeElement !== body)) return;
  const selection = selectionAt(view.state.doc, kept.mark);
  if (!selection) return;
  view.dispatch(view.state.tr.setSelection(selection).setMeta("addToHistory", false));
  view.focus();
  const { top } = view.coordsAtPos(view.state.selection.head);
  scrollBy({ top: top - kept.top, behavior: "instant" });
}

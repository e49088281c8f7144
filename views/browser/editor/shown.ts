/**
 * Halves that are not on screen: the caret steps out of a half that comes to be hidden, Tab passes it by, and the line
 * one writes in is never behind the bars or an on-screen keyboard.
 */
import { Plugin, Selection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { HALVES_CHANGED } from "../../chapters/panes-ids.ts";
import { type Cell, cellOf, findCell, neighbour } from "./place.ts";

export function shown(): Plugin {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  const margin = {
    top: Number.parseFloat(scrollPaddingTop) || 0,
    right: 0,
    bottom: Number.parseFloat(scrollPaddingBottom) || 0,
    left: 0,
  };
  return new Plugin({
    props: { scrollMargin: margin, scrollThreshold: margin },
    view(view) {
      const ended = new AbortController();
      const { signal } = ended;
      document.addEventListener(HALVES_CHANGED, () => stepOut(view), { signal });
      // An on-screen keyboard came up, or the phone was turned.
      visualViewport?.addEventListener("resize", () => reveal(view), { signal });
      return { destroy: () => ended.abort() };
    },
  });
}

function stepOut(view: EditorView): void {
  const cell = cellOf(view.state.selection.$head);
  if (!cell || isShown(view, cell)) return;
  const other = findCell(view.state.doc, cell.passage, otherHalf(cell));
  if (!other || !isShown(view, other)) return;
  const $edge = view.state.doc.resolve(other.end);
  const { activeElement } = document;
  view.dispatch(view.state.tr.setSelection(Selection.near($edge, -1)));
  // The browser moves its caret only where the text has the focus; there it stays.
  if (activeElement === view.dom) view.focus();
}

function reveal(view: EditorView): void {
  // Who zooms in looks at something.
  if (view.hasFocus() && visualViewport?.scale === 1) view.dispatch(view.state.tr.scrollIntoView());
}

export const isShown = (view: EditorView, { start }: Cell): boolean =>
  (view.nodeDOM(start - 1) as Element | null)?.checkVisibility() ?? false;

/** This cell where it is on screen, else its other half. */
export function shownHalf(view: EditorView, cell: Cell): Cell {
  if (isShown(view, cell)) return cell;
  return findCell(view.state.doc, cell.passage, otherHalf(cell)) ?? cell;
}

/** In reading order, past what is not on screen. */
export function shownNeighbour(view: EditorView, cell: Cell, step: 1 | -1): Cell | null {
  let next = neighbour(view.state.doc, cell, step);
  while (next && !isShown(view, next)) next = neighbour(view.state.doc, next, step);
  return next;
}

const otherHalf = ({ half }: Cell) => (half === "notes" ? "prose" : "notes");

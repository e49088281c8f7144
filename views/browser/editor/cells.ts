/**
 * Cells are apart: a selection stays in the one it began in, arrows keep to their column, Tab goes across,
 * and nothing that the browser would do by itself reaches from one into another.
 */
import { createParagraphNear } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import type { ResolvedPos } from "prosemirror-model";
import {
  type Command,
  type EditorState,
  Plugin,
  Selection,
  TextSelection,
} from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { type Cell, cellAt, cellOf, findCell, inColumn } from "./place.ts";
import { shownNeighbour } from "./shown.ts";

export function cells(): Plugin[] {
  let isPressed = false;
  return [
    keymap({
      ArrowUp: vertically(-1),
      ArrowDown: vertically(1),
      ArrowLeft: sideways(-1),
      ArrowRight: sideways(1),
      Tab: across(1),
      "Shift-Tab": across(-1),
      "Mod-a": wholeCell,
      "Mod-Home": toEnd(-1),
      "Mod-End": toEnd(1),
      "Meta-ArrowUp": toEnd(-1),
      "Meta-ArrowDown": toEnd(1),
      "Shift-Mod-Home": toEnd(-1, true),
      "Shift-Mod-End": toEnd(1, true),
      "Shift-Meta-ArrowUp": toEnd(-1, true),
      "Shift-Meta-ArrowDown": toEnd(1, true),
      PageUp: paged,
      PageDown: paged,
    }),
    new Plugin({
      appendTransaction(transactions, before, state) {
        if (!transactions.some(({ selectionSet, docChanged }) => selectionSet || docChanged))
          return null;
        const clamped = strayed(before, state) ?? clamp(state.selection);
        return clamped && state.tr.setSelection(clamped);
      },
      view: () => ({ update: showHere }),
      props: {
        createSelectionBetween: (_, $anchor, $head) => between($anchor, $head),
        handleKeyPress(view) {
          // What is typed on a scene break goes on a line of its own, not in its place.
          createParagraphNear(view.state, view.dispatch);
          return false;
        },
        handleDOMEvents: {
          keydown(view, event) {
            if (!event.isComposing) seeSelection(view);
            // What was put off may come behind the next key, which browsers prefer.
            keepColumn(view);
            bringBack(view);
            return false;
          },
          beforeinput(view, event) {
            if (event.getTargetRanges().every((range) => isInOneCell(range)))
              return overBlocks(view, event);
            // A word or a line that would be deleted across the edge of a cell, or text over two.
            event.preventDefault();
            bringBack(view);
            return true;
          },
          mousedown: () => {
            isPressed = true;
            return false;
          },
          focus(view) {
            // Back from a dialog, say: the browser begins at the start of the text, and keys may follow at once.
            if (!isPressed) view.focus();
            return later(() => showHere(view));
          },
          blur: (view) => later(() => showHere(view)),
          mouseup(view) {
            isPressed = false;
            return later(() => bringBack(view));
          },
        },
      },
    }),
  ];
}

/**
 * What would be done over several blocks by the browser itself, which leaves styles behind where it joins them; that of
 * keys the editor has done already.
 */
function overBlocks(view: EditorView, event: InputEvent): boolean {
  const { inputType, data, isComposing } = event;
  if (isComposing || data?.includes("\n") || !/^(insertText|delete)/.test(inputType)) return false;
  seeSelection(view);
  const { tr, selection } = view.state;
  if (selection.empty || selection.$from.sameParent(selection.$to)) return false;
  event.preventDefault();
  view.dispatch(data === null ? tr.deleteSelection() : tr.insertText(data));
  return true;
}

function later(work: () => void): false {
  setTimeout(work);
  return false;
}

/** `here` on the cell one writes in, and on its row. */
function showHere(view: EditorView): void {
  if (view.isDestroyed) return;
  const cell = view.hasFocus() ? cellOf(view.state.selection.$head) : null;
  const half = cell ? (view.nodeDOM(cell.start - 1) as Element | null) : null;
  const wanted = half ? [half, half.parentElement!] : [];
  // Remembered: to look for them in a long chapter takes a while, and this follows every key.
  for (const shown of here.get(view) ?? [])
    if (!wanted.includes(shown)) shown.classList.remove("here");
  for (const element of wanted) element.classList.add("here");
  here.set(view, wanted);
}

/** What is marked `here`. */
const here = new WeakMap<EditorView, Element[]>();

/** The part of a selection that lies in the cell where it began; null where it is all there is. */
function clamp(selection: Selection): Selection | null {
  const { $anchor, $head } = selection;
  if (selection instanceof TextSelection) return between($anchor, $head);
  if (cellOf(selection.$from) || selection.$from.doc.childCount === 0) return null;
  return Selection.near(selection.$head);
}

/**
 * Where no text is left for the caret, as of a list that was deleted whole, it is put into the next cell, which nobody
 * changed: it stays in its own.
 */
function strayed(before: EditorState, state: EditorState): Selection | null {
  const was = cellOf(before.selection.$head);
  const is = cellOf(state.selection.$head);
  if (before.doc === state.doc || !was || !is) return null;
  if (was.passage === is.passage && was.half === is.half) return null;
  const own = findCell(state.doc, was.passage, was.half);
  const isUntouched = findCell(before.doc, is.passage, is.half)?.node === is.node;
  return own && isUntouched ? endOf(state, own) : null;
}

function between($anchor: ResolvedPos, $head: ResolvedPos): Selection | null {
  const cell = cellOf($anchor);
  if (!cell) return null;
  if ($head.pos >= cell.start && $head.pos <= cell.end) {
    // Beside a scene break at its edge, what is nearest may be in another cell.
    const near = [1, -1].map((bias) => TextSelection.between($anchor, $head, bias));
    const own = near.filter(({ $head }) => cellOf($head)?.start === cell.start);
    return own.length > 1 ? null : (own[0] ?? Selection.near($anchor.doc.resolve(cell.end), -1));
  }
  const edge = $head.pos < cell.start ? cell.start : cell.end;
  const bias = $head.pos < cell.start ? 1 : -1;
  const $edge = Selection.near($anchor.doc.resolve(edge), bias).$head;
  return new TextSelection($anchor, cellOf($edge)?.start === cell.start ? $edge : $anchor);
}

const halfAround = (node: Node): Element | null =>
  (node instanceof Element ? node : node.parentElement)?.closest("[data-half]") ?? null;

const isInOneCell = ({ startContainer, endContainer }: StaticRange | Range): boolean =>
  halfAround(startContainer) === halfAround(endContainer);

/**
 * Browsers tell of a moved caret a little later; a key that is pressed right behind an arrow must
 * not act where the caret was. What ProseMirror does itself at that later moment, without a public name.
 */
export function seeSelection(view: EditorView): void {
  (view as unknown as { domObserver: { flush(): void } }).domObserver.flush();
}

/** Where the browser's selection went out of its cell, the editor's own takes its place. */
function bringBack(view: EditorView): void {
  const shown = view.dom.ownerDocument.getSelection();
  if (!shown || shown.rangeCount === 0 || !view.dom.contains(shown.anchorNode)) return;
  if (!isInOneCell(shown.getRangeAt(0)) && view.hasFocus()) view.focus();
}

function select(view: EditorView, selection: Selection): true {
  view.dispatch(view.state.tr.setSelection(selection).scrollIntoView());
  return true;
}

const startOf = ({ doc }: EditorState, cell: Cell) => Selection.near(doc.resolve(cell.start), 1);
const endOf = ({ doc }: EditorState, cell: Cell) => Selection.near(doc.resolve(cell.end), -1);

/** From the first or last line of a cell to the nearest line of the same column. */
function vertically(step: 1 | -1): Command {
  return (state, _, view) => {
    const cell = cellOf(state.selection.$head);
    if (!cell || !view || !state.selection.empty) return false;
    if (!isAtEdge(view, state.selection.$head, cell, step)) return false;
    const target = inColumn(state.doc, cell, step);
    if (!target) return true;
    const { left } = view.coordsAtPos(state.selection.head);
    const edge = step > 0 ? startOf(state, target) : endOf(state, target);
    // What is off the screen may not be laid out yet.
    view.dispatch(state.tr.setSelection(edge).scrollIntoView());
    const line = view.coordsAtPos(edge.head);
    const there = view.posAtCoords({ left, top: (line.top + line.bottom) / 2 });
    if (!there || there.pos < target.start || there.pos > target.end) return true;
    return select(view, Selection.near(view.state.doc.resolve(there.pos)));
  };
}

function isAtEdge(view: EditorView, $head: ResolvedPos, cell: Cell, step: 1 | -1): boolean {
  if (!view.endOfTextblock(step > 0 ? "down" : "up")) return false;
  const edge = step > 0 ? endOf(view.state, cell) : startOf(view.state, cell);
  return $head.sameParent(edge.$head);
}

/** From the end of a cell to the start of the next in the column, and back. */
function sideways(step: 1 | -1): Command {
  return (state, _, view) => {
    const { $head, empty } = state.selection;
    const cell = cellOf($head);
    if (!cell || !view || !empty) return false;
    const { node } = view.domAtPos($head.pos);
    const line = node instanceof Element ? node : node.parentElement!;
    const rtl = getComputedStyle(line).direction === "rtl";
    const forward = rtl ? -step : step;
    const edge = forward > 0 ? endOf(state, cell) : startOf(state, cell);
    if (edge.head !== $head.pos) return false;
    const target = inColumn(state.doc, cell, forward as 1 | -1);
    if (target) select(view, forward > 0 ? startOf(state, target) : endOf(state, target));
    return true;
  };
}

/** To an end of the column, with Shift to that of the cell: browsers do not find what is far off the screen. */
const toEnd =
  (step: 1 | -1, extend?: true): Command =>
  (state, _, view) => {
    const { $anchor, $head } = state.selection;
    const cell = cellOf($head);
    if (!cell || !view) return false;
    const last = step > 0 ? state.doc.childCount - 1 : 0;
    const target = extend ? cell : cellAt(state.doc, last, cell.half)!;
    const edge = step > 0 ? endOf(state, target) : startOf(state, target);
    return select(view, extend ? TextSelection.between($anchor, edge.$head) : edge);
  };

/** The browser turns the page, and may find the other column where this one has less in it. */
const paged: Command = ({ selection }, _, view) => {
  if (!view) return false;
  turnedIn = cellOf(selection.$head)?.half;
  return later(() => keepColumn(view));
};

/** The column in which a page was turned, until the caret is back in it. */
let turnedIn: Cell["half"] | undefined;

function keepColumn(view: EditorView): void {
  const half = turnedIn;
  turnedIn = undefined;
  if (!half) return;
  seeSelection(view);
  const { state } = view;
  const cell = cellOf(state.selection.$head);
  if (cell && cell.half !== half)
    select(view, startOf(state, cellAt(state.doc, cell.index, half)!));
}

/** Between the cells of a row, over its take bar, and on to the next row; out of the text at its ends. */
function across(step: 1 | -1): Command {
  return (state, _, view) => {
    const cell = cellOf(state.selection.$head);
    if (!cell || !view) return false;
    if (step > 0 && cell.half === "prose") {
      const bar = controlsOf(view, cell.passage);
      if (bar[0]) {
        bar[0].focus();
        return true;
      }
    }
    const target = shownNeighbour(view, cell, step);
    if (!target) return false;
    if (step < 0 && target.half === "prose") {
      const last = controlsOf(view, target.passage).at(-1);
      if (last) {
        last.focus();
        return true;
      }
    }
    return select(view, endOf(state, target));
  };
}

/** What can be pressed beside the prose of a passage, in order. */
function controlsOf(view: EditorView, passage: string): HTMLElement[] {
  const cell = view.dom.querySelector(`[data-passage="${CSS.escape(passage)}"] > .take-cell`);
  const found = cell?.querySelectorAll<HTMLElement>("button, input, a[href]") ?? [];
  return [...found].filter((control) => control.checkVisibility());
}

/** Tab out of the first or last control of a take bar goes back into the text. */
export function tabOutOf(view: EditorView, event: KeyboardEvent): void {
  if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
  const passage = (event.target as Element).closest<HTMLElement>("[data-passage]")?.dataset.passage;
  if (!passage) return;
  const controls = controlsOf(view, passage);
  const at = controls.indexOf(event.target as HTMLElement);
  const isLast = event.shiftKey ? at === 0 : at === controls.length - 1;
  if (!isLast) return;
  const cell = findCell(view.state.doc, passage, "prose");
  const target = event.shiftKey ? cell : cell && shownNeighbour(view, cell, 1);
  if (!target) return;
  event.preventDefault();
  view.focus();
  select(view, endOf(view.state, target));
}

const wholeCell: Command = (state, _, view) => {
  const cell = cellOf(state.selection.$head);
  if (!cell || !view) return false;
  return select(view, TextSelection.between(startOf(state, cell).$head, endOf(state, cell).$head));
};

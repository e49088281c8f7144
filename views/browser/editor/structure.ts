/**
 * What a writer does to the rows: each is a command on the document, and the screen follows. Deleting never
 * reaches out of a cell; an empty passage goes when one deletes in it once more.
 */
import { keymap } from "prosemirror-keymap";
import type { Command, Plugin } from "prosemirror-state";
import { Selection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import {
  insertPassage,
  mergePassage,
  movePassage,
  type Place,
  removePassage,
  splitPassage,
} from "../../../src/documents/model/commands.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import type { Half } from "../../../src/documents/model/schema.ts";
import { type Cell, cellOf, findCell, inColumn, isBlank } from "./place.ts";
import { shownHalf } from "./shown.ts";
import type { Undoing } from "./undo.ts";

export function structure(doc: Y.Doc, { step }: Undoing): Plugin {
  return keymap({
    Enter: startPassage(doc, step),
    "Mod-Shift-Enter": splitHere(doc, step),
    "Alt-Shift-ArrowUp": moveRow(doc, step, -1),
    "Alt-Shift-ArrowDown": moveRow(doc, step, 1),
    "Mod-Shift-m": mergeUp(doc, step),
    Backspace: atEdge(doc, step, -1),
    "Shift-Backspace": atEdge(doc, step, -1),
    "Mod-Backspace": atEdge(doc, step, -1),
    "Alt-Backspace": atEdge(doc, step, -1),
    Delete: atEdge(doc, step, 1),
    "Mod-Delete": atEdge(doc, step, 1),
    "Alt-Delete": atEdge(doc, step, 1),
  });
}

type Step = Undoing["step"];

export function focusCell(view: EditorView, passage: string, half: Half, edge: 1 | -1 = 1): void {
  const found = findCell(view.state.doc, passage, half);
  if (!found) return;
  const cell = shownHalf(view, found);
  const $edge = view.state.doc.resolve(edge > 0 ? cell.start : cell.end);
  view.dispatch(view.state.tr.setSelection(Selection.near($edge, edge)).scrollIntoView());
  view.focus();
}

/** A new row; the caret goes into its notes. */
export function newPassage(view: EditorView, doc: Y.Doc, { step }: Undoing, place: Place): void {
  if (!view.editable) return;
  const id = step(() => insertPassage(doc, place));
  focusCell(view, id, "notes");
}

/** Enter on an empty last line takes the line away and begins a passage below. */
function startPassage(doc: Y.Doc, step: Step): Command {
  return (state, dispatch, view) => {
    const { $head, empty } = state.selection;
    const cell = cellOf($head);
    if (!cell || !empty || !view || !dispatch) return false;
    const line = cell.node.lastChild!;
    const isLastLine = $head.depth === 3 && $head.index(2) === cell.node.childCount - 1;
    if (!isLastLine || cell.node.childCount < 2) return false;
    if (line.type.name !== "paragraph" || line.content.size > 0) return false;
    const id = step(() => {
      dispatch(state.tr.delete(cell.end - line.nodeSize, cell.end));
      return insertPassage(doc, { after: cell.passage });
    });
    focusCell(view, id, cell.half);
    return true;
  };
}

function splitHere(doc: Y.Doc, step: Step): Command {
  return (state, _, view) => {
    const cell = cellOf(state.selection.$from);
    if (!cell || !view?.editable) return false;
    const at = { [cell.half]: state.selection.from - cell.start };
    const id = step(() => splitPassage(doc, cell.passage, at));
    focusCell(view, id, cell.half);
    return true;
  };
}

function rowsAround(doc: Y.Doc, passage: string) {
  const rows = readRows(doc);
  const at = rows.findIndex(({ passages }) => passages.includes(passage));
  return { row: rows[at], above: rows[at - 1], below: rows[at + 1] };
}

function moveRow(doc: Y.Doc, step: Step, by: 1 | -1): Command {
  return (state, _, view) => {
    const cell = cellOf(state.selection.$head);
    if (!cell || !view?.editable) return false;
    const { row, above, below } = rowsAround(doc, cell.passage);
    const place = by < 0 ? above && { before: above.id } : below && { after: below.id };
    if (row && place) step(() => movePassage(doc, row.id, place));
    view.dispatch(view.state.tr.scrollIntoView());
    return true;
  };
}

/** Draws this row in the one above it. */
function mergeUp(doc: Y.Doc, step: Step): Command {
  return (state, _, view) => {
    const cell = cellOf(state.selection.$head);
    if (!cell || !view?.editable) return false;
    const { row, above } = rowsAround(doc, cell.passage);
    if (row && above) step(() => mergePassage(doc, row.id, above.id));
    return true;
  };
}

/** Deleting backwards at the start of a cell, or forwards at its end, is done here or not at all. */
function atEdge(doc: Y.Doc, step: Step, direction: 1 | -1): Command {
  return (state, _, view) => {
    const { $head, empty } = state.selection;
    const cell = cellOf($head);
    if (!cell || !empty) return false;
    const { head } = Selection.near(
      state.doc.resolve(direction < 0 ? cell.start : cell.end),
      direction < 0 ? 1 : -1,
    );
    const inFirst = cell.node.firstChild!.type.name === "paragraph" || direction > 0;
    if ($head.pos !== head || !inFirst) return false;
    if (view?.editable && isEmptyPassage(state.doc.child(cell.index)))
      removeEmpty(view, doc, step, cell, direction);
    return true;
  };
}

const isEmptyPassage = (passage: Cell["node"]): boolean => passage.children.every(isBlank);

function removeEmpty(
  view: EditorView,
  doc: Y.Doc,
  step: Step,
  cell: Cell,
  direction: 1 | -1,
): void {
  const { doc: chapter } = view.state;
  const back = inColumn(chapter, cell, direction) ?? inColumn(chapter, cell, -direction as 1 | -1);
  if (!back) return;
  step(() => removePassage(doc, cell.passage, new Date()));
  focusCell(view, back.passage, cell.half, back.index < cell.index ? -1 : 1);
}

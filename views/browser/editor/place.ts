/** Where one is in a chapter: cells (a half of a passage), and places that outlive changes around them. */
import type { Node as PMNode, ResolvedPos } from "prosemirror-model";
import { type Selection, TextSelection } from "prosemirror-state";
import type { Half } from "../../../src/documents/model/schema.ts";

/** Depths of the tree chapter > passage > half > blocks. */
const PASSAGE_DEPTH = 1;
const CELL_DEPTH = 2;
const CELLS: readonly Half[] = ["notes", "prose"];

export type Cell = {
  passage: string;
  half: Half;
  /** The passage's place in the chapter, from 0. */
  index: number;
  node: PMNode;
  /** First and last position inside. */
  start: number;
  end: number;
};

/** The cell that a position lies in; null between cells. */
export function cellOf($pos: ResolvedPos): Cell | null {
  if ($pos.depth < CELL_DEPTH) return null;
  return {
    passage: $pos.node(PASSAGE_DEPTH).attrs.id,
    half: $pos.node(CELL_DEPTH).type.name as Half,
    index: $pos.index(0),
    node: $pos.node(CELL_DEPTH),
    start: $pos.start(CELL_DEPTH),
    end: $pos.end(CELL_DEPTH),
  };
}

export function cellAt(chapter: PMNode, index: number, half: Half): Cell | null {
  if (index < 0 || index >= chapter.childCount) return null;
  const passage = chapter.child(index);
  const [notes, prose] = passage.children as [PMNode, PMNode];
  // One step into the passage, one into the half.
  let start = 2;
  for (let i = 0; i < index; i++) start += chapter.child(i).nodeSize;
  if (half === "prose") start += notes.nodeSize;
  const node = half === "notes" ? notes : prose;
  return { passage: passage.attrs.id, half, index, node, start, end: start + node.content.size };
}

export function findCell(chapter: PMNode, passage: string, half: Half): Cell | null {
  const index = chapter.children.findIndex(({ attrs }) => attrs.id === passage);
  return index < 0 ? null : cellAt(chapter, index, half);
}

/** In reading order: notes, prose, the next passage's notes. */
export function neighbour(chapter: PMNode, { index, half }: Cell, step: 1 | -1): Cell | null {
  const at = index * 2 + CELLS.indexOf(half) + step;
  return cellAt(chapter, Math.floor(at / 2), CELLS[at & 1]!);
}

/** The same half in the row above or below. */
export const inColumn = (chapter: PMNode, { index, half }: Cell, step: 1 | -1): Cell | null =>
  cellAt(chapter, index + step, half);

export const isBlank = (half: PMNode): boolean =>
  half.childCount === 1 && half.child(0).isTextblock && half.child(0).content.size === 0;

/** A selection in words that survive changes elsewhere; offsets count from the start of the half. */
export type Mark = { passage: string; half: Half; anchor: number; head: number };

export function markOf(selection: Selection): Mark | null {
  const cell = cellOf(selection.$anchor);
  if (!cell) return null;
  return {
    passage: cell.passage,
    half: cell.half,
    anchor: selection.anchor - cell.start,
    head: Math.min(Math.max(selection.head, cell.start), cell.end) - cell.start,
  };
}

/** The selection a mark stands for, as near as what is left allows; null when its passage is gone. */
export function selectionAt(chapter: PMNode, mark: Mark): TextSelection | null {
  const cell = findCell(chapter, mark.passage, mark.half);
  if (!cell) return null;
  const within = (offset: number) =>
    chapter.resolve(Math.min(cell.start + offset, Math.max(cell.start, cell.end)));
  const selection = TextSelection.between(within(mark.anchor), within(mark.head));
  return cellOf(selection.$head)?.node === cell.node ? (selection as TextSelection) : null;
}

/** Whether both have the same passages in the same order. */
export function sameRows(a: PMNode, b: PMNode): boolean {
  if (a.childCount !== b.childCount) return false;
  for (let i = 0; i < a.childCount; i++) {
    const [left, right] = [a.child(i), b.child(i)];
    if (left !== right && !left.sameMarkup(right)) return false;
  }
  return true;
}

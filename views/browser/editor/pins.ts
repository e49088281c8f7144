/**
 * Where the caret is, told by the character before it: two people who write at one spot each go on behind their own
 * words, where a position alone would be carried along by what the other one types there.
 */
import type { Node as PMNode, ResolvedPos } from "prosemirror-model";
import { type EditorState, TextSelection } from "prosemirror-state";
import * as Y from "yjs";
import { fragmentOf, passagesOf } from "../../../src/documents/model/document.ts";
import { HALVES } from "../../../src/documents/model/schema.ts";
import { cellOf, findCell } from "./place.ts";

export type Pins = { anchor: Y.RelativePosition; head: Y.RelativePosition };

/** Null where the screen and the document are built differently, and while something else than text is selected. */
export function pinsOf(doc: Y.Doc, { selection }: EditorState): Pins | null {
  if (!(selection instanceof TextSelection)) return null;
  const anchor = pinOf(doc, selection.$anchor);
  const head = selection.empty ? anchor : pinOf(doc, selection.$head);
  return anchor && head && { anchor, head };
}

export function selectionOf(doc: Y.Doc, chapter: PMNode, pins: Pins): TextSelection | null {
  const anchor = placeOf(doc, chapter, pins.anchor);
  const head = pins.head === pins.anchor ? anchor : placeOf(doc, chapter, pins.head);
  return anchor === null || head === null ? null : TextSelection.create(chapter, anchor, head);
}

const HALF_DEPTH = 2;
const BEFORE = -1;

const elementsOf = (parent: Y.XmlFragment): Y.XmlElement[] =>
  parent.toArray().filter((child) => child instanceof Y.XmlElement);

function pinOf(doc: Y.Doc, $pos: ResolvedPos): Y.RelativePosition | null {
  const cell = cellOf($pos);
  if (!cell || !$pos.parent.isTextblock) return null;
  let at: Y.XmlFragment | undefined = fragmentOf(passagesOf(doc).get(cell.passage), cell.half);
  for (let depth = HALF_DEPTH; at && depth < $pos.depth; depth++) {
    const elements = elementsOf(at);
    if (elements.length !== $pos.node(depth).childCount) return null;
    at = elements[$pos.index(depth)];
  }
  let offset = $pos.parentOffset;
  for (const child of at?.toArray() ?? []) {
    if (child instanceof Y.XmlText && offset <= child.length)
      return Y.createRelativePositionFromTypeIndex(child, offset, BEFORE);
    offset -= child instanceof Y.XmlText ? child.length : 1;
    if (offset < 0) return null;
  }
  return null;
}

function placeOf(doc: Y.Doc, chapter: PMNode, pin: Y.RelativePosition): number | null {
  const found = Y.createAbsolutePositionFromRelativePosition(pin, doc);
  if (!(found?.type instanceof Y.XmlText)) return null;
  const block = found.type.parent;
  if (!(block instanceof Y.XmlElement)) return null;
  const path: number[] = [];
  let at: Y.XmlFragment = block;
  while (at instanceof Y.XmlElement) {
    const parent = at.parent;
    if (!(parent instanceof Y.XmlFragment)) return null;
    path.unshift(elementsOf(parent).indexOf(at));
    at = parent;
  }
  const passage = (at.parent as Y.AbstractType<unknown> | null)?._item?.parentSub;
  const half = HALVES.find((name) => name === at._item?.parentSub);
  const cell = passage && half ? findCell(chapter, passage, half) : null;
  if (!cell) return null;
  let [node, position] = [cell.node, cell.start];
  for (const index of path) {
    if (index < 0 || index >= node.childCount) return null;
    for (let i = 0; i < index; i++) position += node.child(i).nodeSize;
    node = node.child(index);
    position += 1;
  }
  const offset = offsetOf(block, found.type) + found.index;
  return node.isTextblock && offset <= node.content.size ? position + offset : null;
}

/** Of a text in its block. */
function offsetOf(block: Y.XmlElement, text: Y.XmlText): number {
  let offset = 0;
  for (const child of block.toArray()) {
    if (child === text) break;
    offset += child instanceof Y.XmlText ? child.length : 1;
  }
  return offset;
}

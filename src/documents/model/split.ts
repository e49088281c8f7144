/** Where a half is cut in two, and which of its Yjs items is the first to go. */
import { Fragment, type Node as PMNode } from "prosemirror-model";
import * as Y from "yjs";
import { nodeOf } from "./halves.ts";

export type Cut = {
  before: PMNode;
  after: PMNode;
  /** `<client>.<clock>` of the first item that goes, the same on every replica; null when none does. */
  first: string | null;
};

/** @throws RangeError for an offset outside the half. */
export function cutHalf(fragment: Y.XmlFragment, half: PMNode, offset: number): Cut {
  if (!(offset >= 0 && offset <= half.content.size))
    throw new RangeError(`There is no offset ${offset} in these ${half.type.name}.`);
  const first = firstAfter(fragment, half, offset);
  return {
    before: trimmed(half.cut(0, offset), "end"),
    after: trimmed(half.cut(offset), "start"),
    first: first && `${first.client}.${first.clock}`,
  };
}

/** A cut at the edge of a paragraph leaves an empty one, which is dropped unless it is all there is. */
function trimmed(half: PMNode, edge: "start" | "end"): PMNode {
  const block = edge === "start" ? half.firstChild : half.lastChild;
  if (block === null) return half.type.createAndFill()!;
  if (half.childCount === 1 || !block.isTextblock || block.content.size > 0) return half;
  const rest = edge === "start" ? half.children.slice(1) : half.children.slice(0, -1);
  return half.copy(Fragment.fromArray(rest));
}

/** The id of what stands behind an offset: a block's, or a character's. */
function firstAfter(parent: Y.XmlFragment, node: PMNode, offset: number): Y.ID | null {
  let start = 0;
  for (const child of parent.toArray()) {
    const read = nodeOf(child);
    if (!(child instanceof Y.XmlElement) || read === undefined || !node.children.includes(read))
      continue;
    // Repairs of the reader stand between those that are in the document.
    start = startOf(node, read);
    if (start >= offset) return child._item!.id;
    if (offset >= start + read.nodeSize) continue;
    const inside = read.isTextblock
      ? characterAfter(child, offset - start - 1)
      : firstAfter(child, read, offset - start - 1);
    if (inside !== null) return inside;
  }
  return null;
}

function startOf(parent: PMNode, child: PMNode): number {
  let start = 0;
  for (const sibling of parent.children) {
    if (sibling === child) break;
    start += sibling.nodeSize;
  }
  return start;
}

function characterAfter(block: Y.XmlElement, offset: number): Y.ID | null {
  let rest = offset;
  for (const child of block.toArray()) {
    if (!(child instanceof Y.XmlText)) {
      if (rest <= 0) return child._item?.id ?? null;
      rest -= 1;
      continue;
    }
    for (let item = child._start; item !== null; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
      if (rest < item.length) return Y.createID(item.id.client, item.id.clock + Math.max(rest, 0));
      rest -= item.length;
    }
  }
  return null;
}

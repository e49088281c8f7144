/** From the chapter on screen to what the document says now, by the smallest replacements. */
import type { Node as PMNode } from "prosemirror-model";
import type { EditorState, Transaction } from "prosemirror-state";
import { markOf, sameRows, selectionAt } from "./place.ts";

/** Marks transactions that came out of the document; they alone may change which rows there are. */
export const FROM_DOCUMENT = "from-document";

/** Null when the screen is right already. */
export function catchUp(state: EditorState, next: PMNode): Transaction | null {
  const tr = state.tr;
  const before = markOf(state.selection);
  const moved = !sameRows(state.doc, next) && arrange(tr, next);
  const starts = startsOf(tr.doc);
  // From the end, so that the positions before stay right.
  for (let i = next.childCount - 1; i >= 0; i--) {
    const [shown, wanted, at] = [tr.doc.child(i), next.child(i), starts[i]!];
    if (shown === wanted) continue;
    replaceHalf(tr, at + 1 + shown.child(0).nodeSize, shown.child(1), wanted.child(1));
    replaceHalf(tr, at + 1, shown.child(0), wanted.child(0));
    for (const name of ["number", "under"])
      if (shown.attrs[name] !== wanted.attrs[name])
        tr.setNodeAttribute(at, name, wanted.attrs[name]);
  }
  if (!tr.docChanged) return null;
  const selection = moved && before && selectionAt(tr.doc, before);
  if (selection) tr.setSelection(selection);
  return tr.setMeta(FROM_DOCUMENT, true).setMeta("addToHistory", false);
}

/** `at`: the position before the half. */
function replaceHalf(tr: Transaction, at: number, shown: PMNode, wanted: PMNode): void {
  const start = shown === wanted ? null : shown.content.findDiffStart(wanted.content);
  if (start === null) return;
  let { a, b } = shown.content.findDiffEnd(wanted.content)!;
  const overlap = Math.max(0, start - Math.min(a, b));
  a += overlap;
  b += overlap;
  const from = at + 1;
  const steps = tr.steps.length;
  try {
    tr.replace(from + start, from + a, wanted.slice(start, b));
  } catch {
    // The two ends do not fit together: the half is set as a whole below.
  }
  const now = tr.doc.nodeAt(at)!;
  if (tr.steps.length > steps && now.content.eq(wanted.content)) return;
  tr.replaceWith(from, from + now.content.size, wanted.content);
}

/** Removes, moves and inserts passages; those that can stay where they are stay. */
function arrange(tr: Transaction, next: PMNode): boolean {
  const wanted = next.children.map(({ attrs }) => attrs.id as string);
  const shown = tr.doc.children.map(({ attrs }) => attrs.id as string);
  if (wanted.length === shown.length && wanted.every((id, i) => id === shown[i])) return false;
  const order = new Map(wanted.map((id, i) => [id, i]));
  const stay = longestRising(shown.map((id) => order.get(id) ?? -1));
  const starts = startsOf(tr.doc);
  for (let i = shown.length - 1; i >= 0; i--)
    if (!stay.has(i)) tr.delete(starts[i]!, starts[i]! + tr.doc.child(i).nodeSize);
  const there = new Set([...stay].map((i) => shown[i]));
  let at = 0;
  for (const [i, id] of wanted.entries()) {
    if (!there.has(id)) tr.insert(at, next.child(i));
    at += tr.doc.child(i).nodeSize;
  }
  return true;
}

function startsOf(chapter: PMNode): number[] {
  let at = 0;
  return chapter.children.map((child) => {
    const start = at;
    at += child.nodeSize;
    return start;
  });
}

/** Indexes of a longest rising subsequence; numbers below 0 are left out. */
function longestRising(numbers: number[]): Set<number> {
  const tails: number[] = [];
  const before = new Array<number>(numbers.length).fill(-1);
  for (const [i, number] of numbers.entries()) {
    if (number < 0) continue;
    let low = 0;
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (numbers[tails[middle]!]! < number) low = middle + 1;
      else high = middle;
    }
    before[i] = low > 0 ? tails[low - 1]! : -1;
    tails[low] = i;
  }
  const found = new Set<number>();
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]!) found.add(i);
  return found;
}

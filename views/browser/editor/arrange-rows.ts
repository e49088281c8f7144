/** The rows of the chapter on screen: a passage with what is merged under it. */
import type { Node as PMNode } from "prosemirror-model";

export type ArrangedRow = {
  /** Of its first passage. */
  id: string;
  /** From 1. */
  number: number;
  /** Its passages, with the positions before and behind each. */
  parts: { id: string; node: PMNode; from: number; to: number }[];
};

/** By chapter, so that a row is the same object as long as nothing changed. */
const known = new WeakMap<PMNode, ArrangedRow[]>();

export function arrangedRows(chapter: PMNode): ArrangedRow[] {
  const before = known.get(chapter);
  if (before) return before;
  const rows: ArrangedRow[] = [];
  chapter.forEach((node, from) => {
    const { id, under } = node.attrs as { id: string; under: string | null };
    const part = { id, node, from, to: from + node.nodeSize };
    if (under === null || rows.length === 0)
      rows.push({ id, number: rows.length + 1, parts: [part] });
    else rows.at(-1)!.parts.push(part);
  });
  known.set(chapter, rows);
  return rows;
}

export const rowOfPassage = (rows: ArrangedRow[], passage: string): ArrangedRow | null =>
  rows.find(({ parts }) => parts.some(({ id }) => id === passage)) ?? null;

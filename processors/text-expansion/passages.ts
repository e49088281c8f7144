/** The passages of a chapter as text, from its snapshot. */
import type { Schemas } from "../../src/processors/sdk.ts";

type Chapter = Schemas["chapter-v1"];
type Node = { type: string; text?: string; content?: Node[] };

export type Passage = {
  /** Its place in the chapter, from 1. */
  number: number;
  /** Itself, and what is drawn in its row. */
  ids: string[];
  prose: string;
};

/** The rows of the chapter, in order. */
export function passagesOf({ passages }: Chapter): Passage[] {
  const rows: Passage[] = [];
  for (const { id, under, prose } of passages) {
    const words = proseText(prose as Node[]);
    const row = rows.at(-1);
    if (under === undefined || !row)
      rows.push({ number: rows.length + 1, ids: [id], prose: words });
    else {
      row.ids.push(id);
      row.prose = [row.prose, words].filter(Boolean).join("\n\n");
    }
  }
  return rows;
}

/** Those before a passage that have prose; none where it is not of the chapter. */
export function before(chapter: Chapter, passage: unknown): Passage[] {
  const rows = passagesOf(chapter);
  const at = rows.findIndex(({ ids }) => ids.includes(String(passage)));
  return rows.slice(0, Math.max(at, 0)).filter(({ prose }) => prose.trim() !== "");
}

const proseText = (blocks: Node[]): string =>
  blocks
    .map(textOf)
    .filter((text) => text.trim() !== "")
    .join("\n\n");

function textOf({ type, text = "", content = [] }: Node): string {
  if (type === "text") return text;
  if (type === "hard_break") return "\n";
  if (type === "scene_break") return "***";
  const isLine = type === "paragraph" || type === "heading";
  return content.map(textOf).join(isLine ? "" : type.includes("list") ? "\n" : "\n\n");
}

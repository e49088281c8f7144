/** The text of a pitch, as every format reads it: sections of blocks, blocks of runs, blanks apart. */
import type { Schemas } from "../../src/processors/sdk.ts";

export type Run = {
  text: string;
  em: boolean;
  strong: boolean;
  href: string | null;
  /** Still to be filled in. */
  isBlank: boolean;
};

export type Block =
  | { kind: "paragraph" | "quote"; runs: Run[] }
  | { kind: "heading"; level: number; runs: Run[] }
  | { kind: "item"; ordered: number | null; depth: number; runs: Run[] }
  | { kind: "break" };

export type Part = { title: string; blocks: Block[] };

/** What is exported, and under what. */
export type Pitch = {
  title: string;
  author: string;
  /** BCP 47. */
  language: string;
  parts: Part[];
};

type Node = {
  type: string;
  text?: string;
  content?: Node[];
  attrs?: { level?: number; start?: number };
  marks?: { type: string; attrs?: { href?: string } }[];
};

/** Sections without a word are left out. */
export const partsOf = ({ sections }: Schemas["pitch-v1"]): Part[] =>
  sections
    .map(({ title, passages }) => ({
      title,
      blocks: passages.flatMap(({ prose }) => (prose as Node[]).flatMap((node) => blocksOf(node))),
    }))
    .filter(({ blocks }) => blocks.length > 0);

function blocksOf(node: Node, within: { quote?: boolean; depth?: number } = {}): Block[] {
  const { type, content = [], attrs = {} } = node;
  const { quote = false, depth = 0 } = within;
  if (type === "scene_break") return [{ kind: "break" }];
  if (type === "blockquote")
    return content.flatMap((one) => blocksOf(one, { ...within, quote: true }));
  if (type === "bullet_list" || type === "ordered_list")
    return content.flatMap((item, at): Block[] => {
      const [first, ...rest] = item.content ?? [];
      const ordered = type === "ordered_list" ? (attrs.start ?? 1) + at : null;
      return [
        { kind: "item", ordered, depth, runs: first ? runsOf(first) : [] },
        ...rest.flatMap((one) => blocksOf(one, { ...within, depth: depth + 1 })),
      ];
    });
  const runs = runsOf(node);
  if (runs.every(({ text }) => text.trim() === "")) return [];
  if (type === "heading") return [{ kind: "heading", level: attrs.level ?? 1, runs }];
  return [{ kind: quote ? "quote" : "paragraph", runs }];
}

const BLANK = /\[\[([^[\]\n]{1,200})\]\]/g;

function runsOf({ content = [] }: Node): Run[] {
  return content.flatMap(({ type, text = "", marks = [] }): Run[] => {
    const marked = {
      em: marks.some((mark) => mark.type === "em"),
      strong: marks.some((mark) => mark.type === "strong"),
      href: marks.find((mark) => mark.type === "link")?.attrs?.href ?? null,
    };
    if (type === "hard_break") return [{ text: "\n", ...marked, isBlank: false }];
    return text
      .split(BLANK)
      .map((piece, at) => ({ text: piece, ...marked, isBlank: at % 2 === 1 }))
      .filter((run) => run.text !== "");
  });
}

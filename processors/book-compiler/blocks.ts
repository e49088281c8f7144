/** The prose of a snapshot, as every format reads it. Shapes: `schemas/chapter-v1.json`. */

export type Mark = { type: "em" } | { type: "strong" } | { type: "link"; attrs: { href: string } };

export type Inline =
  | { type: "text"; text: string; marks?: Mark[] }
  | { type: "hard_break"; marks?: Mark[] };

export type Block =
  | { type: "paragraph"; content?: Inline[] }
  | { type: "heading"; attrs: { level: number }; content?: Inline[] }
  | { type: "blockquote"; content?: Block[] }
  | { type: "bullet_list"; content: Item[] }
  | { type: "ordered_list"; attrs?: { start: number }; content: Item[] }
  | { type: "scene_break" };

export type Item = { type: "list_item"; content?: Block[] };

/** Without what is empty, and scene breaks only between prose: no format has use for either. */
export function readable(blocks: readonly Block[]): Block[] {
  const found: Block[] = [];
  for (const block of blocks) {
    const full = filled(block);
    if (!full) continue;
    if (full.type === "scene_break" && (found.length === 0 || found.at(-1)!.type === "scene_break"))
      continue;
    found.push(full);
  }
  if (found.at(-1)?.type === "scene_break") found.pop();
  return found;
}

function filled(block: Block): Block | null {
  switch (block.type) {
    case "scene_break":
      return block;
    case "paragraph":
    case "heading":
      return isBlank(block.content) ? null : block;
    case "blockquote": {
      const content = readable(block.content ?? []);
      return content.length ? { ...block, content } : null;
    }
    default: {
      const content = block.content.flatMap((item) => {
        const inside = readable(item.content ?? []);
        return inside.length ? [{ ...item, content: inside }] : [];
      });
      return content.length ? { ...block, content } : null;
    }
  }
}

const isBlank = (content: readonly Inline[] = []): boolean =>
  content.every((inline) => inline.type === "hard_break" || inline.text.trim() === "");

/** Runs of the same marks, in an order that nests: links hold strong, strong holds emphasis. */
export const sortedMarks = ({ marks = [] }: Inline): Mark[] =>
  [...marks].sort((a, b) => RANK[a.type] - RANK[b.type]);

const RANK: Record<Mark["type"], number> = { link: 0, strong: 1, em: 2 };

export const textOf = (content: readonly Inline[] = []): string =>
  content.map((inline) => (inline.type === "text" ? inline.text : "\n")).join("");

export function textOfBlocks(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.type === "scene_break") return "";
      if (block.type === "paragraph" || block.type === "heading") return textOf(block.content);
      if (block.type === "blockquote") return textOfBlocks(block.content ?? []);
      return block.content.map((item) => textOfBlocks(item.content ?? [])).join("\n");
    })
    .join("\n\n");
}

const STRONG_RTL =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LETTER = /\p{L}/u;

/** As its first letter runs; null where there is none. */
export function directionOf(words: string): "ltr" | "rtl" | null {
  const [letter] = LETTER.exec(words) ?? [];
  if (letter === undefined) return null;
  return STRONG_RTL.test(letter) ? "rtl" : "ltr";
}

/** XML and its readers take no other control characters. */
export const storable = (words: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to go
  words.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");

/** A manuscript that was read, whatever file it came in: blocks as a chapter has them, and signs of where it might be cut. */
import type { Node as PMNode } from "prosemirror-model";
import { schema } from "../documents/model/schema.ts";

export type Format = "docx" | "markdown" | "text" | "html";

/** What chapters do not take over, or only in part; each is counted, and told before anything is made. */
export const LOSSES = [
  "image",
  "footnote",
  "table",
  "change",
  "comment",
  "formula",
  "formatting",
] as const;
export type LossKind = (typeof LOSSES)[number];
export type Loss = { kind: LossKind; count: number };

/**
 * A block of a chapter, whose headings have the levels of the file, 1 to 6; or: a new page begins; an empty line stands there that may mean a break; a line is the title
 * of the whole.
 */
export type Block = PMNode | { sign: "page" | "gap" } | { sign: "title"; text: string };

export type Manuscript = {
  title: string | null;
  author: string | null;
  blocks: Block[];
  losses: Loss[];
};

export const isSign = (block: Block): block is Exclude<Block, PMNode> => "sign" in block;

/** A file that is no manuscript, or none that may be opened; its sentence is for whoever sent it. */
export class Refused extends Error {
  constructor(readonly sentence: string) {
    super(sentence);
    this.name = "Refused";
  }
}

/** Longer titles are cut, in characters. */
const TITLE_LIMIT = 300;

/** One line, as the name of a bucket has it; null for nothing. */
export function titleOf(text: string | null | undefined): string | null {
  const line = text?.replaceAll(/\s+/g, " ").trim() ?? "";
  return line === "" ? null : [...line].slice(0, TITLE_LIMIT).join("");
}

/** Only what occurs. */
export const lossesOf = (counts: Partial<Record<LossKind, number>>): Loss[] =>
  LOSSES.flatMap((kind) => (counts[kind] ? [{ kind, count: counts[kind] }] : []));

type Packed = Omit<Manuscript, "blocks"> & { blocks: unknown[] };

/** Compressed JSON, as it is kept between the preview and the book. */
export function pack(manuscript: Manuscript): Uint8Array {
  const blocks = manuscript.blocks.map((block) => (isSign(block) ? block : block.toJSON()));
  return Bun.gzipSync(JSON.stringify({ ...manuscript, blocks } satisfies Packed));
}

export function unpack(bytes: Uint8Array): Manuscript {
  const text = new TextDecoder().decode(Bun.gunzipSync(new Uint8Array(bytes)));
  const packed = JSON.parse(text) as Packed;
  const blocks = packed.blocks.map((block) =>
    typeof block === "object" && block !== null && "sign" in block
      ? (block as Block)
      : schema.nodeFromJSON(block),
  );
  return { ...packed, blocks };
}

/** The words of a chapter: as plain text, counted, and as hashes that tell whether they changed. */
import type { Node as PMNode } from "prosemirror-model";
import { schema } from "./schema.ts";
import { sha256 } from "./sha256.ts";

const SCENE_BREAK = "***";

/** Plain text: blocks parted by an empty line, list items by "- " and numbers, as notes are read. */
export function textOf(node: PMNode): string {
  if (node.isTextblock) return node.textBetween(0, node.content.size, "", "\n");
  const { name } = node.type;
  if (name === "scene_break") return SCENE_BREAK;
  const parts = node.children.map((child, index) => {
    const text = textOf(child);
    if (name === "bullet_list") return listed("- ", text);
    if (name === "ordered_list") return listed(`${node.attrs.start + index}. `, text);
    return text;
  });
  return parts.filter((text) => text.trim() !== "").join(/list/.test(name) ? "\n" : "\n\n");
}

const listed = (mark: string, text: string): string =>
  mark + text.replaceAll("\n", `\n${" ".repeat(mark.length)}`);

/** Plain text as blocks: paragraphs are parted by empty lines, other line ends become breaks. */
export function paragraphsOf(text: string): PMNode[] {
  const { paragraph, hard_break } = schema.nodes;
  return text
    .split(/\r?\n(?:[^\S\n]*\r?\n)+/)
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map((block) => {
      const lines = block.split(/\r?\n/).filter((line) => line !== "");
      const words = lines.flatMap((line, i) => [
        ...(i > 0 ? [hard_break.create()] : []),
        schema.text(line),
      ]);
      return paragraph.create(null, words);
    });
}

/** Chinese and Japanese are counted by the character, having no space between words. */
const SIGN = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]";
const LETTER = `(?:(?!${SIGN})[\\p{L}\\p{N}\\p{M}])`;
/** Runs of letters and digits, held together by apostrophes and hyphens. */
const WORD = new RegExp(`${SIGN}|${LETTER}+(?:['’‑-]${LETTER}+)*`, "gu");

/** Nodes never change, so each is counted once. */
const counts = new WeakMap<PMNode, number>();

export const wordsIn = (text: string): string[] => text.match(WORD) ?? [];

export function countWords(content: PMNode | string): number {
  if (typeof content === "string") return wordsIn(content).length;
  const before = counts.get(content);
  if (before !== undefined) return before;
  const count = content.isTextblock
    ? countWords(content.textBetween(0, content.content.size, "", " "))
    : content.children.reduce((sum, child) => sum + countWords(child), 0);
  counts.set(content, count);
  return count;
}

/** Nothing was written there, not even a sign that counts as no word. */
export const isBlank = (node: PMNode): boolean =>
  countWords(node) === 0 && textOf(node).trim() === "";

/**
 * SHA-256 in hex of a text as compared: composed (NFC), without space at either end. The same in every
 * browser and on the server.
 */
export const hashOfText = (text: string): string => sha256(text.normalize("NFC").trim());

const hashes = new WeakMap<PMNode, string>();

/** {@link hashOfText} of a half: `askHash` of notes, `proseHash` of prose. */
export function hashOf(node: PMNode): string {
  const before = hashes.get(node);
  if (before !== undefined) return before;
  const hash = hashOfText(textOf(node));
  hashes.set(node, hash);
  return hash;
}

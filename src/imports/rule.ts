/** How a manuscript is cut into chapters and passages: what the preview lets one choose. */

import { schema } from "../documents/model/schema.ts";
import { countWords } from "../documents/model/text.ts";
import { type Block, isSign } from "./manuscript.ts";

export const CUTS = ["heading-1", "heading-2", "page", "chapter-line", "scene", "none"] as const;
export type Cut = (typeof CUTS)[number];

export type Rule = {
  /** What begins a chapter. */
  cut: Cut;
  /** An empty line between paragraphs is a scene break. */
  gaps: boolean;
  /** What begins a passage: a scene, or also every so many words within one. */
  passages: "scenes" | "stretches";
};

/** A line that is not longer may be a chapter's, in characters. */
const LINE_LIMIT = 80;
const NUMBER =
  "(?:\\d{1,3}|[IVXLC]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[- ]\\w+)?|thirty(?:[- ]\\w+)?|forty(?:[- ]\\w+)?|fifty(?:[- ]\\w+)?)";
const CALLED =
  "(?:chapter|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk|rozdzia[lł]|kapitola|kapittel|глава|פרק)";
const ALONE = "(?:prologue|epilogue|prolog|epilog|prólogo|epílogo|prologo|epilogo|пролог|эпилог)";
const CHAPTER_LINE = new RegExp(
  `^(?:${CALLED}\\s+(?:${NUMBER}|\\p{L}{3,12})\\b.*|${ALONE}(?:\\s*[:.–—-].*)?|(?:\\d{1,3}|[IVXLC]{1,8})\\.?|第\\s*[\\d一二三四五六七八九十百]+\\s*[章回].*)$`,
  "iu",
);

/** “Chapter Two”, “Prologue”, “12”, “IV.” on a line of its own. */
export function isChapterLine(block: Block): boolean {
  if (isSign(block) || !block.isTextblock) return false;
  const text = block.textContent.trim();
  if (text.length === 0 || text.length > LINE_LIMIT) return false;
  // Of roman numerals, capitals: “i” and “mix” are words.
  if (/^[ivxlc]{1,8}\.?$/i.test(text) && !/^[IVXLC]+\.?$/.test(text)) return false;
  return CHAPTER_LINE.test(text);
}

/** The rule that finds chapters here, from the surest sign to none. */
export function suggestRule(blocks: readonly Block[]): Rule {
  const count = (fits: (block: Block) => boolean) => blocks.filter(fits).length;
  const heading = (level: number) => (block: Block) =>
    !isSign(block) && block.type === schema.nodes.heading && block.attrs.level === level;
  const cuts: [Cut, number][] = [
    // One first-level heading above several second-level ones is the book's title.
    ["heading-1", count(heading(1)) > 1 || count(heading(2)) < 2 ? count(heading(1)) : 0],
    ["heading-2", count(heading(2))],
    ["chapter-line", count(isChapterLine)],
    ["page", count((block) => isSign(block) && block.sign === "page")],
  ];
  const [first] = cuts.find(([cut, times]) => times > (cut === "heading-1" ? 0 : 1)) ?? ["none"];
  return { cut: first as Cut, gaps: false, passages: "stretches" };
}

/** Words in the blocks that are words. */
export const wordsOf = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, block) => sum + (isSign(block) ? 0 : countWords(block)), 0);

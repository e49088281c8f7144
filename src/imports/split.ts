/** A manuscript cut by a rule: chapters in order, in parts where it has any, each with its passages. No word is left out. */
import { Fragment, type Node as PMNode } from "prosemirror-model";
import { HEADING_LEVELS, schema } from "../documents/model/schema.ts";
import { countWords } from "../documents/model/text.ts";
import { type Block, isSign, type Manuscript, titleOf } from "./manuscript.ts";
import { isChapterLine, type Rule, wordsOf } from "./rule.ts";

/** A passage within a scene is about so long, in words: what one looks at with its notes beside it. */
const STRETCH_WORDS = 300;
/** A rest that is shorter stays with the passage before it, in words. */
const REST_WORDS = 100;
/** Of what a chapter begins with, so many characters are shown. */
const OPENING_LENGTH = 140;

export type Chapter = {
  /** The part that it lies in. */
  part: string | null;
  /** Empty: it has none. */
  title: string;
  passages: PMNode[][];
};

export type Outline = {
  words: number;
  chapters: {
    part: string | null;
    title: string;
    words: number;
    passages: number;
    opening: string;
  }[];
  /** Empty lines between paragraphs, which may be breaks. */
  gaps: number;
};

type Open = { part: string | null; title: string; blocks: PMNode[] };

/** Text before the first chapter is a chapter of its own. */
const BEFORE = "Front matter";

export function split({ blocks }: Pick<Manuscript, "blocks">, rule: Rule): Chapter[] {
  const chapters: Open[] = [];
  let part: string | null = null;
  let open: Open | undefined;
  const begin = (title: string) => {
    open = { part, title, blocks: [] };
    chapters.push(open);
  };
  const body = withoutTitle(blocks);
  body.forEach((block, at) => {
    if (isSign(block)) {
      if (block.sign === "title") {
        if (!open) begin("");
        open!.blocks.push(schema.nodes.heading.create({ level: 1 }, schema.text(block.text)));
      } else if (block.sign === "page" && rule.cut === "page") begin("");
      else if (block.sign === "gap" && rule.gaps && open && isBetween(body, at))
        open.blocks.push(schema.nodes.scene_break.create());
      return;
    }
    if (isPart(body, at, rule)) {
      part = titleOf(block.textContent);
      open = undefined;
      return;
    }
    const title = titleIn(block, rule);
    if (title !== null) {
      // A page break right before a heading, say, has begun it.
      if (rule.cut === "page" && open?.blocks.length === 0 && open.title === "") open.title = title;
      else begin(title);
      return;
    }
    if (rule.cut === "scene" && block.type === schema.nodes.scene_break) {
      open = undefined;
      return;
    }
    if (!open) begin("");
    if (rule.cut === "page" && open!.blocks.length === 0 && open!.title === "") {
      const line = isHeading(block) || isChapterLine(block) ? titleOf(block.textContent) : null;
      if (line) {
        open!.title = line;
        return;
      }
    }
    open!.blocks.push(block);
  });
  return chapters
    .filter(({ title, blocks }) => title !== "" || wordsOf(blocks) > 0)
    .map((chapter, at, all) => ({
      part: chapter.part,
      title: chapter.title || (at === 0 && all.length > 1 && hasTitles(all) ? BEFORE : ""),
      passages: passagesIn(
        trimmed(chapter.blocks).map((block) => relevelled(block, SHIFTS[rule.cut] ?? 0)),
        rule,
      ),
    }));
}

/** Below a chapter that a heading began, headings begin at the first level again. */
const SHIFTS: Partial<Record<Rule["cut"], number>> = { "heading-1": 1, "heading-2": 2 };

function relevelled(node: PMNode, shift: number): PMNode {
  if (node.type === schema.nodes.heading) {
    const level = Math.min(Math.max(node.attrs.level - shift, 1), HEADING_LEVELS);
    return schema.nodes.heading.create({ level }, node.content);
  }
  if (node.isTextblock || node.childCount === 0) return node;
  return node.copy(Fragment.fromArray(node.children.map((child) => relevelled(child, shift))));
}

const hasTitles = (chapters: readonly Open[]) =>
  chapters.slice(1).every(({ title }) => title !== "");

/** Of the given level, or of any. */
const isHeading = (block: Block | undefined, level?: number): boolean =>
  block !== undefined &&
  !isSign(block) &&
  block.type === schema.nodes.heading &&
  (level === undefined || block.attrs.level === level);

/** The title of the whole, at the head of it, is the book's name and no chapter's text. */
function withoutTitle(blocks: readonly Block[]): readonly Block[] {
  const first = blocks.findIndex((block) => !isSign(block) || block.sign === "title");
  const block = blocks[first];
  return block && isSign(block) ? blocks.slice(first + 1) : blocks;
}

/** The name of the chapter that this block begins; null when it begins none. */
function titleIn(block: PMNode, { cut }: Rule): string | null {
  const level = block.type === schema.nodes.heading ? (block.attrs.level as number) : null;
  const begins =
    (cut === "heading-1" && level === 1) ||
    (cut === "heading-2" && level !== null && level <= 2) ||
    (cut === "chapter-line" && isChapterLine(block));
  return begins ? titleOf(block.textContent) : null;
}

/** Where second-level headings begin chapters, a first-level one that stands right above one names a part. */
function isPart(blocks: readonly Block[], at: number, { cut }: Rule): boolean {
  const block = blocks[at]!;
  if (cut !== "heading-2" || isSign(block) || !isHeading(block, 1)) return false;
  if (titleOf(block.textContent) === null) return false;
  let next = at + 1;
  while (blocks[next] !== undefined && isSign(blocks[next]!)) next++;
  return isHeading(blocks[next], 2);
}

/** An empty line beside a heading or a break is layout. */
function isBetween(blocks: readonly Block[], at: number): boolean {
  const isText = (block: Block | undefined) =>
    block !== undefined &&
    !isSign(block) &&
    !isHeading(block) &&
    block.type !== schema.nodes.scene_break;
  return isText(blocks[at - 1]) && isText(blocks[at + 1]);
}

/** A break at the beginning or the end of a chapter parts nothing. */
function trimmed(blocks: PMNode[]): PMNode[] {
  const isBreak = (block: PMNode | undefined) => block?.type === schema.nodes.scene_break;
  let [from, to] = [0, blocks.length];
  while (isBreak(blocks[from])) from++;
  while (to > from && isBreak(blocks[to - 1])) to--;
  return blocks.slice(from, to);
}

/** A passage begins with its scene break. @returns at least one */
function passagesIn(blocks: readonly PMNode[], { passages: by }: Rule): PMNode[][] {
  const scenes: PMNode[][] = [];
  for (const block of blocks) {
    if (scenes.length === 0 || block.type === schema.nodes.scene_break) scenes.push([]);
    scenes.at(-1)!.push(block);
  }
  if (scenes.length === 0) return [[]];
  return by === "scenes" ? scenes : scenes.flatMap(stretches);
}

function stretches(scene: PMNode[]): PMNode[][] {
  const found: PMNode[][] = [[]];
  let words = 0;
  let rest = wordsOf(scene);
  for (const block of scene) {
    const last = found.at(-1)!;
    // A heading stays with what it heads.
    const mayCut = last.length > 0 && last.at(-1)!.type !== schema.nodes.heading;
    if (mayCut && words >= STRETCH_WORDS && rest >= REST_WORDS) {
      found.push([]);
      words = 0;
    }
    found.at(-1)!.push(block);
    words += countWords(block);
    rest -= countWords(block);
  }
  return found;
}

/** What a preview shows. */
export function outlineOf(manuscript: Pick<Manuscript, "blocks">, rule: Rule): Outline {
  const chapters = split(manuscript, rule).map(({ part, title, passages }) => {
    const blocks = passages.flat();
    return {
      part,
      title,
      words: wordsOf(blocks),
      passages: passages.length,
      opening: openingOf(blocks),
    };
  });
  const body = withoutTitle(manuscript.blocks);
  return {
    words: chapters.reduce((sum, { words }) => sum + words, 0),
    chapters,
    gaps: body.filter((block, at) => isSign(block) && block.sign === "gap" && isBetween(body, at))
      .length,
  };
}

function openingOf(blocks: readonly PMNode[]): string {
  const text =
    blocks.find((block) => block.isTextblock && countWords(block) > 0)?.textContent ?? "";
  const line = [...text.trim().slice(0, OPENING_LENGTH * 4)];
  return line.length <= OPENING_LENGTH
    ? line.join("")
    : `${line
        .slice(0, OPENING_LENGTH)
        .join("")
        .replace(/\s+\S*$/, "")}…`;
}

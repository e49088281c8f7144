/**
 * Markdown in: the part of CommonMark that a chapter has. Headings (deeper ones as the third level), quotes, lists,
 * emphasis, strong, links, breaks, and a scene break for any of `***`, `---`, `* * *` and a lone `#`.
 * Everything else, HTML included, is text.
 */
import type { Mark, Node as PMNode } from "prosemirror-model";
import { type Half, HEADING_LEVELS, isSafeHref, schema } from "./schema.ts";

/** How deep quotes and lists may lie in each other; what is deeper is text. */
const NESTING_LIMIT = 16;

/** A `notes` or `prose` node. */
export const parseMarkdown = (text: string, half: Half): PMNode =>
  schema.nodes[half].create(null, orEmpty(parseBlocks(text)));

const orEmpty = (blocks: PMNode[]): PMNode[] =>
  blocks.length > 0 ? blocks : [schema.nodes.paragraph.create()];

export function parseBlocks(text: string): PMNode[] {
  const lines = text.replace(/\r\n?/g, "\n").replaceAll("\0", "").split("\n");
  return blocks(lines, 0);
}

const SCENE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|#)[ \t]*$/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const BULLET = /^( {0,3})([-+*])(?:[ \t]+|$)/;
const NUMBER = /^( {0,3})(\d{1,9})[.)](?:[ \t]+|$)/;
const COMMENT = /^ {0,3}<!--.*-->[ \t]*$/;

function blocks(lines: readonly string[], depth: number): PMNode[] {
  const found: PMNode[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = HEADING.exec(line);
    if (line.trim() === "" || COMMENT.test(line)) at++;
    else if (SCENE.test(line)) {
      found.push(schema.nodes.scene_break.create());
      at++;
    } else if (heading !== null) {
      const level = Math.min(heading[1]!.length, HEADING_LEVELS);
      found.push(schema.nodes.heading.create({ level }, inline(heading[2]!)));
      at++;
    } else if (depth < NESTING_LIMIT && QUOTE.test(line)) {
      const quoted = take(lines, at, (one) => QUOTE.test(one) || !startsBlock(one));
      const inside = quoted.map((one) => one.replace(QUOTE, ""));
      found.push(schema.nodes.blockquote.create(null, orEmpty(blocks(inside, depth + 1))));
      at += quoted.length;
    } else if (depth < NESTING_LIMIT && (BULLET.test(line) || NUMBER.test(line))) {
      at = list(lines, at, depth, found);
    } else {
      const text = [line, ...take(lines, at + 1, (one) => !startsBlock(one))];
      found.push(schema.nodes.paragraph.create(null, inline(text.map(untabbed).join("\n"))));
      at += text.length;
    }
  }
  return found;
}

const untabbed = (line: string): string => line.replace(/^[ \t]+/, "");

/** Whether a line ends the paragraph before it; an ordered list only does when it begins at 1. */
const startsBlock = (line: string): boolean =>
  line.trim() === "" ||
  SCENE.test(line) ||
  HEADING.test(line) ||
  QUOTE.test(line) ||
  /^ {0,3}([-+*]|1[.)])[ \t]+\S/.test(line);

function take(lines: readonly string[], from: number, more: (line: string) => boolean): string[] {
  let end = from;
  while (end < lines.length && lines[end]!.trim() !== "" && more(lines[end]!)) end++;
  return lines.slice(from, end);
}

function list(lines: readonly string[], from: number, depth: number, found: PMNode[]): number {
  const pattern = BULLET.test(lines[from]!) ? BULLET : NUMBER;
  const start = pattern === NUMBER ? Number(pattern.exec(lines[from]!)![2]) : 1;
  const items: PMNode[] = [];
  let at = from;
  while (at < lines.length) {
    const begin = SCENE.test(lines[at]!) ? null : pattern.exec(lines[at]!);
    if (begin === null) break;
    const indent =
      begin[0].trim().length === begin[0].length - begin[1]!.length
        ? begin[0].length + 1
        : begin[0].length;
    const inside = [lines[at]!.slice(begin[0].length)];
    for (at++; at < lines.length; at++) {
      const line = lines[at]!;
      const blank = line.trim() === "";
      if (
        !blank &&
        leading(line) < indent &&
        (lines[at - 1]!.trim() === "" || startsBlock(line) || pattern.test(line))
      )
        break;
      inside.push(line.slice(Math.min(indent, leading(line))));
    }
    const content = blocks(inside, depth + 1);
    const { paragraph, list_item } = schema.nodes;
    const first = content[0]?.type === paragraph ? [] : [paragraph.create()];
    items.push(list_item.create(null, [...first, ...content]));
  }
  found.push(
    pattern === NUMBER
      ? schema.nodes.ordered_list.create({ start }, items)
      : schema.nodes.bullet_list.create(null, items),
  );
  return at;
}

const leading = (line: string): number => line.length - line.trimStart().length;

/** A piece of a line that waits to be text: what may open or close emphasis is a run of `*` or `_`. */
type Piece =
  | { text: string; marks: Mark[] }
  | { node: PMNode }
  | { run: "*" | "_"; length: number; opens: boolean; closes: boolean };

function inline(text: string, marks: readonly Mark[] = []): PMNode[] {
  const pieces: Piece[] = [];
  const say = (words: string) => {
    const last = pieces.at(-1);
    if (last !== undefined && "text" in last) last.text += words;
    else pieces.push({ text: words, marks: [] });
  };
  for (let at = 0; at < text.length; ) {
    PLAIN.lastIndex = at;
    const plain = PLAIN.exec(text);
    if (plain !== null) {
      say(plain[0]);
      at += plain[0].length;
      continue;
    }
    const rest = text.slice(at, at + LINK_LIMIT);
    const one = text[at]!;
    const escaped = /^\\([!-/:-@[-`{-~])/.exec(rest);
    const breaks = /^(?:\\| {2,})\n/.exec(rest);
    const link = one === "[" ? LINK.exec(rest) : one === "<" ? AUTOLINK.exec(rest) : null;
    const entity = one === "&" ? /^&(amp|lt|gt|quot|nbsp);/.exec(rest) : null;
    if (escaped !== null) {
      say(escaped[1]!);
      at += 2;
    } else if (breaks !== null) {
      pieces.push({ node: schema.nodes.hard_break.create() });
      at += breaks[0].length;
    } else if (link !== null && isSafeHref(link[2] ?? link[3] ?? link[1])) {
      const href = (link[2] ?? link[3] ?? link[1])!;
      const mark = schema.marks.link.create({ href });
      const words = one === "<" ? [schema.text(href)] : inline(link[1]!);
      for (const node of words) pieces.push({ node: node.mark(mark.addToSet(node.marks)) });
      at += link[0].length;
    } else if (entity !== null) {
      say(ENTITIES[entity[1]!]!);
      at += entity[0].length;
    } else if (one === "*" || one === "_") {
      const length = /^(\*+|_+)/.exec(rest)![0].length;
      pieces.push({ run: one, length, ...flanks(text, at, length) });
      at += length;
    } else {
      say(one === "\n" ? " " : one);
      at += 1;
    }
  }
  return emphasise(pieces, marks);
}

/** What means nothing but itself. */
const PLAIN = /[^\\*_[<& \n]+| (?=[^ \n])/y;
/** The longest link that is read as one, in UTF-16 units. */
const LINK_LIMIT = 4_096;
const LINK =
  /^\[((?:\\.|[^\\[\]])+)\]\((?:<([^<>\n]*)>|([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*))(?:\s+"[^"]*")?\)/;
const AUTOLINK = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/i;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

/** CommonMark 0.31, 6.2: left-flanking runs open, right-flanking ones close; `_` not within a word. */
function flanks(text: string, at: number, length: number): { opens: boolean; closes: boolean } {
  const before = text[at - 1] ?? " ";
  const after = text[at + length] ?? " ";
  const space = (one: string) => /\s/.test(one);
  const sign = (one: string) => /[\p{P}\p{S}]/u.test(one);
  const left = !space(after) && (!sign(after) || space(before) || sign(before));
  const right = !space(before) && (!sign(before) || space(after) || sign(after));
  if (text[at] === "*") return { opens: left, closes: right };
  return { opens: left && (!right || sign(before)), closes: right && (!left || sign(after)) };
}

/** Pairs the runs, innermost first; what finds no partner is text. */
function emphasise(pieces: Piece[], outer: readonly Mark[]): PMNode[] {
  const marks: Mark[][] = pieces.map(() => []);
  const openers: number[] = [];
  pieces.forEach((piece, at) => {
    if (!("run" in piece)) return;
    for (let i = openers.length - 1; piece.closes && piece.length > 0 && i >= 0; i--) {
      const opener = pieces[openers[i]!]!;
      if (!("run" in opener) || opener.run !== piece.run) continue;
      while (piece.length > 0 && opener.length > 0) {
        const size = Math.min(piece.length, opener.length) >= 2 ? 2 : 1;
        const mark = schema.marks[size === 2 ? "strong" : "em"].create();
        for (let inside = openers[i]! + 1; inside < at; inside++) marks[inside]!.push(mark);
        piece.length -= size;
        opener.length -= size;
      }
      // What opened between the two can no longer be closed.
      openers.length = opener.length > 0 ? i + 1 : i;
    }
    if (piece.opens && piece.length > 0) openers.push(at);
  });
  return pieces.flatMap((piece, at) => {
    const all = [...outer, ...marks[at]!];
    if ("node" in piece)
      return [piece.node.mark(all.reduce((set, mark) => mark.addToSet(set), piece.node.marks))];
    const words = "run" in piece ? piece.run.repeat(piece.length) : piece.text;
    return words === ""
      ? []
      : [
          schema.text(
            words,
            all.reduce((set, mark) => mark.addToSet(set), [] as readonly Mark[]),
          ),
        ];
  });
}

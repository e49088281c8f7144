/** CommonMark out of a chapter, so that `markdown-read.ts` and any other reader get the same text back. */
import type { Mark, Node as PMNode } from "prosemirror-model";
import type * as Y from "yjs";
import { readRows } from "./rows.ts";
import type { Half } from "./schema.ts";

/** A half, or anything with blocks in it. */
export function toMarkdown(node: PMNode): string {
  return blocks(node).join("\n\n");
}

/** The chapter's prose, or its notes: rows parted by an empty line. */
export function chapterMarkdown(doc: Y.Doc, half: Half = "prose"): string {
  const rows = readRows(doc).map((row) => toMarkdown(row[half]));
  const text = rows.filter((row) => row !== "").join("\n\n");
  return text === "" ? "" : `${text}\n`;
}

function blocks(parent: PMNode): string[] {
  const written: string[] = [];
  parent.children.forEach((child, index) => {
    const text = block(child);
    if (text === "") return;
    // Two lists in a row would be read as one.
    const before = parent.children[index - 1];
    if (isList(child) && before?.type === child.type) written.push("<!-- -->");
    written.push(text);
  });
  return written;
}

const isList = (node: PMNode): boolean => /_list$/.test(node.type.name);

function block(node: PMNode): string {
  switch (node.type.name) {
    case "heading": {
      const text = inline(node).replaceAll("\\\n", " ").replace(/(#+)$/, "\\$1");
      return text === "" ? "" : `${"#".repeat(node.attrs.level)} ${text}`;
    }
    case "blockquote":
      return prefixed(blocks(node).join("\n\n"), "> ", "> ");
    case "bullet_list":
      return items(node, () => "- ");
    case "ordered_list":
      return items(node, (index) => `${node.attrs.start + index}. `);
    case "scene_break":
      return "***";
    default:
      return inline(node)
        .split("\n")
        .map((line) => escapeStart(line))
        .join("\n");
  }
}

const items = (list: PMNode, mark: (index: number) => string): string =>
  list.children
    .map((item, index) => {
      const first = mark(index);
      const text = blocks(item).join("\n\n");
      return text === "" ? first.trimEnd() : prefixed(text, first, " ".repeat(first.length));
    })
    .join("\n");

const prefixed = (text: string, first: string, rest: string): string =>
  text
    .split("\n")
    .map((line, i) => (i === 0 ? first + line : line === "" ? rest.trimEnd() : rest + line))
    .join("\n");

/** Marks stand in the order of the schema: a link is outermost, its text may hold emphasis. */
type Run = { text: string; marks: readonly Mark[] };

function inline(block: PMNode): string {
  let written = "";
  let open: readonly Mark[] = [];
  for (const { text, marks } of runs(block)) {
    let same = 0;
    while (same < open.length && marks[same]?.eq(open[same]!)) same++;
    written += closing(open.slice(same));
    written += marks.slice(same).map(opening).join("") + text;
    open = marks;
  }
  return (written + closing(open)).replace(/(\\\n)+$/, "");
}

/**
 * Pieces of text with their marks. Space has those that go on over it: at the edge of emphasis it lies outside,
 * or the emphasis would not be read as such.
 */
function runs(block: PMNode): Run[] {
  const found: Run[] = [];
  block.forEach((child) => {
    if (!child.isText) found.push({ text: "\\\n", marks: [] });
    else
      for (const [piece] of child.text!.replace(/[\r\n]/g, " ").matchAll(/\s+|\S+/g))
        found.push({ text: escapeText(piece), marks: child.marks });
  });
  for (const [i, run] of found.entries()) {
    if (run.text.trim() !== "") continue;
    const next = found.slice(i).find(({ text }) => text.trim() !== "")?.marks ?? [];
    const before = found[i - 1]?.marks ?? [];
    run.marks = before.filter((mark) => mark.isInSet(next) && mark.isInSet(run.marks));
  }
  trimEdges(found);
  return found;
}

function trimEdges(found: Run[]): void {
  const first = found[0];
  const last = found.at(-1);
  if (first !== undefined) first.text = first.text.replace(/^\s+/, "");
  if (last !== undefined && last.text !== "\\\n") last.text = last.text.replace(/\s+$/, "");
}

const opening = ({ type }: Mark): string => ({ link: "[", strong: "**", em: "*" })[type.name] ?? "";

const closing = (marks: readonly Mark[]): string =>
  marks
    .toReversed()
    .map(({ type, attrs }) =>
      type.name === "link" ? `](<${address(attrs.href)}>)` : opening({ type } as Mark),
    )
    .join("");

const address = (href: string): string =>
  href.replace(/[<>\\\s]/g, (one) => encodeURIComponent(one));

/** What would be read as a mark, a link, HTML or an entity. */
const escapeText = (text: string): string =>
  text.replace(/[\\`*_[\]<]/g, "\\$&").replace(/&(?=#?\w+;)/g, "\\&");

/** What would be read as a heading, list, quote, rule or code at the start of a line. */
function escapeStart(line: string): string {
  return line
    .replace(/^(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|~~~|=+\s*$|-+\s*$)/, "\\$&")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}

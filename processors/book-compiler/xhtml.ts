/** Prose as XHTML, which EPUB takes and browsers too. */
import {
  type Block,
  directionOf,
  type Inline,
  sortedMarks,
  storable,
  textOf,
  textOfBlocks,
} from "./blocks.ts";

export const escaped = (words: string): string =>
  storable(words)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** Headings of the prose stand below that of their chapter. */
const BELOW_TITLE = 1;

/** @param direction of the book: what runs otherwise says so */
export function blocksHtml(blocks: readonly Block[], direction: "ltr" | "rtl"): string {
  return blocks
    .map((block, at) => {
      const before = blocks[at - 1]?.type;
      // A first paragraph has no indent.
      const isFirst = before === undefined || before === "scene_break" || before === "heading";
      return blockHtml(block, direction, isFirst);
    })
    .join("\n");
}

function blockHtml(block: Block, direction: "ltr" | "rtl", isFirst: boolean): string {
  const running = (words: string) => {
    const own = directionOf(words);
    return own && own !== direction ? ` dir="${own}"` : "";
  };
  switch (block.type) {
    case "scene_break":
      return '<hr class="scene"/>';
    case "paragraph":
      return `<p${isFirst ? ' class="first"' : ""}${running(textOf(block.content))}>${inlineHtml(block.content)}</p>`;
    case "heading": {
      const tag = `h${Math.min(6, block.attrs.level + BELOW_TITLE)}`;
      return `<${tag}${running(textOf(block.content))}>${inlineHtml(block.content)}</${tag}>`;
    }
    case "blockquote":
      return `<blockquote${running(textOfBlocks(block.content ?? []))}>\n${blocksHtml(block.content ?? [], direction)}\n</blockquote>`;
    default: {
      const isOrdered = block.type === "ordered_list";
      const tag = isOrdered ? "ol" : "ul";
      const start = isOrdered ? (block.attrs?.start ?? 1) : 1;
      const items = block.content
        .map((item) => `<li>${itemHtml(item.content ?? [], direction)}</li>`)
        .join("\n");
      return `<${tag}${start === 1 ? "" : ` start="${start}"`}>\n${items}\n</${tag}>`;
    }
  }
}

function itemHtml(blocks: Block[], direction: "ltr" | "rtl"): string {
  const [only] = blocks;
  return blocks.length === 1 && only?.type === "paragraph"
    ? inlineHtml(only.content)
    : blocksHtml(blocks, direction);
}

function inlineHtml(content: readonly Inline[] = []): string {
  return content
    .map((inline) => {
      const inside = inline.type === "hard_break" ? "<br/>" : escaped(inline.text);
      return sortedMarks(inline).reduceRight((html, mark) => {
        if (mark.type === "link")
          return `<a href="${escaped(hrefOf(mark.attrs.href))}">${html}</a>`;
        return `<${mark.type}>${html}</${mark.type}>`;
      }, inside);
    })
    .join("");
}

/** As a URL is written: readers refuse spaces and letters beyond ASCII. */
export function hrefOf(href: string): string {
  try {
    return new URL(href).href;
  } catch {
    return encodeURI(href);
  }
}

/** Paragraphs of plain text; single line ends stay. */
export const paragraphsHtml = (paragraphs: readonly string[]): string =>
  paragraphs.map((words) => `<p>${escaped(words).replaceAll("\n", "<br/>")}</p>`).join("\n");

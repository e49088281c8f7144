/** A folder of Markdown files, one a chapter: what any other tool reads, and a backup that needs none. */
import type { Block, Inline } from "./blocks.ts";
import { sortedMarks, storable } from "./blocks.ts";
import type { Book, Leaf } from "./book.ts";
import { type Entry, utf8, zip } from "./zip.ts";

export function markdownOf(book: Book): Uint8Array {
  const { title, subtitle, author, language, chapters, front, back } = book;
  const digits = String(chapters.length).length;
  const files: Entry[] = chapters.map(({ title, label, blocks }, at) => ({
    path: `${String(at + 1).padStart(Math.max(2, digits), "0")}-${slug(title)}.md`,
    bytes: utf8(`# ${plain(label ? `${label}. ${title}` : title)}\n\n${blocksMarkdown(blocks)}\n`),
  }));
  const leaves = [...front, ...back].map((leaf: Leaf) => ({
    path: `${leaf.kind}.md`,
    bytes: utf8(`# ${leaf.title}\n\n${leaf.paragraphs.map(plain).join("\n\n")}\n`),
  }));
  const list = files.map(({ path }, at) => `${at + 1}. [${plain(chapters[at]!.title)}](${path})`);
  const about = [
    `# ${plain(title)}`,
    ...(subtitle ? [plain(subtitle)] : []),
    ...(author ? [`By ${plain(author)}`] : []),
    `Language: ${language}`,
    list.join("\n"),
  ].join("\n\n");
  return zip([{ path: "README.md", bytes: utf8(`${about}\n`) }, ...files, ...leaves]);
}

/** Letters of a file's name. */
const SLUG_LIMIT = 60;

export const slug = (title: string): string =>
  title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, SLUG_LIMIT) || "untitled";

function blocksMarkdown(blocks: readonly Block[]): string {
  return blocks.map(blockMarkdown).join("\n\n");
}

function blockMarkdown(block: Block): string {
  switch (block.type) {
    case "scene_break":
      return "* * *";
    case "paragraph":
      return atStart(inlineMarkdown(block.content));
    case "heading":
      return `${"#".repeat(block.attrs.level + 1)} ${inlineMarkdown(block.content).replaceAll("\n", " ")}`;
    case "blockquote":
      return indented(blocksMarkdown(block.content ?? []), "> ", "> ").replace(/^> $/gm, ">");
    default: {
      const first = block.type === "ordered_list" ? (block.attrs?.start ?? 1) : null;
      return block.content
        .map((item, at) => {
          const sign = first === null ? "- " : `${first + at}. `;
          return indented(blocksMarkdown(item.content ?? []), sign, " ".repeat(sign.length));
        })
        .join("\n");
    }
  }
}

const indented = (words: string, first: string, rest: string): string =>
  words
    .split("\n")
    .map((line, at) =>
      at === 0 ? first + line : line === "" && rest.trim() === "" ? "" : rest + line,
    )
    .join("\n");

function inlineMarkdown(content: readonly Inline[] = []): string {
  return content
    .map((inline) => {
      if (inline.type === "hard_break") return "\\\n";
      return sortedMarks(inline).reduceRight((words, mark) => {
        if (mark.type === "link")
          return `[${words}](<${mark.attrs.href.replaceAll(/[<>\n]/g, encodeURIComponent)}>)`;
        // Signs stand at words, or they are read as themselves.
        const [, before, inside, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words)!;
        const sign = mark.type === "em" ? "*" : "**";
        return inside === "" ? words : `${before}${sign}${inside}${sign}${after}`;
      }, plain(inline.text));
    })
    .join("");
}

/** Text that is read as itself. */
const plain = (words: string): string => storable(words).replace(/[\\`*_[\]<>]/g, "\\$&");

/** What would begin a heading, a list, a quote or a break at the start of a line. */
const atStart = (words: string): string =>
  words
    .replace(/^([ \t]*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|-{3,}|={3,}|~{3,})/gm, "$1\\$2")
    .replace(/^(\s*\d{1,9})([.)])(?=\s)/gm, "$1\\$2");

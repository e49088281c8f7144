import type { Block, Pitch, Run } from "./blocks.ts";

/** A blank stands in brackets, bold, so that nobody sends it off unseen. */
export function markdownOf({ title, author, parts }: Pitch): string {
  const head = [`# ${escaped(title)}`, author && `*${escaped(author)}*`].filter(Boolean);
  const sections = parts.map((part) =>
    [`## ${escaped(part.title)}`, ...blocksIn(part.blocks)].join("\n\n"),
  );
  return `${[...head, ...sections].join("\n\n")}\n`;
}

/** The items of a list stand together. */
function blocksIn(blocks: readonly Block[]): string[] {
  const said: string[] = [];
  let wasItem = false;
  for (const block of blocks) {
    const text = markdownOfBlock(block);
    if (wasItem && block.kind === "item") said[said.length - 1] += `\n${text}`;
    else said.push(text);
    wasItem = block.kind === "item";
  }
  return said;
}

function markdownOfBlock(block: Block): string {
  if (block.kind === "break") return "* * *";
  const text = block.runs.map(inline).join("").trim();
  if (block.kind === "heading") return `${"#".repeat(Math.min(6, block.level + 2))} ${text}`;
  if (block.kind === "quote") return text.replaceAll(/^/gm, "> ");
  if (block.kind === "item") {
    const mark = block.ordered === null ? "- " : `${block.ordered}. `;
    return "  ".repeat(block.depth) + mark + text;
  }
  return text;
}

function inline({ text, em, strong, href, isBlank }: Run): string {
  if (text === "\n") return "\\\n";
  const [, before, words, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text)!;
  if (words === "") return text;
  let said = isBlank ? `\\[${escaped(words!)}\\]` : escaped(words!);
  if (em) said = `*${said}*`;
  if (strong || isBlank) said = `**${said}**`;
  if (href) said = `[${said}](<${href.replaceAll(/[<>\s]/g, encodeURIComponent)}>)`;
  return before + said + after;
}

const escaped = (text: string): string =>
  text
    .replaceAll(/[\\`*_[\]<>]/g, "\\$&")
    .replaceAll(/^(\s*)([#+-]|\d+[.)])(?=\s)/gm, (_, space: string, mark: string) =>
      mark.length > 1 ? `${space}${mark.slice(0, -1)}\\${mark.at(-1)}` : `${space}\\${mark}`,
    );

import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import type { Block, Pitch, Run } from "./blocks.ts";

/** Typst sets it in the fonts that it carries along, and embeds them. */
export function pdfOf(pitch: Pitch): Uint8Array {
  const compiler = NodeCompiler.create({});
  const compiled = compiler.compile({ mainFileContent: typstOf(pitch) });
  if (!compiled.result)
    throw new Error(
      `Typst refused it: ${JSON.stringify(compiled.takeDiagnostics()?.shortDiagnostics ?? [])}`,
    );
  return new Uint8Array(compiler.pdf(compiled.result, { creationTimestamp: 0 }));
}

/** Everything a writer wrote goes in as strings: nothing of it is markup to Typst. */
export function typstOf({ title, author, language, parts }: Pitch): string {
  const [lang = "en", region] = language.split("-");
  return [
    `#set document(title: ${quoted(title)}${author ? `, author: ${quoted(author)}` : ""})`,
    `#set page(paper: "a4", margin: 2.5cm, numbering: "1")`,
    `#set text(size: 11pt, lang: ${quoted(lang)}${region && /^[A-Za-z]{2}$/.test(region) ? `, region: ${quoted(region)}` : ""}, hyphenate: true)`,
    "#set par(justify: false, leading: 0.75em, spacing: 1.1em)",
    "#show heading: set block(above: 1.8em, below: 0.8em)",
    `#text(size: 20pt, weight: "bold")[#${quoted(title)}]`,
    author && `#emph[#${quoted(author)}]`,
    ...parts.flatMap((part) => [
      `#heading(level: 1, ${quoted(part.title)})`,
      ...part.blocks.map(blockOf),
    ]),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function blockOf(block: Block): string {
  if (block.kind === "break") return '#align(center)[#"* * *"]';
  const runs = block.runs.map(runOf).join("");
  if (block.kind === "heading") return `#heading(level: ${block.level + 1})[${runs}]`;
  if (block.kind === "quote") return `#pad(left: 1.5em)[${runs}]`;
  if (block.kind === "item") {
    const mark = block.ordered === null ? "•" : `${block.ordered}.`;
    return `#pad(left: ${block.depth * 1.5}em)[#grid(columns: (1.5em, 1fr), [#${quoted(mark)}], [${runs}])]`;
  }
  return `#par[${runs}]`;
}

function runOf({ text, em, strong, href, isBlank }: Run): string {
  if (text === "\n") return "#linebreak()";
  let said = isBlank ? `#highlight[#${quoted(`[${text}]`)}]` : `#${quoted(text)}`;
  if (em) said = `#emph[${said}]`;
  if (strong) said = `#strong[${said}]`;
  if (href) said = `#link(${quoted(href)})[${said}]`;
  return `${said};`;
}

const quoted = (text: string): string =>
  `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n\t]+/g, " ")}"`;

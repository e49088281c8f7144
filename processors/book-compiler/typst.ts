/**
 * PDF by Typst, for print: chapters begin on the right, heads run, pages are numbered, words hyphenated, and no line is
 * left alone. What the writer wrote goes in as strings, so none of it is ever read as Typst.
 */
import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import {
  type Block,
  directionOf,
  type Inline,
  sortedMarks,
  storable,
  textOf,
  textOfBlocks,
} from "./blocks.ts";
import type { Book, Chapter, Leaf } from "./book.ts";
import { refused, type Settings } from "./settings.ts";
import { hrefOf } from "./xhtml.ts";

type Trim = NonNullable<Settings["trim"]>;

/** Width and height; the margins towards the spine and away from it, at the head and at the foot. */
const TRIMS: Record<Trim, { page: string; margin: string; size: string }> = {
  "5x8": trim("5in", "8in", "10.5pt"),
  "5.25x8": trim("5.25in", "8in", "10.5pt"),
  "5.5x8.5": trim("5.5in", "8.5in", "11pt"),
  "6x9": trim("6in", "9in", "11.5pt"),
  a5: trim("148mm", "210mm", "11pt"),
  a4: trim("210mm", "297mm", "12pt", "1.2in"),
  letter: trim("8.5in", "11in", "12pt", "1.2in"),
};

function trim(width: string, height: string, size: string, side = "0.75in") {
  return {
    page: `width: ${width}, height: ${height}`,
    margin: `inside: ${side}, outside: calc.max(0.55in, ${side} - 0.2in), top: 0.85in, bottom: 0.8in`,
    size,
  };
}

/** Bundled with Typst, SIL OFL; what it lacks comes from the machine's fonts. */
const FONT = "Libertinus Serif";

/** @throws RunError with Typst's own words, should it refuse */
export function pdfOf(book: Book): Uint8Array {
  const compiler = NodeCompiler.create();
  const source = sourceOf(book);
  const compiled = compiler.compile({ mainFileContent: source });
  const made = compiled.result;
  if (!made) {
    const [first] = compiled.takeDiagnostics()?.shortDiagnostics ?? [];
    throw refused(
      "pdf",
      `Typst could not set this book: ${first?.message ?? "it gave no reason"}.`,
    );
  }
  const pdf = compiler.pdf(made, { creationTimestamp: book.modified.getTime() / 1_000 });
  return new Uint8Array(pdf);
}

export function sourceOf(book: Book): string {
  const { title, author, language, modified, settings, chapters, front, back } = book;
  const { page, margin, size } = TRIMS[settings.trim ?? "5.5x8.5"];
  const { language: lang, region } = new Intl.Locale(language);
  const [year, month, day] = [
    modified.getUTCFullYear(),
    modified.getUTCMonth() + 1,
    modified.getUTCDate(),
  ];
  return `#set document(title: ${string(title)}, author: ${author ? `(${string(author)},)` : "()"}, date: datetime(year: ${year}, month: ${month}, day: ${day}))
#set page(${page}, margin: (${margin}), binding: ${book.direction === "rtl" ? "right" : "left"}, header: none, footer: none)
#set text(font: ${string(FONT)}, size: ${size}, lang: ${string(lang)}${region ? `, region: ${string(region.toLowerCase())}` : ""}, hyphenate: true)
#set par(justify: true, leading: 0.62em, spacing: 0.62em, first-line-indent: 1.4em)
#set smartquote(enabled: false)
#set heading(supplement: [])
#show heading: set text(weight: "regular", hyphenate: false)
#show heading: set par(justify: false, first-line-indent: 0pt)
#show heading.where(level: 1): it => align(center, block(above: 0pt, below: 3em, inset: (top: 20%), {
  if it.supplement != [] { text(0.9em, it.supplement); v(0.9em, weak: true) }
  text(1.5em, it.body)
}))
#show heading.where(level: 2): set block(above: 1.6em, below: 1em)
#show heading.where(level: 3): set block(above: 1.4em, below: 0.9em)
#show list: set block(above: 0.9em, below: 0.9em)
#show enum: set block(above: 0.9em, below: 0.9em)
#set list(indent: 1.4em)
#set enum(indent: 1.4em)
#let scene = align(center, block(above: 1.5em, below: 1.5em, sticky: false, ${SCENES[settings.sceneBreak ?? "asterisks"]}))
// A left page that is left empty has neither head nor number.
#let to-right() = {
  set page(header: none, footer: none)
  pagebreak(to: "odd", weak: true)
}
#let opens() = query(heading.where(level: 1)).any(it => it.location().page() == here().page())
${settings.titlePage === false ? "" : titlePage(book)}
${front.map((leaf) => frontLeaf(leaf)).join("\n")}
${settings.contents ? CONTENTS : ""}
#to-right()
#set page(
  numbering: "1",
  header: context if not opens() {
    set text(0.82em)
    set par(first-line-indent: 0pt)
    if calc.even(here().page()) { align(left, ${string(author || title)}) } else { align(right, ${string(title)}) }
  },
  footer: context { set text(0.82em); align(center, counter(page).display("1")) },
)
#counter(page).update(1)
${chapters.map(chapterSource).join("\n")}
${back.map(backLeaf).join("\n")}
`;
}

const SCENES: Record<NonNullable<Settings["sceneBreak"]>, string> = {
  asterisks: 'text(baseline: 0.2em, "*" + h(0.9em) + "*" + h(0.9em) + "*")',
  hash: '"#"',
  line: "line(length: 20%, stroke: 0.5pt)",
  space: '"\\u{a0}"',
};

const titlePage = ({ title, subtitle, author }: Book): string => `#align(center)[
  #set par(justify: false, first-line-indent: 0pt)
  #v(22%)
  #text(2em)[#${string(title)};]
${subtitle ? `\n  #v(1em)\n  #text(1.2em)[#${string(subtitle)};]\n` : ""}
${author ? `  #v(3em)\n  #text(1.15em)[#${string(author)};]\n` : ""}
]
#pagebreak()`;

const CONTENTS = `#to-right()
#{
  show outline.entry: set block(above: 0.9em)
  show outline.entry: it => link(it.element.location(), it.indented(if it.element.supplement != [] { it.element.supplement }, it.inner()))
  outline(title: align(center, text(1.2em, weight: "regular", "Contents")), depth: 1)
}`;

/** Copyright stands at the foot of the page behind the title; the rest each on a page of its own. */
function frontLeaf({ kind, paragraphs }: Leaf): string {
  const words = plainParagraphs(paragraphs);
  if (kind === "copyright")
    return `#v(1fr)\n#[#set text(0.82em)\n#set par(justify: false, first-line-indent: 0pt, spacing: 0.8em)\n${words}\n]\n#pagebreak()`;
  return `#to-right()\n#v(25%)\n#align(center)[#set par(justify: false, first-line-indent: 0pt, spacing: 0.8em)\n#emph[${words}]]`;
}

const backLeaf = ({ title, paragraphs }: Leaf): string =>
  `#to-right()\n#heading(level: 1, supplement: [])[#${string(title)};]\n${plainParagraphs(paragraphs)}`;

const plainParagraphs = (paragraphs: readonly string[]): string =>
  paragraphs
    .map((words) =>
      words
        .split("\n")
        .map((line) => `#${string(line)};`)
        .join(" \\\n"),
    )
    .join("\n\n");

const chapterSource = ({ label, title, blocks }: Chapter): string =>
  `#to-right()
#heading(level: 1, supplement: [${label ? `#${string(label)};` : ""}])[#${string(title)};]

${blocksSource(blocks)}
`;

const blocksSource = (blocks: readonly Block[]): string => blocks.map(blockSource).join("\n\n");

function blockSource(block: Block): string {
  switch (block.type) {
    case "scene_break":
      return "#scene";
    case "paragraph":
      return directed(textOf(block.content), inlineSource(block.content));
    case "heading":
      return `#heading(level: ${Math.min(6, block.attrs.level + 1)}, outlined: false)[${inlineSource(block.content)}]`;
    case "blockquote":
      return `#block(above: 1em, below: 1em, inset: (x: 1.4em))[${directed(textOfBlocks(block.content ?? []), blocksSource(block.content ?? []))}]`;
    default: {
      const items = block.content.map((item) => `[${blocksSource(item.content ?? [])}]`).join(", ");
      return block.type === "ordered_list"
        ? `#enum(start: ${block.attrs?.start ?? 1}, ${items})`
        : `#list(${items})`;
    }
  }
}

/** What runs from the right says so; the rest runs as the book does. */
const directed = (words: string, source: string): string =>
  directionOf(words) === "rtl" ? `#[#set text(dir: rtl)\n${source}\n\n]` : source;

function inlineSource(content: readonly Inline[] = []): string {
  return content
    .map((inline) => {
      const inside = inline.type === "hard_break" ? "#linebreak();" : `#${string(inline.text)};`;
      return sortedMarks(inline).reduceRight((source, mark) => {
        if (mark.type === "link") return `#link(${string(hrefOf(mark.attrs.href))})[${source}];`;
        return `#${mark.type === "em" ? "emph" : "strong"}[${source}];`;
      }, inside);
    })
    .join("");
}

/** A string of Typst's. */
export const string = (words: string): string =>
  `"${storable(words).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", " ")}"`;

/** Different letters of one book that are looked up, and of those without a glyph the ones that are named. */
const LETTERS_LIMIT = 20_000;
const NAMED_LIMIT = 40;
/** What leaves no ink has no glyph either. */
const INKLESS = /[\s\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Zs}]/u;
/** PDF/A forbids a letter without a glyph (ISO 19005-2, 6.2.11.8), so Typst names each that has none. */
const NO_GLYPH = /the text `\\?"(.+?)\\?"` could not be displayed/gu;

/** What the PDF lacks for want of a font on this machine, in sentences. */
export function missingGlyphs(book: Book): string[] {
  const { title, subtitle, author, chapters, front, back } = book;
  const words = [
    title,
    subtitle ?? "",
    author,
    ...chapters.flatMap((chapter) => [chapter.title, textOfBlocks(chapter.blocks)]),
    ...[...front, ...back].flatMap(({ paragraphs }) => paragraphs),
  ];
  const letters = new Set<string>();
  for (const letter of words.join("\n"))
    if (letters.size < LETTERS_LIMIT && !INKLESS.test(letter)) letters.add(letter);
  const missing = withoutGlyph([...letters].sort());
  if (missing.length === 0) return [];
  const named = missing.slice(0, NAMED_LIMIT).join(" ");
  const more = missing.length - NAMED_LIMIT;
  return [
    `The PDF shows boxes for ${missing.length === 1 ? "a character" : `${missing.length} characters`} that no font has where this studio runs: ${named}${more > 0 ? ` and ${more} more` : ""}. The other formats are whole.`,
  ];
}

function withoutGlyph(letters: readonly string[]): string[] {
  const compiler = NodeCompiler.create();
  const mainFileContent = [
    `#set document(title: "letters")\n#set text(font: ${string(FONT)})`,
    ...letters.map((letter) => `#box[#${string(letter)};]`),
  ].join("\n");
  const { result } = compiler.compile({ mainFileContent });
  if (!result) return [];
  try {
    compiler.pdf(result, { pdfStandard: "a-2u", creationTimestamp: 0 });
    return [];
  } catch (error) {
    const said = [...String((error as Error).message).matchAll(NO_GLYPH)].map(([, one]) => one!);
    return [...new Set(said)];
  }
}

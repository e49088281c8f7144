/**
 * DOCX: standard manuscript format, as agents and magazines ask for it (William Shunn's page is what they link to), or
 * plain. `docx` writes the parts; they are put into an archive of ours, so that the same book gives the same bytes.
 */
import {
  AlignmentType,
  BorderStyle,
  convertInchesToTwip,
  Document,
  ExternalHyperlink,
  type FileChild,
  Footer,
  Header,
  HeadingLevel,
  type IParagraphOptions,
  LevelFormat,
  LineRuleType,
  Packer,
  PageBreak,
  PageNumber,
  Paragraph,
  type ParagraphChild,
  TextRun,
} from "docx";
import { unzipSync } from "fflate";
import { type Block, directionOf, type Inline, sortedMarks, storable, textOf } from "./blocks.ts";
import type { Book, Chapter, Leaf } from "./book.ts";
import type { Settings } from "./settings.ts";
import { hrefOf } from "./xhtml.ts";
import { utf8, zip } from "./zip.ts";

type Style = {
  font: string;
  /** In half points. */
  size: number;
  /** In 240ths of a line. */
  line: number;
  /** Of a first line, in twips. */
  indent: number;
};

const STYLES: Record<"manuscript" | "plain", Style> = {
  manuscript: { font: "Times New Roman", size: 24, line: 480, indent: convertInchesToTwip(0.5) },
  plain: { font: "Georgia", size: 23, line: 320, indent: convertInchesToTwip(0.3) },
};

const MARGIN = convertInchesToTwip(1);
const LETTER = { width: convertInchesToTwip(8.5), height: convertInchesToTwip(11) };
const A4 = { width: 11_906, height: 16_838 };
/** Where manuscripts are on American paper. */
const LETTER_REGIONS = new Set(["US", "CA", "MX", "PH"]);
/** Word counts of manuscripts are rounded to so many. */
const ROUNDED = 1_000;
const NUMBERED = "numbered";
const BULLETS = "bullets";

export async function docxOf(book: Book): Promise<Uint8Array> {
  const kind = book.settings.docx ?? "manuscript";
  const style = STYLES[kind];
  const { region } = new Intl.Locale(book.language).maximize();
  const size = LETTER_REGIONS.has(region ?? "US") ? LETTER : A4;
  const page = { size, margin: { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN } };
  const lists = new Map<Block, string>();
  const body = bodyOf(book, style, lists);
  const document = new Document({
    title: book.title,
    ...(book.author ? { creator: book.author, lastModifiedBy: book.author } : {}),
    styles: {
      default: {
        document: {
          run: { font: style.font, size: style.size, language: { value: book.language } },
          paragraph: { spacing: { line: style.line, lineRule: LineRuleType.AUTO } },
        },
        ...Object.fromEntries(
          [1, 2, 3, 4].map((level) => [
            `heading${level}`,
            {
              run: {
                font: style.font,
                size: style.size + (kind === "plain" ? 8 - level * 2 : 0),
                color: "000000",
                bold: false,
              },
              paragraph: { keepNext: true, spacing: { before: 240, after: 240 } },
            },
          ]),
        ),
      },
    },
    numbering: {
      config: [
        {
          reference: BULLETS,
          levels: [0, 1, 2, 3].map((level) => ({
            level,
            format: LevelFormat.BULLET,
            text: "•",
            style: { paragraph: { indent: { left: 720 * (level + 1), hanging: 360 } } },
          })),
        },
        ...[...lists].map(([block, reference]) => ({
          reference,
          levels: [0, 1, 2, 3].map((level) => ({
            level,
            format: LevelFormat.DECIMAL,
            text: `%${level + 1}.`,
            start: block.type === "ordered_list" && level === 0 ? (block.attrs?.start ?? 1) : 1,
            style: { paragraph: { indent: { left: 720 * (level + 1), hanging: 360 } } },
          })),
        })),
      ],
    },
    sections: [
      {
        properties: { page, titlePage: true },
        headers: {
          default: kind === "manuscript" ? runningHead(book) : new Header({ children: [] }),
        },
        footers: {
          default: new Footer({ children: kind === "plain" ? [pageNumber()] : [] }),
        },
        children: [...opening(book, style, kind), ...body],
      },
    ],
  });
  return settled(new Uint8Array(await Packer.toBuffer(document)), book);
}

/** *Name / TITLE / page*, at the right. */
function runningHead({ author, title }: Book): Header {
  const surname = author.trim().split(/\s+/).at(-1) ?? "";
  const text = [surname, title.toUpperCase(), ""]
    .filter((word, at) => word || at === 2)
    .join(" / ");
  return new Header({
    children: [
      new Paragraph({
        alignment: AlignmentType.RIGHT,
        children: [new TextRun(storable(text)), new TextRun({ children: [PageNumber.CURRENT] })],
      }),
    ],
  });
}

const pageNumber = () =>
  new Paragraph({
    alignment: AlignmentType.CENTER,
    children: [new TextRun({ children: [PageNumber.CURRENT] })],
  });

function opening(book: Book, style: Style, kind: "manuscript" | "plain"): FileChild[] {
  const { title, subtitle, author, settings, words, front } = book;
  if (settings.titlePage === false) return front.flatMap((leaf) => leafBlocks(leaf, style));
  const lines = (settings.contact ?? "").split("\n").filter((line) => line.trim());
  const single = { spacing: { line: 240 } };
  const contact =
    kind === "manuscript"
      ? [
          ...(lines.length ? lines : author ? [author] : []).map(
            (line) => new Paragraph({ ...single, children: [run(line)] }),
          ),
          new Paragraph({
            ...single,
            alignment: AlignmentType.RIGHT,
            children: [run(`about ${roundedWords(words)} words`)],
          }),
        ]
      : [];
  const centred = (text: string, before = 0, more: Partial<IParagraphOptions> = {}) =>
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: { before, line: style.line },
      children: [run(text)],
      ...more,
    });
  return [
    ...contact,
    centred(kind === "manuscript" ? title.toUpperCase() : title, 4_000, { style: "Title" }),
    ...(subtitle ? [centred(subtitle)] : []),
    ...(author ? [centred(kind === "manuscript" ? `by ${author}` : author)] : []),
    ...front.flatMap((leaf) => leafBlocks(leaf, style)),
  ];
}

export const roundedWords = (words: number): string =>
  Math.max(ROUNDED, Math.round(words / ROUNDED) * ROUNDED).toLocaleString("en-US");

const bodyOf = (
  { chapters, back, settings }: Book,
  style: Style,
  lists: Map<Block, string>,
): FileChild[] => [
  ...chapters.flatMap((chapter, at) =>
    chapterBlocks(
      chapter,
      {
        style,
        scene: style === STYLES.plain ? (settings.sceneBreak ?? "asterisks") : "hash",
        lists,
        depth: 0,
      },
      at > 0 || settings.titlePage !== false,
    ),
  ),
  ...back.flatMap((leaf) => leafBlocks(leaf, style)),
];

function chapterBlocks(
  { label, title, blocks }: Chapter,
  within: Within,
  onNewPage: boolean,
): FileChild[] {
  return [
    new Paragraph({
      heading: HeadingLevel.HEADING_1,
      alignment: AlignmentType.CENTER,
      pageBreakBefore: onNewPage,
      spacing: { before: 1_800, after: 480 },
      children: [...(label ? [run(label), new TextRun({ break: 1 })] : []), run(title)],
    }),
    ...docBlocks(blocks, within),
  ];
}

function leafBlocks({ kind, title, paragraphs }: Leaf, style: Style): FileChild[] {
  const isNamed = kind === "acknowledgements" || kind === "about";
  const alignment =
    kind === "dedication" || kind === "epigraph" ? AlignmentType.CENTER : AlignmentType.LEFT;
  const heading = isNamed
    ? [
        new Paragraph({
          heading: HeadingLevel.HEADING_1,
          alignment: AlignmentType.CENTER,
          pageBreakBefore: true,
          children: [run(title)],
        }),
      ]
    : [new Paragraph({ children: [new PageBreak()] })];
  return [
    ...heading,
    ...paragraphs.map(
      (words) =>
        new Paragraph({
          alignment,
          spacing: { line: style.line, after: 120 },
          children: words
            .split("\n")
            .map((line, at) => new TextRun({ text: storable(line), ...(at ? { break: 1 } : {}) })),
        }),
    ),
  ];
}

type Within = {
  style: Style;
  /** What stands between scenes: of a manuscript `#`, whatever the build says. */
  scene: keyof typeof SCENES;
  lists: Map<Block, string>;
  depth: number;
  quoted?: boolean;
};

/** A line is the border below its paragraph. */
const SCENES = { asterisks: "*\u2003*\u2003*", hash: "#", line: "", space: "" } satisfies Record<
  NonNullable<Settings["sceneBreak"]>,
  string
>;
/** The line between scenes leaves so much free on either side, of a page whose text is about 9,400 wide; in twips. */
const LINE_INSET = 3_700;

function sceneBreak({ scene, style }: Within): Paragraph {
  const words = SCENES[scene];
  const aired = style === STYLES.plain && words ? { spacing: { before: 240, after: 240 } } : {};
  return new Paragraph({
    alignment: AlignmentType.CENTER,
    keepNext: true,
    ...aired,
    ...(scene === "line"
      ? {
          indent: { left: LINE_INSET, right: LINE_INSET },
          spacing: { line: 120, after: 360 },
          border: { bottom: { style: BorderStyle.SINGLE, size: 4, space: 1, color: "auto" } },
        }
      : {}),
    children: words ? [run(words)] : [],
  });
}

/** Word knows lists so deep. */
const DEPTH_LIMIT = 3;

function docBlocks(blocks: readonly Block[], within: Within): FileChild[] {
  const { style, quoted } = within;
  return blocks.flatMap((block, at): FileChild[] => {
    const before = blocks[at - 1]?.type;
    const opens = before === undefined && within.depth === 0;
    const isFirst = opens || before === "scene_break" || before === "heading";
    switch (block.type) {
      case "scene_break":
        return [sceneBreak(within)];
      case "paragraph":
        return [
          paragraph(block.content, {
            indent: {
              ...(quoted ? { left: 720, right: 720 } : {}),
              firstLine: quoted || (isFirst && style === STYLES.plain) ? 0 : style.indent,
            },
          }),
        ];
      case "heading":
        return [
          paragraph(block.content, {
            heading:
              [HeadingLevel.HEADING_2, HeadingLevel.HEADING_3, HeadingLevel.HEADING_4][
                block.attrs.level - 1
              ] ?? HeadingLevel.HEADING_4,
          }),
        ];
      case "blockquote":
        return docBlocks(block.content ?? [], { ...within, quoted: true });
      default:
        return listBlocks(block, within);
    }
  });
}

function listBlocks(
  block: Extract<Block, { content: { type: "list_item" }[] }>,
  within: Within,
): FileChild[] {
  const { lists, depth } = within;
  const level = Math.min(depth, DEPTH_LIMIT);
  let reference = BULLETS;
  if (block.type === "ordered_list") {
    reference = `${NUMBERED}-${lists.size + 1}`;
    lists.set(block, reference);
  }
  return block.content.flatMap((item) =>
    (item.content ?? []).flatMap((inside, at): FileChild[] =>
      inside.type === "paragraph"
        ? [
            paragraph(
              inside.content,
              at === 0
                ? { numbering: { reference, level } }
                : { indent: { left: 720 * (level + 1) } },
            ),
          ]
        : docBlocks([inside], { ...within, depth: depth + 1 }),
    ),
  );
}

const paragraph = (
  content: readonly Inline[] | undefined,
  more: Partial<IParagraphOptions>,
): Paragraph =>
  new Paragraph({
    ...more,
    ...(directionOf(textOf(content)) === "rtl" ? { bidirectional: true } : {}),
    children: inlineRuns(content),
  });

function inlineRuns(content: readonly Inline[] = []): ParagraphChild[] {
  return content.map((inline) => {
    const marks = sortedMarks(inline);
    const link = marks.find((mark) => mark.type === "link");
    const text = inline.type === "text" ? storable(inline.text) : "";
    const made = new TextRun({
      ...(inline.type === "hard_break" ? { break: 1 } : { text }),
      ...(marks.some(({ type }) => type === "em") ? { italics: true } : {}),
      ...(marks.some(({ type }) => type === "strong") ? { bold: true } : {}),
      ...(link ? { style: "Hyperlink" } : {}),
      ...(directionOf(text) === "rtl" ? { rightToLeft: true } : {}),
    });
    return link ? new ExternalHyperlink({ link: hrefOf(link.attrs.href), children: [made] }) : made;
  });
}

const run = (text: string): TextRun => new TextRun(storable(text));

const MIMETYPES = "[Content_Types].xml";
/** The names that `docx` gives links are drawn by lot; a dash may be their last letter. */
const RANDOM_ID = /(?<=\b[Ii]d=")rId[A-Za-z0-9_-]{15,}(?=")/g;

/** The same parts without what changes from one making to the next: names by lot, and the hour. */
function settled(archive: Uint8Array, { modified }: Book): Uint8Array {
  const parts = unzipSync(archive);
  const names = new Map<string, string>();
  const time = modified.toISOString().replace(/\.\d+Z$/, "Z");
  const paths = Object.keys(parts).sort((a, b) =>
    // Readers look for the list of types first.
    a === MIMETYPES ? -1 : b === MIMETYPES ? 1 : a < b ? -1 : 1,
  );
  return zip(
    paths.map((path) => {
      const bytes = parts[path]!;
      if (!/\.(xml|rels)$/.test(path)) return { path, bytes };
      const words = new TextDecoder()
        .decode(bytes)
        .replace(RANDOM_ID, (name) => {
          const known = names.get(name) ?? `rIdLink${names.size + 1}`;
          names.set(name, known);
          return known;
        })
        .replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, `$1${time}`);
      return { path, bytes: utf8(words) };
    }),
  );
}

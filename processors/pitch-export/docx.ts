import {
  AlignmentType,
  Document,
  ExternalHyperlink,
  Footer,
  HeadingLevel,
  type IRunOptions,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  type ParagraphChild,
  TextRun,
} from "docx";
import type { Block, Pitch, Run } from "./blocks.ts";

/** 12 points, in half-points; one and a half lines, in 240ths; an inch and half of it, in twentieths of a point. */
const SIZE = 24;
const LINE = 360;
const INCH = 1_440;
const INDENT = 720;
const HEADINGS = [HeadingLevel.HEADING_2, HeadingLevel.HEADING_3, HeadingLevel.HEADING_4];

export async function docxOf({ title, author, language, parts }: Pitch): Promise<Uint8Array> {
  const document = new Document({
    title,
    creator: author,
    lastModifiedBy: author,
    styles: {
      default: {
        document: {
          run: { font: "Times New Roman", size: SIZE, language: { value: language } },
          paragraph: { spacing: { line: LINE, after: 160 } },
        },
        heading1: { run: { size: 36, bold: true }, paragraph: { spacing: { after: 240 } } },
        heading2: {
          run: { size: 28, bold: true },
          paragraph: { spacing: { before: 320, after: 120 } },
        },
        heading3: { run: { size: 24, bold: true } },
      },
    },
    numbering: {
      config: [
        {
          reference: "numbers",
          levels: [0, 1, 2].map((level) => ({
            level,
            format: LevelFormat.DECIMAL,
            text: `%${level + 1}.`,
            alignment: AlignmentType.START,
            style: { paragraph: { indent: { left: INDENT * (level + 1), hanging: 360 } } },
          })),
        },
      ],
    },
    sections: [
      {
        properties: { page: { margin: { top: INCH, right: INCH, bottom: INCH, left: INCH } } },
        footers: {
          default: new Footer({
            children: [
              new Paragraph({
                alignment: AlignmentType.CENTER,
                children: [new TextRun({ children: [PageNumber.CURRENT] })],
              }),
            ],
          }),
        },
        children: [
          new Paragraph({ heading: HeadingLevel.HEADING_1, children: [new TextRun(title)] }),
          ...(author
            ? [new Paragraph({ children: [new TextRun({ text: author, italics: true })] })]
            : []),
          ...parts.flatMap((part) => [
            new Paragraph({
              heading: HeadingLevel.HEADING_2,
              keepNext: true,
              children: [new TextRun(part.title)],
            }),
            ...part.blocks.map(paragraphOf),
          ]),
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(document));
}

function paragraphOf(block: Block): Paragraph {
  if (block.kind === "break")
    return new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun("#")] });
  const children = block.runs.map(childOf);
  if (block.kind === "heading")
    return new Paragraph({ heading: HEADINGS[Math.min(block.level, 3) - 1]!, children });
  if (block.kind === "quote") return new Paragraph({ indent: { left: INDENT }, children });
  if (block.kind === "item") {
    const level = Math.min(block.depth, 2);
    return new Paragraph(
      block.ordered === null
        ? { bullet: { level }, children }
        : { numbering: { reference: "numbers", level }, children },
    );
  }
  return new Paragraph({ children });
}

function childOf(run: Run): ParagraphChild {
  if (run.text === "\n") return new TextRun({ break: 1 });
  const options: IRunOptions = {
    text: run.isBlank ? `[${run.text}]` : run.text,
    italics: run.em,
    bold: run.strong,
    ...(run.isBlank ? { highlight: "yellow" as const } : {}),
  };
  if (!run.href) return new TextRun(options);
  return new ExternalHyperlink({ link: run.href, children: [new TextRun(options)] });
}

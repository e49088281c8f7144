/**
 * DOCX in. Mammoth reads the document; before it makes HTML, headings, titles and quotes are named by what their styles
 * mean, and what chapters do not take over is counted and taken out. The HTML goes the way of all HTML.
 */
import { zipSync } from "fflate";
import mammoth from "mammoth";
import { type Meaning, meaningsIn } from "./docx-styles.ts";
import { decodeEntities } from "./entities.ts";
import { readHtml } from "./html.ts";
import {
  type Loss,
  type LossKind,
  lossesOf,
  type Manuscript,
  Refused,
  titleOf,
} from "./manuscript.ts";
import { unzip } from "./zip.ts";

const MAIN = "word/document.xml";
const STYLES = "word/styles.xml";
/** What text is made of; pictures, fonts and embedded files are never unpacked. */
const WANTED =
  /^(?:\[Content_Types\]\.xml|_rels\/\.rels|docProps\/core\.xml|word\/(?:_rels\/[^/]+\.rels|(?:document|styles|numbering|footnotes|endnotes|comments|settings)\.xml))$/;

/** Of mammoth's document (`mammoth/lib/documents.js`), what is looked at here. */
type Element = {
  type: string;
  children?: Element[];
  styleId?: string | null;
  styleName?: string | null;
  numbering?: unknown;
  isBold?: boolean;
  isItalic?: boolean;
  isUnderline?: boolean;
  isStrikethrough?: boolean;
  isSmallCaps?: boolean;
  verticalAlignment?: string | null;
  indent?: { start?: string | null; end?: string | null };
};

/** Names that no file gives its own styles. */
const NAMED = { title: "reyna:title", quote: "reyna:quote", plain: "reyna:plain" };
const headingName = (level: number) => `reyna:heading-${level}`;
const STYLE_MAP = [
  `p[style-name='${NAMED.title}'] => p.title:fresh`,
  `p[style-name='${NAMED.quote}'] => blockquote > p:fresh`,
  `p[style-name='${NAMED.plain}'] => p:fresh`,
  ...[1, 2, 3, 4, 5, 6].map((level) => `p[style-name='${headingName(level)}'] => h${level}:fresh`),
  "br[type='page'] => hr.page",
  "b => strong",
  "i => em",
];

export async function readDocx(bytes: Uint8Array): Promise<Manuscript> {
  const parts = unzip(bytes, (name) => WANTED.test(name));
  const main = parts.get(MAIN);
  if (!main) throw new Refused("It is a zip, but no DOCX: there is no document in it.");
  const textOf = (name: string) => new TextDecoder().decode(parts.get(name) ?? new Uint8Array());
  for (const name of parts.keys()) requirePlain(textOf(name));
  const xml = textOf(MAIN);
  const counts: Partial<Record<LossKind, number>> = {
    change: countIn(xml, /<w:(?:ins|del|moveFrom|moveTo)\b[^>]*\bw:id=/g),
    comment: countIn(textOf("word/comments.xml"), /<w:comment\b/g),
    formula: countIn(xml, /<m:oMath\b/g),
  };
  parts.set(MAIN, new TextEncoder().encode(withPages(xml)));

  const meaningOf = meaningsIn(textOf(STYLES));
  const lose = (kind: LossKind) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const { value } = await mammoth
    .convertToHtml(
      { buffer: Buffer.from(zipSync(Object.fromEntries(parts), { level: 0 })) },
      {
        styleMap: STYLE_MAP,
        // A file may bring a map of its own, which would decide what is a heading.
        includeEmbeddedStyleMap: false,
        ignoreEmptyParagraphs: false,
        transformDocument: (document: Element) =>
          named(document, { meaningOf, lose, drawsIn: drawsIn(document) }),
      },
    )
    .catch((error: unknown) => {
      if (error instanceof RangeError)
        throw new Refused("Its parts lie too deep in each other to be a manuscript.");
      throw new Refused("It is damaged: its document cannot be read.");
    });
  const core = textOf("docProps/core.xml");
  const read = readHtml(value, { keepsSpace: true });
  return {
    title: propertyOf(core, "dc:title"),
    author: propertyOf(core, "dc:creator"),
    blocks: read.blocks,
    losses: together(lossesOf(counts), read.losses),
  };
}

/** Elements in each other; Word's deepest, a text box in a table in a table, has some forty. */
const DEPTH_LIMIT = 256;

/** What parsers of XML choke on, looked for before one sees it. @throws Refused */
function requirePlain(xml: string): void {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml))
    throw new Refused("Its markup declares entities of its own. Such a file is not opened.");
  let depth = 0;
  for (const [tag] of xml.matchAll(/<[/A-Za-z_][^<>]*>/g)) {
    if (tag.startsWith("</")) depth--;
    else if (!tag.endsWith("/>")) depth++;
    if (depth > DEPTH_LIMIT)
      throw new Refused("Its parts lie too deep in each other to be a manuscript.");
  }
}

/** The element with names that {@link STYLE_MAP} knows; null for what is left out. */
function named(element: Element, reading: Reading): Element {
  const { meaningOf, lose } = reading;
  const children = element.children?.flatMap((child): Element[] => {
    if (child.type === "image") lose("image");
    if (child.type === "noteReference") lose("footnote");
    const isLeft = ["image", "noteReference", "commentReference"].includes(child.type);
    return isLeft ? [] : [named(child, reading)];
  });
  const own = children ? { ...element, children } : element;
  if (own.type === "paragraph") {
    const meaning = meaningOf(own.styleId ?? null);
    const isQuote = meaning.isQuote || (reading.drawsIn && isDrawnIn(own));
    return withName(own, { ...meaning, isQuote });
  }
  if (own.type !== "run") return own;
  const isMarked =
    own.isUnderline ||
    own.isStrikethrough ||
    own.isSmallCaps ||
    /^su/.test(own.verticalAlignment ?? "");
  if (isMarked && !isBlank(own)) lose("formatting");
  const style = meaningOf(own.styleId ?? null);
  return {
    ...own,
    styleId: null,
    styleName: null,
    isItalic: own.isItalic === true || style.em,
    isBold: own.isBold === true || style.strong,
  };
}

type Reading = {
  meaningOf: (id: string | null) => Meaning;
  lose: (kind: LossKind) => void;
  /** Whether what is drawn in from both sides is a quote here. */
  drawsIn: boolean;
};

/** A paragraph drawn in from both sides by so much is a quote, in twentieths of a point; unless most of them are. */
const DRAWN_IN = 300;

const isDrawnIn = ({ indent, numbering }: Element): boolean =>
  !numbering && Number(indent?.start ?? 0) >= DRAWN_IN && Number(indent?.end ?? 0) >= DRAWN_IN;

function drawsIn({ children = [] }: Element): boolean {
  const paragraphs = children.filter(({ type }) => type === "paragraph");
  return paragraphs.filter(isDrawnIn).length < paragraphs.length / 2;
}

function withName(paragraph: Element, { heading, isTitle, isQuote }: Meaning): Element {
  const name = isTitle
    ? NAMED.title
    : heading
      ? headingName(Math.min(heading, 6))
      : isQuote
        ? NAMED.quote
        : paragraph.numbering
          ? null
          : NAMED.plain;
  // What is no list any more has no number.
  return { ...paragraph, styleId: null, styleName: name };
}

const isBlank = ({ children = [] }: Element): boolean =>
  children.every((child) => child.type !== "text" && isBlank(child));

/** "Page break before", said as the break that mammoth knows. With a break right before, it is said twice, which cuts once. */
function withPages(xml: string): string {
  return xml.replace(/<w:pPr>(?:(?!<w:pPr>)[\s\S])*?<\/w:pPr>/g, (properties) => {
    const before = /<w:pageBreakBefore(?:\s+w:val="([^"]*)")?\s*\/>/.exec(properties);
    const starts = before && !/^(?:0|false|off)$/.test(before[1] ?? "");
    return starts ? `${properties}<w:r><w:br w:type="page"/></w:r>` : properties;
  });
}

const countIn = (xml: string, pattern: RegExp): number => xml.match(pattern)?.length ?? 0;

function propertyOf(xml: string, tag: string): string | null {
  const [, text] = new RegExp(`<${tag}\\b[^>]*>([^<]*)</${tag}>`).exec(xml) ?? [];
  return titleOf(text && decodeEntities(text));
}

function together(...lists: Loss[][]): Loss[] {
  const counts: Partial<Record<LossKind, number>> = {};
  for (const { kind, count } of lists.flat()) counts[kind] = (counts[kind] ?? 0) + count;
  return lossesOf(counts);
}

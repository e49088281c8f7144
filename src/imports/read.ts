/** A file as a manuscript: what it is, by its first bytes before its name, and then by the reader for that. */
import { readDocx } from "./docx.ts";
import { readHtml } from "./html.ts";
import { type Format, isSign, type Manuscript, Refused } from "./manuscript.ts";
import { readMarkdown } from "./markdown.ts";
import { decodeText, readPlain } from "./plain.ts";

/** Text beyond this is no book, in UTF-16 units. */
const TEXT_LIMIT = 24 * 1024 * 1024;

export type Read = { format: Format; manuscript: Manuscript };

/** @param name of the file. @throws Refused */
export async function readManuscript(bytes: Uint8Array, name: string): Promise<Read> {
  const format = formatOf(bytes, name);
  const manuscript = await readAs(format, bytes);
  if (!manuscript.blocks.some((block) => !isSign(block) && /[\p{L}\p{N}]/u.test(block.textContent)))
    throw new Refused("There are no words in it.");
  return { format, manuscript };
}

async function readAs(format: Format, bytes: Uint8Array): Promise<Manuscript> {
  if (format === "docx") return readDocx(bytes);
  const text = decodeText(bytes);
  if (text.length > TEXT_LIMIT) throw new Refused("It is longer than any book.");
  if (format === "html") return readHtml(text);
  if (format === "markdown") return readMarkdown(text);
  return { title: null, author: null, blocks: readPlain(text), losses: [] };
}

const PICTURE = "It is a picture. A manuscript is a DOCX, Markdown, HTML or plain text file.";
/** What is told from its first bytes, and what its sender can do. */
const OTHERS: [first: string, sentence: string][] = [
  ["\xd0\xcf\x11\xe0", "It is an old Word file (.doc), or locked by a password. Save it as DOCX."],
  ["%PDF", "It is a PDF, which knows no paragraphs. Export the manuscript as DOCX."],
  ["{\\rtf", "It is an RTF file. Save it as DOCX."],
  ["\x89PNG", PICTURE],
  ["\xff\xd8\xff", PICTURE],
  ["GIF8", PICTURE],
  ["RIFF", PICTURE],
  ["\x1f\x8b", "It is packed. Unpack it first."],
];

function formatOf(bytes: Uint8Array, name: string): Format {
  if (bytes.byteLength === 0) throw new Refused("It is empty.");
  const first = Buffer.from(bytes.subarray(0, 8)).toString("latin1");
  for (const [sign, sentence] of OTHERS) if (first.startsWith(sign)) throw new Refused(sentence);
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  if (first.startsWith("PK")) {
    if (extension === "odt") throw new Refused("It is an OpenDocument file. Save it as DOCX.");
    if (extension === "epub") throw new Refused("It is an EPUB. Import the DOCX it was made of.");
    return "docx";
  }
  if (/^(?:docx|docm|dotx)$/.test(extension))
    throw new Refused("It is called a DOCX and is none: its first bytes are not those of a zip.");
  if (/^x?html?$/.test(extension)) return "html";
  if (/^(?:md|markdown|mdown|mkd)$/.test(extension)) return "markdown";
  const head = decodeText(bytes.subarray(0, 1_000)).trimStart();
  return /^<(?:!doctype html|html|body)\b/i.test(head) ? "html" : "text";
}

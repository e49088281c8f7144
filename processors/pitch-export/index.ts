/** Makes files of a pitch: a DOCX to edit, a PDF to send, Markdown to paste. */
import { defineProcessor, type Place, RunError } from "../../src/processors/sdk.ts";
import { type Pitch, partsOf } from "./blocks.ts";
import { docxOf } from "./docx.ts";
import { markdownOf } from "./markdown.ts";
import { pdfOf } from "./pdf.ts";

const FORMATS = ["docx", "pdf", "markdown"] as const;
type Format = (typeof FORMATS)[number];

const CONFIG = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    formats: {
      type: "array",
      minItems: 1,
      uniqueItems: true,
      items: { enum: FORMATS },
      default: ["docx"],
      title: "Formats",
    },
  },
  additionalProperties: false,
};

const FILES: Record<Format, { ending: string; mediaType: string }> = {
  docx: {
    ending: "docx",
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  },
  pdf: { ending: "pdf", mediaType: "application/pdf" },
  markdown: { ending: "md", mediaType: "text/markdown" },
};

const MAKE: Record<Format, (pitch: Pitch) => Uint8Array | Promise<Uint8Array>> = {
  docx: docxOf,
  pdf: pdfOf,
  markdown: (pitch) => new TextEncoder().encode(markdownOf(pitch)),
};

export default defineProcessor<"pitch-v1", "exported-pitch-v1", { formats: Format[] }>({
  id: "pitch-export",
  version: "1.0.0",
  title: "Pitch export",
  description: "Makes a DOCX, a PDF or Markdown of a pitch.",
  inputs: ["pitch-v1"],
  output: "exported-pitch-v1",
  config: CONFIG,
  trigger: "on-request",

  async run({ blob, config, files, places, progress }) {
    const pitch = pitchOf(await places(), partsOf(blob.content));
    if (pitch.parts.length === 0)
      throw new RunError("nothing-to-export", "There are no words in this pitch yet.", {
        retryable: false,
      });
    const { formats } = config;
    const made = [];
    for (const [at, format] of formats.entries()) {
      progress(at, formats.length, format);
      const { ending, mediaType } = FILES[format];
      const name = `${fileName(pitch.title)}.${ending}`;
      const file = await files.put({ name, mediaType, bytes: await MAKE[format](pitch) });
      made.push({ format, file: file.id, name, size: file.size, sha256: file.sha256 });
    }
    const { words, blanks } = blob.content;
    return { title: pitch.title, words: words.prose, blanks, files: made };
  },
});

function pitchOf([own, ...above]: Place[], parts: Pitch["parts"]): Pitch {
  const book = above.find(({ type }) => type === "book");
  const text = (name: string): string =>
    ([own, book]
      .map((place) => place?.metadata[name])
      .find((one) => typeof one === "string") as string) ?? "";
  const name = own?.name || "Pitch";
  return {
    title: book?.name ? `${book.name}: ${name}` : name,
    author: text("author"),
    language: text("language") || "en",
    parts,
  };
}

/** In UTF-16 units; with its ending it is far below what file systems take. */
const FILE_NAME_LIMIT = 100;

const fileName = (title: string): string =>
  title
    .replaceAll(/[\p{Cc}/\\:*?"<>|]+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, FILE_NAME_LIMIT) || "Pitch";

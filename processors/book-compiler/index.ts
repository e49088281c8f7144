/** The book compiler: a build's settings and a book's chapters into files that stores, printers and agents take. */
import { defineProcessor, type MadeFile } from "../../src/processors/sdk.ts";
import { type Book, gather } from "./book.ts";
import { docxOf } from "./docx.ts";
import { epubOf } from "./epub.ts";
import { checkEpub, type Report } from "./epubcheck.ts";
import { htmlOf } from "./html.ts";
import { markdownOf, slug } from "./markdown.ts";
import type { Settings } from "./settings.ts";
import { missingGlyphs, pdfOf } from "./typst.ts";

type Format = Settings["formats"][number];

const FORMATS: Record<
  Format,
  { extension: string; mediaType: string; make(book: Book): Uint8Array | Promise<Uint8Array> }
> = {
  epub: { extension: "epub", mediaType: "application/epub+zip", make: epubOf },
  pdf: { extension: "pdf", mediaType: "application/pdf", make: pdfOf },
  docx: {
    extension: "docx",
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    make: docxOf,
  },
  markdown: { extension: "md.zip", mediaType: "application/zip", make: markdownOf },
  html: { extension: "html", mediaType: "text/html", make: htmlOf },
};

const NAMES: Record<Format, string> = {
  epub: "EPUB",
  pdf: "PDF",
  docx: "DOCX",
  markdown: "Markdown",
  html: "HTML",
};

export default defineProcessor({
  id: "book-compiler",
  version: "1.1.0",
  title: "Book compiler",
  description: "Makes an EPUB, a PDF, a DOCX, Markdown or HTML of a book.",
  inputs: ["compile-settings-v1"],
  output: "compiled-book-v1",
  trigger: "on-request",
  retry: { attempts: 2, backoffMs: 1_000 },
  concurrency: 2,
  timeoutMs: 10 * 60_000,

  async run(context) {
    const { files, progress, signal } = context;
    const settings = context.blob.content;
    const steps = settings.formats.length + 1 + Number(settings.formats.includes("epub"));
    let step = 0;
    const begin = (note: string) => {
      if (signal.aborted) throw signal.reason;
      progress(step++, steps, note);
    };

    begin("Reading the chapters");
    const book = await gather(context);
    const remarks: string[] = [];
    const made: ({ format: Format; name: string } & MadeFile)[] = [];
    let report: Report | null = null;
    for (const format of settings.formats) {
      const { extension, mediaType, make } = FORMATS[format];
      begin(`Making the ${NAMES[format]}`);
      const bytes = await make(book);
      const name = `${slug(book.title)}.${extension}`;
      made.push({ format, name, ...(await files.put({ name, mediaType, bytes })) });
      if (format === "pdf") remarks.push(...missingGlyphs(book));
      if (format !== "epub") continue;
      begin("Checking the EPUB");
      report = await checkEpub(bytes, signal);
    }
    if (!book.author) remarks.push("The book has no author yet: name one in its settings.");
    progress(steps, steps);
    return {
      name: settings.name,
      title: book.title,
      words: book.words,
      files: made.map(({ id, ...file }) => ({ ...file, file: id })),
      chapters: book.chapters.map(({ id, title, blob, revision, words, hash }) => ({
        chapter: id,
        title,
        blob,
        revision,
        words,
        hash,
      })),
      remarks,
      ...(report ? { epubCheck: report } : {}),
    };
  },
});

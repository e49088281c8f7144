/** What is uploaded, as it comes in: the body itself, or the first file of a form. It streams. */
import { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { invalid, Problem } from "../problem.ts";

/** What wraps a file in a form, in bytes at most. */
export const MULTIPART_SLACK_BYTES = 64 * 1024;

export async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body) yield* request.body;
}

export type Part = { name: string; type: string; chunks: AsyncIterable<Uint8Array> };

/** The first file of a form; what comes behind it is left unread. @throws 422 when there is none */
export function firstFile(request: Request, type: string): Promise<Part> {
  return new Promise((found, failed) => {
    const none = () =>
      failed(invalid([{ pointer: "", rule: "file", message: "the form holds no file" }]));
    let parser: ReturnType<typeof Busboy>;
    try {
      parser = new Busboy({ headers: { "content-type": type }, limits: { files: 1 } });
    } catch {
      none();
      return;
    }
    parser.on("file", (_field, stream, filename, _encoding, mimetype) => {
      // The parser only tells of a cut, which may be before anybody reads; a stream that is over tells whoever comes.
      stream.on("error", (error) => stream.destroy(error));
      found({ name: filename ?? "file", type: mimetype, chunks: whole(stream) });
    });
    parser.on("finish", none);
    parser.on("error", none);
    if (!request.body) none();
    else
      Readable.fromWeb(request.body as never)
        .on("error", failed)
        .pipe(parser);
  });

  /** A form that ends in the middle of its file is no file. */
  async function* whole(stream: Readable): AsyncGenerator<Uint8Array> {
    try {
      yield* stream;
    } catch {
      throw new Problem(400, "cut", "The form ended before its file did");
    }
  }
}

const NAME_LIMIT = 255;

/** The last part of a path, without what no file system takes. */
export function nameOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1)!;
  const clean = last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim();
  return [...clean].slice(0, NAME_LIMIT).join("") || "file";
}

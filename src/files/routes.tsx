import { Hono } from "hono";
import { findBlob, readView } from "../blobs/blobs.ts";
import type { Database } from "../database.ts";
import { actorOf, type Http, type HttpContext, json } from "../http.ts";
import { once } from "../idempotency.ts";
import { requireUnpacked } from "../json.ts";
import { Problem } from "../problem.ts";
import {
  type FileDraft,
  findFile,
  forgetReceived,
  keepFile,
  type Received,
  receive,
  requireUpload,
  tooLarge,
} from "./files.ts";
import { chunksOf, firstFile, MULTIPART_SLACK_BYTES, nameOf } from "./incoming.ts";
import { rangeOf } from "./range.ts";
import type { FileStore } from "./store.ts";

export type FileParts = {
  db: Database;
  files: FileStore;
  /** The largest file, in bytes. */
  fileLimit: number;
};

/** Shown in the page; whatever else a file is, a browser saves it and never runs it. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
const MEDIA_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;
const UNKNOWN_TYPE = "application/octet-stream";

/** `/api/files`, and the bytes of a blob under `/api/blobs/:id/file`. */
export function fileRoutes({ db, files, fileLimit }: FileParts) {
  async function kept(c: HttpContext, draft: FileDraft, received: Received): Promise<Response> {
    const actor = actorOf(c);
    const { sha256, size } = received;
    const key = c.req.header("idempotency-key");
    const body = { ...draft, sha256, size };
    try {
      const request = { method: "POST", path: c.req.path, key, body };
      const answer = await once(db, actor, request, async (tx) => {
        const id = await keepFile(tx, actor, draft, received);
        return { status: 201, answer: readView(await findBlob(tx, actor, id)) };
      });
      return json(c, answer);
    } finally {
      await forgetReceived(db, files, received).catch((error) =>
        c.get("log").warn({ err: error }, "bytes that are nobody's stay until the sweep"),
      );
    }
  }

  return new Hono<Http>()
    .post("/files", async (c) => {
      const actor = actorOf(c);
      const { bucket = "", name } = c.req.query();
      const type = c.req.header("content-type") ?? "";
      const stated = Number(c.req.header("content-length") ?? 0);
      const asked = { bucket, name: nameOf(name ?? "file"), mediaType: mediaTypeOf(type) };
      await requireUpload(db, actor, asked);
      requireUnpacked(c.req.raw);
      if (stated > fileLimit + MULTIPART_SLACK_BYTES) throw tooLarge(fileLimit);
      if (!/^multipart\/form-data\b/i.test(type)) {
        const received = await receive(db, files, chunksOf(c.req.raw), fileLimit);
        return kept(c, asked, received);
      }
      const part = await firstFile(c.req.raw, type);
      const draft = { bucket, name: nameOf(name ?? part.name), mediaType: mediaTypeOf(part.type) };
      await requireUpload(db, actor, draft);
      return kept(c, draft, await receive(db, files, part.chunks, fileLimit));
    })
    .on(["GET", "HEAD"], "/blobs/:id/file", async (c) => {
      const { content, key } = await findFile(db, actorOf(c), c.req.param("id"));
      // Should a browser ever show it as a page, nothing in it runs.
      c.set("policy", "default-src 'none'; sandbox");
      const etag = `"${content.sha256}"`;
      const shown = SHOWN.has(content.mediaType);
      const headers: Record<string, string> = {
        etag,
        "accept-ranges": "bytes",
        "content-type": content.mediaType,
        "content-disposition": dispositionOf(content.name, shown),
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-cache",
      };
      if (isAmong(c.req.header("if-none-match"), etag))
        return new Response(null, { status: 304, headers });
      const condition = c.req.header("if-range");
      const asked = !condition || condition === etag ? c.req.header("range") : undefined;
      const range = rangeOf(asked, content.size);
      if (range === null)
        throw new Problem(416, "range", "The file has no such bytes", {
          headers: { "content-range": `bytes */${content.size}` },
        });
      const { start, end } = range ?? { start: 0, end: content.size };
      headers["content-length"] = String(end - start);
      if (range) headers["content-range"] = `bytes ${start}-${end - 1}/${content.size}`;
      const body = c.req.method === "HEAD" || start === end ? null : files.read(key, start, end);
      return new Response(body, { status: range ? 206 : 200, headers });
    });
}

/** Weakly compared, as If-None-Match is (RFC 9110, 13.1.2). */
const isAmong = (header: string | undefined, etag: string): boolean =>
  header?.trim() === "*" ||
  Boolean(header?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag));

function mediaTypeOf(header: string): string {
  const [type = ""] = header.split(";");
  const said = type.trim().toLowerCase();
  return MEDIA_TYPE.test(said) && !said.startsWith("multipart/") ? said : UNKNOWN_TYPE;
}

/** RFC 6266, with RFC 8187 for names beyond ASCII. */
function dispositionOf(name: string, shown: boolean): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${shown ? "inline" : "attachment"}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

import { Hono } from "hono";
import type { Database } from "../database.ts";
import { chunksOf, firstFile, nameOf } from "../files/incoming.ts";
import type { FileStore } from "../files/store.ts";
import { actorOf, answerOnce, bodyOf, type Http, type HttpContext } from "../http.ts";
import { pageRequest } from "../lists.ts";
import {
  changeImport,
  deleteImport,
  findImport,
  importView,
  listImports,
  readUpload,
  requireImport,
  type Upload,
} from "./imports.ts";
import { makeBook, prepareBook } from "./make.ts";
import { ImportChangeShape, ImportedBookShape } from "./operations.ts";

export type ImportParts = { db: Database; files: FileStore };

/** Imports for programs: `/api/imports`. */
export function importRoutes({ db, files }: ImportParts) {
  return new Hono<Http>()
    .post("/", async (c) => {
      const actor = actorOf(c);
      await requireImport(db, actor, Number(c.req.header("content-length") ?? 0));
      const made = await readUpload(db, files, actor, await uploadOf(c));
      return c.json(importView(made), 201);
    })
    .get("/", async (c) => {
      const found = await listImports(db, actorOf(c), pageRequest(c.req.query()));
      return c.json({ items: found.items.map(importView), next: found.next });
    })
    .get("/:id", async (c) =>
      c.json(importView(await findImport(db, actorOf(c), c.req.param("id")))),
    )
    .patch("/:id", async (c) => {
      const actor = actorOf(c);
      const { id } = await findImport(db, actor, c.req.param("id"));
      const { title, rule } = await bodyOf(c, ImportChangeShape);
      const change = { ...(title && { title }), ...(rule && { rule }) };
      return c.json(importView(await changeImport(db, actor, id, change)));
    })
    .delete("/:id", async (c) => {
      await deleteImport(db, actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    })
    .post("/:id/book", async (c) => {
      const actor = actorOf(c);
      const { id } = await findImport(db, actor, c.req.param("id"));
      const body = await bodyOf(c, ImportedBookShape);
      const prepared = await prepareBook(db, actor, id, body.book);
      return answerOnce(c, db, body, async (tx) => ({
        status: 201,
        answer: await makeBook(tx, actor, prepared, body.book),
      }));
    });
}

/** The body itself, or the first file of a form. @throws 422 */
async function uploadOf(c: HttpContext): Promise<Upload> {
  const type = c.req.header("content-type") ?? "";
  const name = c.req.query("name");
  if (!type.startsWith("multipart/form-data"))
    return { name: nameOf(name ?? "manuscript"), chunks: chunksOf(c.req.raw) };
  const part = await firstFile(c.req.raw, type);
  return { name: nameOf(name ?? part.name), chunks: part.chunks };
}

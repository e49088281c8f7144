/** What is done with whole books on the dashboard: plain forms, so that they work without a script. */
import { Hono } from "hono";
import { createBucket } from "../buckets/create.ts";
import { restoreBucket, trashBucket } from "../buckets/trash.ts";
import type { Database } from "../database.ts";
import type { Documents } from "../documents/open.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import type { Processor } from "../processors/sdk.ts";
import { archiveBook, createBook, findBook, NAME_LIMIT, renameBook, titleIn } from "./books.ts";
import { copyBook } from "./copy.ts";
import { createSampleBook } from "./sample.ts";

export type LibraryParts = {
  db: Database;
  documents: Documents;
  processors: readonly Processor[];
};

export function libraryRoutes({ db, documents, processors }: LibraryParts) {
  /** To the books, which say what was done and offer to take it back. */
  const done = (c: HttpContext, said: string, of: string, was?: string) =>
    c.redirect(`/?${new URLSearchParams({ said, of, ...(was ? { was } : {}) })}`, 303);

  return new Hono<Http>()
    .post("/books", async (c) => {
      const actor = actorOf(c);
      const { title, from } = await formOf(c);
      const request = {
        method: "POST",
        path: "/books",
        key: c.req.header("idempotency-key"),
        body: { title: title ?? null, from: from ?? null },
      };
      const { answer } = await once(db, actor, request, async (tx) => {
        const made =
          from === "sample"
            ? await createSampleBook(tx, actor, title?.trim() ? titleIn(title) : undefined)
            : await createBook(tx, actor, titleIn(title));
        return { status: 201, answer: { chapter: made.chapter.id } };
      });
      return c.redirect(`/chapters/${(answer as { chapter: string }).chapter}`, 303);
    })
    .post("/books/:id/chapters", async (c) => {
      const actor = actorOf(c);
      const { id } = await findBook(db, actor, c.req.param("id"));
      const { name = "" } = await formOf(c);
      const chapter = await createBucket(db, actor, {
        type: "chapter",
        name: name.trim().slice(0, NAME_LIMIT),
        parent: id,
      });
      return c.redirect(`/chapters/${chapter.id}`, 303);
    })
    .post("/books/:id/name", async (c) => {
      const actor = actorOf(c);
      const book = await findBook(db, actor, c.req.param("id"));
      const { title } = await formOf(c);
      const { name } = await renameBook(db, actor, book.id, titleIn(title));
      return name === book.name ? c.redirect("/", 303) : done(c, "renamed", book.id, book.name);
    })
    .post("/books/:id/copies", async (c) => {
      const copy = await copyBook(db, documents, actorOf(c), c.req.param("id"));
      return done(c, "copied", copy.id);
    })
    .post("/books/:id/shelf", async (c) => {
      const isArchived = (await formOf(c)).archived === "on";
      const { id } = await archiveBook(db, actorOf(c), c.req.param("id"), isArchived);
      return done(c, isArchived ? "archived" : "taken-up", id);
    })
    .post("/books/:id/trash", async (c) => {
      const actor = actorOf(c);
      const { id } = await findBook(db, actor, c.req.param("id"));
      await trashBucket(db, actor, processors, id);
      return done(c, "trashed", id);
    })
    .post("/books/:id/restoration", async (c) => {
      const actor = actorOf(c);
      const { id } = await findBook(db, actor, c.req.param("id"));
      await restoreBucket(db, actor, id);
      return done(c, "restored", id);
    });
}

import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { ChapterPage } from "../../views/chapters/page.tsx";
import type { Assets } from "../assets.ts";
import { findBlob } from "../blobs/blobs.ts";
import { childrenOf, findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import type { Feed } from "../events/feed.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import { notFound } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { cancelRun, findRun, retryRun } from "../runs/runs.ts";
import { findDocument } from "./log.ts";
import { type Heard, markOfChapter, passageUpdate, passageViews } from "./page.tsx";
import { askForExpansion } from "./passages.ts";
import type { Reading } from "./reading.ts";
import { findDocumentBucket } from "./write.ts";

export type WriterParts = {
  db: Database;
  reading: Reading;
  feed: Feed;
  assets: Assets;
  processors: readonly Processor[];
  heard: Heard;
  /** What the page names; null for the practice model. */
  modelName: string | null;
};

/** The writer's page and what its buttons do. The public way to the same things is under /api. */
export function writerRoutes(parts: WriterParts) {
  const { db, reading, heard } = parts;

  /** The passage that a run's input belongs to, as fragments. */
  async function updateOfRun(c: HttpContext, id: string) {
    const blob = await findBlob(db, actorOf(c), (await findRun(db, actorOf(c), id)).blob);
    const { passage } = blob.metadata;
    if (typeof passage !== "string") throw notFound("This passage");
    return c.html((await passageUpdate(db, reading, blob.bucket, passage, heard)) ?? "");
  }

  return new Hono<Http>()
    .get("/chapters/:id", async (c) => {
      const actor = actorOf(c);
      // Before anything is read: what happens from here on, the socket tells.
      const since = `${parts.feed.epoch}:${parts.feed.offset}`;
      const chapter = await findDocumentBucket(db, actor, c.req.param("id"));
      if (chapter.type !== "chapter" || !chapter.parent) throw notFound("This chapter");
      const book = await findBucket(db, actor, chapter.root);
      const siblings = await childrenOf(db, chapter.parent);
      const chapters = await Promise.all(
        siblings
          .filter((one) => one.type === "chapter")
          .map(async (one, at) => {
            const views = await passageViews(db, reading, one.id, heard);
            return {
              id: one.id,
              number: at + 1,
              title: one.name,
              mark: markOfChapter(views),
              views,
            };
          }),
      );
      const current = chapters.find((one) => one.id === chapter.id);
      if (!current) throw notFound("This chapter");
      const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
      return c.html(
        <ChapterPage
          assets={parts.assets}
          account={account!}
          book={{ title: book.name, language: languageOf(book.metadata) }}
          chapters={chapters}
          chapter={current}
          passages={current.views}
          since={since}
          savedAt={(await findDocument(db, chapter.id))?.updatedAt.toISOString() ?? null}
          model={parts.modelName}
        />,
      );
    })
    .post("/chapters/:id/passages/:passage/asks", async (c) => {
      const actor = actorOf(c);
      const { id: chapter, passage } = c.req.param();
      // Browsers send line breaks of a form as CRLF; the ask is to equal the notes.
      const form = await formOf(c);
      const notes = form.notes?.replaceAll("\r\n", "\n");
      const { instruction } = form;
      const body = { notes: notes ?? null, instruction: instruction ?? null };
      await once(db, actor, keyed(c, body), async (tx) => {
        const ask = await askForExpansion(tx, reading, actor, chapter, passage, notes, instruction);
        return { status: 201, answer: { ask: ask.id } };
      });
      return c.html((await passageUpdate(db, reading, chapter, passage, heard)) ?? "", 201);
    })
    .post("/runs/:id/cancellation", async (c) => {
      await cancelRun(db, actorOf(c), parts.processors, c.req.param("id"));
      return updateOfRun(c, c.req.param("id"));
    })
    .post("/runs/:id/retry", async (c) => {
      await retryRun(db, actorOf(c), c.req.param("id"));
      return updateOfRun(c, c.req.param("id"));
    });
}

/** BCP 47, as the book's metadata has it. */
function languageOf({ language }: Record<string, unknown>): string | undefined {
  return typeof language === "string" ? language : undefined;
}

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

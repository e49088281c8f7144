import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { accounts } from "../../drizzle/tables.ts";
import { ChapterPage } from "../../views/chapters/page.tsx";
import { TodayUpdate } from "../../views/chapters/today.tsx";
import { ZONE_COOKIE } from "../../views/dashboard/ids.ts";
import { mayWrite, requireWriter } from "../access.ts";
import { panesOf, readState } from "../accounts/state.ts";
import type { Assets } from "../assets.ts";
import { findBlob } from "../blobs/blobs.ts";
import { findBucket } from "../buckets/buckets.ts";
import { readWeek } from "../dashboard/week.ts";
import { zoneIn } from "../dashboard/zone.ts";
import type { Database } from "../database.ts";
import type { Feed } from "../events/feed.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import type { Models } from "../llm/models.ts";
import { notFound } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { cancelRun, findRun, retryRun } from "../runs/runs.ts";
import { FETCH_AHEAD } from "./chapter-routes.tsx";
import { chaptersIn } from "./chapters.ts";
import { findDocument } from "./log.ts";
import { countWords } from "./model/text.ts";
import type { Documents } from "./open.ts";
import { outlineOf } from "./outline.tsx";
import { type Heard, passageUpdate, passageViews } from "./page.tsx";
import { askForExpansion } from "./passages.ts";
import type { Reading } from "./reading.ts";
import { snapshotNow } from "./snapshots.ts";
import { findDocumentBucket } from "./write.ts";

export type WriterParts = {
  db: Database;
  documents: Documents;
  reading: Reading;
  feed: Feed;
  assets: Assets;
  processors: readonly Processor[];
  heard: Heard;
  models: Pick<Models, "nameOf">;
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

  /** Where the reader is, it is a day of its own. */
  async function todayOf(c: HttpContext) {
    const week = await readWeek(db, actorOf(c).account, zoneIn(getCookie(c, ZONE_COOKIE)));
    return week.at(-1)!;
  }

  return new Hono<Http>()
    .get("/chapters/:id/today", async (c) => {
      await findDocumentBucket(db, actorOf(c), c.req.param("id"));
      return c.html(<TodayUpdate {...(await todayOf(c))} />);
    })
    .get("/chapters/:id", async (c) => {
      const actor = actorOf(c);
      // Before anything is read: what happens from here on, the socket tells.
      const since = `${parts.feed.epoch}:${parts.feed.offset}`;
      const chapter = await findDocumentBucket(db, actor, c.req.param("id"));
      // Wherever something is told of a passage, it leads here.
      if (chapter.type === "pitch") return c.redirect(`/pitches/${chapter.id}`);
      if (chapter.type !== "chapter" || !chapter.parent) throw notFound("This chapter");
      const root = await findBucket(db, actor, chapter.root);
      const [outline, passages] = await Promise.all([
        outlineOf(db, chapter),
        passageViews(db, reading, chapter.id, heard),
      ]);
      // Read by now.
      const [rows, state] = await Promise.all([
        reading.rows(db, chapter.id),
        reading.state(db, chapter.id),
      ]);
      if (!outline) throw notFound("This chapter");
      const current = chaptersIn(outline.book).find(({ id }) => id === chapter.id);
      const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
      c.header("speculation-rules", `"${FETCH_AHEAD}"`);
      // For the service worker, which keeps the pages of accounts apart.
      c.header("reyna-account", actor.account);
      return c.html(
        <ChapterPage
          assets={parts.assets}
          account={account!}
          book={{
            id: root.id,
            title: outline.book.name,
            language: languageOf(root.metadata),
            ai: root.ai,
          }}
          outline={outline}
          chapter={{
            id: chapter.id,
            number: current?.number ?? null,
            title: chapter.name,
            isTrashed: chapter.trashedAt !== null,
            expandOnPause: chapter.metadata.expandOnPause === true,
            accepted: current?.accepted ?? 0,
            target: current?.target ?? null,
            prose: rows.reduce((sum, { prose }) => sum + countWords(prose), 0),
          }}
          mayWrite={mayWrite(chapter.role)}
          passages={passages}
          state={state}
          since={since}
          savedAt={(await findDocument(db, chapter.id))?.updatedAt.toISOString() ?? null}
          model={(await parts.models.nameOf(actor.account))?.name ?? null}
          panes={panesOf(await readState(db, actor))}
          today={await todayOf(c)}
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
      const include = form.include?.split(" ").filter(Boolean);
      const body = {
        notes: notes ?? null,
        instruction: instruction ?? null,
        ...(include ? { include } : {}),
      };
      requireWriter((await findDocumentBucket(db, actor, chapter)).role);
      // What goes along of the passages before is to be as it stands.
      await snapshotNow(db, parts.documents, c.get("log"), chapter);
      await once(db, actor, keyed(c, body), async (tx) => {
        const ask = await askForExpansion(tx, reading, actor, chapter, passage, {
          notes,
          instruction,
          include,
        });
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

/** What the buttons at a take do. Asking for one is in `routes.tsx`; accepting one is writing, and happens in the document. */
import { Hono } from "hono";
import { ExpandingCountUpdate } from "../../views/chapters/page.tsx";
import { PassageUpdate } from "../../views/chapters/passage.tsx";
import { AGAINST_PROSE, COMPARE_LOOKS, isExpanding } from "../../views/chapters/passage-view.ts";
import { type Database, transact } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import { notFound } from "../problem.ts";
import { beginAcceptance } from "./acceptance.ts";
import type { Documents } from "./open.ts";
import { type Heard, type Looking, offerOf, passageViews } from "./page.tsx";
import { askForRewrite } from "./passages.ts";
import type { Reading } from "./reading.ts";
import { discardTake, notesChanged, putBackTake } from "./takes.ts";
import { findDocumentBucket, requireWritable, settleDocument } from "./write.ts";

export type TakesParts = { db: Database; documents: Documents; reading: Reading; heard: Heard };

/** Passages that are looked at in one request for changed words. */
const LOOKED_AT = 200;

export function takesRoutes({ db, documents, reading, heard }: TakesParts) {
  /** What stands beside the prose, as the page looks at it; the whole of it, to take the place of what is there. */
  async function offer(c: HttpContext, looking: Looking) {
    const { id, passage } = c.req.param() as { id: string; passage: string };
    const section = await offerOf(db, reading, id, passage, heard, looking);
    if (!section) throw notFound("This passage");
    return c.html(section);
  }

  return new Hono<Http>()
    .get("/chapters/:id/passages/:passage/offer", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("id"));
      await settleDocument(documents, bucket.id);
      return offer(c, lookingOf(c));
    })
    .post("/chapters/:id/passages/:passage/acceptance", async (c) => {
      const actor = actorOf(c);
      const bucket = await requireWritable(db, actor, c.req.param("id"));
      await settleDocument(documents, bucket.id);
      const has = await transact(db, (tx) =>
        beginAcceptance(tx, actor, bucket, c.req.param("passage")),
      );
      return c.json({ has: Buffer.from(has).toString("base64") }, 201);
    })
    .put("/chapters/:id/passages/:passage/takes/:take/discard", async (c) => {
      const { id } = await requireWritable(db, actorOf(c), c.req.param("id"));
      await transact(db, (tx) => discardTake(tx, actorOf(c), id, c.req.param("take")));
      return offer(c, { discardedNow: c.req.param("take") });
    })
    .delete("/chapters/:id/passages/:passage/takes/:take/discard", async (c) => {
      const { id } = await requireWritable(db, actorOf(c), c.req.param("id"));
      await transact(db, (tx) => putBackTake(tx, actorOf(c), id, c.req.param("take")));
      return offer(c, { take: c.req.param("take") });
    })
    .post("/chapters/:id/passages/:passage/rewrites", async (c) => {
      const actor = actorOf(c);
      const { id: chapter, passage } = c.req.param();
      // Browsers send line breaks of a form as CRLF; the words are to be found again.
      const { text = "", before = "", after = "", instruction = "" } = unixBreaks(await formOf(c));
      const words = { text, before, after };
      await once(db, actor, keyed(c, { ...words, instruction }), async (tx) => {
        const ask = await askForRewrite(tx, reading, actor, chapter, passage, words, instruction);
        return { status: 201, answer: { ask: ask.id } };
      });
      const views = await passageViews(db, reading, chapter, heard);
      const changed = views.find((view) => view.id === passage);
      return c.html(
        <>
          {changed && <PassageUpdate passage={changed} />}
          <ExpandingCountUpdate count={views.filter(({ run }) => isExpanding(run)).length} />
        </>,
        201,
      );
    })
    .get("/chapters/:id/changed-words", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("id"));
      await settleDocument(documents, bucket.id);
      const since = (c.req.query("since") ?? "").split(" ").slice(0, LOOKED_AT);
      const takes = new Map(since.map((one) => one.split(":") as [string, string]));
      return c.json({ items: await notesChanged(db, reading, bucket.id, takes) });
    });
}

function lookingOf(c: HttpContext): Looking {
  const { take, compare, against, discarded } = c.req.query();
  const look = COMPARE_LOOKS.find((one) => one === compare);
  return {
    take,
    discardedNow: discarded,
    compare: look && { look, against: against ?? AGAINST_PROSE },
  };
}

const unixBreaks = (form: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]),
  );

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

/** Expanding more than one passage, for the writer's page. */
import { Hono } from "hono";
import { ExpansionUpdate } from "../../views/chapters/expansion.tsx";
import { ExpandingCountUpdate } from "../../views/chapters/page.tsx";
import { PassageUpdate } from "../../views/chapters/passage.tsx";
import { isExpanding } from "../../views/chapters/passage-view.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import { changeBucket } from "../buckets/change.ts";
import type { Database } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import type { Models } from "../llm/models.ts";
import { costOf, dollars } from "../llm/spending.ts";
import type { Documents } from "./open.ts";
import { type Heard, passageViews } from "./page.tsx";
import type { Reading } from "./reading.ts";
import { snapshotNow } from "./snapshots.ts";
import { type Asked, askForStale, findStale, type Stale, usageOf } from "./stale.ts";
import { findDocumentBucket, requireWritable, settleDocument } from "./write.ts";

export type StaleParts = {
  db: Database;
  documents: Documents;
  reading: Reading;
  heard: Heard;
  models: Models;
};

export function staleRoutes({ db, documents, reading, heard, models }: StaleParts) {
  async function panelOf(
    c: HttpContext,
    bucket: Pick<BucketSeen, "id" | "metadata">,
    stale?: Stale,
  ) {
    const { account } = actorOf(c);
    // What is wrong with the settings is told when something is asked.
    const { model, prices } = await models
      .of(account)
      .catch(async () => ({ model: await models.nameOf(account), prices: null }));
    return {
      chapter: bucket.id,
      atPause: bucket.metadata.expandOnPause === true,
      model: model === null || ("practice" in model && model.practice) ? null : model.name,
      price: stale && prices ? dollars(costOf(usageOf(stale), prices)!) : null,
    };
  }

  return new Hono<Http>()
    .get("/chapters/:id/stale", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("id"));
      await settleDocument(documents, bucket.id);
      const stale = await findStale(db, reading, bucket.id);
      return c.html(<ExpansionUpdate {...(await panelOf(c, bucket, stale))} stale={stale} />);
    })
    .post("/chapters/:id/stale", async (c) => {
      const actor = actorOf(c);
      const bucket = await requireWritable(db, actor, c.req.param("id"));
      const passages = ((await formOf(c)).passages ?? "").split(" ").filter(Boolean);
      await settleDocument(documents, bucket.id);
      await snapshotNow(db, documents, c.get("log"), bucket.id);
      const { answer } = await once(db, actor, keyed(c, { passages }), async (tx) => ({
        status: 201,
        answer: await askForStale(tx, reading, actor, bucket.id, passages),
      }));
      const { asked } = answer as Asked;
      const views = await passageViews(db, reading, bucket.id, heard);
      return c.html(
        <>
          <ExpansionUpdate {...(await panelOf(c, bucket))} asked={answer as Asked} />
          {views
            .filter(({ id }) => asked.includes(id))
            .map((passage) => (
              <PassageUpdate passage={passage} />
            ))}
          <ExpandingCountUpdate count={views.filter(({ run }) => isExpanding(run)).length} />
        </>,
        201,
      );
    })
    .post("/chapters/:id/pause", async (c) => {
      const actor = actorOf(c);
      const bucket = await requireWritable(db, actor, c.req.param("id"));
      const expandOnPause = (await formOf(c)).on === "on" ? true : null;
      const change = { metadata: { expandOnPause } };
      const changed = await changeBucket(db, actor, bucket.id, undefined, change);
      const stale = await findStale(db, reading, bucket.id);
      return c.html(<ExpansionUpdate {...(await panelOf(c, changed, stale))} stale={stale} />);
    });
}

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

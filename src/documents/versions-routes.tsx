/** The history of a chapter as the writer's page shows it. The public way to the same is under /api/documents. */
import { Hono } from "hono";
import { ComparisonUpdate, NoComparisonUpdate } from "../../views/versions/comparison.tsx";
import { EarlierUpdate, HistoryUpdate } from "../../views/versions/history.tsx";
import { RestoredUpdate } from "../../views/versions/restored.tsx";
import { NOW } from "../../views/versions/version-view.ts";
import { dayIn, zoneOf } from "../../views/versions/when.ts";
import { mayWrite, requireWriter } from "../access.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import type { Database, Db } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import { pageRequest } from "../lists.ts";
import { invalid } from "../problem.ts";
import { compareChapters } from "./comparison.ts";
import { toSnapshot } from "./model/snapshot.ts";
import type { Documents } from "./open.ts";
import type { Reading } from "./reading.ts";
import { keepVersion, listVersions, readVersion, restoreVersion } from "./versions.ts";
import { findDocumentBucket, requireWritable, settleDocument } from "./write.ts";

export type HistoryParts = { db: Database; documents: Documents; reading: Reading };

/** Versions that may be chosen from for a comparison. */
const CHOICES = 200;
/** In characters. */
const NAME_LIMIT = 200;

export function historyRoutes({ db, documents, reading }: HistoryParts) {
  async function historyOf(on: Db, c: HttpContext, bucket: BucketSeen) {
    const { cursor } = c.req.query();
    const request = pageRequest(cursor ? { cursor } : {});
    const { items, next } = await listVersions(on, bucket.id, request);
    const zone = zoneOf(c.req.query("zone"));
    const props = {
      chapter: bucket.id,
      versions: items,
      next,
      mayWrite: mayWrite(bucket.role),
      zone,
    };
    if (!cursor) return <HistoryUpdate {...props} />;
    const after = dayIn(zone, (await readVersion(on, bucket.id, cursor)).createdAt);
    return <EarlierUpdate {...props} after={after} />;
  }

  return new Hono<Http>()
    .get("/chapters/:id/versions", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("id"));
      return c.html(await historyOf(db, c, bucket));
    })
    .post("/chapters/:id/versions", async (c) => {
      const actor = actorOf(c);
      const bucket = await requireWritable(db, actor, c.req.param("id"));
      const name = (await formOf(c)).name?.trim() ?? "";
      if (name === "" || name.length > NAME_LIMIT) throw nameless();
      await settleDocument(documents, bucket.id);
      await once(db, actor, keyed(c, { name }), async (tx) => {
        const { id } = await keepVersion(tx, actor, bucket, { name, reason: "named" });
        return { status: 201, answer: { version: id } };
      });
      return c.html(await historyOf(db, c, bucket), 201);
    })
    .get("/chapters/:id/comparison", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("id"));
      const { from: fromId = "", to: toId = NOW } = c.req.query();
      const from = await readVersion(db, bucket.id, fromId);
      const to = toId === NOW ? null : await readVersion(db, bucket.id, toId);
      if (!to) await settleDocument(documents, bucket.id);
      const after = to?.content ?? toSnapshot((await reading.document(db, bucket.id)).doc);
      const { items } = await listVersions(db, bucket.id, { limit: CHOICES, cursor: undefined });
      return c.html(
        <ComparisonUpdate
          chapter={bucket.id}
          from={from}
          to={to}
          versions={items}
          changes={compareChapters(from.content, after)}
          mayWrite={mayWrite(bucket.role)}
          zone={zoneOf(c.req.query("zone"))}
        />,
      );
    })
    .post("/chapters/:id/versions/:version/restoration", async (c) => {
      const actor = actorOf(c);
      const bucket = await findDocumentBucket(db, actor, c.req.param("id"));
      requireWriter(bucket.role);
      await requireWritable(db, actor, bucket.id);
      const { passage } = await formOf(c);
      await settleDocument(documents, bucket.id);
      const { answer } = await once(
        db,
        actor,
        keyed(c, { passage: passage ?? null }),
        async (tx) => {
          const version = c.req.param("version");
          const { before } = await restoreVersion(tx, documents, actor, bucket, version, passage);
          return { status: 200, answer: { before: before.id } };
        },
      );
      return c.html(
        <>
          <RestoredUpdate
            chapter={bucket.id}
            before={(answer as { before: string }).before}
            passage={passage}
            isUndone={c.req.query("undo") !== undefined}
            zone={zoneOf(c.req.query("zone"))}
          />
          <NoComparisonUpdate />
          {await historyOf(db, c, bucket)}
        </>,
      );
    });
}

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

const nameless = () =>
  invalid(
    [{ pointer: "/name", rule: "maxLength", message: `must have 1 to ${NAME_LIMIT} characters` }],
    "Give the version a name of at most 200 characters",
  );

import { type Context, Hono } from "hono";
import { requireWriter } from "../access.ts";
import type { Database, Db, Tx } from "../database.ts";
import {
  actorOf,
  answerOnce,
  bodyOf,
  etag,
  expectedRevision,
  type Http,
  type HttpContext,
  json,
} from "../http.ts";
import { pageRequest } from "../lists.ts";
import { Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { type Blob, changedView, createBlob, findBlob, readView } from "./blobs.ts";
import {
  listRevisions,
  patchBlob,
  putBlob,
  readRevision,
  requireChangeable,
  restoreRevision,
  revisionView,
} from "./change.ts";
import { lineageOf } from "./lineage.ts";
import { listBlobs } from "./list.ts";
import { BlobChangeShape, BlobDraftShape, BlobPatchShape } from "./operations.ts";
import { restoreBlob, trashBlob } from "./trash.ts";

const MERGE_PATCH = /^application\/(merge-patch\+)?json\b/i;

export function blobRoutes(db: Database, catalogue: readonly Processor[]) {
  const answer = async (c: Context, blob: Blob) =>
    c.json(await changedView(db, blob), 200, etag(blob.revision));

  /** A POST that changes a blob, once for each Idempotency-Key. */
  const changeOnce = (c: HttpContext, change: (tx: Tx) => Promise<Blob>) =>
    answerOnce(c, db, null, async (tx) => ({
      status: 200,
      answer: await changedView(tx, await change(tx)),
    }));

  /** Where If-Match may be left out, it is honoured all the same. */
  async function ifMatch(c: HttpContext): Promise<number | undefined> {
    if (c.req.header("if-match") === undefined) return undefined;
    return expectedRevision(c, (await findBlob(db, actorOf(c), c.req.param("id")!)).revision);
  }

  /** What may not be written is refused as such, before the body is looked at. */
  async function expectedOf(c: HttpContext): Promise<number> {
    const standing = await findBlob(db, actorOf(c), c.req.param("id")!);
    requireWriter(standing.role);
    const expected = expectedRevision(c, standing.revision);
    await requireChangeable(db, standing, expected);
    return expected;
  }

  return new Hono<Http>()
    .post("/", async (c) => {
      const actor = actorOf(c);
      const draft = await bodyOf(c, BlobDraftShape);
      const create = async (on: Db) => ({
        status: 201,
        answer: readView(await createBlob(on, actor, draft)),
      });
      // Nothing is kept beside the blob then: outside of a transaction it is stored together with others.
      if (c.req.header("idempotency-key") === undefined) return json(c, await create(db));
      return answerOnce(c, db, draft, create);
    })
    .get("/", async (c) => {
      const query = c.req.query();
      const { bucket, subtree, schema, derivedFrom, q, trashed } = query;
      const metadata = Object.fromEntries(
        Object.entries(query).flatMap(([name, value]) =>
          name.startsWith("metadata.") ? [[name.slice("metadata.".length), value]] : [],
        ),
      );
      const filter = { bucket, subtree, schema, derivedFrom, q, trashed, metadata };
      const found = await listBlobs(db, actorOf(c), filter, pageRequest(query));
      return c.json({ items: found.items.map(readView), next: found.next });
    })
    .get("/:id", async (c) => {
      const blob = await findBlob(db, actorOf(c), c.req.param("id"));
      return c.json(readView(blob), 200, etag(blob.revision));
    })
    .put("/:id", async (c) => {
      const expected = await expectedOf(c);
      const change = await bodyOf(c, BlobChangeShape);
      return answer(c, await putBlob(db, actorOf(c), c.req.param("id"), expected, change));
    })
    .patch("/:id", async (c) => {
      const expected = await expectedOf(c);
      if (!MERGE_PATCH.test(c.req.header("content-type") ?? ""))
        throw new Problem(415, "media-type", "Send a JSON Merge Patch", {
          headers: { "accept-patch": "application/merge-patch+json" },
        });
      const patch = await bodyOf(c, BlobPatchShape);
      return answer(c, await patchBlob(db, actorOf(c), c.req.param("id"), expected, patch));
    })
    .delete("/:id", async (c) => {
      const expected = await ifMatch(c);
      return answer(c, await trashBlob(db, actorOf(c), catalogue, c.req.param("id"), expected));
    })
    .post("/:id/restoration", async (c) =>
      changeOnce(c, (tx) => restoreBlob(tx, actorOf(c), c.req.param("id"))),
    )
    .get("/:id/revisions", async (c) => {
      const { cursor, limit } = c.req.query();
      const request = pageRequest(limit === undefined ? {} : { limit });
      const found = await listRevisions(db, actorOf(c), c.req.param("id"), { ...request, cursor });
      return c.json({ items: found.items.map(revisionView), next: found.next });
    })
    .get("/:id/revisions/:n", async (c) => {
      const { id, n } = c.req.param();
      return c.json(revisionView(await readRevision(db, actorOf(c), id, n)));
    })
    .post("/:id/revisions/:n/restoration", async (c) => {
      const { id, n } = c.req.param();
      const expected = await ifMatch(c);
      return changeOnce(c, (tx) => restoreRevision(tx, actorOf(c), id, expected, n));
    })
    .get("/:id/lineage", async (c) => c.json(await lineageOf(db, actorOf(c), c.req.param("id"))));
}

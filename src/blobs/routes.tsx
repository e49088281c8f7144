import { Hono } from "hono";
import { Type } from "typebox";
import { requireWriter } from "../access.ts";
import type { Database } from "../database.ts";
import { actorOf, answerOnce, bodyOf, etag, expectedRevision, type Http } from "../http.ts";
import { pageRequest } from "../lists.ts";
import { blobView, createBlob, findBlob, listBlobs, putBlob, requireChangeable } from "./blobs.ts";

const Metadata = Type.Record(Type.String(), Type.Unknown());

export const BlobDraftShape = Type.Object(
  {
    schema: Type.String(),
    bucket: Type.String(),
    content: Type.Unknown(),
    metadata: Type.Optional(Metadata),
  },
  { additionalProperties: false },
);

const BlobChangeShape = Type.Object(
  {
    content: Type.Unknown(),
    metadata: Type.Optional(Metadata),
    schema: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

export function blobRoutes(db: Database) {
  return new Hono<Http>()
    .post("/", async (c) => {
      const actor = actorOf(c);
      const draft = await bodyOf(c, BlobDraftShape);
      return answerOnce(c, db, draft, async (tx) => ({
        status: 201,
        answer: blobView(await createBlob(tx, actor, draft)),
      }));
    })
    .get("/", async (c) => {
      const { bucket, schema, derivedFrom, ...query } = c.req.query();
      const filter = { bucket, schema, derivedFrom };
      const found = await listBlobs(db, actorOf(c), filter, pageRequest(query));
      return c.json({ items: found.items.map(blobView), next: found.next });
    })
    .get("/:id", async (c) => {
      const blob = await findBlob(db, actorOf(c), c.req.param("id"));
      return c.json(blobView(blob), 200, etag(blob.revision));
    })
    .put("/:id", async (c) => {
      const actor = actorOf(c);
      const id = c.req.param("id");
      // Asked before the body is looked at: what may not be written is refused as such.
      const standing = await findBlob(db, actor, id);
      requireWriter(standing.role);
      const expected = expectedRevision(c);
      await requireChangeable(db, standing, expected);
      const change = await bodyOf(c, BlobChangeShape);
      const blob = await putBlob(db, actor, id, expected, change);
      return c.json(blobView(blob), 200, etag(blob.revision));
    });
}

import { Hono } from "hono";
import { Type } from "typebox";
import type { Database } from "../database.ts";
import { actorOf, answerOnce, bodyOf, etag, type Http } from "../http.ts";
import { pageRequest } from "../lists.ts";
import { bucketView, createBucket, findBucket, listBuckets } from "./buckets.ts";

const BucketDraftShape = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 90 }),
    name: Type.String({ maxLength: 500 }),
    parent: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    position: Type.Optional(Type.String({ pattern: "^[0-9a-z]{0,199}[1-9a-z]$" })),
  },
  { additionalProperties: false },
);

export function bucketRoutes(db: Database) {
  return new Hono<Http>()
    .post("/", async (c) => {
      const actor = actorOf(c);
      const draft = await bodyOf(c, BucketDraftShape);
      return answerOnce(c, db, draft, async (tx) => ({
        status: 201,
        answer: bucketView(await createBucket(tx, actor, draft)),
      }));
    })
    .get("/", async (c) => {
      const { parent, type, ...query } = c.req.query();
      const found = await listBuckets(db, actorOf(c), { parent, type }, pageRequest(query));
      return c.json({ items: found.items.map(bucketView), next: found.next });
    })
    .get("/:id", async (c) => {
      const bucket = await findBucket(db, actorOf(c), c.req.param("id"));
      return c.json(bucketView(bucket), 200, etag(bucket.revision));
    });
}

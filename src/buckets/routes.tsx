import { Hono } from "hono";
import { requireOwner, requireWriter } from "../access.ts";
import type { Database } from "../database.ts";
import { actorOf, answerOnce, bodyOf, etag, expectedRevision, type Http } from "../http.ts";
import { badQuery, pageRequest } from "../lists.ts";
import type { Processor } from "../processors/sdk.ts";
import { bucketView, findBucket, listBuckets, requireStanding } from "./buckets.ts";
import { changeBucket, requireRevision } from "./change.ts";
import { createBucket } from "./create.ts";
import {
  findMember,
  listMembers,
  memberView,
  putMember,
  removeMember,
  requireRoot,
} from "./members.ts";
import { BucketChangeShape, BucketDraftShape, MemberShape } from "./operations.ts";
import { restoreBucket, trashBucket } from "./trash.ts";
import { depthOf, readTree, type Tree } from "./tree.ts";

export function bucketRoutes(db: Database, processors: readonly Processor[]) {
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
      const { parent, type, trashed, ...query } = c.req.query();
      const filter = { parent, type, trashed: flagOf("trashed", trashed) };
      const found = await listBuckets(db, actorOf(c), filter, pageRequest(query));
      return c.json({ items: found.items.map(bucketView), next: found.next });
    })
    .get("/:id", async (c) => {
      const bucket = await findBucket(db, actorOf(c), c.req.param("id"));
      const { role, revision } = bucket;
      return c.json({ ...bucketView(bucket), role }, 200, etag(revision));
    })
    .patch("/:id", async (c) => {
      const actor = actorOf(c);
      const standing = await findBucket(db, actor, c.req.param("id"));
      requireWriter(standing.role);
      // What is wrong with the body is said last; whether it asks for more than a writer may, first.
      const change = bodyOf(c, BucketChangeShape);
      if ((await change.catch(() => null))?.ai !== undefined) requireOwner(standing.role);
      const expected = expectedRevision(c, standing.revision);
      requireRevision(standing, expected);
      requireStanding(standing);
      const bucket = await changeBucket(db, actor, standing.id, expected, await change);
      return c.json(bucketView(bucket), 200, etag(bucket.revision));
    })
    .delete("/:id", async (c) => {
      const actor = actorOf(c);
      const id = c.req.param("id");
      const expected =
        c.req.header("if-match") === undefined
          ? undefined
          : expectedRevision(c, (await findBucket(db, actor, id)).revision);
      const bucket = await trashBucket(db, actor, processors, id, expected);
      return c.json(bucketView(bucket), 200, etag(bucket.revision));
    })
    .post("/:id/restoration", async (c) =>
      answerOnce(c, db, null, async (tx) => ({
        status: 200,
        answer: bucketView(await restoreBucket(tx, actorOf(c), c.req.param("id"))),
      })),
    )
    .get("/:id/tree", async (c) => {
      const actor = actorOf(c);
      const { id } = await findBucket(db, actor, c.req.param("id"));
      return c.json(treeView(await readTree(db, actor, id, depthOf(c.req.query("depth")))));
    })
    .get("/:id/members", async (c) => {
      const found = await listMembers(db, actorOf(c), c.req.param("id"));
      return c.json({ items: found.map(memberView), next: null });
    })
    .get("/:id/members/:account", async (c) => {
      const { id, account } = c.req.param();
      return c.json(memberView(await findMember(db, actorOf(c), id, account)));
    })
    .put("/:id/members/:account", async (c) => {
      const actor = actorOf(c);
      const { id, account } = c.req.param();
      const standing = await findBucket(db, actor, id);
      requireOwner(standing.role);
      requireRoot(standing);
      const { role } = await bodyOf(c, MemberShape);
      const { member, isNew } = await putMember(db, actor, id, account, role);
      return c.json(memberView(member), isNew ? 201 : 200);
    })
    .delete("/:id/members/:account", async (c) => {
      const { id, account } = c.req.param();
      await removeMember(db, actorOf(c), id, account);
      return c.body(null, 204);
    });
}

type TreeView = ReturnType<typeof bucketView> & { children: TreeView[] };

const treeView = ({ bucket, children }: Tree): TreeView => ({
  ...bucketView(bucket),
  children: children.map(treeView),
});

/** @throws 422 */
function flagOf(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw badQuery(name, "must be true or false");
}

import { type Context, Hono } from "hono";
import { requireWriter } from "../access.ts";
import type { Database, Tx } from "../database.ts";
import {
  actorOf,
  answerOnce,
  bodyOf,
  etag,
  type Http,
  type HttpContext,
  requireUpgrade,
  upgrade,
} from "../http.ts";
import type { Answer } from "../idempotency.ts";
import { pageRequest } from "../lists.ts";
import { invalid, notSignedIn } from "../problem.ts";
import { applyEdits, EditError } from "./model/edits.ts";
import { chapterMarkdown } from "./model/markdown.ts";
import { toSnapshot } from "./model/snapshot.ts";
import type { Documents } from "./open.ts";
import { EditsShape, RestorationShape, VersionShape } from "./operations.ts";
import type { Reading } from "./reading.ts";
import { keepVersion, listVersions, readVersion, restoreVersion, versionView } from "./versions.ts";
import { findDocumentBucket, requireWritable, settleDocument, writeDocument } from "./write.ts";

export type DocumentParts = { db: Database; documents: Documents; reading: Reading };

/** Documents for programs: `/api/documents`. */
export function documentRoutes({ db, documents, reading }: DocumentParts) {
  /** A change of a document that the actor may write, once for each Idempotency-Key. */
  async function change(
    c: HttpContext,
    body: unknown,
    effect: (tx: Tx, bucket: Awaited<ReturnType<typeof requireWritable>>) => Promise<Answer>,
  ): Promise<Response> {
    const bucket = await requireWritable(db, actorOf(c), c.req.param("bucket")!);
    await settleDocument(documents, bucket.id);
    return answerOnce(c, db, body, (tx) => effect(tx, bucket));
  }

  return new Hono<Http>()
    .get("/:bucket", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("bucket"));
      await settleDocument(documents, bucket.id);
      const { doc, seq } = await reading.document(db, bucket.id);
      if (wantsMarkdown(c))
        return c.text(chapterMarkdown(doc), 200, {
          "content-type": "text/markdown; charset=utf-8",
          vary: "accept",
          ...etag(seq),
        });
      const content = { bucket: bucket.id, name: bucket.name, ...toSnapshot(doc) };
      return c.json(content, 200, { vary: "accept", ...etag(seq) });
    })
    .post("/:bucket/edits", async (c) => {
      const actor = actorOf(c);
      requireWriter((await findDocumentBucket(db, actor, c.req.param("bucket"))).role);
      const body = await bodyOf(c, EditsShape);
      return change(c, body, async (tx, bucket) => ({
        status: 200,
        answer: await writeDocument(tx, documents, actor, bucket.id, (doc) => ({
          passages: edited(() => applyEdits(doc, body.edits, new Date())),
        })),
      }));
    })
    .get("/:bucket/versions", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("bucket"));
      const found = await listVersions(db, bucket.id, pageRequest(c.req.query()));
      return c.json({ items: found.items.map(versionView), next: found.next });
    })
    .post("/:bucket/versions", async (c) => {
      const actor = actorOf(c);
      requireWriter((await findDocumentBucket(db, actor, c.req.param("bucket"))).role);
      const { name } = await bodyOf(c, VersionShape);
      const draft = name
        ? ({ name, reason: "named" } as const)
        : ({ name: null, reason: "accept" } as const);
      return change(c, { name }, async (tx, bucket) => ({
        status: 201,
        answer: versionView(await keepVersion(tx, actor, bucket, draft)),
      }));
    })
    .get("/:bucket/versions/:id", async (c) => {
      const bucket = await findDocumentBucket(db, actorOf(c), c.req.param("bucket"));
      const { content, ...version } = await readVersion(db, bucket.id, c.req.param("id"));
      return c.json({ ...versionView(version), content });
    })
    .post("/:bucket/versions/:id/restoration", async (c) => {
      const actor = actorOf(c);
      const bucket = await findDocumentBucket(db, actor, c.req.param("bucket"));
      requireWriter(bucket.role);
      const id = c.req.param("id");
      await readVersion(db, bucket.id, id);
      // Nothing said means all of it.
      const body = c.req.raw.body ? await bodyOf(c, RestorationShape) : {};
      return change(c, body, async (tx) => {
        const { before } = await restoreVersion(tx, documents, actor, bucket, id, body.passage);
        return { status: 200, answer: { before: versionView(before) } };
      });
    });
}

/** The socket: `/documents/<bucket>`. */
export function documentSockets({ db, documents }: DocumentParts, publicUrl: URL | undefined) {
  return new Hono<Http>().get("/:bucket", async (c) => {
    const actor = requireUpgrade(c, publicUrl);
    // A page says whose it is: somebody else may have signed in in its browser since.
    if (c.req.query("account") && c.req.query("account") !== actor.account) throw notSignedIn();
    const bucket = await findDocumentBucket(db, actor, c.req.param("bucket"));
    return upgrade(c, documents.socket(actor, c.get("session")!, bucket, c.req.raw));
  });
}

/** What is wrong with an edit, as the caller is told. */
function edited<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    throw invalid([{ pointer: `/edits/${error.index}`, rule: "edit", message: error.message }]);
  }
}

const wantsMarkdown = (c: Context) => /\btext\/markdown\b/.test(c.req.header("accept") ?? "");

/** What the outline's buttons do. The public way to the same things is /api/buckets. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import { STATUS_LABEL } from "../../views/chapters/chapter-mark.tsx";
import { ChapterMenuUpdate } from "../../views/chapters/chapter-menu.tsx";
import { OutlineSaid } from "../../views/chapters/outline.tsx";
import { UNTITLED } from "../../views/chapters/outline-ids.ts";
import { requireWriter } from "../access.ts";
import { type BucketSeen, findBucket } from "../buckets/buckets.ts";
import { type BucketChange, changeBucket } from "../buckets/change.ts";
import { createBucket } from "../buckets/create.ts";
import { restoreBucket, trashBucket } from "../buckets/trash.ts";
import type { Database, Db } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import { isId } from "../lists.ts";
import { invalid, notFound } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { chaptersIn, neighbourOf } from "./chapters.ts";
import { outlineOf, outlineUpdate } from "./outline.tsx";

/** In characters; as buckets have it. */
const NAME_LIMIT = 500;
/** Where the page that asks shows its chapter. */
const PAGE = /\/chapters\/([0-9a-f-]{36})$/;

/** Names the rules by which browsers fetch pages ahead, in the header of the page (speculation rules). */
export const FETCH_AHEAD = "/outline/ahead.json";
/** The chapter one points at: its page is there when it is pressed. What happens since, the socket tells. */
const AHEAD = { prefetch: [{ where: { selector_matches: ".outline a" }, eagerness: "moderate" }] };

export function chapterRoutes(db: Database, processors: readonly Processor[]) {
  /** The outline as the page that asks shows it, and what is said of what was done. */
  async function answer(
    c: HttpContext,
    changed: BucketSeen["id"],
    said?: Child,
    status: 200 | 201 = 200,
  ) {
    const actor = actorOf(c);
    const shown = PAGE.exec(
      new URL(c.req.header("hx-current-url") ?? "/", "http://x").pathname,
    )?.[1];
    const chapter = await findBucket(db, actor, shown ?? changed);
    return c.html(
      <>
        {await outlineUpdate(db, chapter)}
        {said ?? <OutlineSaid />}
      </>,
      status,
    );
  }

  return new Hono<Http>()
    .get(FETCH_AHEAD, (c) =>
      c.json(AHEAD, 200, {
        "content-type": "application/speculationrules+json",
        "cache-control": "public, max-age=86400",
      }),
    )
    .post("/chapters", async (c) => {
      const actor = actorOf(c);
      const { after, book = "", name = "" } = await formOf(c);
      const { answer: made } = await once(
        db,
        actor,
        keyed(c, { after, book, name }),
        async (tx) => {
          const place = after
            ? { parent: (await findChapter(tx, c, after)).parent!, after }
            : { parent: (await findBucket(tx, actor, book)).id };
          const draft = { type: "chapter", name: name.trim().slice(0, NAME_LIMIT), ...place };
          return { status: 201, answer: { id: (await createBucket(tx, actor, draft)).id } };
        },
      );
      const { id } = made as { id: string };
      return answer(c, id, <OutlineSaid rename={id} />, 201);
    })
    .patch("/chapters/:id", async (c) => {
      const actor = actorOf(c);
      const chapter = await findChapter(db, c, c.req.param("id"));
      requireWriter(chapter.role);
      const change = changeIn(await formOf(c));
      const isMove = change.before !== undefined || change.after !== undefined;
      const [sibling, was] = isMove
        ? await Promise.all([
            findChapter(db, c, change.before ?? change.after!),
            neighbourOf(db, chapter),
          ])
        : [];
      const changed = await changeBucket(db, actor, chapter.id, undefined, {
        ...change,
        ...(sibling ? { parent: sibling.parent } : {}),
      });
      const hasMoved = isMove && changed.revision !== chapter.revision;
      if (!hasMoved || !was) return answer(c, chapter.id);
      const path = `/chapters/${chapter.id}`;
      const says = `Moved ${quoted(chapter.name)}.`;
      return answer(
        c,
        chapter.id,
        <OutlineSaid says={says} undo={{ method: "patch", path, fields: was }} />,
      );
    })
    .delete("/chapters/:id", async (c) => {
      const { id, name } = await findChapter(db, c, c.req.param("id"));
      await trashBucket(db, actorOf(c), processors, id);
      const undo = { method: "post", path: `/chapters/${id}/restoration`, fields: {} } as const;
      const says = `${quoted(name)} is in the trash.`;
      return answer(c, id, <OutlineSaid says={says} undo={undo} />);
    })
    .post("/chapters/:id/restoration", async (c) => {
      const { id, name } = await findChapter(db, c, c.req.param("id"));
      await once(db, actorOf(c), keyed(c, null), async (tx) => {
        const { revision } = await restoreBucket(tx, actorOf(c), id);
        return { status: 200, answer: { revision } };
      });
      return answer(c, id, <OutlineSaid says={`${quoted(name)} is back.`} />);
    })
    .get("/chapters/:id/menu", async (c) => {
      const chapter = await findChapter(db, c, c.req.param("id"));
      requireWriter(chapter.role);
      const outline = await outlineOf(db, chapter);
      const chapters = outline ? chaptersIn(outline.book) : [];
      const at = chapters.findIndex(({ id }) => id === chapter.id);
      if (at < 0) throw notFound("This chapter");
      return c.html(
        <ChapterMenuUpdate
          chapter={chapters[at]!}
          above={chapters[at - 1]?.id ?? null}
          below={chapters[at + 1]?.id ?? null}
        />,
      );
    });

  /** @throws 404 also for a bucket of another type */
  async function findChapter(on: Db, c: HttpContext, id: string): Promise<BucketSeen> {
    const bucket = await findBucket(on, actorOf(c), id);
    if (bucket.type !== "chapter" || !bucket.parent) throw notFound("This chapter");
    return bucket;
  }
}

/** What a form changes of a chapter; an empty target or status takes it away. @throws 422 */
function changeIn(form: Record<string, string>): BucketChange {
  const { name, status, target, before, after } = form;
  const metadata: Record<string, unknown> = {};
  if (status !== undefined) metadata.status = status === "" ? null : oneOf(status);
  if (target !== undefined) metadata.target = target.trim() === "" ? null : Number(target);
  return {
    ...(name !== undefined && { name: name.trim().slice(0, NAME_LIMIT) }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(before && { before: sibling("before", before) }),
    ...(after && { after: sibling("after", after) }),
  };
}

function oneOf(status: string): string {
  if (Object.hasOwn(STATUS_LABEL, status)) return status;
  throw invalid([{ pointer: "/status", rule: "enum", message: "is not a status of a chapter" }]);
}

function sibling(name: string, id: string): string {
  if (isId(id)) return id;
  throw invalid([{ pointer: `/${name}`, rule: "sibling", message: "is not a chapter" }]);
}

const quoted = (name: string) => (name ? `“${name}”` : UNTITLED);

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

/** Lists of pitches, and the page that makes one: plain forms. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { PitchList } from "../../views/pitches/list.tsx";
import { NewPitch } from "../../views/pitches/new.tsx";
import { mayWrite, requireWriter } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import { changeBucket } from "../buckets/change.ts";
import { restoreBucket, trashBucket } from "../buckets/trash.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { notFound, Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { createPitch, listPitches } from "./pitches.ts";
import type { PitchParts } from "./routes.tsx";
import { listTemplates } from "./templates.ts";

/** In characters; as buckets have it. */
const NAME_LIMIT = 500;

type PageParts = Pick<PitchParts, "db" | "assets"> & { processors: readonly Processor[] };

export function pitchPages({ db, assets, processors }: PageParts) {
  /** Null where the address names none. @throws 404 */
  async function bookIn(c: HttpContext) {
    const id = c.req.param("id");
    if (!id) return null;
    const book = await findBucket(db, actorOf(c), id);
    if (book.type !== "book") throw notFound("This book");
    return book;
  }

  const accountOf = async (c: HttpContext) =>
    (
      await db
        .select()
        .from(accounts)
        .where(eq(accounts.id, actorOf(c).account))
    )[0]!;

  /** @throws 404 also for a bucket of another type */
  async function pitchIn(c: HttpContext, id = c.req.param("id") ?? "") {
    const pitch = await findBucket(db, actorOf(c), id);
    if (pitch.type !== "pitch") throw notFound("This pitch");
    return pitch;
  }

  /** Where it is listed. */
  const listOf = ({ parent }: { parent: string | null }) =>
    parent ? `/books/${parent}/pitches` : "/pitches";

  async function list(c: HttpContext) {
    const book = await bookIn(c);
    const { trashed } = c.req.query();
    const gone = trashed ? await pitchIn(c, trashed) : null;
    return c.html(
      <PitchList
        assets={assets}
        account={await accountOf(c)}
        book={book && { id: book.id, title: book.name }}
        pitches={await listPitches(db, actorOf(c), book?.id ?? null)}
        mayWrite={book ? mayWrite(book.role) && !book.trashedAt : true}
        trashed={gone?.trashedAt ? gone : null}
      />,
    );
  }

  async function form(c: HttpContext, typed?: Record<string, string>, error?: string) {
    const book = await bookIn(c);
    if (book) requireWriter(book.role);
    return c.html(
      <NewPitch
        assets={assets}
        account={await accountOf(c)}
        book={book && { id: book.id, title: book.name }}
        templates={await listTemplates(db, actorOf(c).account)}
        {...(typed ? { typed } : {})}
        error={error}
      />,
    );
  }

  async function make(c: HttpContext) {
    const book = await bookIn(c);
    if (book) requireWriter(book.role);
    const typed = await formOf(c);
    const { template = "", name = "" } = typed;
    try {
      const made = await createPitch(db, actorOf(c), { book: book?.id ?? null, template, name });
      return c.redirect(`/pitches/${made.id}`, 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 422) throw error;
      c.status(422);
      return form(c, typed, `${error.title}. ${error.extra.errors?.[0]?.message ?? ""}`);
    }
  }

  return new Hono<Http>()
    .get("/pitches", list)
    .post("/pitches", make)
    .get("/pitches/new", (c) => form(c))
    .get("/books/:id/pitches", list)
    .post("/books/:id/pitches", make)
    .get("/books/:id/pitches/new", (c) => form(c))
    .post("/pitches/:id/name", async (c) => {
      const pitch = await pitchIn(c);
      requireWriter(pitch.role);
      const name = ((await formOf(c)).name ?? "").trim().slice(0, NAME_LIMIT);
      if (name !== "") await changeBucket(db, actorOf(c), pitch.id, undefined, { name });
      return c.redirect(listOf(pitch), 303);
    })
    .post("/pitches/:id/trash", async (c) => {
      const pitch = await pitchIn(c);
      await trashBucket(db, actorOf(c), processors, pitch.id);
      const query = new URLSearchParams({ trashed: pitch.id });
      return c.redirect(`${listOf(pitch)}?${query}`, 303);
    })
    .post("/pitches/:id/restoration", async (c) => {
      const pitch = await pitchIn(c);
      await restoreBucket(db, actorOf(c), pitch.id);
      return c.redirect(`/pitches/${pitch.id}`, 303);
    });
}

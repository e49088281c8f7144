/** Runs with what people know them by: the processor's title, the place of their words, what came of them. */
import { and, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { blobs, buckets, members, processors, runPartials, runs } from "../../drizzle/tables.ts";
import { type AccountActor, roleOf } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import { badQuery, isId, type Page, type PageRequest, page } from "../lists.ts";
import type { Run } from "./queue.ts";

/** A run with what it is told by. */
export type ListedRun = {
  id: string;
  run: Run;
  processor: { title: string; config: Record<string, unknown> | null } | null;
  bucket: { id: string; type: string; name: string };
  book: string;
  /** Words that a take has there, as the book says. */
  takeWords: number | null;
  /** Of its input. */
  metadata: Record<string, unknown>;
  output: { id: string; schema: string; metadata: Record<string, unknown> } | null;
  partial: { attempt: number; text: string } | null;
  passage: PassagePlace | null;
};

/** Where a passage stands now; without a number it is no longer in the chapter. */
export type PassagePlace = { number: number | null; accepted: string | null };

export type ListFilter = {
  status?: string | undefined;
  processor?: string | undefined;
  /** Its root. */
  book?: string | undefined;
};

const STATUSES: readonly string[] = ["queued", "running", "succeeded", "cancelled", "dead"];

/** Newest first. @throws 404 for a book that the actor does not see; 422 for a state that there is not */
export async function listShown(
  db: Db,
  reading: Reading,
  actor: AccountActor,
  filter: ListFilter,
  request: PageRequest,
): Promise<Page<ListedRun>> {
  const conditions = await conditionsOf(db, actor, filter);
  const before = request.cursor ? lt(runs.id, request.cursor) : undefined;
  const rows = await select(db, and(conditions, before), request.limit + 1);
  const { items, next } = page(rows, request);
  return { items: await withPassages(db, reading, items), next };
}

/** One of them, whoever looks: for what is shown to all who see its root. */
export async function findListed(
  db: Db,
  reading: Reading,
  run: string,
): Promise<ListedRun | undefined> {
  const rows = isId(run) ? await select(db, eq(runs.id, run), 1) : [];
  return (await withPassages(db, reading, rows))[0];
}

async function conditionsOf(db: Db, actor: AccountActor, { status, processor, book }: ListFilter) {
  if (status && !STATUSES.includes(status))
    throw badQuery("status", `must be one of ${STATUSES.join(", ")}`);
  if (book) await findBucket(db, actor, book);
  return and(
    sql`${roleOf(actor, runs.root)} is not null`,
    status ? eq(runs.status, status as Run["status"]) : undefined,
    processor ? eq(runs.processor, processor) : undefined,
    book ? eq(runs.root, book) : undefined,
  );
}

async function select(db: Db, where: SQL | undefined, limit: number) {
  const roots = alias(buckets, "roots");
  const outputs = alias(blobs, "outputs");
  const rows = await db
    .select({
      run: runs,
      processor: { title: processors.title, config: processors.config },
      bucket: { id: buckets.id, type: buckets.type, name: buckets.name },
      book: roots.name,
      takeWords: sql<number | null>`(${roots.metadata}->>'takeWords')::int`,
      metadata: blobs.metadata,
      output: { id: outputs.id, schema: outputs.schema, metadata: outputs.metadata },
      partial: { attempt: runPartials.attempt, text: runPartials.text },
    })
    .from(runs)
    .innerJoin(blobs, eq(blobs.id, runs.blob))
    .innerJoin(buckets, eq(buckets.id, runs.bucket))
    .innerJoin(roots, eq(roots.id, runs.root))
    .leftJoin(processors, eq(processors.id, runs.processor))
    .leftJoin(outputs, eq(outputs.run, runs.id))
    .leftJoin(runPartials, eq(runPartials.run, runs.id))
    .where(where)
    .orderBy(desc(runs.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, id: row.run.id }));
}

/** Each chapter is read once. */
async function withPassages(
  db: Db,
  reading: Reading,
  rows: Omit<ListedRun, "passage">[],
): Promise<ListedRun[]> {
  const passageOf = ({ bucket, metadata }: Pick<ListedRun, "bucket" | "metadata">) =>
    bucket.type === "chapter" && typeof metadata.passage === "string" ? metadata.passage : null;
  const chapters = new Set(rows.filter(passageOf).map(({ bucket }) => bucket.id));
  const places = new Map<string, PassagePlace>();
  for (const chapter of chapters)
    for (const [at, row] of (await reading.rows(db, chapter)).entries()) {
      const { take } = row.attributes;
      const accepted = typeof take === "string" ? take : null;
      for (const passage of row.passages)
        places.set(`${chapter} ${passage}`, { number: at + 1, accepted });
    }
  return rows.map((row) => {
    const passage = passageOf(row);
    const found = passage && places.get(`${row.bucket.id} ${passage}`);
    return { ...row, passage: passage ? found || { number: null, accepted: null } : null };
  });
}

/** How many there are in each state in which something is to come, or to be done. */
export async function countOpen(
  db: Db,
  actor: AccountActor,
  { processor, book }: ListFilter,
): Promise<Record<string, number>> {
  const rows = await db
    .select({ status: runs.status, count: sql<number>`count(*)::int` })
    .from(runs)
    .where(
      and(
        await conditionsOf(db, actor, { processor, book }),
        inArray(runs.status, ["queued", "running", "dead"]),
      ),
    )
    .groupBy(runs.status);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** What the list can be narrowed to: every processor, and the books that the actor sees. */
export async function choicesOf(db: Db, actor: AccountActor) {
  const [installed, books] = await Promise.all([
    db
      .select({ id: processors.id, title: processors.title })
      .from(processors)
      .orderBy(processors.title),
    db
      .select({ id: buckets.id, title: buckets.name })
      .from(members)
      .innerJoin(buckets, eq(buckets.id, members.root))
      .where(
        and(
          eq(members.account, actor.account),
          sql`${roleOf(actor, buckets.root)} is not null`,
          sql`${buckets.trashedAt} is null`,
        ),
      )
      .orderBy(buckets.name),
  ]);
  return { processors: installed, books };
}

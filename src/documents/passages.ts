/** Passages: rows of the split pane, notes on the left. Their prose is the newest take of their asks. */
import { and, desc, eq, max, sql } from "drizzle-orm";
import { blobs, passages, runPartials, runs } from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, requireWriter, roleOf } from "../access.ts";
import { type Blob, createBlob, stale } from "../blobs/blobs.ts";
import { findBucket } from "../buckets/buckets.ts";
import { type Db, transact } from "../database.ts";
import { isId } from "../lists.ts";
import { positionBetween } from "../position.ts";
import { invalid, notFound } from "../problem.ts";
import type { Run } from "../runs/queue.ts";

export type Passage = typeof passages.$inferSelect;
export type PassageSeen = Passage & { role: MemberRole };

/** The longest notes of one passage, in UTF-16 units; an ask takes no more (text-input-v1). */
export const NOTES_LIMIT = 20_000;

/** @throws 404 when the actor may not see it. */
export async function findPassage(db: Db, actor: AccountActor, id: string): Promise<PassageSeen> {
  if (!isId(id)) throw notFound("This passage");
  const [row] = await db
    .select({ passage: passages, role: roleOf(actor, passages.root) })
    .from(passages)
    .where(eq(passages.id, id));
  if (!row?.role) throw notFound("This passage");
  return { ...row.passage, role: row.role };
}

export async function passagesOf(db: Db, chapter: string): Promise<Passage[]> {
  return db
    .select()
    .from(passages)
    .where(eq(passages.chapter, chapter))
    .orderBy(passages.position, passages.id);
}

/** The newest moment at which notes of a chapter reached the database, RFC 3339. */
export async function notesSavedAt(db: Db, chapter: string): Promise<string | null> {
  const [row] = await db
    .select({ newest: max(passages.updatedAt) })
    .from(passages)
    .where(eq(passages.chapter, chapter));
  return row?.newest?.toISOString() ?? null;
}

/** A new empty passage at the end of a chapter. @throws 404, 403 */
export async function addPassage(db: Db, actor: AccountActor, chapter: string): Promise<Passage> {
  return transact(db, async (tx) => {
    const bucket = await findBucket(tx, actor, chapter);
    requireWriter(bucket.role);
    if (bucket.type !== "chapter") throw notFound("This chapter");
    const [last] = await tx
      .select({ position: passages.position })
      .from(passages)
      .where(eq(passages.chapter, chapter))
      .orderBy(desc(passages.position))
      .limit(1);
    const [passage] = await tx
      .insert(passages)
      .values({
        id: Bun.randomUUIDv7(),
        root: bucket.root,
        chapter,
        position: positionBetween(last?.position ?? null, null),
      })
      .returning();
    return passage!;
  });
}

/**
 * Keeps the notes as typed. The same text again changes nothing.
 * @throws 404, 403; 412 with the standing notes when `expected` is not its revision; 422
 */
export async function writeNotes(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number,
  notes: string,
): Promise<Passage> {
  return transact(db, async (tx) => {
    await tx.execute(sql`select 1 from passages where id = ${isId(id) ? id : null} for update`);
    const passage = await findPassage(tx, actor, id);
    requireWriter(passage.role);
    if (passage.notes === notes) return passage;
    if (passage.revision !== expected) throw stale(passage.revision, { notes: passage.notes });
    return setNotes(tx, passage, notes);
  });
}

async function setNotes(tx: Db, passage: Passage, notes: string): Promise<Passage> {
  if (notes.length > NOTES_LIMIT)
    throw invalid([
      {
        pointer: "/notes",
        rule: "maxLength",
        message: `must have at most ${NOTES_LIMIT} characters; split the passage`,
      },
    ]);
  const [written] = await tx
    .update(passages)
    .set({ notes, revision: passage.revision + 1, updatedAt: new Date() })
    .where(eq(passages.id, passage.id))
    .returning();
  return written!;
}

/**
 * Asks for an expansion of the notes as they stand on the asker's page, which may be ahead of what
 * is saved. @throws 404, 403; 422 when there are none
 */
export async function askForExpansion(
  db: Db,
  actor: AccountActor,
  id: string,
  notes: string,
): Promise<Blob> {
  return transact(db, async (tx) => {
    const passage = await findPassage(tx, actor, id);
    requireWriter(passage.role);
    if (notes.trim() === "")
      throw invalid(
        [{ pointer: "/notes", rule: "minLength", message: "must not be empty" }],
        "Write a few notes first; they are what is expanded",
      );
    return createBlob(tx, actor, {
      schema: "text-input-v1",
      bucket: passage.chapter,
      content: { text: notes },
      metadata: { passage: id },
    });
  });
}

/** A passage with its newest ask, that ask's run and what came of it. */
export type PassageState = {
  passage: Passage;
  ask?: Blob;
  run?: Run;
  take?: Blob;
  /** Streamed and not settled: of a run that runs, waits or died. */
  partial?: { attempt: number; text: string; model: string | null; practice: boolean };
};

/** The states of a chapter's passages, or of one of them, in order. */
export async function passageStates(
  db: Db,
  chapter: string,
  only?: string,
): Promise<PassageState[]> {
  const rows = (await passagesOf(db, chapter)).filter((row) => !only || row.id === only);
  const asks = await db
    .selectDistinctOn([sql`${blobs.metadata}->>'passage'`], {
      ask: blobs,
      run: runs,
      partial: runPartials,
    })
    .from(blobs)
    .leftJoin(runs, and(eq(runs.blob, blobs.id), eq(runs.processor, "text-expansion")))
    .leftJoin(runPartials, eq(runPartials.run, runs.id))
    .where(
      and(
        eq(blobs.bucket, chapter),
        eq(blobs.schema, "text-input"),
        only ? sql`${blobs.metadata}->>'passage' = ${only}` : undefined,
      ),
    )
    .orderBy(sql`${blobs.metadata}->>'passage'`, desc(blobs.id), desc(runs.id));
  const takes = await db
    .selectDistinctOn([sql`${blobs.metadata}->>'passage'`])
    .from(blobs)
    .where(
      and(
        eq(blobs.bucket, chapter),
        eq(blobs.schema, "expanded-text"),
        only ? sql`${blobs.metadata}->>'passage' = ${only}` : undefined,
      ),
    )
    .orderBy(sql`${blobs.metadata}->>'passage'`, desc(blobs.id));
  const askOf = new Map(asks.map((row) => [row.ask.metadata.passage, row]));
  const takeOf = new Map(takes.map((blob) => [blob.metadata.passage, blob]));
  return rows.map((passage) => {
    const { ask, run, partial } = askOf.get(passage.id) ?? {};
    const take = takeOf.get(passage.id);
    return {
      passage,
      ...(ask ? { ask } : {}),
      ...(run ? { run } : {}),
      ...(take ? { take } : {}),
      ...(partial ? { partial } : {}),
    };
  });
}

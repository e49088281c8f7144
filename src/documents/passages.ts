/** Passages beside their words: what was asked for each, the run of it, and what came of it. */
import { and, desc, eq, sql } from "drizzle-orm";
import { blobs, runPartials, runs } from "../../drizzle/tables.ts";
import { type AccountActor, requireWriter } from "../access.ts";
import { type Blob, createBlob } from "../blobs/blobs.ts";
import type { Db } from "../database.ts";
import { invalid, notFound } from "../problem.ts";
import type { Run } from "../runs/queue.ts";
import type { Row } from "./model/rows.ts";
import { textOf } from "./model/text.ts";
import type { Reading } from "./reading.ts";
import { findDocumentBucket } from "./write.ts";

/** A row of the chapter with its newest ask, that ask's run and what came of it. */
export type PassageState = {
  row: Row;
  ask?: Blob;
  run?: Run;
  take?: Blob;
  /** Streamed and not settled: of a run that runs, waits or died. */
  partial?: { attempt: number; text: string; model: string | null; practice: boolean };
};

/**
 * Asks for an expansion of the notes as they stand on the asker's page, which may be ahead of what
 * is saved; absent, as they stand in the document. @throws 404, 403; 422 when there are none
 */
export async function askForExpansion(
  db: Db,
  reading: Reading,
  actor: AccountActor,
  chapter: string,
  passage: string,
  notes?: string,
): Promise<Blob> {
  const bucket = await findDocumentBucket(db, actor, chapter);
  requireWriter(bucket.role);
  const row = (await reading.rows(db, chapter)).find(({ passages }) => passages.includes(passage));
  if (!row) throw notFound("This passage");
  const text = notes ?? textOf(row.notes);
  if (text.trim() === "")
    throw invalid(
      [{ pointer: "/notes", rule: "minLength", message: "must not be empty" }],
      "Write a few notes first; they are what is expanded",
    );
  return createBlob(db, actor, {
    schema: "text-input-v1",
    bucket: chapter,
    content: { text },
    metadata: { passage: row.id },
  });
}

/** The states of a chapter's rows, in order. */
export async function passageStates(
  db: Db,
  reading: Reading,
  chapter: string,
): Promise<PassageState[]> {
  const rows = await reading.rows(db, chapter);
  const passageOf = sql`${blobs.metadata}->>'passage'`;
  const asks = await db
    .selectDistinctOn([passageOf], { ask: blobs, run: runs, partial: runPartials })
    .from(blobs)
    .leftJoin(runs, and(eq(runs.blob, blobs.id), eq(runs.processor, "text-expansion")))
    .leftJoin(runPartials, eq(runPartials.run, runs.id))
    .where(and(eq(blobs.bucket, chapter), eq(blobs.schema, "text-input")))
    .orderBy(passageOf, desc(blobs.id), desc(runs.id));
  const takes = await db
    .selectDistinctOn([passageOf])
    .from(blobs)
    .where(and(eq(blobs.bucket, chapter), eq(blobs.schema, "expanded-text")))
    .orderBy(passageOf, desc(blobs.id));
  const askOf = new Map(asks.map((found) => [found.ask.metadata.passage, found]));
  const takeOf = new Map(takes.map((blob) => [blob.metadata.passage, blob]));
  return rows.map((row) => {
    const { ask, run, partial } = askOf.get(row.id) ?? {};
    const take = takeOf.get(row.id);
    return {
      row,
      ...(ask ? { ask } : {}),
      ...(run ? { run } : {}),
      ...(take ? { take } : {}),
      ...(partial ? { partial } : {}),
    };
  });
}

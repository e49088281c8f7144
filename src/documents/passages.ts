/** Passages beside their words: what was asked for each, the run of it, and what came of it. */
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
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
  /** Its takes that were not discarded, oldest first, each with the notes that it was made of. */
  takes: { take: Blob; notes: string }[];
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
  instruction?: string,
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
    content: { text, ...(instruction?.trim() ? { instruction: instruction.trim() } : {}) },
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
  const madeOf = alias(blobs, "made_of");
  const takes = await db
    .select({ take: blobs, ask: madeOf.content })
    .from(blobs)
    .leftJoin(madeOf, eq(madeOf.id, blobs.derivedFrom))
    .where(
      and(
        eq(blobs.bucket, chapter),
        eq(blobs.schema, "expanded-text"),
        isNull(blobs.trashedAt),
        sql`${blobs.metadata}->>'discardedAt' is null`,
      ),
    )
    .orderBy(blobs.id);
  const askOf = new Map(asks.map((found) => [found.ask.metadata.passage, found]));
  const takesOf = Map.groupBy(takes, ({ take }) => take.metadata.passage);
  return rows.map((row) => {
    const { ask, run, partial } = askOf.get(row.id) ?? {};
    const own = takesOf.get(row.id) ?? [];
    return {
      row,
      ...(ask ? { ask } : {}),
      ...(run ? { run } : {}),
      takes: own.map(({ take, ask }) => ({
        take,
        notes: String((ask as { text?: unknown } | null)?.text ?? ""),
      })),
      ...(partial ? { partial } : {}),
    };
  });
}

/** Passages beside their words: what was asked for each, the run of it, and what came of it. */
import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { blobs, runPartials, runs } from "../../drizzle/tables.ts";
import { type AccountActor, requireWriter } from "../access.ts";
import { type Blob, createBlob } from "../blobs/blobs.ts";
import { requireAi } from "../buckets/ai.ts";
import type { Db } from "../database.ts";
import { sectionAsk } from "../pitches/asks.ts";
import { requireBuilder } from "../pitches/consent.ts";
import { invalid, notFound } from "../problem.ts";
import type { Run } from "../runs/queue.ts";
import type { Row } from "./model/rows.ts";
import { textOf } from "./model/text.ts";
import { AROUND, type Words } from "./model/words-at.ts";
import type { Reading } from "./reading.ts";
import { findDocumentBucket } from "./write.ts";

/** A take beside the ask that it was made of. */
export type Taken = {
  take: Blob;
  /** The text of its ask: notes, or the words that were to be rewritten. */
  notes: string;
  askedAt: Date;
  /** Which words of the prose it rewrites; null for an expansion of the notes. */
  rewrites: Words | null;
};

/** A row of the chapter with its newest ask, that ask's run and what came of it. */
export type PassageState = {
  row: Row;
  ask?: Blob;
  run?: Run;
  /** Its takes that were not discarded, oldest first. */
  takes: Taken[];
  discarded: Taken[];
  /** Streamed and not settled: of a run that runs, waits or died. */
  partial?: { attempt: number; text: string; model: string | null; practice: boolean };
};

export type Asked = {
  notes?: string | undefined;
  instruction?: string | undefined;
  /** Parts of the context that are to go along whole, whatever room there is. */
  include?: string[] | undefined;
};

/** Parts of the context that there are at most. */
const INCLUDED_LIMIT = 10;

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
  { notes, instruction, include }: Asked = {},
): Promise<Blob> {
  const bucket = await findDocumentBucket(db, actor, chapter);
  requireWriter(bucket.role);
  await requireAi(db, bucket.root);
  if (bucket.type === "pitch") {
    await requireBuilder(db, actor, bucket);
    const ask = await sectionAsk(db, reading, bucket, passage, { facts: notes, instruction });
    return createBlob(db, actor, {
      schema: "pitch-section-v1",
      bucket: chapter,
      content: ask.content,
      metadata: { passage: ask.passage },
    });
  }
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
    metadata: {
      passage: row.id,
      ...(include?.length ? { include: include.slice(0, INCLUDED_LIMIT) } : {}),
    },
  });
}

/** Longest text that is rewritten at once, in UTF-16 units (`text-input-v1`). */
const REWRITTEN_LIMIT = 20_000;

/** Asks for other words in the place of some of the prose. @throws as askForExpansion; 422 */
export async function askForRewrite(
  db: Db,
  reading: Reading,
  actor: AccountActor,
  chapter: string,
  passage: string,
  words: Words,
  instruction: string,
): Promise<Blob> {
  const bucket = await findDocumentBucket(db, actor, chapter);
  requireWriter(bucket.role);
  await requireAi(db, bucket.root);
  const row = (await reading.rows(db, chapter)).find(({ passages }) => passages.includes(passage));
  if (!row) throw notFound("This passage");
  const { text, before, after } = words;
  if (text.trim() === "" || text.length > REWRITTEN_LIMIT)
    throw invalid(
      [{ pointer: "/text", rule: "maxLength", message: "must be some words, and not too many" }],
      "Select some words of the prose, at most a few thousand at once",
    );
  const rewrites = { before: before.slice(-AROUND), after: after.slice(0, AROUND) };
  if (bucket.type === "pitch") {
    await requireBuilder(db, actor, bucket);
    const ask = await sectionAsk(db, reading, bucket, row.id, { instruction });
    return createBlob(db, actor, {
      schema: "pitch-section-v1",
      bucket: chapter,
      content: { ...ask.content, text },
      metadata: { passage: row.id, rewrites },
    });
  }
  return createBlob(db, actor, {
    schema: "text-input-v1",
    bucket: chapter,
    content: { text, ...(instruction.trim() ? { instruction: instruction.trim() } : {}) },
    metadata: { passage: row.id, rewrites },
  });
}

/** The words that an ask wants rewritten; null when it asks for an expansion. */
export function rewritesOf(ask: Pick<Blob, "content" | "metadata">): Words | null {
  const { rewrites } = ask.metadata as { rewrites?: Partial<Words> | null };
  if (!rewrites || typeof rewrites !== "object") return null;
  const { before = "", after = "" } = rewrites;
  return { text: textIn(ask), before: String(before), after: String(after) };
}

/** Of a section of a pitch, its facts. */
const textIn = ({ content }: Pick<Blob, "content">): string => {
  const { text, facts } = (content ?? {}) as { text?: unknown; facts?: unknown };
  return String(text ?? facts ?? "");
};

/** What is asked with in a chapter and in a pitch, and what answers it. */
const ASKS = ["text-input", "pitch-section"];
const ANSWER = ["text-expansion", "pitch-builder"];

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
    .leftJoin(runs, and(eq(runs.blob, blobs.id), inArray(runs.processor, ANSWER)))
    .leftJoin(runPartials, eq(runPartials.run, runs.id))
    .where(and(eq(blobs.bucket, chapter), inArray(blobs.schema, ASKS)))
    .orderBy(passageOf, desc(blobs.id), desc(runs.id));
  const madeOf = alias(blobs, "made_of");
  const takes = await db
    .select({ take: blobs, ask: madeOf })
    .from(blobs)
    .leftJoin(madeOf, eq(madeOf.id, blobs.derivedFrom))
    .where(
      and(eq(blobs.bucket, chapter), eq(blobs.schema, "expanded-text"), isNull(blobs.trashedAt)),
    )
    .orderBy(blobs.id);
  const askOf = new Map(asks.map((found) => [found.ask.metadata.passage, found]));
  const takesOf = Map.groupBy(takes, ({ take }) => take.metadata.passage);
  return rows.map((row) => {
    const { ask, run, partial } = askOf.get(row.id) ?? {};
    const own = (takesOf.get(row.id) ?? []).map(
      ({ take, ask }): Taken => ({
        take,
        notes: ask ? textIn(ask) : "",
        askedAt: ask?.createdAt ?? take.createdAt,
        rewrites: ask ? rewritesOf(ask) : null,
      }),
    );
    const isDiscarded = ({ take }: Taken) => typeof take.metadata.discardedAt === "string";
    return {
      row,
      ...(ask ? { ask } : {}),
      ...(run ? { run } : {}),
      takes: own.filter((one) => !isDiscarded(one)),
      discarded: own.filter(isDiscarded),
      ...(partial ? { partial } : {}),
    };
  });
}

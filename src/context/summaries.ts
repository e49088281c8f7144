/** Summaries of the chapters before one: which there are, which are missing or old, and the making of them. */
import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { blobs, documents, processorConsents, processors, runs } from "../../drizzle/tables.ts";
import { type AccountActor, requireOwner } from "../access.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import type { Database, Db } from "../database.ts";
import { bookOf, type Chapter, chaptersIn, readOutline } from "../documents/chapters.ts";
import type { Documents } from "../documents/open.ts";
import { snapshotNow } from "../documents/snapshots.ts";
import type { Prices } from "../llm/settings.ts";
import { costOf, dollars } from "../llm/spending.ts";
import type { Log } from "../log.ts";
import { notFound } from "../problem.ts";
import { consentTo } from "../processors/settings.ts";
import { requestRun } from "../runs/runs.ts";
import type { ChapterSummaryV1 } from "../schemas/types.ts";
import type { SummariesView, SummaryNeeded } from "./context-view.ts";

const PROCESSOR = "chapter-summary";
/** Chapters that are asked for at once. */
const AT_ONCE = 100;
/** What a word comes to, in English. */
const TOKENS_A_WORD = 4 / 3;
/** Of a summary, beside the chapter: the directions that go out, and the words that come back. */
const TOKENS_ASKED = 200;
const TOKENS_ANSWERED = 270;
/** Failures that another key, address, model or budget mends. */
const OF_SETTINGS =
  /^(budget|model-(address|key|not-found|quota|unauthorized|unreachable|unreadable))$/;

/** Chapters before this one that have prose, and how each stands. */
export async function summariesBefore(
  db: Db,
  bucket: BucketSeen,
  prices: Prices | null,
): Promise<SummariesView> {
  const chapters = await chaptersBefore(db, bucket);
  const standing = await standingOf(db, chapters);
  const needed = chapters.flatMap((chapter): SummaryNeeded[] => {
    const { state = "fresh", ...why } = standing.get(chapter.id) ?? {};
    const { id, number, name } = chapter;
    return state === "fresh"
      ? []
      : [{ id, number, name, state, ...why, tokens: tokensOf(chapter) }];
  });
  const asked = needed.filter(({ state }) => state !== "making");
  const usage = {
    inputTokens: asked.reduce((sum, { tokens }) => sum + tokens - TOKENS_ANSWERED, 0),
    outputTokens: asked.length * TOKENS_ANSWERED,
  };
  const cost = costOf(usage, prices);
  return {
    chapters: chapters.length,
    needed,
    cost: cost ? dollars(cost) : null,
    isAllowed: await isAllowed(db, bucket.root),
    isOwner: bucket.role === "owner",
  };
}

const tokensOf = ({ prose }: Chapter): number =>
  Math.ceil(prose * TOKENS_A_WORD) + TOKENS_ASKED + TOKENS_ANSWERED;

async function chaptersBefore(db: Db, bucket: BucketSeen): Promise<Chapter[]> {
  const chapters = await chaptersOf(db, bucket);
  const here = chapters.findIndex(({ id }) => id === bucket.id);
  return chapters.slice(0, Math.max(here, 0)).filter(({ prose }) => prose > 0);
}

async function chaptersOf(db: Db, bucket: BucketSeen): Promise<Chapter[]> {
  const book = await bookOf(db, bucket);
  return book ? chaptersIn(await readOutline(db, book)) : [];
}

type Standing = Pick<SummaryNeeded, "problem" | "isSettings"> & {
  state: SummaryNeeded["state"] | "fresh";
};

async function standingOf(db: Db, chapters: Chapter[]): Promise<Map<string, Standing>> {
  const ids = chapters.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const [summaries, snapshots, asked] = await Promise.all([
    db
      .selectDistinctOn([blobs.bucket], { bucket: blobs.bucket, content: blobs.content })
      .from(blobs)
      .where(
        and(
          inArray(blobs.bucket, ids),
          eq(blobs.schema, "chapter-summary"),
          isNull(blobs.trashedAt),
        ),
      )
      .orderBy(blobs.bucket, desc(blobs.id)),
    db
      .select({ bucket: documents.bucket, revision: blobs.revision, dirty: documents.dirtySince })
      .from(documents)
      .innerJoin(blobs, eq(blobs.id, documents.snapshot))
      .where(inArray(documents.bucket, ids)),
    db
      .selectDistinctOn([runs.bucket], {
        bucket: runs.bucket,
        status: runs.status,
        revision: runs.revision,
        error: runs.error,
      })
      .from(runs)
      .where(and(inArray(runs.bucket, ids), eq(runs.processor, PROCESSOR)))
      .orderBy(runs.bucket, desc(runs.id)),
  ]);
  const told = new Map(summaries.map((one) => [one.bucket, one.content as ChapterSummaryV1]));
  const runOf = new Map(asked.map((one) => [one.bucket, one]));
  return new Map(
    snapshots.map(({ bucket, revision, dirty }): [string, Standing] => {
      const run = runOf.get(bucket);
      if (run?.status === "queued" || run?.status === "running")
        return [bucket, { state: "making", problem: run.error?.sentence ?? null }];
      const summary = told.get(bucket);
      if (summary?.chapterRevision === revision && !dirty) return [bucket, { state: "fresh" }];
      if (run?.status === "dead" && run.revision === revision)
        return [
          bucket,
          {
            state: "failed",
            problem: run.error?.sentence ?? null,
            isSettings: OF_SETTINGS.test(run.error?.type ?? ""),
          },
        ];
      return [bucket, { state: summary ? "changed" : "none" }];
    }),
  );
}

async function isAllowed(db: Db, root: string): Promise<boolean> {
  const [found] = await db
    .select({
      is: sql<boolean>`${processors.disabledAt} is null and coalesce(${processorConsents.enabled}, ${processors.open})`,
    })
    .from(processors)
    .leftJoin(
      processorConsents,
      and(eq(processorConsents.processor, processors.id), eq(processorConsents.root, root)),
    )
    .where(eq(processors.id, PROCESSOR));
  return found?.is ?? false;
}

/** From now on a model may read whole chapters of this book. What was set of it before stays. @throws 403, 404; 409 */
export async function allowSummaries(
  db: Db,
  actor: AccountActor,
  secret: string,
  bucket: BucketSeen,
): Promise<void> {
  requireOwner(bucket.role);
  const { root } = bucket;
  const [before] = await db
    .select({ config: processorConsents.config, trigger: processorConsents.trigger })
    .from(processorConsents)
    .where(and(eq(processorConsents.root, root), eq(processorConsents.processor, PROCESSOR)));
  await consentTo(db, actor, secret, root, PROCESSOR, { ...before, enabled: true });
}

/** Their words are to be told of as they stand. */
export async function settleChapters(
  parts: { db: Database; documents: Documents },
  log: Log,
  bucket: BucketSeen,
  wanted: string[],
): Promise<void> {
  const chapters = await wantedOf(parts.db, bucket, wanted);
  await Promise.all(chapters.map(({ id }) => snapshotNow(parts.db, parts.documents, log, id)));
}

/**
 * Asks for a summary of each of these chapters of the book that has none as it stands; answers how many were asked for.
 * @throws 404, 403; 409 `ai-off`, `not-enabled`, `disabled`
 */
export async function makeSummaries(
  db: Db,
  actor: AccountActor,
  bucket: BucketSeen,
  wanted: string[],
): Promise<number> {
  const chapters = await wantedOf(db, bucket, wanted);
  const standing = await standingOf(db, chapters);
  const needed = chapters.filter(({ id }) => {
    const state = standing.get(id)?.state;
    return state !== undefined && state !== "fresh" && state !== "making";
  });
  const found = await db
    .select({ blob: documents.snapshot })
    .from(documents)
    .where(
      inArray(
        documents.bucket,
        needed.map(({ id }) => id),
      ),
    );
  for (const { blob } of found)
    if (blob) await requestRun(db, actor, { processor: PROCESSOR, blob });
  return found.length;
}

/** @throws 404 for one that is not of this book */
async function wantedOf(db: Db, bucket: BucketSeen, wanted: string[]): Promise<Chapter[]> {
  const chapters = await chaptersOf(db, bucket);
  return [...new Set(wanted.slice(0, AT_ONCE))].map((id) => {
    const found = chapters.find((chapter) => chapter.id === id);
    if (!found) throw notFound("This chapter");
    return found;
  });
}

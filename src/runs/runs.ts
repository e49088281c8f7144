/** Runs as people see and steer them. */
import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import {
  blobRevisions,
  blobs,
  processors,
  runAttempts,
  runPartials,
  runs,
} from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, nameOf, requireWriter, roleOf } from "../access.ts";
import { announce } from "../announce.ts";
import { type Blob, findBlob } from "../blobs/blobs.ts";
import { findBucket } from "../buckets/buckets.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { badQuery, isId, type Page, type PageRequest, page } from "../lists.ts";
import { conflict, invalid, notFound } from "../problem.ts";
import { requireConfig, requireNoSecrets } from "../processors/config.ts";
import type { Processor } from "../processors/sdk.ts";
import { requireActing } from "../processors/standing.ts";
import { schemaId } from "../schemas/names.ts";
import { requireProcessable } from "../schemas/standing.ts";
import {
  hint,
  INSISTED,
  queueRun,
  type Run,
  runFacts,
  surroundingsOf,
  WAITED_FOR,
} from "./queue.ts";
import { settleCancelled, VERSION_GONE } from "./settle.ts";

export type RunSeen = Run & { role: MemberRole };
export type RunStatus = Run["status"];

const STATUSES: readonly RunStatus[] = ["queued", "running", "succeeded", "cancelled", "dead"];

/** @throws 404 when the actor may not see it. */
export async function findRun(db: Db, actor: AccountActor, id: string): Promise<RunSeen> {
  if (!isId(id)) throw notFound("This run");
  const [row] = await db
    .select({ run: runs, role: roleOf(actor, runs.root) })
    .from(runs)
    .where(eq(runs.id, id));
  if (!row?.role) throw notFound("This run");
  return { ...row.run, role: row.role };
}

export type RunFilter = {
  status?: string | undefined;
  processor?: string | undefined;
  blob?: string | undefined;
  bucket?: string | undefined;
};

export async function listRuns(
  db: Db,
  actor: AccountActor,
  filter: RunFilter,
  request: PageRequest,
): Promise<Page<Run>> {
  if (filter.status && !STATUSES.includes(filter.status as RunStatus))
    throw badQuery("status", `must be one of ${STATUSES.join(", ")}`);
  if (filter.blob) await findBlob(db, actor, filter.blob);
  if (filter.bucket) await findBucket(db, actor, filter.bucket);
  const rows = await db
    .select()
    .from(runs)
    .where(
      and(
        sql`${roleOf(actor, runs.root)} is not null`,
        filter.status ? eq(runs.status, filter.status as RunStatus) : undefined,
        filter.processor ? eq(runs.processor, filter.processor) : undefined,
        filter.blob ? eq(runs.blob, filter.blob) : undefined,
        filter.bucket ? eq(runs.bucket, filter.bucket) : undefined,
        request.cursor ? lt(runs.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(runs.id))
    .limit(request.limit + 1);
  return page(rows, request);
}

export type RunRequest = {
  processor: string;
  blob: string;
  /** Absent: the newest. */
  revision?: number | undefined;
  config?: Record<string, unknown> | undefined;
};

/**
 * Queues a run of one processor on one revision of a blob.
 * @throws 404, 403; 409 `ai-off`, `trashed`; 422 for an unknown processor or revision, an input it
 *   does not take, a config that does not validate.
 * @param version of the processor; the installed one unless told
 */
export async function requestRun(
  db: Db,
  actor: AccountActor,
  request: RunRequest,
  version?: string,
): Promise<Run> {
  return transact(db, async (tx) => {
    const blob = await findBlob(tx, actor, request.blob);
    requireWriter(blob.role);
    const bucket = await findBucket(tx, actor, blob.bucket);
    if (blob.trashedAt || bucket.trashedAt) throw conflict("trashed", "This blob is in the trash");
    const processor = await requireProcessor(tx, request.processor, blob.root);
    const input = await revisionOf(tx, blob, request.revision);
    await requireProcessable(tx, input);
    const schema = schemaId(input.schema, input.schemaVersion);
    if (!processor.inputs.includes(schema))
      throw invalid([
        { pointer: "/blob", rule: "inputs", message: `${processor.id} does not take ${schema}` },
      ]);
    const config = request.config ?? {};
    requireNoSecrets(processor.config, config);
    requireConfig(processor.config, config, { whole: false });
    const asked = { request: Bun.randomUUIDv7(), config, ...(version ? { version } : {}) };
    return queueRun(tx, actor, processor, input, bucket, asked);
  });
}

/**
 * Queues once more what a run did: the same revision, with the same settings of its own; in its version, or in the
 * installed one.
 * @throws as {@link requestRun}
 */
export async function replayRun(
  db: Db,
  actor: AccountActor,
  id: string,
  version: "pinned" | "latest" = "pinned",
): Promise<Run> {
  const { processor, blob, revision, config, processorVersion } = await findRun(db, actor, id);
  const pinned = version === "pinned" ? processorVersion : undefined;
  return requestRun(db, actor, { processor, blob, revision, config }, pinned);
}

/** One that may act below a root. @throws 409 `disabled`, `not-enabled`, `ai-off`; 422 for an unknown one */
export async function requireProcessor(tx: Db, id: string, root: string) {
  const processor = await findProcessor(tx, id);
  if (!processor)
    throw invalid([
      { pointer: "/processor", rule: "processor", message: `“${id}” is not installed` },
    ]);
  await requireActing(tx, processor, root);
  return processor;
}

async function findProcessor(tx: Db, id: string) {
  const [processor] = await tx.select().from(processors).where(eq(processors.id, id));
  return processor;
}

/** The blob as it was at a revision. @throws 422 when there is none of that number. */
async function revisionOf(tx: Db, blob: Blob, revision = blob.revision): Promise<Blob> {
  if (revision === blob.revision) return blob;
  const [old] = await tx
    .select({
      revision: blobRevisions.revision,
      schema: blobRevisions.schema,
      schemaVersion: blobRevisions.schemaVersion,
    })
    .from(blobRevisions)
    .where(and(eq(blobRevisions.blob, blob.id), eq(blobRevisions.revision, revision)));
  if (!old)
    throw invalid([
      { pointer: "/revision", rule: "revision", message: `this blob has no revision ${revision}` },
    ]);
  return { ...blob, ...old };
}

/**
 * Stops a run. One that waits ends here; one that runs is asked to, and its worker, or the sweeper,
 * ends it. What was written so far is kept. A run that has ended stays as it is.
 * @throws 404, 403
 */
export async function cancelRun(
  db: Db,
  actor: AccountActor,
  catalogue: readonly Processor[],
  id: string,
): Promise<Run> {
  return transact(db, async (tx) => {
    const seen = await findRun(tx, actor, id);
    requireWriter(seen.role);
    const [run] = await tx
      .update(runs)
      .set({
        cancelRequestedAt: sql`coalesce(cancel_requested_at, now())`,
        cancelRequestedBy: sql`coalesce(cancel_requested_by, ${nameOf(actor)})`,
      })
      .where(and(eq(runs.id, id), sql`${runs.status} in ('queued', 'running')`))
      .returning();
    if (!run) return findRun(tx, actor, id);
    if (run.status === "queued") {
      const fence = { run: id, attempt: run.attempt, status: "queued" } as const;
      const processor = catalogue.find((one) => one.id === run.processor);
      await settleCancelled(tx, actor, fence, processor);
    } else announce(tx, { cancelled: { run: id } });
    return findRun(tx, actor, id);
  });
}

/**
 * Queues a dead run again, with as many attempts as it had; one that waits is due at once.
 * @throws 404, 403; 409 `ended` when it has succeeded or was cancelled, `ai-off`
 */
export async function retryRun(db: Db, actor: AccountActor, id: string): Promise<Run> {
  return transact(db, async (tx) => {
    const seen = await findRun(tx, actor, id);
    requireWriter(seen.role);
    if (seen.status === "running") return seen;
    const processor = await findProcessor(tx, seen.processor);
    if (processor) await requireActing(tx, processor, seen.root);
    // A version that is gone does not come back: the newest does it.
    const isGone = seen.error?.type === VERSION_GONE;
    const [run] = await tx
      .update(runs)
      .set({
        status: "queued",
        dueAt: sql`now()`,
        priority: INSISTED,
        ...(processor && isGone ? { processorVersion: processor.version } : {}),
        maxAttempts: sql`case when status = 'dead' then attempt + coalesce((select attempts from processors where id = processor), 1) else max_attempts end`,
        endedAt: null,
        leaseUntil: null,
        // A number of its own: the bus drops an announcement whose id it had before.
        sweep: sql`sweep + 1`,
        sweptAt: null,
        cancelRequestedAt: null,
        cancelRequestedBy: null,
      })
      .where(and(eq(runs.id, id), sql`${runs.status} in ('dead', 'queued')`))
      .returning();
    if (!run) {
      const now = await findRun(tx, actor, id);
      if (now.status === "running") return now;
      throw conflict(
        "ended",
        "This run has ended",
        `It ${now.status === "succeeded" ? "has succeeded" : "was cancelled"}; ask again for a new one.`,
      );
    }
    const around = await surroundingsOf(tx, run.id);
    await append(tx, actor, {
      type: "run.queued",
      place: around,
      subject: id,
      data: runFacts(run, around.metadata),
    });
    announce(tx, { queued: { ...hint(run), attempt: run.attempt, sweep: run.sweep } });
    return run;
  });
}

/** As the API shows a run. `partial` is null once its text is in a blob. */
export async function runView(db: Db, run: Run) {
  const attempts = await db
    .select()
    .from(runAttempts)
    .where(eq(runAttempts.run, run.id))
    .orderBy(asc(runAttempts.attempt));
  const [partial] = await db.select().from(runPartials).where(eq(runPartials.run, run.id));
  const [output] = await db.select({ id: blobs.id }).from(blobs).where(eq(blobs.run, run.id));
  return {
    ...runSummary(run),
    attempts: attempts.map(({ run: _run, ...attempt }) => attempt),
    /** The text so far; `attempt` says whose, when a newer one has not begun to write. */
    partial: partial?.text ?? null,
    partialAttempt: partial?.attempt ?? null,
    output: output?.id ?? null,
    read: run.read,
    record: run.record,
  };
}

export function runSummary(run: Run) {
  return {
    id: run.id,
    processor: run.processor,
    processorVersion: run.processorVersion,
    input: { blob: run.blob, revision: run.revision },
    bucket: run.bucket,
    root: run.root,
    config: run.config,
    status: run.status,
    attempt: run.attempt,
    maxAttempts: run.maxAttempts,
    background: run.priority < WAITED_FOR,
    dueAt: run.dueAt,
    progress: run.progress,
    usage: usageOf(run),
    hop: run.hop,
    error: run.error,
    queuedBy: run.queuedBy,
    queuedAt: run.queuedAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    ...(run.cancelRequestedAt
      ? { cancelRequestedAt: run.cancelRequestedAt, cancelRequestedBy: run.cancelRequestedBy }
      : {}),
  };
}

/** Of all attempts; the cost is in US dollars, null where a price is unknown. */
function usageOf({ usage, cost }: Run) {
  if (!usage) return { inputTokens: 0, outputTokens: 0, cost: 0 };
  return { inputTokens: 0, outputTokens: 0, ...usage, cost };
}

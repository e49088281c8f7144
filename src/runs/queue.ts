import { and, arrayContains, eq, or, sql } from "drizzle-orm";
import { blobs, buckets, processors, runs } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Tx } from "../database.ts";
import { append } from "../events/append.ts";

export type Run = typeof runs.$inferSelect;
type Installed = typeof processors.$inferSelect;
type Blob = Pick<
  typeof blobs.$inferSelect,
  "id" | "root" | "bucket" | "schema" | "schemaVersion" | "revision" | "metadata"
>;

type RunFacts = Pick<Run, "id" | "processor" | "blob" | "bucket" | "root" | "status" | "attempt">;

/** The `request` of runs that a new blob triggered. */
export const ON_CREATE = "create";

/** The processors that a new blob of this schema starts below this root. */
export async function findTriggered(tx: Tx, schema: string, root: string): Promise<Installed[]> {
  const triggered = await tx
    .select({ processor: processors })
    .from(processors)
    .innerJoin(buckets, eq(buckets.id, root))
    .where(
      and(
        eq(processors.trigger, "on-create"),
        arrayContains(processors.inputs, [schema]),
        or(buckets.ai, sql`not ('model' = any(${processors.permissions}))`),
      ),
    );
  return triggered.map(({ processor }) => processor);
}

/** Queues a run for each of the processors that a new blob triggers. */
export async function queueTriggered(
  tx: Tx,
  actor: Actor,
  triggered: Installed[],
  blob: Blob,
  bucket: Pick<Bucket, "root" | "path">,
): Promise<void> {
  if (triggered.length === 0) return;
  const asked = { request: ON_CREATE, config: {} };
  const rows = triggered.map((processor) => runRow(actor, processor, blob, asked));
  await Promise.all([
    tx.insert(runs).values(rows),
    append(tx, actor, ...rows.map((row) => queuedEvent(row, blob, bucket))),
  ]);
  for (const row of rows) announceQueued(tx, row);
}

/** One run of one processor; the same request again is the run that it made. */
export async function queueRun(
  tx: Tx,
  actor: Actor,
  processor: Installed,
  blob: Blob,
  bucket: Pick<Bucket, "root" | "path">,
  asked: { request: string; config: Record<string, unknown> },
): Promise<Run> {
  const row = runRow(actor, processor, blob, asked);
  const [run] = await tx.insert(runs).values(row).onConflictDoNothing().returning();
  if (!run) return (await findRequested(tx, processor, blob, asked.request))!;
  await append(tx, actor, queuedEvent(run, blob, bucket));
  announceQueued(tx, run);
  return run;
}

function runRow(
  actor: Actor,
  processor: Installed,
  blob: Blob,
  { request, config }: { request: string; config: Record<string, unknown> },
) {
  return {
    id: Bun.randomUUIDv7(),
    root: blob.root,
    bucket: blob.bucket,
    processor: processor.id,
    processorVersion: processor.version,
    blob: blob.id,
    revision: blob.revision,
    request,
    config,
    status: "queued" as const,
    attempt: 0,
    maxAttempts: processor.attempts,
    queuedBy: nameOf(actor),
    traceparent: actor.traceparent ?? null,
  };
}

function queuedEvent(run: RunFacts, blob: Blob, place: Pick<Bucket, "root" | "path">) {
  return { type: "run.queued", place, subject: run.id, data: runFacts(run, blob.metadata) };
}

function announceQueued(tx: Tx, { id, processor }: RunFacts): void {
  announce(tx, { queued: { run: id, processor, attempt: 0, sweep: 0 } });
}

async function findRequested(tx: Tx, processor: Installed, blob: Blob, request: string) {
  const [run] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.processor, processor.id),
        eq(runs.processorVersion, processor.version),
        eq(runs.blob, blob.id),
        eq(runs.revision, blob.revision),
        eq(runs.request, request),
      ),
    );
  return run;
}

/** What an event says of a run. `metadata` is its input's, so that a page knows the passage. */
export function runFacts(run: RunFacts, metadata: Record<string, unknown>) {
  return {
    id: run.id,
    processor: run.processor,
    blob: run.blob,
    bucket: run.bucket,
    root: run.root,
    status: run.status,
    attempt: run.attempt,
    metadata,
  };
}

/** Where a run's input lies now and its metadata: what output and events need beside its row. */
export async function surroundingsOf(tx: Tx, run: string) {
  const [row] = await tx
    .select({
      root: buckets.root,
      bucket: buckets.id,
      path: buckets.path,
      metadata: blobs.metadata,
    })
    .from(runs)
    .innerJoin(blobs, eq(blobs.id, runs.blob))
    .innerJoin(buckets, eq(buckets.id, blobs.bucket))
    .where(eq(runs.id, run));
  return row!;
}

import { and, arrayContains, eq, or, sql } from "drizzle-orm";
import { blobs, buckets, processors, runs } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import type { Blob } from "../blobs/blobs.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Tx } from "../database.ts";
import { append } from "../events/append.ts";

export type Run = typeof runs.$inferSelect;
type Installed = typeof processors.$inferSelect;

/** The `request` of runs that a new blob triggered. */
const ON_CREATE = "create";

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
  for (const processor of triggered)
    await queueRun(tx, actor, processor, blob, bucket, { request: ON_CREATE, config: {} });
}

/** One run of one processor; the same request again is the run that it made. */
export async function queueRun(
  tx: Tx,
  actor: Actor,
  processor: Installed,
  blob: Blob,
  bucket: Pick<Bucket, "root" | "path">,
  { request, config }: { request: string; config: Record<string, unknown> },
): Promise<Run> {
  const [run] = await tx
    .insert(runs)
    .values({
      id: Bun.randomUUIDv7(),
      root: blob.root,
      bucket: blob.bucket,
      processor: processor.id,
      processorVersion: processor.version,
      blob: blob.id,
      revision: blob.revision,
      request,
      config,
      maxAttempts: processor.attempts,
      queuedBy: nameOf(actor),
      traceparent: actor.traceparent ?? null,
    })
    .onConflictDoNothing()
    .returning();
  if (!run) return (await findRequested(tx, processor, blob, request))!;
  await append(tx, actor, {
    type: "run.queued",
    place: bucket,
    subject: run.id,
    data: runFacts(run, blob.metadata),
  });
  announce(tx, { queued: { run: run.id, processor: processor.id, attempt: 0, sweep: 0 } });
  return run;
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
export function runFacts(run: Run, metadata: Record<string, unknown>) {
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

/** Where the input lies now and its metadata: what output and events need beside the run's row. */
export async function surroundingsOf(tx: Tx, run: Run) {
  const [row] = await tx
    .select({
      root: buckets.root,
      bucket: buckets.id,
      path: buckets.path,
      metadata: blobs.metadata,
    })
    .from(blobs)
    .innerJoin(buckets, eq(buckets.id, blobs.bucket))
    .where(eq(blobs.id, run.blob));
  return row!;
}

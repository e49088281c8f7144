import { and, arrayContains, eq, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { blobs, buckets, processorConsents, processors, runs } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Tx } from "../database.ts";
import { append } from "../events/append.ts";
import { isEnabled, isOnCreate } from "../processors/standing.ts";
import { parseSchemaRef } from "../schemas/names.ts";
import { isStanding } from "../schemas/standing.ts";

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
  const { name, version } = parseSchemaRef(schema)!;
  const c = alias(processors, "c");
  const s = alias(processorConsents, "s");
  const triggered = await tx
    .select({ processor: c })
    .from(c)
    .innerJoin(buckets, eq(buckets.id, root))
    .leftJoin(s, and(eq(s.root, buckets.id), eq(s.processor, c.id)))
    .where(
      and(
        isEnabled,
        isOnCreate,
        arrayContains(c.inputs, [schema]),
        isStanding(sql`${name}`, sql`${version}`),
        or(buckets.ai, sql`not ('model' = any(${c.permissions}))`),
      ),
    );
  return triggered.map(({ processor }) => processor);
}

/** Somebody asked again for it by hand: not even the pause that a provider asked for holds it up. */
export const INSISTED = 2;
/** Somebody waits for it: asked by a person, or triggered by what a person made. */
export const WAITED_FOR = 1;
/** Nobody waits: backfills, what the studio itself does, and what comes of it. */
export const BACKGROUND = 0;

/** Whose doing a run is at last, how many runs lie between, and whether somebody waits. */
export type Origin = { account: string | null; hop: number; priority: number };

const originOf = (actor: Actor): Origin =>
  actor.kind === "account"
    ? { account: actor.account, hop: 0, priority: WAITED_FOR }
    : { account: null, hop: 0, priority: BACKGROUND };

/**
 * Queues a run for each of the processors that a new blob triggers. A run that would be one hop too many is dead
 * from the start, and says so: a chain that feeds itself ends there.
 */
export async function queueTriggered(
  tx: Tx,
  actor: Actor,
  triggered: Installed[],
  blob: Blob,
  bucket: Pick<Bucket, "root" | "path">,
  origin: Origin = originOf(actor),
): Promise<void> {
  if (triggered.length === 0) return;
  const asked = { request: ON_CREATE, config: {}, origin };
  const rows = triggered.map((processor) => {
    const row = runRow(actor, processor, blob, asked);
    return origin.hop <= processor.maxHops ? row : { ...row, ...tooManyHops(processor) };
  });
  const facts = rows.flatMap((row) => {
    const data = runFacts(row, blob.metadata);
    if (!("error" in row)) return [queuedEvent(row, blob, bucket)];
    return [
      { type: "run.dead", place: bucket, subject: row.id, data: { ...data, error: row.error } },
    ];
  });
  await Promise.all([tx.insert(runs).values(rows), append(tx, actor, ...facts)]);
  for (const row of rows) if (row.status === "queued") announceQueued(tx, row);
}

/** The same in SQL, of a row `t` of `processors`. */
export const HOP_LIMIT = sql`jsonb_build_object('type', 'hop-limit', 'sentence', t.title || ' was not started: ' || t.max_hops ||
  ' runs before it triggered one another already, which looks like a circle.')`;

const tooManyHops = ({ title, maxHops }: Installed) => ({
  status: "dead" as const,
  endedAt: new Date(),
  error: {
    type: "hop-limit",
    sentence: `${title} was not started: ${maxHops} runs before it triggered one another already, which looks like a circle.`,
  },
});

/** One run of one processor; the same request again is the run that it made. */
export async function queueRun(
  tx: Tx,
  actor: Actor,
  processor: Installed,
  blob: Blob,
  bucket: Pick<Bucket, "root" | "path">,
  asked: Asked,
): Promise<Run> {
  const row = runRow(actor, processor, blob, asked);
  const [run] = await tx.insert(runs).values(row).onConflictDoNothing().returning();
  if (!run) return (await findRequested(tx, row))!;
  await append(tx, actor, queuedEvent(run, blob, bucket));
  announceQueued(tx, run);
  return run;
}

export type Asked = {
  request: string;
  config: Record<string, unknown>;
  origin?: Origin;
  /** Of the processor; the installed one unless told. */
  version?: string;
};

function runRow(actor: Actor, processor: Installed, blob: Blob, asked: Asked) {
  const { request, config, origin = originOf(actor), version = processor.version } = asked;
  return {
    id: Bun.randomUUIDv7(),
    root: blob.root,
    bucket: blob.bucket,
    processor: processor.id,
    processorVersion: version,
    blob: blob.id,
    revision: blob.revision,
    request,
    config,
    status: "queued" as const,
    attempt: 0,
    maxAttempts: processor.attempts,
    account: origin.account,
    hop: origin.hop,
    priority: origin.priority,
    queuedBy: nameOf(actor),
    traceparent: actor.traceparent ?? null,
  };
}

function queuedEvent(run: RunFacts, blob: Blob, place: Pick<Bucket, "root" | "path">) {
  return { type: "run.queued", place, subject: run.id, data: runFacts(run, blob.metadata) };
}

function announceQueued(tx: Tx, run: RunFacts & { priority: number }): void {
  announce(tx, { queued: { ...hint(run), attempt: 0, sweep: 0 } });
}

/** What workers are told of a run, beside which announcement of it this is. */
export const hint = ({ id, processor, priority }: Pick<Run, "id" | "processor" | "priority">) => ({
  run: id,
  processor,
  background: priority < WAITED_FOR,
});

type Requested = Pick<Run, "processor" | "processorVersion" | "blob" | "revision" | "request">;

async function findRequested(tx: Tx, row: Requested) {
  const [run] = await tx
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.processor, row.processor),
        eq(runs.processorVersion, row.processorVersion),
        eq(runs.blob, row.blob),
        eq(runs.revision, row.revision),
        eq(runs.request, row.request),
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

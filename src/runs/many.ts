/** Runs by the many: dead ones queued again, a subtree worked on anew. All of it is background, in batches. */
import { type SQL, sql } from "drizzle-orm";
import { type AccountActor, nameOf, requireWriter, writesTo } from "../access.ts";
import { announce } from "../announce.ts";
import { findBucket } from "../buckets/buckets.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { isEnabled } from "../processors/standing.ts";
import { BACKGROUND, hint, type Run } from "./queue.ts";
import { requireProcessor } from "./runs.ts";
import { VERSION_GONE } from "./settle.ts";

/** Runs that one request queues at most: what is left is told, and the next request takes it. */
const BATCH = 500;

export type Redrive = { processor?: string | undefined; bucket?: string | undefined };

/**
 * Queues dead runs again, the oldest first, with as many attempts as they had. Those that could not begin stay as they
 * are: of what is in the trash, of processors that are off there, and those that ended a circle.
 * @returns how many were queued, and how many are left
 * @throws 404 for a bucket that is not theirs to see, 403 where they may not write
 */
export async function redriveRuns(
  db: Db,
  actor: AccountActor,
  { processor, bucket }: Redrive,
): Promise<{ redriven: number; left: number }> {
  return transact(db, async (tx) => {
    if (bucket !== undefined) requireWriter((await findBucket(tx, actor, bucket)).role);
    const dead = sql`
      select r.id from runs r
      join blobs b on b.id = r.blob and b.trashed_at is null
      join buckets k on k.id = b.bucket and k.trashed_at is null
      join buckets t on t.id = r.root
      join processors c on c.id = r.processor
      left join processor_consents s on s.root = r.root and s.processor = c.id
      where r.status = 'dead' and r.error->>'type' is distinct from 'hop-limit'
        and ${writesTo(actor, sql`r.root`)} and ${isEnabled} and ${MAY_USE_MODEL}
        ${processor === undefined ? sql`` : sql`and r.processor = ${processor}`}
        ${bucket === undefined ? sql`` : sql`and k.path @> array[${bucket}]::uuid[]`}`;
    const { rows } = await tx.execute<Queued>(sql`
      with again as (
        update runs u set
          status = 'queued', due_at = now(), ended_at = null, lease_until = null, priority = ${BACKGROUND},
          max_attempts = u.attempt + p.attempts, sweep = u.sweep + 1, swept_at = null,
          processor_version = case when u.error->>'type' = ${VERSION_GONE} then p.version else u.processor_version end,
          cancel_requested_at = null, cancel_requested_by = null
        from processors p
        where u.id in (${dead} order by r.id limit ${BATCH} for update of r skip locked) and p.id = u.processor
        returning u.*
      ), told as (${toldOf(actor, "again")})
      select id, processor, priority, attempt, sweep from again`);
    announceAll(tx, rows);
    const { rows: left } = await tx.execute<{ count: number }>(
      sql`select count(*)::int as count from (${dead}) d`,
    );
    return { redriven: rows.length, left: left[0]!.count };
  });
}

const MAY_USE_MODEL = sql`(t.ai or not ('model' = any(c.permissions)))`;

export type Backfill = {
  processor: string;
  bucket: string;
  /** Of which version output is wanted: the installed one, or the one that each blob's newest run had. */
  version?: "pinned" | "latest" | undefined;
};

/**
 * Queues a run for every blob of the processor's inputs in and below a bucket of which it made nothing in that
 * version, as the blob is now. Asked again, it queues what is new since: one revision is never filled in twice by the same
 * version.
 * @throws 404, 403; 409 `disabled`, `not-enabled`, `ai-off`; 422 for an unknown processor
 */
export async function backfillRuns(
  db: Db,
  actor: AccountActor,
  { processor: id, bucket: where, version = "latest" }: Backfill,
): Promise<{ queued: number; left: number }> {
  return transact(db, async (tx) => {
    const bucket = await findBucket(tx, actor, where);
    requireWriter(bucket.role);
    const processor = await requireProcessor(tx, id, bucket.root);
    const wanted =
      version === "latest"
        ? sql`${processor.version}::text`
        : sql`coalesce((select n.processor_version from runs n where n.blob = b.id and n.processor = ${id}
            order by n.id desc limit 1), ${processor.version})`;
    const lacking = sql`
      select b.*, w.version from blobs b
      join buckets k on k.id = b.bucket and k.trashed_at is null
      cross join lateral (select ${wanted} as version) w
      where b.root = ${bucket.root} and k.path @> array[${bucket.id}]::uuid[] and b.trashed_at is null
        and b.schema || '-v' || b.schema_version = any(${sql.param(processor.inputs)}::text[])
        and not exists (
          select 1 from runs o
          where o.blob = b.id and o.processor = ${id} and o.processor_version = w.version and o.revision = b.revision
            and (o.status in ('queued', 'running') or o.request = ${BACKFILL} or (
              o.status = 'succeeded' and exists (select 1 from blobs x where x.run = o.id and x.trashed_at is null)
            ))
        )`;
    const ids = Array.from({ length: BATCH }, () => Bun.randomUUIDv7());
    const { rows } = await tx.execute<Queued>(sql`
      with lacking as (
        select l.*, row_number() over (order by l.id) as nr from (${lacking} order by b.id limit ${BATCH}) l
      ), again as (
        insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config,
          max_attempts, priority, account, queued_by, traceparent)
        select (${sql.param(ids)}::uuid[])[l.nr], l.root, l.bucket, ${id}, l.version, l.id, l.revision, ${BACKFILL}, '{}',
          ${processor.attempts}, ${BACKGROUND}, ${actor.account}, ${nameOf(actor)}, ${actor.traceparent ?? null}
        from lacking l
        on conflict on constraint runs_once do nothing
        returning *
      ), told as (${toldOf(actor, "again")})
      select id, processor, priority, attempt, sweep from again`);
    announceAll(tx, rows);
    const { rows: left } = await tx.execute<{ count: number }>(
      sql`select count(*)::int as count from (${lacking}) l`,
    );
    return { queued: rows.length, left: left[0]!.count };
  });
}

/** The `request` of runs that fill in: one for each revision and version. */
const BACKFILL = "backfill";

type Queued = Pick<Run, "id" | "processor" | "priority" | "attempt" | "sweep">;

/** Their events, from a part of the same statement that returns whole rows of runs. */
const toldOf = (actor: AccountActor, part: string): SQL => sql`
  insert into events (id, root, path, type, subject, actor, data, traceparent)
  select gen_random_uuid(), q.root, e.path, 'run.queued', q.id, ${nameOf(actor)},
    jsonb_build_object('id', q.id, 'processor', q.processor, 'blob', q.blob, 'bucket', q.bucket,
      'root', q.root, 'status', q.status, 'attempt', q.attempt, 'metadata', i.metadata),
    ${actor.traceparent ?? null}
  from ${sql.raw(part)} q join blobs i on i.id = q.blob join buckets e on e.id = i.bucket`;

function announceAll(tx: Tx, rows: Queued[]): void {
  if (rows.length > 0) announce(tx, { appended: true });
  for (const { attempt, sweep, ...run } of rows)
    announce(tx, { queued: { ...hint(run), attempt, sweep } });
}

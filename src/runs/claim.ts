import { sql } from "drizzle-orm";
import { announce } from "../announce.ts";
import type { Db } from "../database.ts";

/** How long a claim holds without a heartbeat, in milliseconds. */
export const LEASE_MS = 30_000;

/** A run in the hands of one worker. `attempt` is the fence: every write names it. */
export type Claim = {
  run: string;
  attempt: number;
  maxAttempts: number;
  processor: string;
  config: Record<string, unknown>;
  root: string;
  bucket: string;
  path: string[];
  traceparent: string | null;
  /** Whether a model may be used below this root. */
  ai: boolean;
  blob: {
    id: string;
    schema: string;
    revision: number;
    content: unknown;
    metadata: Record<string, unknown>;
  };
};

/**
 * Takes a run that is due, or whose worker let its lease run out; null when there is nothing to
 * take. One statement: the claim, its attempt, its event, its input.
 */
export async function claimRun(
  db: Db,
  run: string,
  worker: string,
  leaseMs = LEASE_MS,
): Promise<Claim | null> {
  const { rows } = await db.execute<Row>(sql`
    with claimed as (
      update runs set
        status = 'running', attempt = attempt + 1, claimed_by = ${worker},
        lease_until = now() + ${leaseMs} * interval '1 millisecond',
        started_at = coalesce(started_at, now()), error = null, sweep = 0, swept_at = null
      where id = ${run} and due_at <= now() and cancel_requested_at is null
        and (status = 'queued' or (status = 'running' and lease_until < now() and attempt < max_attempts))
      returning *
    ), lost as (
      update run_attempts a set ended_at = now(), outcome = 'lost'
      from claimed c where a.run = c.id and a.ended_at is null
    ), told as (
      insert into run_attempts (run, attempt, worker) select id, attempt, claimed_by from claimed
    ), input as (
      select c.id as run, b.metadata, k.path, r.ai,
        coalesce(old.schema, b.schema) || '-v' || coalesce(old.schema_version, b.schema_version) as schema,
        case when b.revision = c.revision then b.content else old.content end as content
      from claimed c
      join blobs b on b.id = c.blob
      join buckets k on k.id = c.bucket
      join buckets r on r.id = c.root
      left join blob_revisions old on old.blob = c.blob and old.revision = c.revision
    ), event as (
      insert into events (id, root, path, type, subject, actor, data, traceparent)
      select ${Bun.randomUUIDv7()}::uuid, c.root, i.path, 'run.started', c.id, 'processor:' || c.processor,
        jsonb_build_object('id', c.id, 'processor', c.processor, 'blob', c.blob, 'bucket', c.bucket,
          'root', c.root, 'status', c.status, 'attempt', c.attempt, 'metadata', i.metadata),
        c.traceparent
      from claimed c join input i on i.run = c.id
    )
    select c.id, c.attempt, c.max_attempts, c.processor, c.config, c.root, c.bucket, c.traceparent,
      c.blob, c.revision, i.metadata, i.path, i.ai, i.schema, i.content
    from claimed c join input i on i.run = c.id`);
  const row = rows[0];
  if (!row) return null;
  announce(db, { appended: true });
  return {
    run: row.id,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    processor: row.processor,
    config: row.config,
    root: row.root,
    bucket: row.bucket,
    path: row.path,
    traceparent: row.traceparent,
    ai: row.ai,
    blob: {
      id: row.blob,
      schema: row.schema,
      revision: row.revision,
      content: row.content,
      metadata: row.metadata,
    },
  };
}

type Row = {
  id: string;
  attempt: number;
  max_attempts: number;
  processor: string;
  config: Record<string, unknown>;
  root: string;
  bucket: string;
  traceparent: string | null;
  blob: string;
  revision: number;
  metadata: Record<string, unknown>;
  path: string[];
  ai: boolean;
  schema: string;
  content: unknown;
};

/**
 * Prolongs the lease. `lost`: the run is somebody else's now, write nothing more.
 */
export async function heartbeat(
  db: Db,
  claim: Pick<Claim, "run" | "attempt">,
  leaseMs = LEASE_MS,
): Promise<"held" | "cancel-requested" | "lost"> {
  const { rows } = await db.execute<{ cancelled: boolean }>(sql`
    update runs set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where id = ${claim.run} and attempt = ${claim.attempt} and status = 'running'
    returning cancel_requested_at is not null as cancelled`);
  if (!rows[0]) return "lost";
  return rows[0].cancelled ? "cancel-requested" : "held";
}

/**
 * Keeps what was streamed so far. Writes nothing once the fence is lost: the run's row is locked, so
 * that neither an end nor another claim comes between the look and the write.
 */
export async function savePartial(
  db: Db,
  claim: Pick<Claim, "run" | "attempt">,
  partial: { text: string; model: string | null; practice: boolean },
): Promise<void> {
  await db.execute(sql`
    insert into run_partials (run, attempt, text, model, practice, saved_at)
    select id, attempt, ${storable(partial.text)}, ${partial.model}, ${partial.practice}, now()
    from runs where id = ${claim.run} and attempt = ${claim.attempt} and status = 'running'
    for share
    on conflict (run) do update set attempt = excluded.attempt, text = excluded.text,
      model = excluded.model, practice = excluded.practice, saved_at = excluded.saved_at`);
}

/**
 * Postgres takes no U+0000 and no half of a surrogate pair, at which a stream may have stopped. The
 * replacement has the same length: the positions of deltas stay.
 */
export const storable = (text: string) => text.replaceAll("\u0000", "\ufffd").toWellFormed();

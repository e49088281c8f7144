/**
 * Storing new blobs is what a studio does most, so it is one statement, and one journey to Postgres for all that
 * come at the same time: for each the place and the right to write there, the blob, its event, the runs that it
 * triggers with theirs. Where a worker has a place free the same statement claims the run for it
 * (`src/runs/hand-over.ts`).
 */
import { sql } from "drizzle-orm";
import { type AccountActor, nameOf, writerOf, writes } from "../access.ts";
import { announce } from "../announce.ts";
import { type Db, databaseOf, isUniqueViolation } from "../database.ts";
import { grouped, rowsOf } from "../grouped.ts";
import { isEnabled, isOnCreate, settings } from "../processors/standing.ts";
import type { Claim } from "../runs/claim.ts";
import { borrowPlaces, type FreePlaces } from "../runs/free-places.ts";
import { ON_CREATE, WAITED_FOR } from "../runs/queue.ts";
import { freeSlots, SLOTS_INDEX } from "../runs/slots.ts";
import { schemaId } from "../schemas/names.ts";
import type { Fallen } from "../schemas/standing.ts";

export type Insertion = {
  schema: { name: string; version: number };
  bucket: string;
  content: unknown;
  metadata: Record<string, unknown>;
};

/** Where it came to lie, and when; undefined, and nothing stored, when the place does not take it. */
export async function insertBlob(
  db: Db,
  actor: AccountActor,
  id: string,
  { schema, bucket, content, metadata }: Insertion,
): Promise<Stored | undefined> {
  const writer = writerOf(actor);
  if (!writer) return undefined;
  return insertTogether(db, {
    id,
    bucket,
    schema: schema.name,
    version: schema.version,
    content,
    metadata,
    ...writer,
    actor: nameOf(actor),
    trace: actor.traceparent ?? null,
  });
}

type Stored = { root: string; createdAt: Date; fallen: Fallen };

type Item = {
  id: string;
  bucket: string;
  schema: string;
  version: number;
  content: unknown;
  metadata: Record<string, unknown>;
  account: string;
  roots: readonly string[] | null;
  actor: string;
  trace: string | null;
};

/** Blobs of 1 MB may be among them. */
const insertTogether = grouped(insertBlobs, { most: 16, atOnce: 2 });

async function insertBlobs(db: Db, items: readonly Item[]): Promise<(Stored | undefined)[]> {
  // What fails inside of a transaction cannot be tried again there.
  if (databaseOf(db) !== db) return insertGiving(db, items, [], new Map());
  const { free, giveBack } = borrowPlaces(db);
  const taken = new Map<string, number>();
  try {
    return await insertGiving(db, items, free, taken);
  } catch (error) {
    if (!isUniqueViolation(error, SLOTS_INDEX)) throw error;
    // Another took the same place of the account at the same moment: then they are queued.
    return await insertGiving(db, items, [], taken);
  } finally {
    giveBack(taken);
  }
}

/** Runs that are triggered begin with the workers that are `free`, which are counted in `taken`, or are queued. */
async function insertGiving(
  db: Db,
  items: readonly Item[],
  free: readonly FreePlaces[],
  taken: Map<string, number>,
): Promise<(Stored | undefined)[]> {
  const workers = rowsOf(
    free,
    sql`processor text, worker text, version text, "leaseMs" float8, places int`,
  );
  const asked = rowsOf(
    items,
    sql`id uuid, bucket uuid, schema text, version int, content jsonb, metadata jsonb, account uuid, roots uuid[],
      actor text, trace text`,
  );
  const { rows } = await db.execute<Row>(sql`
    with place as materialized (
      select a.*, a.schema || '-v' || a.version as ref, b.root, b.path, r.ai,
        v.deprecated_at is null as is_standing
      from ${asked} a
      join buckets b on b.id = a.bucket
      join buckets r on r.id = b.root
      join schema_versions v on v.name = a.schema and v.version = a.version
      left join schema_versions t on t.name = 'bucket-' || b.type and t.version = b.type_version
      where b.trashed_at is null and ${writes(sql`a.account`, sql`a.roots`, sql`b.root`)}
        and coalesce((t.source::jsonb #> '{x-reyna,blobSchemas}') ? a.schema, true)
    ), blob as (
      insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
      -- What reads a row out of JSON takes its null for none.
      select id, root, bucket, schema, version, coalesce(content, 'null'), metadata, actor, actor from place
      returning id, created_at
    ), triggered as materialized (
      select p.nr, new_id() as run, c.id as processor, c.version, c.attempts, ${settings} as config,
        w.nr as by, w.worker, w.version as with_version, w."leaseMs" * interval '1 millisecond' as lease, p.account,
        w.places is not null and c.paused_at is null
          and row_number() over (partition by c.id order by p.nr) <= w.places as may_begin
      from place p
      cross join processors c
      left join processor_consents s on s.root = p.root and s.processor = c.id
      left join ${workers} w on w.processor = c.id
      where c.inputs @> array[p.ref] and ${isEnabled} and ${isOnCreate} and p.is_standing
        and (p.ai or not ('model' = any(c.permissions)))
    ), slots as (
      ${freeSlots(sql`select account, count(*) as many from triggered where may_begin group by account`)}
    ), begun as materialized (
      select t.run, s.nr as slot
      from (
        select run, account, row_number() over (partition by account order by run) as turn from triggered where may_begin
      ) t join slots s using (account, turn)
    ), made as (
      insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config,
        max_attempts, account, queued_by, traceparent, status, attempt, slot, claimed_by, lease_until, started_at)
      select t.run, p.root, p.bucket, t.processor, t.version, p.id, 1, ${ON_CREATE}, '{}', t.attempts, p.account, p.actor, p.trace,
        b.status, b.attempt, g.slot, b.worker, b.lease_until, b.started_at
      from triggered t join place p using (nr) left join begun g using (run)
      cross join lateral (
        select 'queued' as status, 0 as attempt, null as worker, null::timestamptz as lease_until, null::timestamptz as started_at
        where g.run is null
        union all
        select 'running', 1, t.worker, now() + t.lease, now()
        where g.run is not null
      ) b
    ), attempts as (
      insert into run_attempts (run, attempt, worker, version)
      select t.run, 1, t.worker, t.with_version from triggered t join begun using (run)
    ), told as (
      insert into events (id, root, path, type, subject, actor, data, traceparent)
      select new_id(), p.root, p.path, e.type, e.subject, p.actor,
        e.data || jsonb_build_object('bucket', p.bucket, 'root', p.root, 'metadata', p.metadata), p.trace
      from (
        select p.nr, null as processor, 'blob.created.' || p.ref as type, p.id::text as subject,
          jsonb_build_object('id', p.id, 'schema', p.ref, 'revision', 1, 'derivedFrom', null, 'run', null) as data
        from place p
        union all
        select t.nr, t.processor, 'run.queued', t.run::text,
          jsonb_build_object('id', t.run, 'processor', t.processor, 'blob', p.id, 'status', 'queued', 'attempt', 0)
        from triggered t join place p using (nr)
        union all
        select t.nr, t.processor, 'run.started', t.run::text,
          jsonb_build_object('id', t.run, 'processor', t.processor, 'blob', p.id, 'status', 'running', 'attempt', 1)
        from triggered t join place p using (nr) join begun using (run)
      ) e
      join place p using (nr)
      order by e.nr, e.processor nulls first, e.type
    )
    select p.nr, p.root, p.path, p.ai, p.is_standing, b.created_at, (
      select json_agg(json_build_object('run', t.run, 'processor', t.processor, 'version', t.version,
        'attempts', t.attempts, 'config', t.config, 'by', case when g.run is not null then t.by end))
      from triggered t left join begun g using (run) where t.nr = p.nr
    ) as runs
    from place p join blob b on b.id = p.id`);
  // Work first: the events' way is longer, and nobody waits for them to begin.
  for (const row of rows)
    for (const made of row.runs ?? []) {
      const { run, processor, by } = made;
      const worker = by === null ? undefined : free[by];
      if (worker) {
        taken.set(worker.at, (taken.get(worker.at) ?? 0) + 1);
        const claim = claimOf(items[row.nr]!, row, made, worker.worker);
        announce(db, { given: { claim, at: worker.at } });
      } else announce(db, { queued: { run, processor, attempt: 0, sweep: 0 } });
    }
  if (rows.length > 0) announce(db, { appended: true });
  const stored = new Map<number, Stored>(
    rows.map(({ nr, root, is_standing, created_at }) => [
      nr,
      { root, createdAt: created_at, fallen: is_standing ? null : "deprecated" },
    ]),
  );
  return items.map((_, nr) => stored.get(nr));
}

type Row = {
  nr: number;
  root: string;
  path: string[];
  ai: boolean;
  is_standing: boolean;
  created_at: Date;
  runs: Made[] | null;
};

type Made = {
  run: string;
  processor: string;
  version: string;
  attempts: number;
  config: Record<string, unknown>;
  /** Which of the free workers has it; null: queued. */
  by: number | null;
};

/** What `claimRun` would say of it: nothing has changed since the statement that made it. */
function claimOf(item: Item, { root, path, ai }: Row, made: Made, worker: string): Claim {
  const { bucket, metadata, content } = item;
  return {
    run: made.run,
    attempt: 1,
    worker,
    maxAttempts: made.attempts,
    processor: made.processor,
    version: made.version,
    priority: WAITED_FOR,
    config: made.config,
    root,
    bucket,
    path,
    traceparent: item.trace,
    account: item.account,
    spent: null,
    trashed: false,
    ai,
    enabled: true,
    standing: true,
    blob: {
      id: item.id,
      schema: schemaId(item.schema, item.version),
      bucket,
      root,
      revision: 1,
      content,
      metadata,
    },
  };
}

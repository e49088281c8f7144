/**
 * Storing new blobs is what a studio does most, so it is one statement, and one journey to Postgres for all that
 * come at the same time: for each the place and the right to write there, the blob, its event, the runs that it
 * triggers with theirs.
 */
import { sql } from "drizzle-orm";
import { type AccountActor, nameOf, writerOf, writes } from "../access.ts";
import { announce } from "../announce.ts";
import type { Db } from "../database.ts";
import { grouped, rowsOf } from "../grouped.ts";
import { isEnabled, isOnCreate } from "../processors/standing.ts";
import { ON_CREATE } from "../runs/queue.ts";
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
      select p.nr, new_id() as run, c.id as processor, c.version, c.attempts
      from place p
      cross join processors c
      left join processor_consents s on s.root = p.root and s.processor = c.id
      where c.inputs @> array[p.ref] and ${isEnabled} and ${isOnCreate} and p.is_standing
        and (p.ai or not ('model' = any(c.permissions)))
    ), queued as (
      insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config,
        max_attempts, account, queued_by, traceparent)
      select t.run, p.root, p.bucket, t.processor, t.version, p.id, 1, ${ON_CREATE}, '{}', t.attempts, p.account, p.actor, p.trace
      from triggered t join place p using (nr)
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
      ) e
      join place p using (nr)
      order by e.nr, e.processor nulls first
    )
    select p.nr, p.root, p.is_standing, b.created_at, (
      select json_agg(json_build_object('run', t.run, 'processor', t.processor)) from triggered t where t.nr = p.nr
    ) as runs
    from place p join blob b on b.id = p.id`);
  // Work first: the events' way is longer, and nobody waits for them to begin.
  for (const { runs } of rows)
    for (const queued of runs ?? []) announce(db, { queued: { ...queued, attempt: 0, sweep: 0 } });
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
  is_standing: boolean;
  created_at: Date;
  runs: { run: string; processor: string }[] | null;
};

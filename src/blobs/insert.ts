/**
 * Storing a new blob is what a studio does most, so it is one statement, and one journey to Postgres:
 * the place and the right to write there, the blob, its event, the runs that it triggers with theirs.
 */
import { sql } from "drizzle-orm";
import { type AccountActor, nameOf, writesTo } from "../access.ts";
import { announce } from "../announce.ts";
import type { Db } from "../database.ts";
import { isEnabled, isOnCreate } from "../processors/standing.ts";
import { ON_CREATE } from "../runs/queue.ts";
import { schemaId } from "../schemas/names.ts";
import { isStanding } from "../schemas/standing.ts";

/** Processors that one new blob may trigger. */
const MAX_TRIGGERED = 32;

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
): Promise<{ root: string; createdAt: Date } | undefined> {
  const by = nameOf(actor);
  const trace = actor.traceparent ?? null;
  const ref = schemaId(schema.name, schema.version);
  const runIds = Array.from({ length: MAX_TRIGGERED }, () => Bun.randomUUIDv7());
  const eventIds = Array.from({ length: MAX_TRIGGERED + 1 }, () => Bun.randomUUIDv7());
  const { rows } = await db.execute<{
    root: string;
    created_at: Date;
    runs: { run: string; processor: string }[] | null;
  }>(sql`
    with place as (
      select b.id, b.root, b.path, r.ai
      from buckets b
      join buckets r on r.id = b.root
      left join schema_versions t on t.name = 'bucket-' || b.type and t.version = b.type_version
      where b.id = ${bucket} and b.trashed_at is null and ${writesTo(actor, sql`b.root`)}
        and coalesce((t.source::jsonb #> '{x-reyna,blobSchemas}') ? ${schema.name}, true)
        and exists (select 1 from schema_versions v where v.name = ${schema.name} and v.version = ${schema.version})
    ), blob as (
      insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
      select ${id}, p.root, p.id, ${schema.name}, ${schema.version}, ${JSON.stringify(content)}::jsonb,
        ${JSON.stringify(metadata)}::jsonb, ${by}, ${by}
      from place p
      returning root, created_at, metadata
    ), triggered as (
      select c.*, row_number() over (order by c.id) as nr,
        (${sql.param(runIds)}::uuid[])[row_number() over (order by c.id)] as run
      from place p
      cross join processors c
      left join processor_consents s on s.root = p.root and s.processor = c.id
      where c.inputs @> array[${ref}] and ${isEnabled} and ${isOnCreate}
        and ${isStanding(sql`${schema.name}`, sql`${schema.version}`)}
        and (p.ai or not ('model' = any(c.permissions)))
    ), queued as (
      insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config,
        max_attempts, account, queued_by, traceparent)
      select t.run, p.root, p.id, t.id, t.version, ${id}, 1, ${ON_CREATE}, '{}', t.attempts, ${actor.account}, ${by}, ${trace}
      from triggered t, place p
    ), told as (
      insert into events (id, root, path, type, subject, actor, data, traceparent)
      select (${sql.param(eventIds)}::uuid[])[e.nr + 1], p.root, p.path, e.type, e.subject, ${by}, e.data, ${trace}
      from place p, (
        select 0 as nr, ${`blob.created.${ref}`} as type, ${id} as subject,
          jsonb_build_object('id', ${id}::text, 'schema', ${ref}::text, 'bucket', ${bucket}::text,
            'root', b.root, 'revision', 1, 'metadata', b.metadata, 'derivedFrom', null, 'run', null) as data
        from blob b
        union all
        select t.nr, 'run.queued', t.run::text,
          jsonb_build_object('id', t.run, 'processor', t.id, 'blob', ${id}::text, 'bucket', ${bucket}::text,
            'root', b.root, 'status', 'queued', 'attempt', 0, 'metadata', b.metadata)
        from triggered t, blob b
      ) e
      order by e.nr
    )
    select b.root, b.created_at, (
      select json_agg(json_build_object('run', t.run, 'processor', t.id)) from triggered t
    ) as runs
    from blob b`);
  const row = rows[0];
  if (!row) return undefined;
  // Work first: the events' way is longer, and nobody waits for them to begin.
  for (const queued of row.runs ?? [])
    announce(db, { queued: { ...queued, attempt: 0, sweep: 0 } });
  announce(db, { appended: true });
  return { root: row.root, createdAt: row.created_at };
}

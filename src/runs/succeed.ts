/**
 * The end of a run that made something: what a worker does most beside claiming, so it is one statement too. The end
 * under the fence, the derived blob, both events, the attempt, the runs that the blob triggers with theirs.
 */
import { sql } from "drizzle-orm";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import { type Db, transact } from "../database.ts";
import { planLanding } from "../documents/landings.ts";
import { addSpending } from "../llm/spending.ts";
import { isEnabled, isOnCreate } from "../processors/standing.ts";
import { schemaId } from "../schemas/names.ts";
import { findSchema } from "../schemas/versions.ts";
import { isHeld } from "./claim.ts";
import { wakeHeld } from "./held.ts";
import { keepMade } from "./made-files.ts";
import { HOP_LIMIT, hint, ON_CREATE, type Run, WAITED_FOR } from "./queue.ts";
import type { Fence, Output } from "./settle.ts";

/** Processors that one new blob may trigger. */
const MAX_TRIGGERED = 32;

/** False: the fence was lost, and nothing was written. The caller has validated the output. */
export async function succeedRun(
  db: Db,
  actor: Actor,
  fence: Fence,
  output: Output,
): Promise<boolean> {
  // What a model was used for, and a take that goes into a document, are written with it.
  const { usage, cost, mayLand = true, files = [] } = output;
  if (usage === null && !mayLand && files.length === 0) return write(db, actor, fence, output);
  return transact(db, (tx) =>
    write(tx, actor, fence, output, async (made) => {
      if (usage && made.account)
        await addSpending(tx, { account: made.account, root: made.root }, usage, cost);
      await planLanding(tx, made);
      await keepMade(tx, actor, files, made);
    }),
  );
}

type Made = {
  account: string | null;
  id: string;
  root: string;
  bucket: string;
  path: string[];
  schema: string;
  metadata: Record<string, unknown>;
};

async function write(
  db: Db,
  actor: Actor,
  fence: Fence,
  { schema: ref, content, usage, cost, read, record }: Output,
  then?: (made: Made) => Promise<void>,
): Promise<boolean> {
  const schema = (await findSchema(db, ref))!;
  const id = Bun.randomUUIDv7();
  const by = nameOf(actor);
  const trace = actor.traceparent ?? null;
  const fullRef = schemaId(schema.name, schema.version);
  const used = usage === null ? null : JSON.stringify(usage);
  const runIds = Array.from({ length: MAX_TRIGGERED }, () => Bun.randomUUIDv7());
  const eventIds = Array.from({ length: MAX_TRIGGERED + 2 }, () => Bun.randomUUIDv7());
  const { rows } = await db.execute<Row>(sql`
    with ended as (
      update runs u set status = 'succeeded', ended_at = now(), held_at = null,
        read = ${JSON.stringify(read)}::jsonb,
        record = coalesce(${record === null ? null : JSON.stringify(record)}::jsonb, u.record),
        usage = case when ${used}::jsonb is null then u.usage else jsonb_strip_nulls(jsonb_build_object(
          'inputTokens', coalesce((u.usage->>'inputTokens')::int, 0) + (${used}::jsonb->>'inputTokens')::int,
          'outputTokens', coalesce((u.usage->>'outputTokens')::int, 0) + (${used}::jsonb->>'outputTokens')::int,
          'model', ${used}::jsonb->>'model')) end,
        cost = case when ${used}::jsonb is null or ${cost}::float8 is null then u.cost
          else coalesce(u.cost, 0) + ${cost}::float8 end
      where ${isHeld(fence)}
      returning u.*
    ), around as (
      select k.id as bucket, k.root, k.path, r.ai, i.metadata,
        case when i.metadata ? 'passage' then jsonb_build_object('passage', i.metadata->'passage') else '{}' end as made
      from ended e join blobs i on i.id = e.blob join buckets k on k.id = i.bucket join buckets r on r.id = k.root
    ), output as (
      insert into blobs (id, root, bucket, schema, schema_version, content, metadata, derived_from, run, created_by, updated_by)
      select ${id}, e.root, a.bucket, ${schema.name}, ${schema.version}, ${JSON.stringify(content)}::jsonb, a.made, e.blob,
        e.id, ${by}, ${by}
      from ended e, around a
    ), closed as (
      update run_attempts set ended_at = now(), outcome = 'succeeded', usage = ${used}::jsonb, cost = ${cost}::float8
      where run = (select id from ended) and attempt = ${fence.attempt} and ended_at is null
    ), dropped as (
      delete from run_partials where run = (select id from ended)
    ), triggered as (
      select c.*, e.hop + 1 > c.max_hops as too_many, row_number() over (order by c.id) as nr,
        (${sql.param(runIds)}::uuid[])[row_number() over (order by c.id)] as run
      from ended e cross join around a cross join processors c
      left join processor_consents s on s.root = a.root and s.processor = c.id
      where c.inputs @> array[${fullRef}] and ${isEnabled} and ${isOnCreate}
        and (a.ai or not ('model' = any(c.permissions)))
    ), queued as (
      insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config, status, error,
        ended_at, max_attempts, priority, account, hop, queued_by, traceparent)
      select t.run, a.root, a.bucket, t.id, t.version, ${id}, 1, ${ON_CREATE}, '{}',
        case when t.too_many then 'dead' else 'queued' end,
        case when t.too_many then ${HOP_LIMIT} end, case when t.too_many then now() end,
        t.attempts, least(e.priority, ${WAITED_FOR}), e.account, e.hop + 1, ${by}, ${trace}
      from triggered t, ended e, around a
    ), told as (
      insert into events (id, root, path, type, subject, actor, data, traceparent)
      select (${sql.param(eventIds)}::uuid[])[v.nr + 2], a.root, a.path, v.type, v.subject, ${by}, v.data, ${trace}
      from around a, (
        select -1 as nr, 'run.succeeded' as type, e.id::text as subject,
          jsonb_build_object('id', e.id, 'processor', e.processor, 'blob', e.blob, 'bucket', e.bucket, 'root', e.root,
            'status', e.status, 'attempt', e.attempt, 'metadata', w.metadata, 'output', ${id}::text) as data
        from ended e, around w
        union all
        select 0, ${`blob.derived.${fullRef}`}, ${id},
          jsonb_build_object('id', ${id}::text, 'schema', ${fullRef}::text, 'bucket', w.bucket, 'root', w.root,
            'revision', 1, 'metadata', w.made, 'derivedFrom', e.blob, 'run', e.id)
        from ended e, around w
        union all
        select t.nr, case when t.too_many then 'run.dead' else 'run.queued' end, t.run::text,
          jsonb_strip_nulls(jsonb_build_object('error', case when t.too_many then ${HOP_LIMIT} end)) || jsonb_build_object(
            'id', t.run, 'processor', t.id, 'blob', ${id}::text, 'bucket', w.bucket, 'root', w.root,
            'status', case when t.too_many then 'dead' else 'queued' end, 'attempt', 0, 'metadata', w.made)
        from triggered t, around w
      ) v
      order by v.nr
    )
    select e.account, a.root, a.bucket, a.path, a.made as metadata, least(e.priority, ${WAITED_FOR}) as priority,
      exists (
        select 1 from runs h where h.account = e.account and h.held_at is not null and h.status = 'queued'
      ) as others_wait,
      (select json_agg(json_build_object('id', t.run, 'processor', t.id)) from triggered t where not t.too_many) as runs
    from ended e, around a`);
  const row = rows[0];
  if (!row) return false;
  // Work first: the events' way is longer, and nobody waits for them to begin.
  for (const queued of row.runs ?? [])
    announce(db, {
      queued: { ...hint({ ...queued, priority: row.priority }), attempt: 0, sweep: 0 },
    });
  announce(db, { appended: true });
  if (row.others_wait) await wakeHeld(db, row.account);
  await then?.({ id, schema: schema.name, ...row });
  return true;
}

type Row = {
  account: string | null;
  root: string;
  bucket: string;
  path: string[];
  metadata: Record<string, unknown>;
  priority: number;
  others_wait: boolean;
  runs: Pick<Run, "id" | "processor">[] | null;
};

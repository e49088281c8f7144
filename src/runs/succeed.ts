/**
 * The end of a run that made something: what a worker does most beside claiming, so it is one statement too, for all
 * that end at the same time. The end under the fence, the derived blob, both events, the attempt, the runs that the blob triggers with theirs.
 */
import { sql } from "drizzle-orm";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import { type Db, transact } from "../database.ts";
import { planLanding } from "../documents/landings.ts";
import { grouped, rowsOf } from "../grouped.ts";
import { addSpending } from "../llm/spending.ts";
import { isEnabled, isOnCreate } from "../processors/standing.ts";
import { findSchema } from "../schemas/versions.ts";
import { wakeHeld } from "./held.ts";
import { keepMade } from "./made-files.ts";
import { HOP_LIMIT, hint, ON_CREATE, type Run, WAITED_FOR } from "./queue.ts";
import type { Fence, Output } from "./settle.ts";

/** False: the fence was lost, and nothing was written. The caller has validated the output. */
export async function succeedRun(
  db: Db,
  actor: Actor,
  fence: Fence,
  output: Output,
): Promise<boolean> {
  const { usage, cost, mayLand = true, files = [] } = output;
  const item = await itemOf(db, actor, fence, output);
  if (usage === null && !mayLand && files.length === 0)
    return (await writeTogether(db, item)) !== undefined;
  // What a model was used for, and a take that goes into a document, are written with it.
  return transact(db, async (tx) => {
    const made = await writeTogether(tx, item);
    if (!made) return false;
    if (usage && made.account)
      await addSpending(tx, { account: made.account, root: made.root }, usage, cost);
    await planLanding(tx, made);
    await keepMade(tx, actor, files, made);
    return true;
  });
}

type Item = Pick<Output, "content" | "usage" | "cost" | "read" | "record"> & {
  run: string;
  attempt: number;
  worker: string | null;
  /** The id of the blob that it made. */
  output: string;
  schema: string;
  version: number;
  actor: string;
  trace: string | null;
};

async function itemOf(db: Db, actor: Actor, fence: Fence, output: Output): Promise<Item> {
  const { schema: ref, content, usage, cost, read, record } = output;
  const schema = (await findSchema(db, ref))!;
  return {
    run: fence.run,
    attempt: fence.attempt,
    worker: fence.worker ?? null,
    output: Bun.randomUUIDv7(),
    schema: schema.name,
    version: schema.version,
    content,
    usage,
    cost: usage && cost,
    read,
    record,
    actor: nameOf(actor),
    trace: actor.traceparent ?? null,
  };
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

/** Outputs of 1 MB may be among them. */
const writeTogether = grouped(write, { most: 16, atOnce: 2 });

async function write(db: Db, items: readonly Item[]): Promise<(Made | undefined)[]> {
  const asked = rowsOf(
    items,
    sql`run uuid, attempt int, worker text, output uuid, schema text, version int, content jsonb, usage jsonb, cost float8,
      read jsonb, record jsonb, actor text, trace text`,
  );
  const { rows } = await db.execute<Row>(sql`
    with asked as materialized (
      select a.*, a.schema || '-v' || a.version as ref, 'running' as status from ${asked} a
    ), ended as (
      update runs u set status = 'succeeded', ended_at = now(), held_at = null, read = a.read,
        record = coalesce(a.record, u.record),
        usage = case when a.usage is null then u.usage else jsonb_strip_nulls(jsonb_build_object(
          'inputTokens', coalesce((u.usage->>'inputTokens')::int, 0) + (a.usage->>'inputTokens')::int,
          'outputTokens', coalesce((u.usage->>'outputTokens')::int, 0) + (a.usage->>'outputTokens')::int,
          'model', a.usage->>'model')) end,
        cost = case when a.cost is null then u.cost else coalesce(u.cost, 0) + a.cost end
      from asked a
      -- The status from the row: written out, Postgres may look among all open runs instead of by the key.
      where u.id = a.run and u.attempt = a.attempt and u.status = a.status
        and u.claimed_by = coalesce(a.worker, u.claimed_by)
      returning u.*, a.nr
    ), around as materialized (
      select a.nr, e.id as run, e.processor, e.blob, e.status, e.attempt, e.account, e.hop, e.priority,
        k.id as bucket, k.root, k.path, r.ai, i.metadata,
        case when i.metadata ? 'passage' then jsonb_build_object('passage', i.metadata->'passage') else '{}' end as made,
        a.output, a.schema, a.version, a.ref, a.content, a.usage, a.cost, a.actor, a.trace
      from ended e
      join asked a using (nr)
      join blobs i on i.id = e.blob
      join buckets k on k.id = i.bucket
      join buckets r on r.id = k.root
    ), output as (
      insert into blobs (id, root, bucket, schema, schema_version, content, metadata, derived_from, run, created_by, updated_by)
      select output, root, bucket, schema, version, coalesce(content, 'null'), made, blob, run, actor, actor from around
    ), closed as (
      update run_attempts t set ended_at = now(), outcome = 'succeeded', usage = w.usage, cost = w.cost
      from around w where t.run = w.run and t.attempt = w.attempt
    ), dropped as (
      delete from run_partials p using around w where p.run = w.run
    ), triggered as materialized (
      select w.nr, new_id() as run, c.id as processor, c.title, c.version, c.attempts, c.max_hops,
        w.hop + 1 > c.max_hops as too_many
      from around w
      cross join processors c
      left join processor_consents s on s.root = w.root and s.processor = c.id
      where c.inputs @> array[w.ref] and ${isEnabled} and ${isOnCreate}
        and (w.ai or not ('model' = any(c.permissions)))
    ), queued as (
      insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config, status, error,
        ended_at, max_attempts, priority, account, hop, queued_by, traceparent)
      select t.run, w.root, w.bucket, t.processor, t.version, w.output, 1, ${ON_CREATE}, '{}',
        case when t.too_many then 'dead' else 'queued' end,
        case when t.too_many then ${HOP_LIMIT} end, case when t.too_many then now() end,
        t.attempts, least(w.priority, ${WAITED_FOR}), w.account, w.hop + 1, w.actor, w.trace
      from triggered t join around w using (nr)
    ), told as (
      insert into events (id, root, path, type, subject, actor, data, traceparent)
      select new_id(), w.root, w.path, v.type, v.subject, w.actor,
        v.data || jsonb_build_object('bucket', w.bucket, 'root', w.root), w.trace
      from (
        select w.nr, 0 as step, null as processor, 'run.succeeded' as type, w.run as subject,
          jsonb_build_object('id', w.run, 'processor', w.processor, 'blob', w.blob, 'status', w.status,
            'attempt', w.attempt, 'metadata', w.metadata, 'output', w.output) as data
        from around w
        union all
        select w.nr, 1, null, 'blob.derived.' || w.ref, w.output,
          jsonb_build_object('id', w.output, 'schema', w.ref, 'revision', 1, 'metadata', w.made, 'derivedFrom', w.blob,
            'run', w.run)
        from around w
        union all
        select w.nr, 2, t.processor, case when t.too_many then 'run.dead' else 'run.queued' end, t.run,
          jsonb_strip_nulls(jsonb_build_object('error', case when t.too_many then ${HOP_LIMIT} end)) || jsonb_build_object(
            'id', t.run, 'processor', t.processor, 'blob', w.output, 'status',
            case when t.too_many then 'dead' else 'queued' end, 'attempt', 0, 'metadata', w.made)
        from triggered t join around w using (nr)
      ) v
      join around w using (nr)
      order by v.nr, v.step, v.processor
    )
    select w.nr, w.account, w.root, w.bucket, w.path, w.made as metadata, least(w.priority, ${WAITED_FOR}) as priority,
      exists (
        select 1 from runs h where h.account = w.account and h.held_at is not null and h.status = 'queued'
      ) as others_wait,
      (
        select json_agg(json_build_object('id', t.run, 'processor', t.processor))
        from triggered t where t.nr = w.nr and not t.too_many
      ) as runs
    from around w`);
  // Work first: the events' way is longer, and nobody waits for them to begin.
  for (const { runs, priority } of rows)
    for (const queued of runs ?? [])
      announce(db, { queued: { ...hint({ ...queued, priority }), attempt: 0, sweep: 0 } });
  if (rows.length > 0) announce(db, { appended: true });
  for (const row of rows) if (row.others_wait) await wakeHeld(db, row.account);
  const made = new Map(rows.map((row) => [row.nr, row]));
  return items.map(({ output: id, schema }, nr) => {
    const row = made.get(nr);
    return row && { ...row, id, schema };
  });
}

type Row = Omit<Made, "id" | "schema"> & {
  nr: number;
  priority: number;
  others_wait: boolean;
  runs: Pick<Run, "id" | "processor">[] | null;
};

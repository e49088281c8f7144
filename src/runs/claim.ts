import { sql } from "drizzle-orm";
import { announce } from "../announce.ts";
import { type Db, isUniqueViolation } from "../database.ts";
import { grouped, rowsOf } from "../grouped.ts";
import { isEnabled, settings } from "../processors/standing.ts";
import { isStanding } from "../schemas/standing.ts";
import { ACCOUNT_RUNS, freeSlots, SLOTS_INDEX } from "./slots.ts";

/** How long a claim holds without a heartbeat, in milliseconds. */
export const LEASE_MS = 30_000;
/** How often a claim tries again when another took the same place of the account at the same moment. */
const SAME_PLACE_TRIES = 8;

/** A run in the hands of one worker. `attempt` is the fence: every write names it. */
export type Claim = {
  run: string;
  attempt: number;
  /** Who claimed it. */
  worker: string;
  maxAttempts: number;
  processor: string;
  /** The one it was queued for. */
  version: string;
  priority: number;
  /** The layers of settings, the run's own last; secrets are sealed. */
  config: Record<string, unknown>;
  root: string;
  bucket: string;
  path: string[];
  traceparent: string | null;
  /** Whose model and budget it uses; null: the studio's. */
  account: string | null;
  /** What earlier attempts cost, in US dollars. */
  spent: number | null;
  /** Put in the trash since it was queued: its input, or the place of it. */
  trashed: boolean;
  /** Whether a model may be used below this root. */
  ai: boolean;
  /** Whether the processor may act below this root. */
  enabled: boolean;
  /** Whether there still is its input's schema, not deprecated. */
  standing: boolean;
  blob: {
    id: string;
    schema: string;
    bucket: string;
    root: string;
    revision: number;
    content: unknown;
    metadata: Record<string, unknown>;
  };
};

/**
 * Takes a run that is due, or whose worker let its lease run out; undefined when there is nothing to take. One
 * statement for all that are asked for at the same time: the claims, their attempts, events, inputs, settings.
 *
 * It takes one of the account's places (`src/runs/slots.ts`), and skips runs that somebody else has in hand. One that finds
 * no place marks the run as held; whoever ends a run of that account announces the next (`src/runs/held.ts`).
 *
 * The claim does not wait for the disk. Should Postgres crash before it is there, the run is queued as before, and the next
 * claim gives the same attempt once more: therefore the fence is the attempt and the worker. Whatever the worker writes
 * later does wait, and takes the claim to the disk before it.
 *
 * @param version of the processor that will work on it.
 */
export const claimRun = (
  db: Db,
  run: string,
  worker: string,
  leaseMs = LEASE_MS,
  version: string | null = null,
): Promise<Claim | undefined> => claimTogether(db, { run, worker, leaseMs, version });

type Item = { run: string; worker: string; leaseMs: number; version: string | null };

const claimTogether = grouped(claimRuns, { most: ACCOUNT_RUNS, atOnce: 2 });

async function claimRuns(db: Db, items: readonly Item[]): Promise<(Claim | undefined)[]> {
  for (let left = SAME_PLACE_TRIES; ; left--) {
    try {
      return await tryToClaim(db, items);
    } catch (error) {
      if (!isUniqueViolation(error, SLOTS_INDEX) || left === 0) throw error;
    }
  }
}

async function tryToClaim(db: Db, items: readonly Item[]): Promise<(Claim | undefined)[]> {
  const asked = rowsOf(items, sql`run uuid, worker text, "leaseMs" float8, version text`);
  const { rows } = await db.execute<Row>(sql`
    with found as materialized (
      -- By their keys alone, whatever the table holds.
      select q.*, a.nr, a.worker as by, a.version as with_version, a."leaseMs" * interval '1 millisecond' as lease
      from ${asked} a join runs q on q.id = a.run
      -- Nothing is promised yet: see above.
      where set_config('synchronous_commit', 'off', true) = 'off'
      for update of q skip locked
    ), due as materialized (
      select q.id, q.nr, q.account, q.held_at, case when q.status = 'running' then q.slot end as has,
        row_number() over (partition by q.account, q.status = 'running' order by q.nr) as turn
      from found q left join processors p on p.id = q.processor
      where q.due_at <= now() and q.cancel_requested_at is null and p.paused_at is null and p.disabled_at is null
        and (q.status = 'queued' or (q.status = 'running' and q.lease_until < now() and q.attempt < q.max_attempts))
    ), free as (
      ${freeSlots(sql`select account, count(*) as many from due where has is null and account is not null group by account`)}
    ), place as materialized (
      select d.id, d.held_at, case when d.account is null then 0 else coalesce(d.has, f.nr) end as slot
      from due d left join free f on f.account = d.account and f.turn = d.turn
    ), held as (
      update runs q set held_at = now() from place p
      where q.id = p.id and p.slot is null and p.held_at is null
    ), claimed as (
      update runs q set
        status = 'running', attempt = q.attempt + 1, claimed_by = f.by, slot = p.slot, held_at = null,
        lease_until = now() + f.lease, started_at = coalesce(q.started_at, now()), error = null, sweep = 0, swept_at = null
      from place p join found f on f.id = p.id
      where q.id = p.id and p.slot is not null
      returning q.*, f.nr, f.with_version
    ), lost as (
      update run_attempts t set ended_at = now(), outcome = 'lost' from found f join claimed m on m.id = f.id
      where t.run = f.id and t.attempt = f.attempt and f.status = 'running'
    ), told as (
      insert into run_attempts (run, attempt, worker, version)
      select id, attempt, claimed_by, coalesce(with_version, processor_version) from claimed
    ), input as materialized (
      select m.id as run, b.metadata, k.path, r.ai, coalesce(k.trashed_at, b.trashed_at) is not null as trashed,
        coalesce(old.schema, b.schema) || '-v' || coalesce(old.schema_version, b.schema_version) as schema,
        case when b.revision = m.revision then b.content else old.content end as content,
        ${isStanding(sql`coalesce(old.schema, b.schema)`, sql`coalesce(old.schema_version, b.schema_version)`)} as standing,
        coalesce(${isEnabled}, true) as enabled, ${settings} || m.config as config
      from claimed m
      join blobs b on b.id = m.blob
      join buckets k on k.id = m.bucket
      join buckets r on r.id = m.root
      left join processors c on c.id = m.processor
      left join processor_consents s on s.root = m.root and s.processor = m.processor
      left join blob_revisions old on old.blob = m.blob and old.revision = m.revision
    ), event as (
      insert into events (id, root, path, type, subject, actor, data, traceparent)
      select new_id(), m.root, i.path, 'run.started', m.id, 'processor:' || m.processor,
        jsonb_build_object('id', m.id, 'processor', m.processor, 'blob', m.blob, 'bucket', m.bucket,
          'root', m.root, 'status', m.status, 'attempt', m.attempt, 'metadata', i.metadata),
        m.traceparent
      from claimed m join input i on i.run = m.id
    )
    select m.nr, m.id, m.attempt, m.max_attempts, m.processor, m.processor_version, m.priority, m.root, m.bucket,
      m.traceparent, m.account, m.cost, m.blob, m.revision, i.config, i.metadata, i.path, i.trashed, i.ai, i.enabled, i.standing,
      i.schema, i.content
    from claimed m join input i on i.run = m.id`);
  if (rows.length > 0) announce(db, { appended: true });
  const claims = new Map(rows.map((row) => [row.nr, row]));
  return items.map(({ worker }, nr) => {
    const row = claims.get(nr);
    return row && claimOf(row, worker);
  });
}

const claimOf = (row: Row, worker: string): Claim => ({
  run: row.id,
  attempt: row.attempt,
  worker,
  maxAttempts: row.max_attempts,
  processor: row.processor,
  version: row.processor_version,
  priority: row.priority,
  config: row.config,
  root: row.root,
  bucket: row.bucket,
  path: row.path,
  traceparent: row.traceparent,
  account: row.account,
  spent: row.cost,
  trashed: row.trashed,
  ai: row.ai,
  enabled: row.enabled,
  standing: row.standing,
  blob: {
    id: row.blob,
    schema: row.schema,
    bucket: row.bucket,
    root: row.root,
    revision: row.revision,
    content: row.content,
    metadata: row.metadata,
  },
});

type Row = {
  nr: number;
  id: string;
  attempt: number;
  max_attempts: number;
  processor: string;
  processor_version: string;
  priority: number;
  config: Record<string, unknown>;
  root: string;
  bucket: string;
  traceparent: string | null;
  account: string | null;
  cost: number | null;
  blob: string;
  revision: number;
  metadata: Record<string, unknown>;
  path: string[];
  trashed: boolean;
  ai: boolean;
  enabled: boolean;
  standing: boolean;
  schema: string;
  content: unknown;
};

/** The fence. Without a worker: whoever's attempt it is. */
export type Held = { run: string; attempt: number; worker?: string };

/** An SQL condition on `runs`: it runs, and is held by this attempt of this worker. */
export const isHeld = ({ run, attempt, worker }: Held) =>
  sql`(id = ${run} and attempt = ${attempt} and status = ${RUNNING} and claimed_by = coalesce(${worker ?? null}, claimed_by))`;

/** As a parameter: written out, Postgres may look for the run among all open ones instead of by its key. */
const RUNNING = "running";

/**
 * Prolongs the lease. `lost`: the run is somebody else's now, write nothing more.
 */
export async function heartbeat(
  db: Db,
  claim: Held,
  leaseMs = LEASE_MS,
): Promise<"held" | "cancel-requested" | "lost"> {
  const { rows } = await db.execute<{ cancelled: boolean }>(sql`
    update runs set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where ${isHeld(claim)}
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
  claim: Held,
  partial: { text: string; model: string | null; practice: boolean },
): Promise<void> {
  await db.execute(sql`
    insert into run_partials (run, attempt, text, model, practice, saved_at)
    select id, attempt, ${storable(partial.text)}, ${partial.model}, ${partial.practice}, now()
    from runs where ${isHeld(claim)}
    for share
    on conflict (run) do update set attempt = excluded.attempt, text = excluded.text,
      model = excluded.model, practice = excluded.practice, saved_at = excluded.saved_at`);
}

/**
 * Postgres takes no U+0000 and no half of a surrogate pair, at which a stream may have stopped. The
 * replacement has the same length: the positions of deltas stay.
 */
export const storable = (text: string) => text.replaceAll("\u0000", "\ufffd").toWellFormed();

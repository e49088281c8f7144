/** Runs that were due and could not begin: their account had no place free, or their processor was paused. */
import { sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { announce } from "../announce.ts";
import type { Db, Tx } from "../database.ts";
import { hint, type Run } from "./queue.ts";

/** An SQL expression: whether an account has any. */
export const othersWait = (account: PgColumn) => sql<boolean>`exists (
  select 1 from runs h where h.account = ${account} and h.held_at is not null and h.status = 'queued'
)`;

/** Announces the next of them; called in the transaction that frees a place of the account. */
export async function wakeHeld(tx: Db, account: string | null): Promise<void> {
  const { rows } = await tx.execute<Announced>(sql`
    update runs set held_at = null, sweep = sweep + 1, swept_at = now()
    where id = (
      select id from runs
      where account = ${account} and held_at is not null and status = 'queued' and due_at <= now()
      order by priority desc, due_at limit 1
      for update skip locked
    )
    returning id, processor, priority, attempt, sweep`);
  tell(tx, rows);
}

type Announced = Pick<Run, "id" | "processor" | "priority" | "attempt" | "sweep">;

function tell(tx: Db, rows: Announced[]): void {
  for (const { attempt, sweep, ...run } of rows)
    announce(tx, { queued: { ...hint(run), attempt, sweep } });
}

/** Announced at once of a processor that goes on; the sweeper announces what is beyond. */
const WAKE_BATCH = 5_000;

/** Its queued runs waited for the processor itself: they are announced anew. */
export async function wakeQueued(tx: Tx, processor: string): Promise<void> {
  await tx.execute(sql`
    update runs set swept_at = null where processor = ${processor} and status = 'queued'`);
  const { rows } = await tx.execute<Announced>(sql`
    update runs set sweep = sweep + 1, swept_at = now()
    where id in (
      select id from runs
      where processor = ${processor} and status = 'queued' and due_at <= now()
      order by priority desc, due_at limit ${WAKE_BATCH}
    )
    returning id, processor, priority, attempt, sweep`);
  tell(tx, rows);
}

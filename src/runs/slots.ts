/**
 * An account's places: how many of its runs run at once, over all workers. A run that runs has one of them: a number
 * that is unique among the account's running ones, so the limit holds whoever claims at once, and nothing has to be
 * given back.
 */
import { type SQL, sql } from "drizzle-orm";

/** Runs of one account at once: whoever queues a thousand leaves room for others. */
export const ACCOUNT_RUNS = 32;

/** The index that two claims of one place at the same moment run into. */
export const SLOTS_INDEX = "runs_slots";

/**
 * Rows `account, nr, turn`, as many as are free and wanted, without those that others are about to take (the
 * advisory lock).
 * @param wanted rows `account, many`
 */
export const freeSlots = (wanted: SQL) => sql`
  select w.account, t.nr, row_number() over (partition by w.account) as turn
  from (${wanted}) w
  cross join lateral (
    select t.nr from (
      select (n + any_place) % ${ACCOUNT_RUNS} + 1 as nr
      from (select floor(random() * ${ACCOUNT_RUNS})::int as any_place) r, generate_series(1, ${ACCOUNT_RUNS}) n offset 0
    ) t
    where not exists (
        select 1 from runs o where o.account = w.account and o.slot = t.nr and o.status = 'running'
      ) and pg_try_advisory_xact_lock(hashtext(w.account::text), t.nr)
    limit w.many
  ) t`;

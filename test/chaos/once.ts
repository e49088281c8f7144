import { expect } from "bun:test";
import { eventually } from "../support/client.ts";
import type { Fleet } from "./fleet.ts";

/** What all runs of a load may take together, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Waits until no run is open, then holds the database to it: exactly these asks, one take each. */
export async function doneOnce(fleet: Fleet, asks: ReadonlySet<string>): Promise<void> {
  await eventually(async () => {
    const open = await fleet.sql("select 1 from runs where status in ('queued', 'running')");
    return open.length === 0;
  }, PATIENCE_MS);
  const ended = await fleet.sql<{ ask: string; runs: number; ends: number; takes: number }>(
    `select a.id as ask,
       (select count(*)::int from runs r where r.blob = a.id and r.status = 'succeeded') as runs,
       (select count(*)::int from events e join runs r on e.subject = r.id::text
        where r.blob = a.id and e.type in ('run.succeeded', 'run.dead', 'run.cancelled')) as ends,
       (select count(*)::int from blobs t where t.derived_from = a.id and t.run is not null) as takes
     from blobs a where a.schema = 'text-input' and a.id = any($1)`,
    [[...asks]],
  );
  expect(ended).toHaveLength(asks.size);
  expect(ended.filter(({ runs, ends, takes }) => runs !== 1 || ends !== 1 || takes !== 1)).toEqual(
    [],
  );
}

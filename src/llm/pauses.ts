/**
 * Providers that asked not to be asked for a while (Retry-After). Kept in Postgres: what one worker was told holds for all
 * runs of all workers that would use the same address with the same key, also after a restart.
 */
import { sql } from "drizzle-orm";
import type { Db } from "../database.ts";
import { hashJson } from "../json.ts";
import type { ModelSettings } from "./client.ts";

export type Pause = { until: Date; what: string };

/** Whom a provider's limits are for; undefined for the practice model, which has none. */
export function providerOf(settings: ModelSettings): string | undefined {
  if ("practice" in settings) return undefined;
  return hashJson({ baseUrl: settings.baseUrl, apiKey: settings.apiKey ?? null });
}

export async function findPause(db: Db, provider: string): Promise<Pause | undefined> {
  const { rows } = await db.execute<{ until: Date; what: string }>(sql`
    select until, sentence as what from provider_pauses where provider = ${provider} and until > now()`);
  return rows[0];
}

/** The longer of two waits holds. */
export async function notePause(
  db: Db,
  provider: string,
  { retryAfterMs, what }: { retryAfterMs: number; what: string },
): Promise<void> {
  await db.execute(sql`
    insert into provider_pauses as p (provider, until, sentence)
    values (${provider}, now() + ${retryAfterMs} * interval '1 millisecond', ${what})
    on conflict (provider) do update set
      until = greatest(p.until, excluded.until), sentence = excluded.sentence`);
}

/** It answered somebody who would not wait. */
export async function liftPause(db: Db, provider: string): Promise<void> {
  await db.execute(sql`delete from provider_pauses where provider = ${provider}`);
}

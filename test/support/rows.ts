/** Looks behind the scenes: what a studio has stored. */
import type pg from "pg";
import { administer } from "./services.ts";

/** What proves that a refusal stored nothing. Sessions are left out: reading prolongs them. */
const TABLES = [
  "accounts",
  "credentials",
  "buckets",
  "members",
  "blobs",
  "blob_revisions",
  "documents",
  "document_updates",
  "schema_versions",
  "idempotency_keys",
  "events",
  "runs",
];

/** How many rows each table holds, events included. */
export async function rowCounts(databaseUrl: string): Promise<Record<string, number>> {
  return administer(databaseUrl, countRows);
}

/** The same over a connection that there is. */
export async function countRows(client: pg.Client): Promise<Record<string, number>> {
  const counts = TABLES.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  const { rows } = await client.query<Record<string, number>>(`select ${counts.join(", ")}`);
  return rows[0]!;
}

export async function query<Row extends object>(
  databaseUrl: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return administer(
    databaseUrl,
    async (client) => (await client.query(text, values)).rows as Row[],
  );
}

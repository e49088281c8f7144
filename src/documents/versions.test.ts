/** What the studio keeps of what it kept. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, signUp } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { openPostgres, type Postgres } from "../database.ts";
import { pruneVersions } from "./versions.ts";

let studio: TestStudio;
let postgres: Postgres;
let marian: Client;

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url);
  postgres = await openPostgres(studio.databaseUrl, { connections: 2 });
});

afterAll(async () => {
  await postgres?.close();
  await studio?.stop();
});

const NOW = new Date("2026-11-22T12:30:00.000Z");
const HOUR_MS = 60 * 60 * 1_000;

async function keep(hoursAgo: number, name: string | null = null): Promise<string> {
  const at = new Date(NOW.getTime() - hoursAgo * HOUR_MS);
  // Ids are in the order of time.
  const id = Bun.randomUUIDv7("hex", at.getTime());
  await query(
    studio.databaseUrl,
    `insert into document_versions (id, document, root, name, reason, seq, words, state, created_by, created_at)
     values ($1, $2, $3, $4, $5, 1, 0, '\\x0000', 'system', $6)`,
    [id, marian.chapter, marian.book, name, name ? "named" : "rest", at],
  );
  return id;
}

test("automatic versions thin out to one an hour, then one a day; named ones stay", async () => {
  await marian.get(`/api/documents/${marian.chapter}`);
  const kept = [
    // The last day: all.
    await keep(0.1),
    await keep(0.2),
    await keep(23.9),
    // The last week: the newest of each hour.
    await keep(49.6),
    await keep(51.1),
    // Before that: the newest of each day.
    await keep(24 * 10),
    await keep(24 * 11),
    await keep(24 * 11 + 1, "The first draft"),
  ];
  const pruned = [
    await keep(49.7),
    await keep(50.2),
    await keep(51.4),
    await keep(24 * 10 + 2),
    await keep(24 * 11 + 3),
  ];
  await pruneVersions(postgres.db, NOW);
  await pruneVersions(postgres.db, NOW);
  const left = await query<{ id: string }>(studio.databaseUrl, "select id from document_versions");
  const ids = left.map(({ id }) => id);
  expect(ids.toSorted()).toEqual(kept.toSorted());
  expect(pruned.filter((id) => ids.includes(id))).toEqual([]);
});

/**
 * Random moves, trashings and restorations, several at once, leave one tree. The seed of a run is in its
 * failure; `BUCKETS_SEED=<number>` repeats it, `BUCKETS_ROUNDS=<number>` makes it longer.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  changeNow,
  makeBucket,
  restoreNow,
  type TreeOf,
  trashNow,
  treeOf,
} from "../../test/support/buckets.ts";
import { type Client, MARIAN, signUp } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

const SEED = Number(Bun.env.BUCKETS_SEED ?? Date.now() % 1_000_000);
const ROUNDS = Number(Bun.env.BUCKETS_ROUNDS ?? 25);
const AT_ONCE = 8;
const BUCKETS = 24;

let studio: TestStudio;
let marian: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
});
afterAll(() => studio?.stop());

/** Mulberry32: small, and the same everywhere. */
function randomness(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Row = { id: string; parent: string | null; path: string[]; trashed: boolean; with: string };

async function requireOneTree(root: string, expected: string[]): Promise<void> {
  const rows = await query<Row>(
    studio.databaseUrl,
    `select id, parent, path, trashed_at is not null as trashed, trashed_with as with
     from buckets where root = $1`,
    [root],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  expect([...byId.keys()].sort()).toEqual([...expected].sort());
  for (const { id, parent, path, trashed, with: trashedWith } of rows) {
    const above = parent === null ? undefined : byId.get(parent)!;
    expect(path).toEqual([...(above?.path ?? []), id]);
    // Nothing stands below what is in the trash, and what went there with something lies below it.
    if (above?.trashed) expect(trashed).toBe(true);
    if (trashed) expect(path).toContain(trashedWith);
  }
}

test(`random moves, trashings and restorations at once leave one tree (seed ${SEED})`, async () => {
  const random = randomness(SEED);
  const root = await makeBucket(marian, { type: "folder" });
  const ids = [root.id];
  for (let i = 1; i < BUCKETS; i++) {
    const parent = ids[random(ids.length)]!;
    ids.push((await makeBucket(marian, { type: "folder", parent })).id);
  }
  const any = () => ids[1 + random(ids.length - 1)]!;
  const statuses = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const steps = Array.from({ length: AT_ONCE }, () => {
      const [dice, id, other] = [random(10), any(), ids[random(ids.length)]!];
      if (dice < 6) return () => changeNow(marian, id, { parent: other });
      if (dice < 7) return () => changeNow(marian, id, { before: other });
      if (dice < 8) return () => trashNow(marian, id);
      return () => restoreNow(marian, id);
    });
    for (const { status } of await Promise.all(steps.map((step) => step())))
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await requireOneTree(root.id, ids);
  }
  // Refused for a reason, never for a fault of ours.
  expect([...statuses.keys()].filter((status) => ![200, 409, 412, 422].includes(status))).toEqual(
    [],
  );
  expect(statuses.get(200)).toBeGreaterThan(ROUNDS);
  // Each round brings back at least what lies under nothing that is in the trash.
  for (let round = 0; round < BUCKETS && (await trashedIn(root.id)) > 0; round++)
    for (const id of ids.slice(1)) await restoreNow(marian, id);
  expect(sizeOf(await treeOf(marian, root.id))).toBe(BUCKETS);
}, 120_000);

async function trashedIn(root: string): Promise<number> {
  const rows = await query(
    studio.databaseUrl,
    "select id from buckets where root = $1 and trashed_at is not null",
    [root],
  );
  return rows.length;
}

const sizeOf = ({ children }: TreeOf): number =>
  children.reduce((sum, one) => sum + sizeOf(one), 1);

/**
 * Lists of fifty among a million blobs, over HTTP, beside the bare SQL that reads the same fifty by the same index; and how
 * many blobs are stored a second beside bare transactions that write the same rows.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type Client, signUp } from "../support/client.ts";
import { freshDatabase } from "../support/services.ts";
import { print, ratio, type Spread, spread, start, told } from "./measure.ts";

const BLOBS = 1_000_000;
/** Of the book's: chapters, and in each of them folders. */
const CHAPTERS = 40;
const BUCKETS = 1_000;
/** Rows in one statement. */
const AT_ONCE = 50_000;
/** Common metadata is that of every so many, the rare one's of so many in all. */
const COMMON_EVERY = 10;
const RARE = 60;
/** Derived from one blob. */
const DERIVED = 5_000;
const LISTS = 1_000;
const WARM_UP = 50;
/** In milliseconds. */
const STATISTICS_MS = 3_000;
/** Pages before the one that is measured as deep. */
const DEEP = 0.5;

const THROUGHPUT_MS = 8_000;
const CONCURRENCY = 16;
const TEXT = "The lamp was burning when she reached the gallery. ".repeat(120).slice(0, 5 * 1024);

type Seeded = { root: string; chapters: string[]; buckets: string[]; ask: string; middle: string };
type Case = { what: string; query: string; floor: string; values: unknown[] };

/** Prints the table of lists; Postgres runs, and `TEST_DATABASE_URL` names it. */
export async function benchLists(): Promise<void> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-bench-"));
  const studio = await start("./program.ts", { DATABASE_URL: database.url, REYNA_DATA: folder });
  const pool = new pg.Pool({ connectionString: database.url, max: CONCURRENCY });
  const rows: string[][] = [];
  try {
    const client = await signUp(studio.url);
    const created = await createdPerSecond(client, pool);
    rows.push([
      `blobs stored a second, ${CONCURRENCY} at a time`,
      `${Math.round(created.studio)} (${Math.round((100 * created.studio) / created.bare)} %)`,
      `${Math.round(created.bare)} bare transactions`,
    ]);
    const began = performance.now();
    const seeded = await seed(client, pool);
    const seconds = Math.round((performance.now() - began) / 1_000);
    const before = await scans(pool);
    for (const one of casesOf(seeded, client.book))
      for (const cursor of [undefined, seeded.middle]) {
        const { seen, floor } = await listed(client, pool, one, cursor);
        rows.push([
          `50 ${one.what}${cursor ? ", deep" : ""}`,
          `${told(seen)} (${ratio(seen.p50, floor.p50)})`,
          told(floor),
        ]);
      }
    print(
      `Milliseconds, p50 / p99, among ${BLOBS} blobs in ${BUCKETS} buckets (written in ${seconds} s).`,
      ["studio, over HTTP", "floor"],
      rows,
    );
    const after = await scans(pool);
    console.log(`\nSequential scans of blobs and their keys meanwhile: ${after - before}.`);
  } finally {
    await pool.end();
    await studio.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A book of chapters with folders in them, and blobs spread over all; ids are in order of time, as the studio's are. */
async function seed(client: Client, pool: pg.Pool): Promise<Seeded> {
  const { rows } = await pool.query<{ version: number }>(
    "select max(version) as version from schema_versions where name = 'bucket-folder'",
  );
  const root = Bun.randomUUIDv7();
  const chapters = Array.from({ length: CHAPTERS }, () => Bun.randomUUIDv7());
  const inner = Array.from({ length: BUCKETS - CHAPTERS - 1 }, (_, i) => ({
    id: Bun.randomUUIDv7(),
    parent: chapters[i % CHAPTERS]!,
  }));
  const insert = (id: string, parent: string | null, path: string[]) => [id, root, parent, path];
  const all = [
    insert(root, null, [root]),
    ...chapters.map((id) => insert(id, root, [root, id])),
    ...inner.map(({ id, parent }) => insert(id, parent, [root, parent, id])),
  ];
  for (const values of all)
    await pool.query(
      `insert into buckets (id, root, parent, path, type, type_version, name, position, metadata, created_by)
       values ($1, $2, $3, $4, 'folder', $5, 'x', 'a1', '{}', 'system')`,
      [...values, rows[0]!.version],
    );
  await pool.query("insert into members (root, account, role) values ($1, $2, 'owner')", [
    root,
    client.account,
  ]);
  const buckets = [...chapters, ...inner.map(({ id }) => id)];
  const ask = uuidAt(0);
  const connection = await pool.connect();
  // The trigger would do row by row what the statement does for all of them.
  await connection.query("set session_replication_role = replica");
  const every = [COMMON_EVERY, Math.floor(BLOBS / RARE), Math.floor(BLOBS / DERIVED)];
  for (let from = 0; from < BLOBS; from += AT_ONCE)
    await connection.query(SEED, [root, buckets, from, from + AT_ONCE - 1, ask, ...every]);
  connection.release(true);
  await pool.query("vacuum analyze");
  return { root, chapters, buckets, ask, middle: uuidAt(Math.floor(BLOBS * DEEP)) };
}

/** UUIDv7 of the n-th millisecond since the beginning of 2026. */
const BEGAN = Date.UTC(2026, 0);
const uuidAt = (n: number) => {
  const hex = (BEGAN + n).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

const SEED = `
  with numbered as (
    select n, lpad(to_hex(${BEGAN}::bigint + n), 12, '0') as h from generate_series($3::bigint, $4::bigint) n
  ), made as (
    insert into blobs (id, root, bucket, schema, schema_version, content, metadata, derived_from, created_by, updated_by)
    select (left(h, 8) || '-' || right(h, 4) || '-7000-8000-000000000000')::uuid, $1,
      ($2::uuid[])[1 + (n * 7919) % cardinality($2::uuid[])],
      case when n % 3 = 0 then 'text-input' else 'expanded-text' end, 1,
      jsonb_build_object('text', 'The lamp was burning when she reached the gallery ' || n % 5000, 'model', 'bench'),
      jsonb_build_object('passage', 'p' || n % 20000, 'mood', case when n % $6::int = 0 then 'grey' else 'blue' end)
        || case when n % $7::int = 1 then '{"mark":"rare"}'::jsonb else '{}' end,
      case when n > 0 and n % $8::int = 0 then $5::uuid end, 'system', 'system'
    from numbered
    returning id, root, content, metadata
  ), keys as (
    insert into blob_keys (root, key, value, blob)
    select root, e.key, hashtextextended(e.value #>> '{}', 0), id from made, jsonb_each(metadata) e
  )
  insert into blob_texts (blob, words) select id, blob_words(content) from made`;

/** @param book where the blobs lie that were stored first, the newest of all */
function casesOf({ root, chapters, buckets, ask }: Seeded, book: string): Case[] {
  const one = buckets.at(-1)!;
  return [
    {
      what: "of one bucket",
      query: `bucket=${one}`,
      floor:
        "select * from blobs b where bucket = $1 and CURSOR and trashed_at is null order by id desc limit 51",
      values: [one],
    },
    {
      what: `below the root, ${BUCKETS} buckets`,
      query: `subtree=${root}`,
      floor:
        "select * from blobs b where root = $1 and CURSOR and trashed_at is null order by id desc limit 51",
      values: [root],
    },
    {
      what: `of all that one may see, of ${TEXT.length / 1024} KB each`,
      query: "",
      floor:
        "select * from blobs b where root = any($1) and CURSOR and trashed_at is null order by id desc limit 51",
      values: [[root, book]],
    },
    {
      what: "below a chapter, 25 buckets",
      query: `subtree=${chapters[0]}`,
      floor: `select b.* from buckets k cross join lateral (
          select * from blobs b where b.bucket = k.id and CURSOR and trashed_at is null order by id desc limit 51
        ) b where k.path @> array[$1]::uuid[] order by b.id desc limit 51`,
      values: [chapters[0]],
    },
    {
      what: "of a schema",
      query: `subtree=${root}&schema=text-input-v1`,
      floor: `select * from blobs b where root = $1 and schema = 'text-input' and schema_version = 1 and CURSOR
        and trashed_at is null order by id desc limit 51`,
      values: [root],
    },
    ...["passage=p77", "mood=grey", "mark=rare"].map((pair) => {
      const [key, value] = pair.split("=");
      return {
        what: `with metadata.${pair}`,
        query: `subtree=${root}&metadata.${pair}`,
        floor: `select b.* from blob_keys k join blobs b on b.id = k.blob where k.root = $1 and key = $2
          and value = hashtextextended($3, 0) and CURSOR and trashed_at is null order by k.blob desc limit 51`,
        values: [root, key, value],
      };
    }),
    {
      what: `derived from one, of ${DERIVED}`,
      query: `derivedFrom=${ask}`,
      floor:
        "select * from blobs b where derived_from = $1 and CURSOR and trashed_at is null order by id desc limit 51",
      values: [ask],
    },
  ];
}

const bare = (floor: string, cursor: string | undefined) =>
  floor.replace("CURSOR", cursor ? `b.id < '${cursor}'` : "true");

async function listed(
  client: Client,
  pool: pg.Pool,
  { query, floor, values }: Case,
  cursor: string | undefined,
): Promise<{ seen: Spread; floor: Spread }> {
  const path = `/api/blobs?${query}${cursor ? `&cursor=${cursor}` : ""}`;
  const text = bare(floor, cursor);
  const times: Record<"seen" | "floor", number[]> = { seen: [], floor: [] };
  for (let i = 0; i < LISTS + WARM_UP; i++) {
    const at = performance.now();
    const { status, body } = await client.get<{ items: unknown[] }>(path);
    const between = performance.now();
    const { rows } = await pool.query({ name: String(Bun.hash(text)), text, values });
    const end = performance.now();
    if (status !== 200 || body.items.length !== Math.min(rows.length, 50))
      throw new Error(`${path} answered ${status} with ${body.items?.length} of ${rows.length}`);
    if (i < WARM_UP) continue;
    times.seen.push(between - at);
    times.floor.push(end - between);
  }
  return { seen: spread(times.seen), floor: spread(times.floor) };
}

/** How often Postgres has read one of the large tables whole; a list that does grows with the table. */
async function scans(pool: pg.Pool): Promise<number> {
  // What a connection has counted it tells within a second of its last statement.
  await sleep(STATISTICS_MS);
  const { rows } = await pool.query<{ n: number }>(
    "select sum(seq_scan)::int as n from pg_stat_user_tables where relname in ('blobs', 'blob_keys', 'blob_texts')",
  );
  return rows[0]!.n;
}

const draft = (client: Client) => ({
  schema: "expanded-text-v1",
  bucket: client.chapter,
  content: { text: TEXT, model: "bench" },
  metadata: { passage: "p1" },
});

/** In turns, since the machine is shared: each twice. */
async function createdPerSecond(client: Client, pool: pg.Pool) {
  const studio = () =>
    perSecond(async () => {
      const { status } = await client.post("/api/blobs", draft(client));
      if (status !== 201) throw new Error(`POST answered ${status}`);
    });
  const bare = await bareWriter(client, pool);
  const times = { studio: 0, bare: 0 };
  for (let turn = 0; turn < 2; turn++) {
    times.bare += (await perSecond(bare)) / 2;
    times.studio += (await studio()) / 2;
  }
  return times;
}

/** The same rows, with what the triggers write, in a transaction: nothing is checked, nobody is told. */
async function bareWriter(client: Client, pool: pg.Pool): Promise<() => Promise<void>> {
  const { rows } = await pool.query("select root, path from buckets where id = $1", [
    client.chapter,
  ]);
  const { root, path } = rows[0];
  const { content, metadata } = draft(client);
  const actor = `account:${client.account}`;
  return async () => {
    const connection = await pool.connect();
    const id = Bun.randomUUIDv7();
    await connection.query("begin");
    await connection.query({
      name: "blob",
      text: "insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by) values ($1, $2, $3, 'expanded-text', 1, $4, $5, $6, $6) returning *",
      values: [id, root, client.chapter, JSON.stringify(content), JSON.stringify(metadata), actor],
    });
    await connection.query({
      name: "event",
      text: "insert into events (id, root, path, type, subject, actor, data) values ($1, $2, $3, 'bare', $4, $5, $6)",
      values: [Bun.randomUUIDv7(), root, path, id, actor, JSON.stringify({ id, root, metadata })],
    });
    await connection.query("commit");
    connection.release();
  };
}

async function perSecond(once: () => Promise<void>): Promise<number> {
  let done = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < began + THROUGHPUT_MS) {
        await once();
        done++;
      }
    }),
  );
  return (done * 1_000) / (performance.now() - began);
}

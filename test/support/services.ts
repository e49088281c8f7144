/**
 * The real services that tests use, found in this order: `TEST_DATABASE_URL` and `TEST_NATS_URL`;
 * an embedded Postgres and a `nats-server` on this machine; Docker, with `TEST_CONTAINERS=1`, to try
 * other versions. What is missing is left out loudly, or fails with `REQUIRE_SERVICES=1`.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "../../src/embedded-postgres.ts";
import { openLog } from "../../src/log.ts";
import { migrateDatabase } from "../../src/migrate.ts";
import { natsServer, startNats } from "./nats.ts";

export const quiet = openLog(process.env.TEST_LOG ?? "silent");

type Stop = () => Promise<void>;

/** `endWith`: once that process is gone, so is the server; `bun test` has no last moment of its own. */
export type TestPostgres = { url: string; stop: Stop; endWith(pid: number): void };

/** A Postgres for tests; asked once a process, since `run.ts` starts one for all. */
export async function startPostgres(): Promise<TestPostgres> {
  if (process.env.TEST_DATABASE_URL)
    return { url: process.env.TEST_DATABASE_URL, stop: async () => {}, endWith() {} };
  if (process.env.TEST_CONTAINERS === "1") return containerPostgres();
  const folder = await mkdtemp(join(tmpdir(), "reyna-test-"));
  const embedded = await startEmbedded(folder, quiet);
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
    endWith(process) {
      const lock = readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8");
      const [pid] = lock.split("\n");
      const watch = `while kill -0 ${process}; do sleep 1; done; kill -QUIT ${pid}; rm -rf ${folder}`;
      Bun.spawn(["sh", "-c", watch], {
        detached: true,
        stdio: ["ignore", "ignore", "ignore"],
      }).unref();
    },
  };
}

async function containerPostgres(): Promise<TestPostgres> {
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(process.env.TEST_POSTGRES_IMAGE ?? "postgres:18")
    .withEnvironment({ POSTGRES_PASSWORD: "test", POSTGRES_DB: "reyna" })
    .withExposedPorts(5432)
    // Its first start makes the cluster and starts again; only the second answers over TCP.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  return {
    url: `postgres://postgres:test@${container.getHost()}:${container.getMappedPort(5432)}/reyna`,
    stop: async () => {
      await container.stop();
    },
    // Testcontainers' own reaper removes what is left.
    endWith() {},
  };
}

let shared: Promise<TestPostgres> | undefined;

/** The server that the databases of this process are made on; ends with the process where it is its own. */
export function postgresUrl(): Promise<string> {
  shared ??= startPostgres().then((postgres) => {
    postgres.endWith(process.pid);
    return postgres;
  });
  return shared.then(({ url }) => url);
}

const TEMPLATE = "reyna_test_template";
const TEMPLATE_LOCK = 7_203_100;

/** A database of one's own, migrated, in a few milliseconds: a clone of one template. */
export async function freshDatabase(): Promise<{ url: string; drop: Stop }> {
  const server = await postgresUrl();
  const name = `reyna_test_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer(server, async (client) => {
    // One at a time: cloning wants nobody connected to the template.
    await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    if (!process.env.TEST_TEMPLATE_READY) await ensureTemplate(server, client);
    await client.query(`create database ${name} template ${TEMPLATE}`);
  });
  // Clones must not share what makes an installation itself.
  const url = withDatabase(server, name);
  await administer(url, (client) => client.query("update studio set epoch = gen_random_uuid()"));
  return {
    url,
    drop: () =>
      administer(server, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** Before a run of many tests: once, instead of for each database. They are told by `TEST_TEMPLATE_READY`. */
export async function prepareTemplate(server: string): Promise<void> {
  await administer(server, async (client) => {
    await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    await ensureTemplate(server, client);
  });
}

async function ensureTemplate(server: string, client: pg.Client): Promise<void> {
  const { rows } = await client.query("select 1 from pg_database where datname = $1", [TEMPLATE]);
  if (rows.length === 0) await client.query(`create database ${TEMPLATE}`);
  // Migrating a migrated one changes nothing; it keeps the template true between runs.
  await migrateDatabase(withDatabase(server, TEMPLATE), () => "test-test-test-test");
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** One connection for statements no studio makes: killing backends, looking behind the scenes. */
export async function administer<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A NATS server, or null (said loudly) where there is none. */
export async function startSomeNats(): Promise<{ url: string; stop: Stop } | null> {
  if (process.env.TEST_NATS_URL) return { url: process.env.TEST_NATS_URL, stop: async () => {} };
  if (process.env.TEST_CONTAINERS === "1") return containerNats();
  return ownNats();
}

/** One of one's own, to be killed, wiped and started again; null (said loudly) where there is none. */
export async function ownNats() {
  if (natsServer()) return startNats();
  leaveOut("nats-server is not in the PATH: what needs a real NATS is left out");
  return null;
}

async function containerNats() {
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(process.env.TEST_NATS_IMAGE ?? "nats:2")
    .withCommand(["-js"])
    .withExposedPorts(4222)
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .start();
  return {
    url: `nats://${container.getHost()}:${container.getMappedPort(4222)}`,
    stop: async () => {
      await container.stop();
    },
  };
}

export function chromiumPath(): string | null {
  const found = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    .map((name) => Bun.which(name))
    .find((path) => path !== null);
  if (!found) leaveOut("there is no Chromium in the PATH: what needs a browser is left out");
  return found ?? null;
}

/** @throws with `REQUIRE_SERVICES=1` */
export function leaveOut(what: string): void {
  if (process.env.REQUIRE_SERVICES === "1") throw new Error(`REQUIRE_SERVICES=1, but ${what}`);
  console.warn(`\n  LEFT OUT: ${what}\n`);
}

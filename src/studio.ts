/** A studio in one process: which parts it has, in what order they open and close. */
import { randomBytes } from "node:crypto";
import { chmod } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import packageJson from "../package.json";
import { type Auth, type AuthSettings, createAuth, PEER_HEADER } from "./accounts/auth.ts";
import { openSessions } from "./accounts/session.ts";
import { hasAccounts, newSetupCode } from "./accounts/sign-up.ts";
import { onAnnounce } from "./announce.ts";
import { createApp } from "./app.tsx";
import { loadAssets } from "./assets.ts";
import { purgeTrash } from "./blobs/purge.ts";
import { buildsView } from "./builds/live.tsx";
import type { Bus, Stop } from "./bus/bus.ts";
import { openInProcess } from "./bus/in-process.ts";
import { openJetStream } from "./bus/jetstream.ts";
import { CannotStart, makeDataFolder, reachDatabase } from "./cannot-start.ts";
import { dashboardView } from "./dashboard/live.tsx";
import { type Lock, openPostgres, type Postgres } from "./database.ts";
import { startLandings } from "./documents/landing.ts";
import { chapterView } from "./documents/live.tsx";
import { openDocuments } from "./documents/open.ts";
import { passageUpdate } from "./documents/page.tsx";
import { openReading } from "./documents/reading.ts";
import { startSnapshots } from "./documents/snapshots.ts";
import { pruneVersions } from "./documents/versions.ts";
import { startEmbedded } from "./embedded-postgres.ts";
import type { Env } from "./env.ts";
import { openFeed } from "./events/feed.ts";
import { startRelay } from "./events/relay.ts";
import { pruneEvents } from "./events/replay.ts";
import { collectFiles } from "./files/files.ts";
import { type FileStore, openFolderStore, openS3Store } from "./files/store.ts";
import type { Socket } from "./http.ts";
import { forgetKeys } from "./idempotency.ts";
import { sweepImports } from "./imports/imports.ts";
import { BODY_LIMIT_BYTES } from "./json.ts";
import { forgetTries } from "./links/passwords.ts";
import { openReaders } from "./links/readers.ts";
import { openLive } from "./live/live.ts";
import { type Models, openModels } from "./llm/models.ts";
import type { Log } from "./log.ts";
import { migrateDatabase } from "./migrate.ts";
import { pitchView } from "./pitches/live.tsx";
import { installBuiltin } from "./processors/installed.ts";
import type { Processor } from "./processors/sdk.ts";
import { signalCancel } from "./runs/deltas.ts";
import { openHandOver } from "./runs/hand-over.ts";
import { runsView } from "./runs/page.tsx";
import { backgroundQueue } from "./runs/places.ts";
import { SWEEP_EVERY_MS, sweep } from "./runs/sweep.ts";
import { startWorker } from "./runs/worker.ts";
import { registerBuiltinSchemas } from "./schemas/builtin.ts";
import { schemasView } from "./schemas/page-live.tsx";

/** Connections that a process may open to Postgres. */
const CONNECTIONS = 16;
/** What a socket may have waiting for a slow client before it is closed, in bytes. */
const BACKPRESSURE_LIMIT_BYTES = 32 * 1024 * 1024;
/** The largest message that is read at all; the sockets refuse less, and say why. In bytes. */
const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;
/** A socket that sends and answers nothing for so long is gone, in seconds. */
const SOCKET_IDLE_S = 120;
/** How long a start waits for the studio before it to let go of the database, in milliseconds. */
const TAKE_OVER_MS = 5_000;
const HOUSEKEEPING_EVERY_MS = 60 * 60 * 1_000;
/** Only one process may use a database without a broker between them. */
const STUDIO_LOCK = 7_203_004;

export type Studio = {
  /** Where a browser finds it; undefined without the web role. */
  url: string | undefined;
  port: number | undefined;
  /** Printed while there is no account. */
  setupCode: string | undefined;
  postgres: Postgres;
  /** What its web process answers to; none without the web role. */
  routes: { method: string; path: string }[];
  /** Stops taking requests and work, lets what runs finish, closes everything. */
  stop: Stop;
};

/** For tests: what makes waiting shorter. */
export type Tuning = {
  leaseMs?: number;
  rateLimited?: boolean;
  stallMs?: number;
  snapshots?: { idleMs?: number; everyMs?: number };
};

export async function openStudio(
  env: Env,
  log: Log,
  processors: readonly Processor[],
  tuning: Tuning = {},
): Promise<Studio> {
  const closing: Stop[] = [];
  const close = async () => {
    for (const stop of closing.reverse()) await stop();
  };
  try {
    return await open(env, log, processors, tuning, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  env: Env,
  log: Log,
  processors: readonly Processor[],
  tuning: Tuning,
  closing: Stop[],
  stop: Stop,
): Promise<Studio> {
  await makeDataFolder(env.dataFolder);
  const embedded = env.databaseUrl ? undefined : await startEmbedded(env.dataFolder, log);
  let ours = true;
  if (embedded) closing.push(async () => (ours ? embedded.stop() : embedded.leave()));
  const url = env.databaseUrl ?? embedded!.url;
  const setupCode = await reachDatabase(url, () => migrateDatabase(url, newSetupCode));
  const postgres = await openPostgres(url, { connections: CONNECTIONS });
  closing.push(() => postgres.close());
  if (!env.natsUrl) {
    // An adopted server may be another studio's that lives; then it stays as it is.
    ours = false;
    closing.push(await holdAlone(postgres, log));
    ours = true;
  }
  const { db } = postgres;
  const secret = env.secret ?? (await keptSecret(env.dataFolder));
  const models = openModels({ db, environment: env.model, secret, stallMs: tuning.stallMs });
  const files = env.s3 ? openS3Store(env.s3) : openFolderStore(join(env.dataFolder, "files"));
  await registerBuiltinSchemas(db);
  await installBuiltin(db, processors);

  const bus = await openBus(env, log);
  closing.push(() => bus.close());
  const handOver = await openHandOver({ db, bus, log });
  closing.push(handOver.stop);
  let wakeRelay = () => {};
  onAnnounce(db, (announcement) => {
    if ("appended" in announcement) {
      wakeRelay();
      if (!env.roles.has("relay")) ringRelay(bus);
    } else if ("given" in announcement) handOver.give(announcement.given);
    else if ("cancelled" in announcement) signalCancel(bus, announcement.cancelled.run);
    else {
      const { run, processor, attempt, sweep, background } = announcement.queued;
      const id = `${run}:${attempt}:${sweep}`;
      const queue = background ? backgroundQueue(processor) : processor;
      bus.publish(`reyna.work.${queue}`, id, JSON.stringify({ run })).catch((error) => {
        log.warn({ err: error, run }, "the bus did not take a run; the sweeper announces it again");
      });
    }
  });

  if (env.roles.has("worker")) {
    const { leaseMs } = tuning;
    const name = `${hostname()}:${process.pid}`;
    closing.push(
      await startWorker({ db, bus, log, name, processors, models, files, secret, leaseMs }),
    );
    closing.push(startSweeper(postgres, bus, log, processors, !env.natsUrl));
  }

  const web = env.roles.has("web")
    ? await openWeb({ env, log, postgres, bus, files, models, secret, processors, tuning, closing })
    : undefined;

  if (env.roles.has("relay")) {
    const relay = startRelay({ postgres, bus, log }, web?.offer);
    wakeRelay = relay.wake;
    closing.push(await hearRelayRings(bus, relay.wake));
    closing.push(relay.stop, startHousekeeping(postgres, files, log));
  }

  return {
    url: web?.url,
    port: web?.port,
    setupCode: (await hasAccounts(db)) ? undefined : setupCode,
    postgres,
    routes: web?.routes ?? [],
    stop,
  };
}

async function openBus(env: Env, log: Log): Promise<Bus> {
  return env.natsUrl ? openJetStream(env.natsUrl, { name: "reyna", log }) : openInProcess({ log });
}

/** Without a broker two processes would not hear each other: the second refuses. */
async function holdAlone(postgres: Postgres, log: Log): Promise<Stop> {
  const deadline = performance.now() + TAKE_OVER_MS;
  let lock: Lock | null = null;
  let stopped = false;
  while (!lock) {
    lock = await postgres.exclusive(STUDIO_LOCK);
    if (!lock && performance.now() > deadline)
      throw new CannotStart(
        "Another studio is running on this database. Stop it first, or set NATS_URL for both so that they can work together.",
      );
    if (!lock) await sleep(100);
  }
  const keep = async (held: Lock) => {
    await held.lost;
    // The database went away; the lock is taken again as soon as it is back.
    while (!stopped) {
      const again = await postgres.exclusive(STUDIO_LOCK).catch(() => undefined);
      if (again) {
        lock = again;
        void keep(again);
        return;
      }
      if (again === null)
        log.error({}, "another studio took this database; two must not run on it");
      await sleep(500);
    }
  };
  void keep(lock);
  return async () => {
    stopped = true;
    await lock?.release();
  };
}

const RELAY_RING = "reyna.signal.relay";
let ringing = false;

/** Wakes a relay in another process; once for all that a turn of the event loop appended. */
function ringRelay(bus: Bus): void {
  if (ringing) return;
  ringing = true;
  queueMicrotask(() => {
    ringing = false;
    bus.signal(RELAY_RING, "");
  });
}

const hearRelayRings = (bus: Bus, wake: () => void) => bus.tail([RELAY_RING], wake);

function startSweeper(
  { db }: Postgres,
  bus: Bus,
  log: Log,
  processors: readonly Processor[],
  isAlone: boolean,
): Stop {
  // What an in-process bus had in hand when its process ended is announced again at once.
  let all = isAlone;
  bus.onReconnect(() => {
    all = true;
  });
  return every(SWEEP_EVERY_MS, log, "the sweeper", async () => {
    const everything = all;
    all = false;
    await sweep(db, processors, { all: everything });
  });
}

function startHousekeeping({ db }: Postgres, files: FileStore, log: Log): Stop {
  return every(HOUSEKEEPING_EVERY_MS, log, "housekeeping", async () => {
    await pruneEvents(db);
    await purgeTrash(db);
    await collectFiles(db, files);
    await forgetKeys(db);
    await sweepImports(db);
    await forgetTries(db);
    await pruneVersions(db);
  });
}

/** Does it now and then, one at a time, until stopped; what fails is tried again at the next turn. */
function every(ms: number, log: Log, name: string, turn: () => Promise<void>): Stop {
  const stopped = new AbortController();
  const turning = (async () => {
    while (!stopped.signal.aborted) {
      await turn().catch((error) => log.warn({ err: error }, `${name} failed; it tries again`));
      await sleep(ms, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return async () => {
    stopped.abort();
    await turning;
  };
}

async function openWeb({
  env,
  log,
  postgres,
  bus,
  files,
  models,
  secret,
  processors,
  tuning,
  closing,
}: {
  env: Env;
  log: Log;
  postgres: Postgres;
  bus: Bus;
  files: FileStore;
  models: Models;
  secret: string;
  processors: readonly Processor[];
  tuning: Tuning;
  closing: Stop[];
}) {
  const { db } = postgres;
  const settings: AuthSettings & Pick<Env, "signup"> = {
    secret,
    publicUrl: env.publicUrl,
    rateLimited: tuning.rateLimited ?? true,
    signup: env.signup,
  };
  const auth: Auth = createAuth(db, settings);
  const sessions = await openSessions(db, auth, bus);
  closing.push(sessions.stop);
  const assets = await loadAssets();
  const feed = await openFeed({ db, bus, log });
  closing.push(feed.stop);
  const heard = (run: string) => live.partials.of(run);
  const documents = await openDocuments({ db, bus, feed, log });
  const reading = openReading(documents);
  const views = {
    chapter: chapterView(db, reading, heard),
    pitch: pitchView(db, reading, (document, passage) =>
      passageUpdate(db, reading, document, passage, heard),
    ),
    runs: runsView(db, reading, heard),
    dashboard: dashboardView(),
    schemas: schemasView(),
    builds: buildsView(db),
  };
  const live = await openLive({ db, bus, feed, log, processors, views });
  closing.push(startSnapshots({ db, documents, log, ...tuning.snapshots }));
  closing.push(startLandings({ db, documents, feed, log }));
  const model =
    "practice" in env.model ? null : { name: env.model.model, baseUrl: env.model.baseUrl };
  const readers = openReaders({ db, feed, log });
  const app = createApp({
    db,
    readers,
    feed,
    live,
    documents,
    reading,
    log,
    auth,
    sessions,
    settings,
    env,
    files,
    fileLimit: env.fileLimit,
    assets,
    processors,
    heard,
    model,
    models,
    secret,
    version: packageJson.version,
    ready: async () => ({ database: await postgres.ready(), bus: await bus.ready() }),
  });
  const server = serve(env, app);
  closing.push(async () => {
    // Requests that are being answered are waited for; the sockets would hold it open for ever.
    const stopped = server.stop();
    await live.stop();
    await readers.stop();
    await documents.stop();
    await stopped;
  });
  return {
    url:
      env.publicUrl?.href ??
      `http://${env.host === "0.0.0.0" ? "localhost" : env.host}:${server.port}/`,
    port: server.port,
    routes: app.routes.map(({ method, path }) => ({ method, path })),
    offer: feed.offer,
  };
}

function serve(env: Env, app: ReturnType<typeof createApp>) {
  try {
    return Bun.serve<Socket>({
      port: env.port,
      hostname: env.host,
      // A body beyond its limit gets its answer from the routes; this bounds what is read for it.
      maxRequestBodySize: env.fileLimit + BODY_LIMIT_BYTES * 16,
      fetch(request, server) {
        request.headers.set(PEER_HEADER, peerOf(env, request, server));
        return app.fetch(request, { server });
      },
      websocket: {
        maxPayloadLength: MESSAGE_LIMIT_BYTES,
        backpressureLimit: BACKPRESSURE_LIMIT_BYTES,
        idleTimeout: SOCKET_IDLE_S,
        open: (ws) => ws.data.open(ws),
        message: (ws, message) => ws.data.receive(message),
        close: (ws) => ws.data.closed(),
      },
    });
  } catch (error) {
    if ((error as { code?: string }).code === "EADDRINUSE")
      throw new CannotStart(
        `Port ${env.port} is taken. Stop what uses it, or choose another: PORT=${env.port + 1} bun dev`,
      );
    throw error;
  }
}

/** The client's address. A proxy is believed only when the operator says that there is one. */
function peerOf(env: Env, request: Request, server: Bun.Server<Socket>): string {
  const forwarded = env.trustedProxy
    ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim()
    : undefined;
  return forwarded || (server.requestIP(request)?.address ?? "");
}

/** Made at the first start, readable by this user only. */
async function keptSecret(dataFolder: string): Promise<string> {
  const path = join(dataFolder, "secret");
  const file = Bun.file(path);
  if (await file.exists()) return (await file.text()).trim();
  const secret = randomBytes(32).toString("hex");
  await Bun.write(path, `${secret}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return secret;
}

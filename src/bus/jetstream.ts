/**
 * The bus over NATS JetStream, for processes that share a server (2.9 or later) or a cluster.
 *
 * The link is *up* when the connection stands and the streams are there. It goes down with the
 * connection; after a reconnect the streams are looked at first (a wiped server gets them again),
 * then workers ask for work anew, then `onReconnect` is called. While it is down publishing fails
 * at once and signals are dropped: nothing piles up in this process.
 */
import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import {
  type ConnectionOptions,
  connect,
  InvalidArgumentError,
  type NatsConnection,
} from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import {
  ACK_WAIT_MS,
  type Bus,
  BusUnavailable,
  HEARTBEAT_MS,
  PUBLISH_TIMEOUT_MS,
  REDELIVERY_MS,
} from "./bus.ts";
import { EVENT_STREAM, provisionStreams, WORK_STREAM } from "./jetstream-streams.ts";
import { type Link, startWorker, type Timing, type Worker } from "./jetstream-work.ts";
import { matches, messageOf, queueOf } from "./subjects.ts";

/** Between two attempts to connect, plus up to {@link RECONNECT_JITTER_MS}. */
const RECONNECT_WAIT_MS = 250;
/** Spreads the processes that all lost the same server. */
const RECONNECT_JITTER_MS = 250;
/** One attempt to connect. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A silent connection counts as lost after two pings without an answer. */
const PING_MS = 5_000;
/** One question to the JetStream API. */
const API_TIMEOUT_MS = 2_000;
/** Between two attempts to find or make the streams. */
const PROVISION_WAIT_MS = 250;
/** Within it the broker must answer to count as ready. */
const READY_TIMEOUT_MS = 1_000;
/** How long `close` waits for what was sent to reach the server. */
const FLUSH_TIMEOUT_MS = 2_000;
/** The first attempt of a publish; what is left of its time is for a second one. */
const FIRST_PUBLISH_MS = PUBLISH_TIMEOUT_MS / 2;

export type JetStreamOptions = { name: string; log: Log } & Partial<Timing>;

/**
 * Resolves once connected and provisioned; a server that is away is waited for, not given up.
 * @param url one `nats://[user:password@|token@]host[:port]` or several, separated by commas;
 * `tls://` asks for encryption.
 */
export async function openJetStream(url: string, options: JetStreamOptions): Promise<Bus> {
  const { log } = options;
  const timing: Timing = {
    ackWaitMs: options.ackWaitMs ?? ACK_WAIT_MS,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    redeliveryMs: options.redeliveryMs ?? REDELIVERY_MS,
  };
  const nats = await connectOnce(url, options);
  const manager = await jetstreamManager(nats, { checkAPI: false, timeout: API_TIMEOUT_MS });
  const client: JetStreamClient = jetstream(nats);

  let up = false;
  let closing = false;
  let streamMade = "";
  /** Counts losses of the connection, so that what began before one does not finish after it. */
  let losses = 0;
  let waiting: (() => void)[] = [];
  const workers = new Set<Worker>();
  const reconnectHandlers: (() => void)[] = [];

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }

  const link: Link = {
    nats,
    manager,
    log,
    up: () => up,
    untilUp: () =>
      up || closing ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    streamMade: () => streamMade,
  };

  async function provision(): Promise<void> {
    const made = await provisionStreams(manager, log);
    if (made === streamMade) return;
    const before = streamMade;
    streamMade = made;
    if (before && up) for (const worker of workers) void worker.recover();
  }

  /** @returns whether the link came up; false when the connection was lost meanwhile. */
  async function raise(): Promise<boolean> {
    const at = losses;
    while (!nats.isClosed()) {
      try {
        await provision();
        if (at !== losses) return false;
        up = true;
        wake();
        for (const worker of workers) void worker.recover();
        return true;
      } catch (error) {
        if (at !== losses) return false;
        log.warn({ err: error }, "NATS is connected, but its streams cannot be reached");
        await Bun.sleep(PROVISION_WAIT_MS);
        if (at !== losses) return false;
      }
    }
    return false;
  }

  async function comeBack(): Promise<void> {
    if (!(await raise())) return;
    log.info({}, "NATS is back");
    for (const handler of reconnectHandlers) {
      try {
        handler();
      } catch (error) {
        log.error({ err: error }, "an onReconnect handler threw");
      }
    }
  }

  void (async () => {
    for await (const status of nats.status()) {
      if (status.type === "disconnect") {
        losses++;
        up = false;
        if (!closing) log.warn({ server: status.server }, "NATS is gone: reconnecting");
      } else if (status.type === "reconnect") {
        void comeBack();
      } else if (status.type === "error") {
        log.warn({ err: status.error }, "NATS reported an error");
      }
    }
  })();
  void nats.closed().then((error) => {
    up = false;
    wake();
    if (!closing) log.error({ err: error }, "the connection to NATS was closed for good");
  });

  let provisioning: Promise<void> | undefined;
  /** Many publishers may find the stream gone at once; one of them makes it. */
  function provisionAgain(): Promise<void> {
    provisioning ??= provision().finally(() => {
      provisioning = undefined;
    });
    return provisioning;
  }

  await raise();
  await link.untilUp();

  return {
    async publish(subject, id, body) {
      queueOf(subject);
      const deadline = Date.now() + PUBLISH_TIMEOUT_MS;
      if (!up) throw new BusUnavailable("NATS is not connected.");
      try {
        await client.publish(subject, body, { msgID: id, timeout: FIRST_PUBLISH_MS });
      } catch (error) {
        if (error instanceof InvalidArgumentError) {
          throw new RangeError(`NATS takes no message of this size: ${subject}`, { cause: error });
        }
        if (!up || error instanceof JetStreamApiError) throw refused(error);
        // No answer, or nobody there to answer: the stream may be gone. The id makes a repeat safe.
        try {
          await within(deadline - Date.now(), provisionAgain());
          const timeout = Math.max(1, deadline - Date.now());
          await client.publish(subject, body, { msgID: id, timeout });
        } catch (again) {
          throw refused(again);
        }
      }
    },

    async work(queue, concurrency, handler) {
      const worker = startWorker(link, timing, queue, concurrency, handler);
      workers.add(worker);
      await worker.recover();
      return async () => {
        workers.delete(worker);
        await worker.stop();
      };
    },

    async tail(subjects, handler) {
      const subscriptions = subjects.map((pattern, at) => {
        const earlier = subjects.slice(0, at);
        return nats.subscribe(pattern, {
          callback(error, message) {
            if (error) {
              log.error({ err: error, subject: pattern }, "the broker does not let us listen");
              return;
            }
            // Where patterns overlap NATS delivers twice.
            if (earlier.some((other) => matches(other, message.subject))) return;
            const id = message.headers?.get("Nats-Msg-Id") || undefined;
            try {
              handler(messageOf(message.subject, message.data, id));
            } catch (thrown) {
              log.error({ err: thrown, subject: message.subject }, "a tail's handler threw");
            }
          },
        });
      });
      if (up) await within(READY_TIMEOUT_MS, nats.flush()).catch(() => {});
      return async () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      };
    },

    signal(subject, body) {
      if (!up) return;
      try {
        // A copy: the client sends after this turn, when the caller may have written into it again.
        nats.publish(subject, typeof body === "string" ? body : body.slice());
      } catch (error) {
        log.warn({ err: error, subject }, "a signal could not be sent");
      }
    },

    async request(subject, body, withinMs) {
      if (!up) return undefined;
      try {
        return (await nats.request(subject, body, { timeout: withinMs })).string();
      } catch {
        return undefined;
      }
    },

    async reply(subject, handler) {
      const subscription = nats.subscribe(subject, {
        callback(error, message) {
          if (error) {
            log.error({ err: error, subject }, "the broker does not let us reply");
            return;
          }
          try {
            message.respond(handler(message.string()));
          } catch (thrown) {
            log.error({ err: thrown, subject }, "a reply's handler threw");
          }
        },
      });
      if (up) await within(READY_TIMEOUT_MS, nats.flush()).catch(() => {});
      return async () => subscription.unsubscribe();
    },

    onReconnect(handler) {
      reconnectHandlers.push(handler);
    },

    async ready() {
      if (!up) return false;
      try {
        await within(READY_TIMEOUT_MS, streamsThere(manager));
        return up;
      } catch (error) {
        // An instance that is not ready is given nothing to publish, so nobody else would mend it.
        if (error instanceof JetStreamApiError) void provisionAgain().catch(() => {});
        return false;
      }
    },

    async close() {
      closing = true;
      wake();
      await Promise.all([...workers].map((worker) => worker.stop()));
      const connected = up;
      up = false;
      if (connected) await within(FLUSH_TIMEOUT_MS, nats.drain()).catch(() => {});
      await nats.close();
    },
  };
}

/** The client gives up where no server answers its first call: this does not. */
async function connectOnce(url: string, options: JetStreamOptions): Promise<NatsConnection> {
  const target = targetOf(url);
  for (let told = false; ; told = true) {
    try {
      return await connect({
        ...target,
        name: options.name,
        timeout: CONNECT_TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_WAIT_MS,
        reconnectJitter: RECONNECT_JITTER_MS,
        reconnectJitterTLS: RECONNECT_JITTER_MS,
        // Wrong credentials may be a server half configured: that, too, is waited for.
        ignoreAuthErrorAbort: true,
        pingInterval: PING_MS,
        noAsyncTraces: true,
      });
    } catch (error) {
      const where = { servers: target.servers, err: error };
      if (told) options.log.debug(where, "NATS is still not there");
      else options.log.warn(where, "NATS is not there yet: waiting for it");
      await Bun.sleep(RECONNECT_WAIT_MS + Math.random() * RECONNECT_JITTER_MS);
    }
  }
}

/** The client reads no credentials from a URL. */
export function targetOf(url: string): ConnectionOptions & { servers: string[] } {
  const urls = url.split(",").map((each) => {
    const text = each.trim();
    return new URL(text.includes("://") ? text : `nats://${text}`);
  });
  const target: ConnectionOptions & { servers: string[] } = { servers: urls.map((u) => u.host) };
  const [first] = urls;
  if (urls.some((each) => each.protocol === "tls:")) target.tls = {};
  if (first?.username && first.password) {
    target.user = decodeURIComponent(first.username);
    target.pass = decodeURIComponent(first.password);
  } else if (first?.username) {
    target.token = decodeURIComponent(first.username);
  }
  return target;
}

async function streamsThere(manager: JetStreamManager): Promise<void> {
  await Promise.all([EVENT_STREAM, WORK_STREAM].map((name) => manager.streams.info(name)));
}

function refused(cause: unknown): BusUnavailable {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BusUnavailable(`NATS did not take the message: ${why}`, { cause });
}

async function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

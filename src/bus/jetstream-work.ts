/**
 * Takes the work of one queue. It asks for as many messages as it has free places, never more, so
 * nothing that is delivered waits in this process while its ack wait runs: the client's own
 * `consume()` fetches ahead, and drops on close what it has fetched.
 *
 * The pull and acknowledgement protocol is NATS' ADR-13 and ADR-15; a refusal is `+TERM` without
 * the reason, which nats-server takes from 2.10.4 on only (2.9 would ignore it whole).
 */
import type { JetStreamManager } from "@nats-io/jetstream";
import {
  createInbox,
  type Msg,
  type NatsConnection,
  nanos,
  type Subscription,
} from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import type { Job, Outcome } from "./bus.ts";
import { provisionQueue, WORK_STREAM } from "./jetstream-streams.ts";

/**
 * How long the broker holds a pull request before it answers that there is nothing. No server takes
 * a request back, and a message on its way to one whose asker has left waits out its ack wait: a
 * worker that stops listens until its last request is answered, this long at most.
 */
const PULL_EXPIRES_MS = 1_000;
/** How much later an answer may come before the request counts as lost. */
const PULL_GRACE_MS = 2_000;
/** Before looking for a consumer that is gone, and between two attempts to make it. */
const RECOVERY_WAIT_MS = 500;

export type Link = {
  nats: NatsConnection;
  manager: JetStreamManager;
  log: Log;
  /** Connected, and the streams are there. */
  up(): boolean;
  /** Resolves when it is up again; at once when it closes. */
  untilUp(): Promise<void>;
  /** When the work stream was made. */
  streamMade(): string;
};

export type Timing = { ackWaitMs: number; heartbeatMs: number; redeliveryMs: number };

export type Worker = {
  /** At the start, and when connection, stream or consumer were gone: asks for work anew. */
  recover(): Promise<void>;
  /** Takes no more, lets what runs finish. */
  stop(): Promise<void>;
};

/** Takes nothing before its first `recover`. */
export function startWorker(
  link: Link,
  timing: Timing,
  queue: string,
  concurrency: number,
  handler: (job: Job) => Promise<Outcome>,
): Worker {
  const { nats, log } = link;
  const running = new Set<Promise<void>>();
  let stopped = false;
  let listening: Subscription | undefined;
  let consumer = "";
  /** For every message asked for and not answered yet, when that was, in milliseconds. */
  let asked: number[] = [];

  function ask(): void {
    const batch = concurrency - asked.length - running.size;
    if (!listening || stopped || !link.up() || batch <= 0) return;
    for (let at = 0; at < batch; at++) asked.push(Date.now());
    nats.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${WORK_STREAM}.${consumer}`,
      JSON.stringify({ batch, expires: nanos(PULL_EXPIRES_MS) }),
      { reply: listening.getSubject() },
    );
  }

  function listen(): void {
    const inbox = createInbox();
    const mine: Subscription = nats.subscribe(inbox, {
      callback(error, message) {
        if (error) {
          log.error({ err: error, queue }, "the broker does not let us take work");
          return;
        }
        const delivered = message.subject !== inbox;
        if (mine === listening) asked.splice(0, delivered ? 1 : unanswered(message));
        if (mine !== listening || stopped || running.size >= concurrency) {
          // Delivered while we turned away: to somebody else, now.
          if (delivered) message.respond(NAK);
          return;
        }
        if (delivered) take(message);
        else if (message.headers?.code === REQUEST_TIMEOUT) ask();
        else void recover(RECOVERY_WAIT_MS);
      },
    });
    listening = mine;
  }

  function turnAway(): Promise<void> {
    const old = listening;
    listening = undefined;
    asked = [];
    // Draining hears what was under way, and hands it back.
    return old && !old.isClosed() ? old.drain().catch(() => {}) : Promise.resolve();
  }

  /** The newest attempt wins: an older one may still wait for an answer of a connection long gone. */
  let attempts = 0;
  async function recover(waitMs = 0): Promise<void> {
    const mine = ++attempts;
    const wanted = () => mine === attempts && !stopped && link.up();
    void turnAway();
    for (let wait = waitMs; wanted(); wait = RECOVERY_WAIT_MS) {
      if (wait > 0) await Bun.sleep(wait);
      if (!wanted()) return;
      try {
        const found = await provisionQueue(link.manager, queue, timing.ackWaitMs, log);
        if (!wanted()) return;
        consumer = found;
        listen();
        ask();
        return;
      } catch (error) {
        if (wanted()) log.warn({ err: error, queue }, "the queue's consumer cannot be reached");
      }
    }
  }

  const watch = setInterval(() => {
    const oldest = asked[0];
    if (!link.up() || oldest === undefined) return;
    if (Date.now() - oldest > PULL_EXPIRES_MS + PULL_GRACE_MS) void recover();
  }, PULL_EXPIRES_MS);

  function take(message: Msg): void {
    const run = handle(message).finally(() => {
      running.delete(run);
      ask();
    });
    running.add(run);
  }

  async function handle(message: Msg): Promise<void> {
    const { deliveries, sequence } = deliveryOf(message);
    const made = link.streamMade();
    const job: Job = {
      subject: message.subject,
      id: message.headers?.get("Nats-Msg-Id") || String(sequence),
      text: message.string(),
      deliveries,
    };
    const heartbeat = setInterval(() => tell(message, WORKING, made), timing.heartbeatMs);
    let answer: string;
    try {
      answer = answerTo(await handler(job), job);
    } catch (error) {
      log.warn({ err: error, queue, id: job.id }, "a work handler threw");
      answer = nak(timing.redeliveryMs);
    } finally {
      clearInterval(heartbeat);
    }
    if (link.up()) tell(message, answer, made);
    else void link.untilUp().then(() => tell(message, answer, made));
  }

  function answerTo(outcome: Outcome, job: Job): string {
    if (outcome === "done") return ACK;
    if ("retryAt" in outcome) return nak(outcome.retryAt.getTime() - Date.now());
    log.warn({ queue, id: job.id, reason: outcome.refuse }, "work was refused");
    return TERM;
  }

  /**
   * An acknowledgement names a sequence number. On a stream that was made again since, that number
   * is another message, which the broker would take for done: say nothing then.
   */
  function tell(message: Msg, answer: string, made: string): void {
    if (link.up() && link.streamMade() === made) message.respond(answer);
  }

  return {
    recover,
    async stop() {
      stopped = true;
      clearInterval(watch);
      await answered();
      await Promise.all([turnAway(), ...running]);
    },
  };

  async function answered(): Promise<void> {
    const deadline = Date.now() + PULL_EXPIRES_MS + PULL_GRACE_MS;
    while (asked.length > 0 && link.up() && Date.now() < deadline) await Bun.sleep(2);
  }
}

const ACK = "+ACK";
const NAK = "-NAK";
const TERM = "+TERM";
const WORKING = "+WPI";

/** The status of a request that expired with fewer messages than it asked for. */
const REQUEST_TIMEOUT = 408;

/** How many messages of a request the broker will not deliver; on any other status all are off. */
function unanswered(status: Msg): number {
  return Number(status.headers?.get("Nats-Pending-Messages")) || 1;
}

function nak(delayMs: number): string {
  return delayMs > 0 ? `${NAK} ${JSON.stringify({ delay: nanos(delayMs) })}` : NAK;
}

/** From the reply subject: `$JS.ACK.[domain.account.]stream.consumer.deliveries.sequence.…` */
function deliveryOf(message: Msg): { deliveries: number; sequence: number } {
  const tokens = (message.reply ?? "").split(".");
  const at = tokens.length > 9 ? 6 : 4;
  return { deliveries: Number(tokens[at]), sequence: Number(tokens[at + 1]) };
}

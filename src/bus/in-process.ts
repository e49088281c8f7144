/**
 * The bus of a studio in one process. It keeps nothing on disk: what is lost with the process is
 * announced again by the sweeper, as after a wiped NATS.
 */
import { type Log, openLog } from "../log.ts";
import {
  type Bus,
  BusUnavailable,
  type Job,
  type Message,
  type Outcome,
  REDELIVERY_MS,
  type Stop,
} from "./bus.ts";
import { matches, messageOf, queueOf } from "./subjects.ts";

/**
 * Messages of one queue held at once. Past it the oldest is dropped, not the newest refused: the
 * relay publishes in order and stops at a refusal, so one queue that nobody works would hold up
 * every event of the studio, while what was dropped is announced again from Postgres.
 */
export const QUEUE_LIMIT = 10_000;
/** As long as JetStream's window, so that a repeat behaves alike on both. */
const REPEAT_WINDOW_MS = 2 * 60_000;
/** Ids remembered at most; past it the oldest are forgotten early, and a repeat is delivered. */
const REPEAT_LIMIT = 100_000;
/** NATS' default `max_payload`: what passes in one process passes on many. */
export const MESSAGE_LIMIT_BYTES = 1_048_576;
/** The longest `setTimeout` can wait, 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Member = {
  concurrency: number;
  handler: (job: Job) => Promise<Outcome>;
  running: Set<Promise<void>>;
};
type Queue = {
  waiting: Job[];
  later: Set<ReturnType<typeof setTimeout>>;
  members: Member[];
  /** It has overflowed since it was last empty: said once in the log, not for every message. */
  overflowed: boolean;
};

export function openInProcess(options: { log?: Log; redeliveryMs?: number } = {}): Bus {
  const { log = openLog("warn"), redeliveryMs = REDELIVERY_MS } = options;
  const tails = new Set<{ subjects: string[]; handler: (message: Message) => void }>();
  const repliers = new Map<string, (text: string) => string>();
  const queues = new Map<string, Queue>();
  /** JetStream's windows are per stream, and so are these. */
  const events = rememberIds();
  const work = rememberIds();
  let closed = false;

  // One hop through the event loop delivers all that came in one turn: order is kept, a handler
  // never runs inside the call that published, and a publisher that awaits lets others in.
  let pending: Message[] = [];
  let hop: Promise<void> | undefined;
  function deliver(message: Message): Promise<void> {
    pending.push(message);
    hop ??= new Promise((resolve) => {
      setImmediate(() => {
        const batch = pending;
        pending = [];
        hop = undefined;
        for (const each of batch) hear(each);
        resolve();
      });
    });
    return hop;
  }

  function hear(message: Message): void {
    for (const tail of tails) {
      if (!tail.subjects.some((pattern) => matches(pattern, message.subject))) continue;
      try {
        tail.handler(message);
      } catch (error) {
        log.error({ err: error, subject: message.subject }, "a tail's handler threw");
      }
    }
  }

  function queueNamed(name: string): Queue {
    const known = queues.get(name);
    if (known) return known;
    const made: Queue = { waiting: [], later: new Set(), members: [], overflowed: false };
    queues.set(name, made);
    return made;
  }

  function put(queue: Queue, job: Job): void {
    queue.waiting.push(job);
    if (queue.waiting.length + queue.later.size <= QUEUE_LIMIT) return;
    queue.waiting.shift();
    if (!queue.overflowed) log.warn({ subject: job.subject }, "a queue is full: drops its oldest");
    queue.overflowed = true;
  }

  function putLater(queue: Queue, job: Job, delayMs: number): void {
    if (closed) return;
    const until = Date.now() + delayMs;
    const timer = setTimeout(
      () => {
        queue.later.delete(timer);
        const left = until - Date.now();
        if (left > 0) return putLater(queue, job, left);
        put(queue, job);
        dispatch(queue);
      },
      Math.min(delayMs, LONGEST_TIMER_MS),
    );
    queue.later.add(timer);
  }

  /** Members take turns, so that two of one queue share it as two processes would. */
  function dispatch(queue: Queue): void {
    while (queue.waiting.length > 0) {
      const at = queue.members.findIndex((each) => each.running.size < each.concurrency);
      if (at < 0) return;
      const [member] = queue.members.splice(at, 1) as [Member];
      queue.members.push(member);
      const job = queue.waiting.shift() as Job;
      if (queue.waiting.length === 0) queue.overflowed = false;
      const run = handle(queue, member, { ...job, deliveries: job.deliveries + 1 }).finally(() => {
        member.running.delete(run);
        dispatch(queue);
      });
      member.running.add(run);
    }
  }

  async function handle(queue: Queue, member: Member, job: Job): Promise<void> {
    try {
      const outcome = await member.handler(job);
      if (outcome === "done") return;
      if ("retryAt" in outcome) {
        putLater(queue, job, Math.max(0, outcome.retryAt.getTime() - Date.now()));
      } else {
        log.warn({ subject: job.subject, id: job.id, reason: outcome.refuse }, "work was refused");
      }
    } catch (error) {
      log.warn({ err: error, subject: job.subject, id: job.id }, "a work handler threw");
      putLater(queue, job, redeliveryMs);
    }
  }

  async function stop(queue: Queue, member: Member): Promise<void> {
    queue.members = queue.members.filter((each) => each !== member);
    await Promise.all(member.running);
  }

  return {
    async publish(subject, id, body) {
      const name = queueOf(subject);
      if (closed) throw new BusUnavailable("The bus is closed.");
      const size = Buffer.byteLength(body);
      if (size > MESSAGE_LIMIT_BYTES) {
        throw new RangeError(`A message of ${size} bytes: the limit is ${MESSAGE_LIMIT_BYTES}.`);
      }
      // As over NATS: a tail hears a repeat again, a worker does not.
      const heard = deliver(messageOf(subject, body, id));
      const repeat = (name === undefined ? events : work).seen(id);
      if (name !== undefined && !repeat) {
        put(queueNamed(name), { subject, id, text: body, deliveries: 0 });
      }
      await heard;
      if (name !== undefined) dispatch(queueNamed(name));
    },

    async work(name, concurrency, handler) {
      if (closed) throw new BusUnavailable("The bus is closed.");
      const queue = queueNamed(name);
      const member: Member = { concurrency, handler, running: new Set() };
      queue.members.push(member);
      setImmediate(() => dispatch(queue));
      return () => stop(queue, member);
    },

    async tail(subjects, handler): Promise<Stop> {
      const tail = { subjects, handler };
      tails.add(tail);
      return async () => {
        tails.delete(tail);
      };
    },

    signal(subject, body) {
      if (closed) return;
      // A copy: the sender may write into its buffer again before the tails have heard it.
      void deliver(messageOf(subject, typeof body === "string" ? body : body.slice()));
    },

    async request(subject, body) {
      if (closed) return undefined;
      await new Promise(setImmediate);
      try {
        return repliers.get(subject)?.(body);
      } catch (error) {
        log.error({ err: error, subject }, "a reply's handler threw");
        return undefined;
      }
    },

    async reply(subject, handler) {
      repliers.set(subject, handler);
      return async () => {
        repliers.delete(subject);
      };
    },

    onReconnect() {},

    async ready() {
      return !closed;
    },

    async close() {
      closed = true;
      for (const queue of queues.values()) {
        for (const timer of queue.later) clearTimeout(timer);
        queue.waiting = [];
      }
      const members = [...queues.values()].flatMap((queue) =>
        queue.members.map((member) => stop(queue, member)),
      );
      await Promise.all(members);
      await hop;
      tails.clear();
      repliers.clear();
    },
  };
}

/** Which ids were published within the window, at most {@link REPEAT_LIMIT}, oldest first. */
function rememberIds(): { seen(id: string): boolean } {
  const until = new Map<string, number>();
  return {
    seen(id) {
      const now = Date.now();
      for (const [oldest, end] of until) {
        if (end > now && until.size < REPEAT_LIMIT) break;
        until.delete(oldest);
      }
      if (until.has(id)) return true;
      until.set(id, now + REPEAT_WINDOW_MS);
      return false;
    },
  };
}

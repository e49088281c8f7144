/**
 * The bus: what moves between processes. Postgres is the truth; everything here may be lost,
 * repeated or reordered across subjects, and every receiver is built for that.
 *
 * Two adapters keep one behaviour (`bus.test.ts` holds both to it): `jetstream.ts` for machines
 * that share a NATS server, `in-process.ts` for a studio in one process.
 *
 * Subjects: `reyna.events.<root>.<type>` and `reyna.work.<processor>` are stored by the broker;
 * `reyna.signal.…` is not.
 */
export type Bus = {
  /**
   * Hands one message to the broker; resolves when the broker holds it. Publishing the same `id`
   * again within the broker's window is harmless, later it is a repeat that receivers must bear.
   * @throws BusUnavailable when the broker did not take it within {@link PUBLISH_TIMEOUT_MS};
   * RangeError for what it never will: another subject, or more than 1 MiB (NATS' default).
   */
  publish(subject: string, id: string, body: string): Promise<void>;

  /**
   * Takes messages of one `reyna.work.<queue>` subject, each by one member of the group at a time,
   * at most `concurrency` at once in this process. While a handler runs, the broker is told so
   * every {@link HEARTBEAT_MS}. What the handler answers is settled with the broker; a handler that
   * throws is delivered again after {@link REDELIVERY_MS}.
   */
  work(queue: string, concurrency: number, handler: (job: Job) => Promise<Outcome>): Promise<Stop>;

  /**
   * Hears every message on the subjects (`*` and `>` as in NATS) from now on, stored or signal, as
   * soon as the broker has read it: a repeat again, and one it then fails to store as well.
   */
  tail(subjects: string[], handler: (message: Message) => void): Promise<Stop>;

  /** Lossy and immediate: stream deltas, cancellations, document updates. Never throws. */
  signal(subject: string, body: string | Uint8Array): void;

  /**
   * Asks whoever replies on this subject, and waits for the answer, so long in milliseconds at most. Undefined where
   * nobody replies, which is known at once, or not in time: then it may have been heard all the same. Never throws.
   */
  request(subject: string, body: string, withinMs: number): Promise<string | undefined>;

  /** Answers what is requested on this subject, which is nobody else's. */
  reply(subject: string, handler: (text: string) => string): Promise<Stop>;

  /** Called after the connection came back: what was missed meanwhile must be read from Postgres. */
  onReconnect(handler: () => void): void;

  /** Whether the broker answers now. */
  ready(): Promise<boolean>;

  /** Stops taking work, lets handlers that run finish, flushes and disconnects. */
  close(): Promise<void>;
};

export type Message = {
  subject: string;
  /** The id it was published with; absent on signals. */
  id?: string;
  text: string;
  bytes: Uint8Array;
};

/** `deliveries` counts from 1, those that a stopping worker handed back included. */
export type Job = { subject: string; id: string; text: string; deliveries: number };

/** `refuse`: never deliver again, with the reason for the log. */
export type Outcome = "done" | { retryAt: Date } | { refuse: string };

export type Stop = () => Promise<void>;

/** How long `publish` waits for the broker's acknowledgement. */
export const PUBLISH_TIMEOUT_MS = 2_000;
/** How often a running handler tells the broker that it still works. */
export const HEARTBEAT_MS = 5_000;
/** How long the broker waits without a heartbeat before it delivers to another worker. */
export const ACK_WAIT_MS = 20_000;
/** How long a message whose handler threw waits before it is delivered again. */
export const REDELIVERY_MS = 1_000;

export class BusUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BusUnavailable";
  }
}

/**
 * What the broker must hold for us, made and kept right explicitly. Nothing here is newer than
 * nats-server 2.9, and everything can be made again on an empty server: Postgres is the truth.
 */
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Log } from "../log.ts";
import { EVENT_SUBJECTS, WORK_SUBJECTS, workSubject } from "./subjects.ts";

export const EVENT_STREAM = "REYNA_EVENTS";
export const WORK_STREAM = "REYNA_WORK";

/** Within it JetStream drops a message whose id it has already taken. */
const DUPLICATE_WINDOW_MS = 2 * 60_000;
/** As long as Postgres keeps events. */
const EVENTS_KEPT_MS = 30 * 24 * 60 * 60_000;
/** Work nobody took for a week is long since announced again, or dead. */
const WORK_KEPT_MS = 7 * 24 * 60 * 60_000;
/** Deliveries of one queue unsettled at once; those that wait for a retry count too. */
const ACK_PENDING_LIMIT = 100_000;
/** Pull requests of one queue that wait at once: the sum of concurrency over all processes. */
const PULLS_WAITING_LIMIT = 4_096;

type Wanted = Pick<
  StreamConfig,
  "name" | "subjects" | "retention" | "storage" | "max_age" | "duplicate_window"
>;

const STREAMS: readonly Wanted[] = [
  {
    name: EVENT_STREAM,
    subjects: [EVENT_SUBJECTS],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: nanos(EVENTS_KEPT_MS),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  },
  {
    name: WORK_STREAM,
    subjects: [WORK_SUBJECTS],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    max_age: nanos(WORK_KEPT_MS),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  },
];

/** A server refuses to change these on a stream that exists. */
const FIXED = new Set(["retention", "storage"]);

/**
 * Makes the streams, or corrects what drifted; an operator's own settings (replicas, placement)
 * are left alone.
 * @returns when the work stream was made: another answer than last time means that what was
 * delivered before is gone, and its sequence numbers now belong to other messages.
 */
export async function provisionStreams(manager: JetStreamManager, log: Log): Promise<string> {
  const infos = await Promise.all(STREAMS.map((wanted) => provisionStream(manager, wanted, log)));
  return infos.find((info) => info.config.name === WORK_STREAM)!.created;
}

async function provisionStream(
  manager: JetStreamManager,
  wanted: Wanted,
  log: Log,
): Promise<StreamInfo> {
  const info = await unlessMissing(manager.streams.info(wanted.name));
  if (!info) {
    log.info({ stream: wanted.name }, "making a stream");
    return manager.streams.add(wanted);
  }
  const drifted = differing(info.config, wanted);
  const stuck = drifted.filter((key) => FIXED.has(key));
  if (stuck.length > 0) {
    log.error(
      { stream: wanted.name, settings: stuck },
      "a stream was made with other settings than ours: stop the studio, delete the stream, start again; nothing is lost",
    );
  }
  const changed = drifted.filter((key) => !FIXED.has(key));
  if (changed.length === 0) return info;
  log.warn({ stream: wanted.name, settings: changed }, "correcting a stream's settings");
  return manager.streams.update(wanted.name, pick(wanted, changed));
}

/** The durable consumer all workers of a queue share, made or corrected. @returns its name. */
export async function provisionQueue(
  manager: JetStreamManager,
  queue: string,
  ackWaitMs: number,
  log: Log,
): Promise<string> {
  const name = `work_${queue}`;
  const wanted: Partial<ConsumerConfig> = {
    durable_name: name,
    filter_subject: workSubject(queue),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    // For ever: past a maximum the message would stay in the stream and nobody would hear of it.
    max_deliver: -1,
    max_ack_pending: ACK_PENDING_LIMIT,
    max_waiting: PULLS_WAITING_LIMIT,
  };
  const info = await unlessMissing(manager.consumers.info(WORK_STREAM, name));
  if (!info) {
    log.info({ consumer: name }, "making a consumer");
    await manager.consumers.add(WORK_STREAM, wanted);
    return name;
  }
  const changed = differing(info.config, wanted);
  if (changed.length > 0) {
    log.warn({ consumer: name, settings: changed }, "correcting a consumer's settings");
    try {
      await manager.consumers.update(WORK_STREAM, name, pick(wanted, changed));
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
      // What a server will not change in place is made anew: unsettled work stays in the stream.
      await manager.consumers.delete(WORK_STREAM, name);
      await manager.consumers.add(WORK_STREAM, wanted);
    }
  }
  return name;
}

function differing<W extends object>(is: Partial<W>, wanted: W): (keyof W & string)[] {
  const keys = Object.keys(wanted) as (keyof W & string)[];
  return keys.filter((key) => JSON.stringify(is[key]) !== JSON.stringify(wanted[key]));
}

function pick<T extends object>(from: T, keys: (keyof T)[]): Partial<T> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Partial<T>;
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const missing: number[] = [
      JetStreamApiCodes.StreamNotFound,
      JetStreamApiCodes.ConsumerNotFound,
    ];
    if (error instanceof JetStreamApiError && missing.includes(error.code)) return undefined;
    throw error;
  }
}

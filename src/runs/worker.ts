/**
 * The worker: takes announced runs from the bus, claims each in Postgres, lets its processor make
 * the output and settles it. The bus only wakes it; whether there is work, and whose, Postgres says.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Actor, SYSTEM } from "../access.ts";
import type { Bus, Job, Outcome, Stop } from "../bus/bus.ts";
import { type Database, isUnavailable } from "../database.ts";
import type { FileStore } from "../files/store.ts";
import { requireStorable } from "../json.ts";
import { isId } from "../lists.ts";
import { estimateUsage } from "../llm/client.ts";
import { Unanswered } from "../llm/failures.ts";
import type { Models } from "../llm/models.ts";
import { findPause, liftPause, notePause, type Pause } from "../llm/pauses.ts";
import type { Prices } from "../llm/settings.ts";
import { costOf, requireBudget } from "../llm/spending.ts";
import type { Log } from "../log.ts";
import { type FieldError, Problem } from "../problem.ts";
import { openedConfig } from "../processors/config.ts";
import { majorOf } from "../processors/manifest.ts";
import {
  type BlobIn,
  type Kept,
  type Llm,
  type Processor,
  RunError,
  type Usage,
} from "../processors/sdk.ts";
import { withDefaults } from "../schemas/validation.ts";
import { errorsOf, findSchema } from "../schemas/versions.ts";
import { findBlobs, placesOf, type Read, readBlob } from "./around.ts";
import { type Claim, claimRun, heartbeat, LEASE_MS, savePartial, storable } from "./claim.ts";
import { DeltaStream, hearRequests } from "./deltas.ts";
import { HANDED_LEASE_MS } from "./free-places.ts";
import { NOT_TAKEN, type Taker, takeHandedOver } from "./hand-over.ts";
import { type Made, makeFile, readFile } from "./made-files.ts";
import { backgroundQueue, openPlaces, type Places, type Queue } from "./places.ts";
import { ProgressStream } from "./progress.ts";
import { INSISTED } from "./queue.ts";
import { sentenceOf, tooLarge } from "./run-errors.ts";
import {
  type Failure,
  failRun,
  releaseRun,
  type Spent,
  settleCancelled,
  VERSION_GONE,
} from "./settle.ts";
import { SpentStream } from "./spent.ts";
import { succeedRun } from "./succeed.ts";
import { OUTPUT_LIMIT } from "./thread-messages.ts";
import { openThreads, type Threads, usesThreads } from "./threads.ts";

/** Heartbeats in one lease: two may get lost before the run does. */
const HEARTBEATS_PER_LEASE = 3;
/** How often streamed text is kept in Postgres, in milliseconds. */
const CHECKPOINT_MS = 1_000;
/** How long running attempts may go on when the worker is told to stop, in milliseconds. */
const DRAIN_MS = 10_000;
/** How long an end is tried to be written while the database is away, in milliseconds. */
const SETTLE_PATIENCE_MS = 120_000;
const SETTLE_RETRY_MS = 250;
/** How long a message waits for a place of its processor before it goes back to the bus, in milliseconds. */
const HAND_BACK_MS = 1_000;
/** Over how long runs come back after their provider's pause, in milliseconds. */
const AFTER_PAUSE_MS = 1_000;
/** The longest `setTimeout` can wait, 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The longest wait between two attempts, in milliseconds. */
const MAX_BACKOFF_MS = 10 * 60_000;

export type WorkerParts = {
  db: Database;
  bus: Bus;
  log: Log;
  /** Names this process in claims. */
  name: string;
  processors: readonly Processor[];
  models: Models;
  files: FileStore;
  /** Unseals secrets in processors' settings. */
  secret: string;
  leaseMs?: number;
};

/** Why an attempt is aborted; `signal.reason`. */
type Abort = "cancelled" | "lost" | "timeout" | "leaving";

type Running = { abort(reason: Abort): void; stream: DeltaStream };

/** A processor in this worker. */
type Station = {
  processor: Processor;
  places: Places;
  threads: Threads | undefined;
  /** What was handed over and goes on. */
  handed: Set<Promise<void>>;
};

export async function startWorker(parts: WorkerParts): Promise<Stop> {
  const running = new Map<string, Running>();
  const takers = new Map<string, Taker>();
  const stations = parts.processors.map((processor) => ({
    processor,
    places: openPlaces(processor.concurrency, () => takers.get(processor.id)?.changed()),
    threads: usesThreads(processor) ? openThreads(processor) : undefined,
    handed: new Set<Promise<void>>(),
  }));
  const stops = [
    await hearRequests(parts.bus, {
      resend: (run) => running.get(run)?.stream.resend(),
      cancel: (run) => running.get(run)?.abort("cancelled"),
    }),
    ...(await Promise.all(
      stations.flatMap((station) => {
        const { id, concurrency } = station.processor;
        const take = (queue: Queue) => (job: Job) => inPlace(parts, station, queue, running, job);
        // What nobody waits for leaves a place, where there is more than one.
        const behind = Math.max(1, concurrency - 1);
        return [
          parts.bus.work(id, concurrency, take("waited-for")),
          parts.bus.work(backgroundQueue(id), behind, take("background")),
        ];
      }),
    )),
  ];
  const worker = { name: parts.name, leaseMs: handedLease(parts) };
  for (const station of stations) {
    const { processor, places } = station;
    const taker = await takeHandedOver(parts.bus, worker, processor, places.free, (claim) => {
      const work = takeUp(parts, station, running, claim)
        // Its lease runs out, and the sweeper finds it.
        .catch((error) => parts.log.warn({ err: error, run: claim.run }, "a run broke off"))
        .finally(() => station.handed.delete(work));
      station.handed.add(work);
    });
    takers.set(processor.id, taker);
  }
  return async () => {
    const leave = setTimeout(() => {
      for (const one of running.values()) one.abort("leaving");
    }, DRAIN_MS);
    for (const { places } of stations) places.close();
    await Promise.all([...takers.values()].map((taker) => taker.stop()));
    await Promise.all(stops.map((stop) => stop()));
    await Promise.all(stations.flatMap(({ handed }) => [...handed]));
    for (const { threads } of stations) threads?.close();
    clearTimeout(leave);
  };
}

/** A message that finds no place goes back to the bus: another worker may have one. */
async function inPlace(
  parts: WorkerParts,
  station: Station,
  queue: Queue,
  running: Map<string, Running>,
  job: Job,
): Promise<Outcome> {
  const giveBack = await station.places.take(queue, HAND_BACK_MS);
  if (!giveBack) return { retryAt: new Date() };
  try {
    return await attempt(parts, station, running, job);
  } finally {
    giveBack();
  }
}

const handedLease = ({ leaseMs = LEASE_MS }: WorkerParts) => Math.min(leaseMs, HANDED_LEASE_MS);

/** Begins what was handed over. Where what it came for was taken meanwhile it waits a little, and goes to another worker. */
async function takeUp(
  parts: WorkerParts,
  station: Station,
  running: Map<string, Running>,
  claim: Claim,
): Promise<void> {
  const giveBack = await station.places.take("waited-for", HAND_BACK_MS);
  if (!giveBack) {
    await releaseRun(parts.db, SYSTEM, claim, { error: NOT_TAKEN });
    return;
  }
  try {
    const outcome = await hold(parts, station, running, claim, handedLease(parts));
    if (typeof outcome === "object" && "retryAt" in outcome)
      announceAt(parts, claim, outcome.retryAt);
  } finally {
    giveBack();
  }
}

/** There is no message that the broker could deliver again; should this process end before, the sweeper does it. */
function announceAt({ bus }: WorkerParts, { run, attempt, processor }: Claim, at: Date): void {
  const wait = Math.min(Math.max(0, at.getTime() - Date.now()), LONGEST_TIMER_MS);
  const announce = () =>
    bus
      .publish(`reyna.work.${processor}`, `${run}:${attempt}:again`, JSON.stringify({ run }))
      .catch(() => {});
  setTimeout(announce, wait).unref();
}

async function attempt(
  parts: WorkerParts,
  station: Station,
  running: Map<string, Running>,
  job: Job,
): Promise<Outcome> {
  const run = runIn(job);
  if (!run) return { refuse: "it names no run" };
  const { db, name, leaseMs } = parts;
  const claim = await claimRun(db, run, name, leaseMs, station.processor.version);
  // Somebody else has it, or it has ended, or it waits: the sweeper announces what is left over.
  return claim ? hold(parts, station, running, claim) : "done";
}

async function hold(
  parts: WorkerParts,
  station: Station,
  running: Map<string, Running>,
  claim: Claim,
  /** How long the claim holds that is there, in milliseconds. */
  heldMs = parts.leaseMs ?? LEASE_MS,
): Promise<Outcome> {
  const { processor } = station;
  const controller = new AbortController();
  const stream = new DeltaStream(parts.bus, claim);
  const progress = new ProgressStream(parts.bus, claim);
  const costs = new SpentStream(parts.bus, claim);
  const abort = (reason: Abort) => controller.abort(reason);
  const mine: Running = { abort, stream };
  running.set(claim.run, mine);
  const log = parts.log.child({
    run: claim.run,
    attempt: claim.attempt,
    processor: processor.id,
    traceparent: claim.traceparent ?? undefined,
  });
  const timers = keepAlive(parts, processor, claim, abort, heldMs);
  const at: At = { claim, stream, progress, costs, signal: controller.signal, log, timers };
  try {
    return await perform(parts, station, at);
  } finally {
    timers.stop();
    stream.end();
    progress.end();
    costs.end();
    // Had its lease run out, a later attempt may have its place by now.
    if (running.get(claim.run) === mine) running.delete(claim.run);
  }
}

/** One attempt, and what belongs to it alone. */
type At = {
  claim: Claim;
  stream: DeltaStream;
  progress: ProgressStream;
  costs: SpentStream;
  signal: AbortSignal;
  log: Log;
  timers: { checkpoint(save: () => Promise<void>): void };
};

function runIn(job: Job): string | undefined {
  try {
    const { run } = JSON.parse(job.text) as { run?: unknown };
    return typeof run === "string" && isId(run) ? run : undefined;
  } catch {
    return undefined;
  }
}

/** What wrote the text: the name the endpoint gives itself, once it has answered. */
type Model = { name: string; practice: boolean };

async function perform(
  parts: WorkerParts,
  { processor, threads }: Station,
  { claim, stream, progress, costs, signal, log, timers }: At,
): Promise<Outcome> {
  const { db } = parts;
  const actor: Actor = {
    kind: "processor",
    processor: processor.id,
    run: claim.run,
    traceparent: claim.traceparent ?? undefined,
  };
  const read: Read = [];
  const made: Made[] = [];
  const meter: Meter = { usage: undefined, cost: 0, model: { name: "unknown", practice: false } };
  let record: Record<string, unknown> | null = null;
  const spent = (): Spent => ({
    usage: meter.usage ? { ...meter.usage, model: meter.model.name } : null,
    cost: meter.cost,
    read,
    record,
  });
  // What an earlier attempt left stays until this one has something to show.
  const keepText = async () => {
    if (stream.text === "") return;
    const { name, practice } = meter.model;
    await savePartial(db, claim, { text: stream.text, model: name, practice });
  };
  timers.checkpoint(async () => {
    await keepText();
    await progress.save(db);
  });
  const kept = (ended: Kept["ended"]): Kept => ({
    text: stream.text,
    model: meter.model.name,
    practice: meter.model.practice,
    ended,
  });
  try {
    const why = whyNot(processor, claim);
    if (why) {
      await settle(() => settleCancelled(db, actor, claim, processor, { why }));
      return "done";
    }
    if (majorOf(claim.version) !== majorOf(processor.version)) {
      await settle(() => failRun(db, actor, claim, versionGone(processor, claim), null));
      return "done";
    }
    const { config: schema = null, title } = processor;
    const config = openedConfig(
      parts.secret,
      schema as Record<string, unknown> | null,
      claim.config,
      title,
    );
    const llm = processor.permissions.includes("model")
      ? await meteredModel(parts, { claim, signal, log, costs }, meter)
      : NO_MODEL;
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    // It may come when nobody races it any more.
    aborted.catch(() => {});
    // A processor that does not listen to its signal is left behind: its answer comes to nothing.
    const work = threads ?? processor;
    const content = await Promise.race([
      aborted,
      work.run({
        blob: claim.blob as BlobIn,
        config: processor.config ? withDefaults(processor.config, config) : {},
        read: (id) => readBlob(db, claim, read, id),
        find: (filter) => findBlobs(db, claim, read, filter),
        places: () => placesOf(db, claim),
        files: {
          put: (file) => makeFile(db, parts.files, made, file),
          read: (id) => readFile(db, parts.files, claim.root, id),
        },
        record(value) {
          record = recordable(value);
        },
        llm,
        stream: (delta) => {
          if (stream.text.length + delta.length > OUTPUT_LIMIT) throw tooLarge();
          if (!signal.aborted) stream.push(delta);
        },
        progress: (...far) => {
          if (!signal.aborted) progress.tell(...far);
        },
        signal,
        log,
      }),
    ]);
    stream.flush();
    await requireOutput(db, processor, content);
    const done = await settle(() =>
      succeedRun(db, actor, claim, {
        schema: processor.output,
        content,
        mayLand: typeof claim.blob.metadata.passage === "string",
        files: made,
        ...spent(),
      }),
    );
    if (!done) log.warn({}, "the run was somebody else's by its end; nothing was written");
    return "done";
  } catch (error) {
    stream.flush();
    const reason = signal.aborted ? (signal.reason as Abort) : undefined;
    if (reason === "lost") return "done";
    if (reason === "cancelled") {
      const partial = kept("stopped");
      await settle(() => settleCancelled(db, actor, claim, processor, { partial, spent: spent() }));
      return "done";
    }
    await settle(keepText);
    if (!reason && meter.pause) {
      const { until, what } = meter.pause;
      // Spread, so that what waited does not come back as one.
      const dueAt = new Date(until.getTime() + Math.random() * AFTER_PAUSE_MS);
      const busy = new RunError("model-busy", what, { retryable: true });
      const waits = { dueAt, error: { type: busy.type, sentence: sentenceOf(busy) } };
      const done = await settle(() => releaseRun(db, actor, claim, waits));
      return done ? { retryAt: dueAt } : "done";
    }
    if (reason === "leaving") {
      await settle(() => releaseRun(db, actor, claim));
      return "done";
    }
    const failure = reason === "timeout" ? outOfTime(processor) : asRunError(error);
    if (failure.cause !== undefined || !(error instanceof RunError))
      log.warn({ err: error }, failure.message);
    const retryInMs =
      failure.retryable && claim.attempt < claim.maxAttempts
        ? backoff(processor, claim.attempt, failure.retryAfterMs)
        : null;
    const sentence = sentenceOf(failure, retryInMs === null ? claim.attempt : undefined);
    const told = { type: failure.type, sentence: storable(sentence) };
    const done = await settle(() => failRun(db, actor, claim, told, retryInMs, { spent: spent() }));
    // Counted from after the commit: a bus that is early finds the run not due, and drops it.
    return done && retryInMs !== null ? { retryAt: new Date(Date.now() + retryInMs) } : "done";
  }
}

/** Heartbeats, checkpoints and the time limit of one attempt. */
function keepAlive(
  parts: WorkerParts,
  processor: Processor,
  claim: Claim,
  abort: (reason: Abort) => void,
  heldMs: number,
) {
  const leaseMs = parts.leaseMs ?? LEASE_MS;
  const beat = async () => {
    try {
      const held = await heartbeat(parts.db, claim, leaseMs);
      if (held === "lost") abort("lost");
      if (held === "cancel-requested") abort("cancelled");
    } catch (error) {
      // The lease still runs; should it run out meanwhile, the next heartbeat says so.
      parts.log.warn({ err: error, run: claim.run }, "a heartbeat did not get through");
    }
  };
  const first = heldMs < leaseMs ? setTimeout(beat, heldMs / HEARTBEATS_PER_LEASE) : undefined;
  const beats = setInterval(beat, leaseMs / HEARTBEATS_PER_LEASE);
  const limit = setTimeout(() => abort("timeout"), processor.timeoutMs);
  let saving: ReturnType<typeof setInterval> | undefined;
  return {
    checkpoint(save: () => Promise<void>) {
      saving = setInterval(() => {
        save().catch((error) =>
          parts.log.warn({ err: error, run: claim.run }, "a checkpoint did not get through"),
        );
      }, CHECKPOINT_MS);
    },
    stop() {
      clearTimeout(first);
      clearInterval(beats);
      clearInterval(saving);
      clearTimeout(limit);
    },
  };
}

/** What may be told of how a run worked, in UTF-16 units of JSON. */
const RECORD_LIMIT = 64 * 1024;

function recordable(value: object): Record<string, unknown> {
  const text = storable(JSON.stringify(value));
  if (text.length > RECORD_LIMIT)
    throw new Error(`a processor recorded over ${RECORD_LIMIT} characters`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** What a run used so far; no usage, nothing asked. A cost that was once unknown stays so. */
type Meter = {
  usage: Usage | undefined;
  cost: number | null;
  model: Model;
  /** The provider asked for it, of another run: this one was not asked, and waits. */
  pause?: Pause;
};

/** The model of the run's account. @throws RunError when its budget is used up or its settings are not right */
async function meteredModel(
  { db, models }: WorkerParts,
  { claim, signal, log, costs }: Pick<At, "claim" | "signal" | "log" | "costs">,
  meter: Meter,
): Promise<Llm> {
  const [{ model, prices, provider }] = await Promise.all([
    models.of(claim.account),
    requireBudget(db, claim.account),
  ]);
  const isInsisted = claim.priority >= INSISTED;
  meter.model = { name: model.name, practice: model.practice };
  const llm = model.llm(signal, log);
  return {
    async complete(request, onDelta) {
      let heard = "";
      const pause = provider ? await findPause(db, provider) : undefined;
      if (pause && !isInsisted) {
        meter.pause = pause;
        throw new RunError("model-busy", pause.what, { retryable: true });
      }
      try {
        const completion = await llm.complete(request, (delta) => {
          heard += delta;
          onDelta?.(delta);
          costs.tell(() => costSoFar(claim, meter, estimateUsage(request, heard), prices));
        });
        meter.model = { name: completion.model, practice: completion.practice };
        add(meter, completion.usage, prices);
        if (pause) await liftPause(db, provider!);
        return completion;
      } catch (error) {
        if (provider && error instanceof RunError && error.retryAfterMs !== undefined) {
          const { retryAfterMs, what } = error;
          await notePause(db, provider, { retryAfterMs, what });
        }
        // Whoever breaks off pays for what came, and no count of it does.
        if (error instanceof Unanswered) add(meter, error.usage, prices);
        else if (heard !== "") add(meter, estimateUsage(request, heard), prices);
        throw error;
      }
    },
  };
}

function add(meter: Meter, used: Usage, prices: Prices | null): void {
  const { inputTokens = 0, outputTokens = 0 } = meter.usage ?? {};
  meter.usage = {
    inputTokens: inputTokens + used.inputTokens,
    outputTokens: outputTokens + used.outputTokens,
  };
  const cost = meter.model.practice ? 0 : costOf(used, prices);
  meter.cost = meter.cost === null || cost === null ? null : meter.cost + cost;
}

/** With what a call that is under way has used; null where a price is unknown, or nothing is paid. */
function costSoFar(
  { spent }: Claim,
  { model, cost }: Meter,
  used: Usage,
  prices: Prices | null,
): number | null {
  const now = model.practice ? null : costOf(used, prices);
  return now === null || cost === null ? null : (spent ?? 0) + cost + now;
}

const NO_MODEL: Llm = {
  complete: () =>
    Promise.reject(
      new RunError(
        "no-permission",
        "The processor asked a model without having declared that it does. Its author has to mend that.",
        { retryable: false },
      ),
    ),
};

async function requireOutput(db: Database, processor: Processor, content: unknown): Promise<void> {
  if ((JSON.stringify(content)?.length ?? 0) > OUTPUT_LIMIT) throw tooLarge();
  const schema = await findSchema(db, processor.output);
  if (!schema)
    throw new Error(`${processor.id} makes ${processor.output}, which is not registered`);
  const [error] =
    unstorable(content) ?? (await errorsOf(db, schema, processor.output, content, ""));
  if (error)
    throw new RunError(
      "output-invalid",
      `${processor.title} made something that is not a valid ${processor.output} (${error.pointer || "the whole"} ${error.message}). Its author has to mend that.`,
      { retryable: false },
    );
}

/** What Postgres would refuse: U+0000, half of a surrogate pair. */
function unstorable(content: unknown): FieldError[] | undefined {
  try {
    requireStorable(content);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.extra.errors;
    throw error;
  }
}

function asRunError(error: unknown): RunError {
  if (error instanceof RunError) return error;
  return new RunError("processor-failed", "The processor broke down while it worked on this.", {
    retryable: true,
    advice: "Ask whoever runs the studio what its log says",
    cause: error,
  });
}

/** Why a run that was queued may not begin any more. */
function whyNot({ permissions, title }: Processor, claim: Claim): Failure | undefined {
  const { trashed, ai, enabled, standing, blob } = claim;
  if (trashed) return TRASHED;
  if (!standing)
    return {
      type: "schema-gone",
      sentence: `${blob.schema} is gone or deprecated: nothing works on it.`,
    };
  if (permissions.includes("model") && !ai) return AI_OFF;
  if (enabled) return undefined;
  return {
    type: "not-enabled",
    sentence: `${title} is not enabled for this book any more. Its owner may enable it again.`,
  };
}

const versionGone = ({ title, version }: Processor, claim: Claim): Failure => ({
  type: VERSION_GONE,
  sentence: `This was asked of version ${claim.version} of ${title}, and ${version} is what is here now. Try again to have that do it.`,
});

/** Told on a run that was queued while its place was being put in the trash. */
const TRASHED = { type: "trashed", sentence: "What it belongs to is in the trash." };

/** Told on a run that was queued before its book's owner switched AI off. */
const AI_OFF = {
  type: "ai-off",
  sentence: "AI was switched off for this book before this began.",
};

const outOfTime = (processor: Processor) =>
  new RunError(
    "timeout",
    `It took longer than ${Math.round(processor.timeoutMs / 1_000)} seconds and was ended.`,
    { retryable: true },
  );

/** Doubles each time, with up to half as much again of jitter; never before the provider allows. */
function backoff(processor: Processor, attempt: number, retryAfterMs = 0): number {
  const wait = processor.retry.backoffMs * 2 ** (attempt - 1) * (1 + Math.random() / 2);
  return Math.min(Math.max(wait, retryAfterMs), Math.max(MAX_BACKOFF_MS, retryAfterMs));
}

/** Ends are written however long the database is away, within patience: the work is done already. */
async function settle<T>(write: () => Promise<T>): Promise<T> {
  const patience = performance.now() + SETTLE_PATIENCE_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > patience) throw error;
      await sleep(SETTLE_RETRY_MS);
    }
  }
}

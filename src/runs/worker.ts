/**
 * The worker: takes announced runs from the bus, claims each in Postgres, lets its processor make
 * the output and settles it. The bus only wakes it; whether there is work, and whose, Postgres says.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { blobs } from "../../drizzle/tables.ts";
import type { Actor } from "../access.ts";
import { schemaIdOf } from "../blobs/blobs.ts";
import type { Bus, Job, Outcome, Stop } from "../bus/bus.ts";
import { type Database, isUnavailable } from "../database.ts";
import { requireStorable } from "../json.ts";
import { isId } from "../lists.ts";
import type { Model as ModelConnection } from "../llm/client.ts";
import type { Log } from "../log.ts";
import { type FieldError, Problem } from "../problem.ts";
import {
  type BlobIn,
  type Kept,
  type Llm,
  type Processor,
  RunError,
  type Usage,
} from "../processors/sdk.ts";
import { validate, withDefaults } from "../schemas/validation.ts";
import { findSchema } from "../schemas/versions.ts";
import { type Claim, claimRun, heartbeat, LEASE_MS, savePartial, storable } from "./claim.ts";
import { DeltaStream, hearRequests } from "./deltas.ts";
import { failRun, releaseRun, settleCancelled, succeedRun } from "./settle.ts";

/** Heartbeats in one lease: two may get lost before the run does. */
const HEARTBEATS_PER_LEASE = 3;
/** How often streamed text is kept in Postgres, in milliseconds. */
const CHECKPOINT_MS = 1_000;
/** How long running attempts may go on when the worker is told to stop, in milliseconds. */
const DRAIN_MS = 10_000;
/** How long an end is tried to be written while the database is away, in milliseconds. */
const SETTLE_PATIENCE_MS = 120_000;
const SETTLE_RETRY_MS = 250;
/** The longest wait between two attempts, in milliseconds. */
const MAX_BACKOFF_MS = 10 * 60_000;

export type WorkerParts = {
  db: Database;
  bus: Bus;
  log: Log;
  /** Names this process in claims. */
  name: string;
  processors: readonly Processor[];
  model: ModelConnection;
  leaseMs?: number;
};

/** Why an attempt is aborted; `signal.reason`. */
type Abort = "cancelled" | "lost" | "timeout" | "leaving";

type Running = { abort(reason: Abort): void; stream: DeltaStream };

export async function startWorker(parts: WorkerParts): Promise<Stop> {
  const running = new Map<string, Running>();
  const stops = [
    await hearRequests(parts.bus, {
      resend: (run) => running.get(run)?.stream.resend(),
      cancel: (run) => running.get(run)?.abort("cancelled"),
    }),
    ...(await Promise.all(
      parts.processors.map((processor) =>
        parts.bus.work(processor.id, processor.concurrency, (job) =>
          attempt(parts, processor, running, job),
        ),
      ),
    )),
  ];
  return async () => {
    const leave = setTimeout(() => {
      for (const one of running.values()) one.abort("leaving");
    }, DRAIN_MS);
    await Promise.all(stops.map((stop) => stop()));
    clearTimeout(leave);
  };
}

async function attempt(
  parts: WorkerParts,
  processor: Processor,
  running: Map<string, Running>,
  job: Job,
): Promise<Outcome> {
  const run = runIn(job);
  if (!run) return { refuse: "it names no run" };
  const claim = await claimRun(parts.db, run, parts.name, parts.leaseMs);
  // Somebody else has it, or it has ended, or it waits: the sweeper announces what is left over.
  if (!claim) return "done";

  const controller = new AbortController();
  const stream = new DeltaStream(parts.bus, claim);
  const abort = (reason: Abort) => controller.abort(reason);
  const mine: Running = { abort, stream };
  running.set(claim.run, mine);
  const log = parts.log.child({
    run: claim.run,
    attempt: claim.attempt,
    processor: processor.id,
    traceparent: claim.traceparent ?? undefined,
  });
  const timers = keepAlive(parts, processor, claim, abort);
  const work = perform(parts, processor, claim, stream, controller.signal, log, timers);
  try {
    return await work;
  } finally {
    timers.stop();
    stream.end();
    // Had its lease run out, a later attempt may have its place by now.
    if (running.get(claim.run) === mine) running.delete(claim.run);
  }
}

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
  processor: Processor,
  claim: Claim,
  stream: DeltaStream,
  signal: AbortSignal,
  log: Log,
  timers: { checkpoint(save: () => Promise<void>): void },
): Promise<Outcome> {
  const { db } = parts;
  const actor: Actor = {
    kind: "processor",
    processor: processor.id,
    run: claim.run,
    traceparent: claim.traceparent ?? undefined,
  };
  const usage: Usage = { inputTokens: 0, outputTokens: 0 };
  const read: { id: string; revision: number }[] = [];
  const model: Model = { name: parts.model.name, practice: parts.model.practice };
  // What an earlier attempt left stays until this one has something to show.
  const keepText = async () => {
    if (stream.text === "") return;
    const { name, practice } = model;
    await savePartial(db, claim, { text: stream.text, model: name, practice });
  };
  timers.checkpoint(keepText);
  const kept = (ended: Kept["ended"]): Kept => ({
    text: stream.text,
    model: model.name,
    practice: model.practice,
    ended,
  });
  try {
    if (processor.permissions.includes("model") && !claim.ai) {
      await settle(() => settleCancelled(db, actor, claim, processor, { why: AI_OFF }));
      return "done";
    }
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    // It may come when nobody races it any more.
    aborted.catch(() => {});
    // A processor that does not listen to its signal is left behind: its answer comes to nothing.
    const content = await Promise.race([
      aborted,
      processor.run({
        blob: claim.blob as BlobIn,
        config: processor.config ? withDefaults(processor.config, claim.config) : {},
        read: (id) => readBlob(parts, claim, read, id),
        llm: metered(parts.model.llm(signal, log), usage, model),
        stream: (delta) => {
          if (!signal.aborted) stream.push(delta);
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
        usage: { ...usage, model: model.name },
        read,
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
      await settle(() => settleCancelled(db, actor, claim, processor, { partial }));
      return "done";
    }
    await settle(keepText);
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
    const told = { type: failure.type, sentence: storable(failure.message) };
    const done = await settle(() => failRun(db, actor, claim, told, retryInMs));
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
) {
  const leaseMs = parts.leaseMs ?? LEASE_MS;
  const beat = setInterval(async () => {
    try {
      const held = await heartbeat(parts.db, claim, leaseMs);
      if (held === "lost") abort("lost");
      if (held === "cancel-requested") abort("cancelled");
    } catch (error) {
      // The lease still runs; should it run out meanwhile, the next heartbeat says so.
      parts.log.warn({ err: error, run: claim.run }, "a heartbeat did not get through");
    }
  }, leaseMs / HEARTBEATS_PER_LEASE);
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
      clearInterval(beat);
      clearInterval(saving);
      clearTimeout(limit);
    },
  };
}

async function readBlob(
  { db }: WorkerParts,
  claim: Claim,
  read: { id: string; revision: number }[],
  id: string,
): Promise<BlobIn> {
  const [blob] = isId(id) ? await db.select().from(blobs).where(eq(blobs.id, id)) : [];
  if (!blob || blob.root !== claim.root)
    throw new RunError(
      "not-found",
      `The processor asked for a blob (${id}) that is not in this book.`,
      {
        retryable: false,
      },
    );
  const { revision } = blob;
  if (!read.some((one) => one.id === id && one.revision === revision)) read.push({ id, revision });
  return { ...blob, schema: schemaIdOf(blob), content: blob.content } as BlobIn;
}

function metered(llm: Llm, usage: Usage, model: Model): Llm {
  return {
    async complete(request, onDelta) {
      const completion = await llm.complete(request, onDelta);
      usage.inputTokens += completion.usage.inputTokens;
      usage.outputTokens += completion.usage.outputTokens;
      model.name = completion.model;
      model.practice = completion.practice;
      return completion;
    },
  };
}

async function requireOutput(db: Database, processor: Processor, content: unknown): Promise<void> {
  const schema = await findSchema(db, processor.output);
  if (!schema)
    throw new Error(`${processor.id} makes ${processor.output}, which is not registered`);
  const [error] = unstorable(content) ?? validate(schema.source, content);
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
    cause: error,
  });
}

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

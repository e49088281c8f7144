/**
 * How attempts end. Each verb is one transaction under the fence `id, attempt, status`; false means
 * that the fence was lost and nothing was written.
 */
import { and, eq, sql } from "drizzle-orm";
import { blobs, runAttempts, runPartials, runs } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import { blobFacts, type NewBlob, schemaIdOf } from "../blobs/blobs.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import type { Kept, Processor, Usage } from "../processors/sdk.ts";
import { validate } from "../schemas/validation.ts";
import { findSchema } from "../schemas/versions.ts";
import { storable } from "./claim.ts";
import { findTriggered, queueTriggered, type Run, runFacts, surroundingsOf } from "./queue.ts";

/** Which attempt may write. `status` is the one it must have, running unless told. */
export type Fence = { run: string; attempt: number; status?: "queued" };

export type Failure = { type: string; sentence: string };

export type Output = {
  schema: string;
  content: unknown;
  usage: (Usage & { model?: string }) | null;
  read: { id: string; revision: number }[];
};

/** Ends a run with its output, which the caller has validated. */
export async function succeedRun(db: Db, actor: Actor, fence: Fence, output: Output) {
  return transact(db, async (tx) => {
    // What does not wait for each other's answer goes to Postgres together.
    const [run, around] = await Promise.all([
      end(tx, fence, {
        status: "succeeded",
        usage: output.usage,
        read: output.read,
        endedAt: new Date(),
      }),
      surroundingsOf(tx, fence.run),
    ]);
    if (!run) return false;
    const row = await outputRow(tx, actor, run, around, output.schema, output.content);
    const succeeded = {
      type: "run.succeeded",
      place: around,
      subject: run.id,
      data: { ...runFacts(run, around.metadata), output: row.id },
    };
    const [triggered] = await Promise.all([
      findTriggered(tx, output.schema, run.root),
      closeAttempt(tx, fence, "succeeded"),
      tx.delete(runPartials).where(eq(runPartials.run, run.id)),
      tx.insert(blobs).values(row),
      append(tx, actor, succeeded, derivedEvent(row, around)),
    ]);
    await queueTriggered(tx, actor, triggered, row, around);
    return true;
  });
}

/** A failed attempt: queued again when `retryInMs` is a number, otherwise the run is dead. */
export async function failRun(
  db: Db,
  actor: Actor,
  fence: Fence,
  error: Failure,
  retryInMs: number | null,
  outcome: "failed" | "lost" = "failed",
) {
  return transact(db, async (tx) => {
    const again = retryInMs !== null;
    const run = await end(tx, fence, {
      error,
      ...(again
        ? {
            status: "queued",
            dueAt: sql`now() + ${retryInMs} * interval '1 millisecond'`,
            leaseUntil: null,
          }
        : { status: "dead", endedAt: new Date() }),
    });
    if (!run) return false;
    const around = await surroundingsOf(tx, run.id);
    await closeAttempt(tx, fence, outcome, error);
    const data = { ...runFacts(run, around.metadata), error };
    const facts = [
      {
        type: "run.failed",
        place: around,
        subject: run.id,
        data: again ? { ...data, dueAt: run.dueAt } : data,
      },
    ];
    if (!again) facts.push({ type: "run.dead", place: around, subject: run.id, data });
    await append(tx, actor, ...facts);
    return true;
  });
}

/** Gives a run back unfinished (its worker is leaving): due at once, the attempt not held against it. */
export async function releaseRun(db: Db, actor: Actor, fence: Fence) {
  return transact(db, async (tx) => {
    const run = await end(tx, fence, {
      status: "queued",
      dueAt: sql`now()`,
      leaseUntil: null,
      maxAttempts: sql`max_attempts + 1`,
      sweep: sql`sweep + 1`,
      sweptAt: null,
    });
    if (!run) return false;
    const error = { type: "worker-left", sentence: "The worker was stopped; another one goes on." };
    await closeAttempt(tx, fence, "failed", error);
    const around = await surroundingsOf(tx, run.id);
    await append(tx, actor, {
      type: "run.failed",
      place: around,
      subject: run.id,
      data: { ...runFacts(run, around.metadata), error, dueAt: run.dueAt },
    });
    announce(tx, {
      queued: { run: run.id, processor: run.processor, attempt: run.attempt, sweep: run.sweep },
    });
    return true;
  });
}

/**
 * Ends a run as cancelled; what it had streamed becomes its derived blob, which triggers nothing.
 * `partial` is what the caller knows to be newest; where it is blank the last checkpoint counts. A
 * text of which no blob could be made stays with the run. `why` is told where nobody asked for it.
 */
export async function settleCancelled(
  db: Db,
  actor: Actor,
  fence: Fence,
  processor: Processor | undefined,
  { partial, why }: { partial?: Kept; why?: Failure } = {},
) {
  return transact(db, async (tx) => {
    const change = { status: "cancelled", endedAt: new Date(), leaseUntil: null } as const;
    const run = await end(tx, fence, why ? { ...change, error: why } : change);
    if (!run) return false;
    const around = await surroundingsOf(tx, run.id);
    await closeAttempt(tx, fence, "cancelled", why);
    const kept = partial && !isBlank(partial) ? partial : await checkpointOf(tx, run);
    const made = processor && kept && (await keptOutput(tx, processor, kept));
    const blob = made && (await outputRow(tx, actor, run, around, made.schema, made.content));
    if (blob) {
      await tx.insert(blobs).values(blob);
      await tx.delete(runPartials).where(eq(runPartials.run, run.id));
    }
    await append(tx, actor, {
      type: "run.cancelled",
      place: around,
      subject: run.id,
      data: { ...runFacts(run, around.metadata), ...(blob ? { output: blob.id } : {}) },
    });
    if (blob) await append(tx, actor, derivedEvent(blob, around));
    return true;
  });
}

const isBlank = ({ text }: Kept) => text.trim() === "";

/** What the processor makes of a text that ended early, if that is valid output. */
async function keptOutput(tx: Tx, processor: Processor, kept: Kept) {
  if (!processor.keep || isBlank(kept)) return undefined;
  const schema = await findSchema(tx, processor.output);
  let content: unknown;
  try {
    content = processor.keep({ ...kept, text: storable(kept.text) });
  } catch {
    // A processor that breaks down here must not keep its run from ending.
    return undefined;
  }
  const valid = schema && validate(schema.source, content).length === 0;
  return valid ? { schema: processor.output, content } : undefined;
}

async function checkpointOf(tx: Tx, run: Run): Promise<Kept | undefined> {
  const [row] = await tx.select().from(runPartials).where(eq(runPartials.run, run.id));
  if (!row) return undefined;
  return {
    text: row.text,
    model: row.model ?? "unknown",
    practice: row.practice,
    // An earlier attempt's stream broke off before anyone stopped the run.
    ended: run.error || row.attempt < run.attempt ? "cut" : "stopped",
  };
}

type Change = { [K in keyof typeof runs.$inferInsert]?: unknown } & { status: Run["status"] };

async function end(tx: Tx, fence: Fence, change: Change): Promise<Run | undefined> {
  const [run] = await tx
    .update(runs)
    .set(change as typeof runs.$inferInsert)
    .where(
      and(
        eq(runs.id, fence.run),
        eq(runs.attempt, fence.attempt),
        eq(runs.status, fence.status ?? "running"),
      ),
    )
    .returning();
  return run;
}

async function closeAttempt(
  tx: Tx,
  { run, attempt }: Fence,
  outcome: "succeeded" | "failed" | "cancelled" | "lost",
  error?: Failure,
) {
  await tx
    .update(runAttempts)
    .set({ endedAt: new Date(), outcome, error: error ?? null })
    .where(
      and(
        eq(runAttempts.run, run),
        eq(runAttempts.attempt, attempt),
        sql`${runAttempts.endedAt} is null`,
      ),
    );
}

/** The output lies where its input lies and takes over its passage. */
async function outputRow(
  tx: Tx,
  actor: Actor,
  run: Run,
  around: { bucket: string; metadata: Record<string, unknown> },
  ref: string,
  content: unknown,
) {
  const schema = (await findSchema(tx, ref))!;
  const { passage } = around.metadata;
  return {
    id: Bun.randomUUIDv7(),
    root: run.root,
    bucket: around.bucket,
    schema: schema.name,
    schemaVersion: schema.version,
    revision: 1,
    content,
    metadata: passage === undefined ? {} : { passage },
    derivedFrom: run.blob,
    run: run.id,
    createdBy: nameOf(actor),
    updatedBy: nameOf(actor),
  };
}

function derivedEvent(row: NewBlob, place: { root: string; path: string[] }) {
  return {
    type: `blob.derived.${schemaIdOf(row)}`,
    place,
    subject: row.id,
    data: blobFacts(row),
  };
}

/**
 * How attempts end. Each verb is one transaction under the fence `id, attempt, status`; false means
 * that the fence was lost and nothing was written.
 */
import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { blobs, runAttempts, runPartials, runs } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import { blobFacts, type NewBlob, schemaIdOf } from "../blobs/blobs.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { addSpending } from "../llm/spending.ts";
import type { Kept, Processor, Usage } from "../processors/sdk.ts";
import { errorsOf, findSchema } from "../schemas/versions.ts";
import { type Held, isHeld, storable } from "./claim.ts";
import { othersWait, wakeHeld } from "./held.ts";
import type { Made } from "./made-files.ts";
import { hint, type Run, runFacts, surroundingsOf } from "./queue.ts";

/** Which attempt may write. `status` is the one it must have, running unless told. */
export type Fence = Held & { status?: "queued" };

/** The error of a run that was queued for a version that no worker has any more. */
export const VERSION_GONE = "version-gone";

export type Failure = { type: string; sentence: string };

/** What an attempt used and said, whichever way it ended. */
export type Spent = {
  usage: (Usage & { model?: string }) | null;
  /** In US dollars; null where a price was not known. */
  cost: number | null;
  read: { id: string; revision: number }[];
  record: Record<string, unknown> | null;
};

export type Output = Spent & {
  schema: string;
  content: unknown;
  /** False: it answers no passage, so no document waits for it. */
  mayLand?: boolean;
  /** Made along with it. */
  files?: readonly Made[];
};

/** A failed attempt: queued again when `retryInMs` is a number, otherwise the run is dead. */
export async function failRun(
  db: Db,
  actor: Actor,
  fence: Fence,
  error: Failure,
  retryInMs: number | null,
  { outcome = "failed", spent }: { outcome?: "failed" | "lost"; spent?: Spent } = {},
) {
  return transact(db, async (tx) => {
    const again = retryInMs !== null;
    const run = await end(tx, fence, {
      error,
      ...(spent ? spentColumns(spent) : {}),
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
    await closeAttempt(tx, run, fence, outcome, error, spent);
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

const WORKER_LEFT = {
  type: "worker-left",
  sentence: "The worker was stopped; another one goes on.",
};

/**
 * Gives a run back unfinished, the attempt not held against it: since its worker is leaving, or until `dueAt`, for
 * the reason told.
 */
export async function releaseRun(
  db: Db,
  actor: Actor,
  fence: Fence,
  { dueAt, error = WORKER_LEFT }: { dueAt?: Date; error?: Failure } = {},
) {
  return transact(db, async (tx) => {
    const run = await end(tx, fence, {
      status: "queued",
      dueAt: dueAt ?? sql`now()`,
      ...(dueAt ? { error } : {}),
      leaseUntil: null,
      maxAttempts: sql`max_attempts + 1`,
      sweep: sql`sweep + 1`,
      sweptAt: null,
    });
    if (!run) return false;
    await closeAttempt(tx, run, fence, "failed", error);
    const around = await surroundingsOf(tx, run.id);
    await append(tx, actor, {
      type: "run.failed",
      place: around,
      subject: run.id,
      data: { ...runFacts(run, around.metadata), error, dueAt: run.dueAt },
    });
    if (!dueAt) announce(tx, { queued: { ...hint(run), attempt: run.attempt, sweep: run.sweep } });
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
  { partial, why, spent }: { partial?: Kept; why?: Failure; spent?: Spent } = {},
) {
  return transact(db, async (tx) => {
    const change = { status: "cancelled", endedAt: new Date(), leaseUntil: null } as const;
    const run = await end(tx, fence, {
      ...change,
      ...(why ? { error: why } : {}),
      ...(spent ? spentColumns(spent) : {}),
    });
    if (!run) return false;
    const around = await surroundingsOf(tx, run.id);
    await closeAttempt(tx, run, fence, "cancelled", why, spent);
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
  const valid = schema && (await errorsOf(tx, schema, processor.output, content)).length === 0;
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
    .set({ ...change, heldAt: null } as typeof runs.$inferInsert)
    .where(
      fence.status
        ? and(
            eq(runs.id, fence.run),
            eq(runs.attempt, fence.attempt),
            eq(runs.status, fence.status),
          )
        : isHeld(fence),
    )
    .returning({ ...getTableColumns(runs), othersWait: othersWait(runs.account) });
  if (!run) return undefined;
  const { othersWait: wait, ...ended } = run;
  if (wait) await wakeHeld(tx, ended.account);
  return ended;
}

/** Of a run the tokens and costs of all its attempts; what was read and recorded, of the last. */
function spentColumns({ usage, cost, read, record }: Spent) {
  const more = (name: keyof Usage) =>
    sql`coalesce((${runs.usage}->>${sql.raw(`'${name}'`)})::int, 0) + ${usage?.[name] ?? 0}::int`;
  return {
    read,
    ...(record ? { record } : {}),
    ...(usage
      ? {
          usage: sql`jsonb_strip_nulls(jsonb_build_object('inputTokens', ${more("inputTokens")},
            'outputTokens', ${more("outputTokens")}, 'model', ${usage.model ?? null}::text))`,
          cost:
            cost === null ? sql`${runs.cost}` : sql`coalesce(${runs.cost}, 0) + ${cost}::float8`,
        }
      : {}),
  };
}

async function closeAttempt(
  tx: Tx,
  { account, root }: Run,
  { run, attempt }: Fence,
  outcome: "succeeded" | "failed" | "cancelled" | "lost",
  error?: Failure,
  spent?: Spent,
) {
  const { usage = null, cost = null } = spent ?? {};
  if (usage && account) await addSpending(tx, { account, root }, usage, cost);
  await tx
    .update(runAttempts)
    .set({ endedAt: new Date(), outcome, error: error ?? null, usage, cost })
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

/** What is at work now: what runs before what waits, the newest of each first. */
import type { AccountActor } from "../access.ts";
import type { Db } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import { dollars } from "../llm/spending.ts";
import { countOpen, type ListedRun, listShown } from "../runs/listing.ts";

export type AtWork = {
  id: string;
  /** The processor's title. */
  what: string;
  /** The chapter, and the passage that the words are of. */
  where: string;
  /** The title of its book; empty where that is what it works on. */
  book: string;
  state: "queued" | "running" | "stopping";
  stream: { attempt: number; partial: string } | null;
  progress: { done: number; total: number | null; note: string | null } | null;
  /** Since it began, in milliseconds. */
  took: number | null;
  /** As a label. */
  cost: string | null;
};

/** `more`: those that are not told one by one. */
export type Running = { runs: AtWork[]; more: number };

type Heard = (run: string) => { attempt: number; text: string } | undefined;

const SHOWN = 6;

export async function readRunning(
  db: Db,
  reading: Reading,
  heard: Heard,
  actor: AccountActor,
): Promise<Running> {
  const request = { limit: SHOWN, cursor: undefined };
  const [running, queued, counts] = await Promise.all([
    listShown(db, reading, actor, { status: "running" }, request),
    listShown(db, reading, actor, { status: "queued" }, request),
    countOpen(db, actor, {}),
  ]);
  const items = [...running.items, ...queued.items].slice(0, SHOWN);
  const all = (counts.running ?? 0) + (counts.queued ?? 0);
  return {
    runs: items.map((one) => atWork(one, heard)),
    more: Math.max(all - items.length, 0),
  };
}

function atWork({ run, processor, bucket, book, passage, partial }: ListedRun, heard: Heard) {
  const isRunning = run.status === "running";
  const live = heard(run.id);
  const known = live?.attempt === run.attempt ? live : partial;
  const place = passage?.number ? `, passage ${passage.number}` : "";
  const state = !isRunning ? "queued" : run.cancelRequestedAt ? "stopping" : "running";
  return {
    id: run.id,
    what: processor?.title ?? run.processor,
    where: `${bucket.name || "Untitled"}${place}`,
    book: bucket.id === run.root ? "" : book,
    state,
    stream: isRunning
      ? { attempt: run.attempt, partial: known?.attempt === run.attempt ? known.text : "" }
      : null,
    progress: isRunning ? progressOf(run.progress) : null,
    took: isRunning && run.startedAt ? Math.max(Date.now() - run.startedAt.getTime(), 0) : null,
    cost: run.cost === null ? null : dollars(run.cost),
  } satisfies AtWork;
}

function progressOf(progress: Record<string, unknown> | null): AtWork["progress"] {
  const { done, total, note } = progress ?? {};
  if (typeof done !== "number") return null;
  return {
    done,
    total: typeof total === "number" && total > 0 ? total : null,
    note: typeof note === "string" ? note : null,
  };
}

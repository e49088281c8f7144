/** From runs to what the Runs page shows of them, and the fragments of it that an event changes. */
import { Pulses } from "../../views/runs/pulse.tsx";
import { RunRowUpdate } from "../../views/runs/row.tsx";
import type {
  AttemptView,
  BlobShown,
  LineageNode,
  LineageView,
  PromptView,
  RunDetailView,
  RunRowView,
  RunState,
} from "../../views/runs/run-view.ts";
import { duration, figure } from "../../views/runs/run-view.ts";
import { type AccountActor, mayWrite } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Database, Db } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import type { NumberedEvent } from "../events/event.ts";
import { dollars } from "../llm/spending.ts";
import { withDefaults } from "../schemas/validation.ts";
import { findListed, type ListedRun } from "./listing.ts";
import type { Run } from "./queue.ts";
import { type BlobThen, type Story, storyOf } from "./story.ts";

/** What this process heard of a running run, which may be ahead of the last checkpoint. */
export type Heard = (run: string) => { attempt: number; text: string } | undefined;

export function rowView(listed: ListedRun, heard: Heard): RunRowView {
  const { run, processor } = listed;
  const state = stateOf(run);
  return {
    id: run.id,
    what: processor?.title ?? run.processor,
    where: whereOf(listed),
    book: listed.bucket.id === run.root ? "" : listed.book,
    state,
    outcome: outcomeOf(listed),
    retryAt: state === "queued" && run.error ? run.dueAt.toISOString() : null,
    stream: run.status === "running" ? streamOf(listed, heard) : null,
    asked: askedWords(listed),
    progress: run.status === "running" ? progressOf(run.progress) : null,
    took: tookOf(run.startedAt, run.endedAt, run.status === "running"),
    tokens: tokensOf(run.usage),
    cost: run.cost === null ? null : dollars(run.cost),
  };
}

function stateOf({ status, cancelRequestedAt }: Run): RunState {
  return status === "running" && cancelRequestedAt ? "stopping" : status;
}

/** The chapter, and the passage that the words are of. */
function whereOf({ bucket, passage, metadata }: ListedRun): string {
  const name = bucket.name || "Untitled";
  if (!passage) return name;
  if (passage.number === null) return `${name}, a passage that was removed`;
  return `${name}, ${metadata.rewrites ? "words of " : ""}passage ${passage.number}`;
}

function outcomeOf({ run, output, passage }: ListedRun): string {
  if (stateOf(run) === "stopping") return "Stopping";
  if (run.status === "queued") return run.error ? "Tries again at" : "Waiting";
  if (run.status === "running") return "At work";
  if (run.status === "cancelled") return output ? "Stopped, kept" : "Stopped";
  if (run.status === "dead") return "Failed";
  return passage && output ? standingOf(output, passage) : "Done";
}

/** What the writer made of a take. */
function standingOf(
  output: NonNullable<ListedRun["output"]>,
  passage: NonNullable<ListedRun["passage"]>,
): string {
  if (passage.accepted === output.id) return "Accepted";
  if (typeof output.metadata.discardedAt === "string") return "Discarded";
  return passage.number === null ? "Done" : "Pending";
}

/** Nothing of an older attempt stands under what a new one writes. */
function streamOf({ run, partial }: ListedRun, heard: Heard): RunRowView["stream"] {
  const live = heard(run.id);
  const known = live?.attempt === run.attempt ? live : partial;
  return { attempt: run.attempt, partial: known?.attempt === run.attempt ? known.text : "" };
}

/**
 * By a setting of this name a processor says about how many words it was asked for: the run's own, its default, or
 * where it has none the book's, else the first example that its schema gives.
 */
function askedWords({ run, processor, takeWords }: ListedRun): number | null {
  const config = processor?.config ? withDefaults(processor.config, run.config) : run.config;
  const { properties = {} } = (processor?.config ?? {}) as {
    properties?: { words?: { examples?: unknown[] } };
  };
  const { words = properties.words && (takeWords ?? properties.words.examples?.[0]) } = config as {
    words?: unknown;
  };
  return typeof words === "number" ? words : null;
}

function progressOf(progress: Run["progress"]): RunRowView["progress"] {
  const { done, total, note } = progress ?? {};
  if (typeof done !== "number") return null;
  return {
    done,
    total: typeof total === "number" && total > 0 ? total : null,
    note: typeof note === "string" ? note : null,
  };
}

function tookOf(from: Date | null, to: Date | null, isRunning: boolean): number | null {
  if (!from || (!to && !isRunning)) return null;
  return Math.max(0, (to ?? new Date()).getTime() - from.getTime());
}

function tokensOf(usage: Record<string, unknown> | null): number | null {
  if (!usage) return null;
  return Number(usage.inputTokens ?? 0) + Number(usage.outputTokens ?? 0);
}

export async function detailView(
  db: Db,
  reading: Reading,
  actor: AccountActor,
  id: string,
  heard: Heard,
): Promise<RunDetailView> {
  const story = await storyOf(db, reading, actor, id);
  const { listed, role } = story;
  const { run, bucket, passage, metadata } = listed;
  const row = rowView(listed, heard);
  const settings = Object.keys(run.config).length > 0;
  return {
    ...row,
    processorVersion: run.processorVersion,
    model: typeof run.usage?.model === "string" ? run.usage.model : null,
    queuedAt: run.queuedAt.toISOString(),
    by: byOf(story, actor),
    passagePath:
      passage && passage.number !== null
        ? `/chapters/${bucket.id}#passage-${metadata.passage}`
        : null,
    problem: run.status === "succeeded" ? null : (run.error?.sentence ?? null),
    mayWrite: mayWrite(role),
    attempts: story.attempts.map((attempt) => attemptView(attempt, row)),
    prompt: promptOf(story),
    input: story.input && blobShown(story.input),
    output: story.output && blobShown(story.output),
    partial: run.status === "running" ? null : (listed.partial?.text ?? null),
    read: story.read.map(({ id, schema, revision, content }) => ({
      id,
      schema,
      revision,
      name: nameIn(content),
    })),
    config: settings ? JSON.stringify(run.config, null, 2) : null,
    lineage: lineageView(story, row),
  };
}

function byOf({ listed: { run }, by }: Story, actor: AccountActor): string {
  if (run.queuedBy === `account:${actor.account}`) return "you";
  if (by) return by;
  if (run.queuedBy.startsWith("processor:"))
    return `the run before it (${run.queuedBy.slice("processor:".length)})`;
  return "the studio";
}

function attemptView(attempt: Story["attempts"][number], row: RunRowView): AttemptView {
  const { attempt: number, worker, startedAt, endedAt, outcome, error, usage, cost } = attempt;
  return {
    number,
    state: OUTCOME_STATES[outcome ?? "running"],
    sentence: error?.sentence ?? sentenceOf(outcome, row),
    at: startedAt.toISOString(),
    worker,
    took: tookOf(startedAt, endedAt, outcome === null),
    tokens: tokensOf(usage),
    cost: usage === null || cost === null ? null : dollars(cost),
  };
}

const OUTCOME_STATES = {
  running: "running",
  succeeded: "succeeded",
  failed: "dead",
  cancelled: "cancelled",
  lost: "lost",
} as const;

function sentenceOf(outcome: Story["attempts"][number]["outcome"], row: RunRowView): string {
  if (outcome === null) return row.stream?.partial ? "Writing" : "At work, nothing written yet";
  return {
    succeeded: "Done",
    failed: "It failed",
    cancelled: "Stopped",
    lost: "Its worker was gone without a word; another one took over",
  }[outcome];
}

/** What was sent, as the processor recorded it: `record({messages, …})`. */
function promptOf({ listed: { run } }: Story): PromptView {
  const messages = messagesIn(run.record);
  if (messages) return { kept: true, messages, note: null };
  if (run.attempt === 0) return { kept: false, why: "Nothing was sent to a model yet." };
  return { kept: false, why: "This processor kept no prompt with its run, or asks no model." };
}

function messagesIn(record: Run["record"]): { role: string; text: string }[] | null {
  const messages = record?.messages;
  if (!Array.isArray(messages) || messages.length === 0) return null;
  return messages.map((message: { role?: unknown; content?: unknown } | null) => ({
    role: String(message?.role ?? ""),
    text: String(message?.content ?? ""),
  }));
}

/** Text is shown as text, by the names of its members; what is no text, as JSON. */
function blobShown({ id, schema, revision, content }: BlobThen): BlobShown {
  const members = content && typeof content === "object" ? Object.entries(content) : [];
  const texts = members.map(([name, value]) => ({
    name: spoken(name),
    text: typeof value === "string" ? value : JSON.stringify(value),
  }));
  const whole = { name: "Content", text: JSON.stringify(content) };
  return { id, schema, revision, texts: texts.length > 0 ? texts : [whole] };
}

/** `targetWords` reads as “Target words”. */
const spoken = (name: string): string => {
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function nameIn(content: unknown): string {
  const { name, title } = (content ?? {}) as { name?: unknown; title?: unknown };
  return [name, title].find((one): one is string => typeof one === "string") ?? "";
}

function lineageView(story: Story, row: RunRowView): LineageView {
  const { listed, attempts, input, read } = story;
  const { run, passage } = listed;
  const isOpen = run.status === "queued" || run.status === "running";
  return {
    inputs: [
      {
        title: passage ? wordsOf(listed) : spokenSchema(input?.schema),
        note: `revision ${run.revision}`,
        state: "made",
      },
      ...readNodes(read),
    ],
    through: throughOf(story, isOpen),
    attempts: attempts.map((attempt): LineageNode => {
      const state = OUTCOME_STATES[attempt.outcome ?? "running"];
      const took = tookOf(attempt.startedAt, attempt.endedAt, attempt.outcome === null) ?? 0;
      return {
        title: `Attempt ${attempt.attempt}`,
        note: `${ATTEMPT_WORDS[attempt.outcome ?? "running"]}, ${duration(took)}`,
        state:
          state === "running" ? "live" : state === "dead" || state === "lost" ? "failed" : "made",
      };
    }),
    outputs: outputNodes(story, row),
    after: afterNodes(story),
  };
}

function wordsOf({ metadata, passage }: ListedRun): string {
  const words = metadata.rewrites ? "Words" : "Notes";
  return passage?.number ? `${words}, passage ${passage.number}` : words;
}

/** What is read of one schema is one node. */
const readNodes = (read: BlobThen[]): LineageNode[] =>
  [...Map.groupBy(read, ({ schema }) => schema)].map(([schema, ofIt]) => ({
    title: spokenSchema(schema),
    note:
      ofIt.length === 1
        ? nameIn(ofIt[0]!.content) || `revision ${ofIt[0]!.revision}`
        : `${figure(ofIt.length)} read`,
    state: "made",
  }));

function throughOf({ listed: { run, processor } }: Story, isOpen: boolean): LineageNode {
  const input = Number(run.usage?.inputTokens ?? 0);
  if (messagesIn(run.record) || input > 0)
    return {
      title: "Prompt",
      note: input > 0 ? `${figure(input)} tokens` : "sent",
      state: "made",
    };
  return {
    title: processor?.title ?? run.processor,
    note: `version ${run.processorVersion}`,
    state: isOpen && run.attempt === 0 ? "waits" : "made",
  };
}

const ATTEMPT_WORDS = {
  running: "at work",
  succeeded: "done",
  failed: "failed",
  cancelled: "stopped",
  lost: "lost",
} as const;

function outputNodes({ listed, output }: Story, row: RunRowView): LineageNode[] {
  const { run, passage, partial } = listed;
  if (output)
    return [
      {
        title: passage ? "Take" : spokenSchema(output.schema),
        note: row.outcome.toLowerCase(),
        state: "made",
      },
    ];
  if (run.status === "running") return [{ title: "Take", note: "being written", state: "live" }];
  if (run.status === "queued") return [{ title: "Output", note: "to be made", state: "waits" }];
  return partial?.text.trim() ? [{ title: "Partial", note: "kept, no take", state: "failed" }] : [];
}

/** The writer's prose, where a take may go into it, and the runs that the output began. */
function afterNodes({ listed, output, followed }: Story): LineageNode[] {
  const { run, passage } = listed;
  const next = followed.map(
    ({ processor, status }): LineageNode => ({
      title: processor,
      note: status,
      state: status === "dead" ? "failed" : status === "succeeded" ? "made" : "live",
    }),
  );
  if (passage?.number == null || run.status === "dead" || (run.status === "cancelled" && !output))
    return next;
  const prose = `Prose, passage ${passage.number}`;
  if (output && passage.accepted === output.id)
    return [{ title: prose, note: "accepted", state: "made" }, ...next];
  if (typeof output?.metadata.discardedAt === "string")
    return [{ title: prose, note: "not taken", state: "waits" }, ...next];
  return [{ title: prose, note: "waits for you", state: "waits" }, ...next];
}

/** `chapter-summary-v1` reads as “Chapter summary”. */
const spokenSchema = (id = ""): string => spoken(id.replace(/-v\d+$/, "").replaceAll("-", " "));

/** What the Runs page hears: rows as they change, for everybody alike; the rest is asked for by each. */
export function runsView(db: Database, reading: Reading, heard: Heard) {
  return {
    requireSeen: (actor: AccountActor, root: string): Promise<unknown> =>
      root === ALL ? Promise.resolve() : findBucket(db, actor, root),
    make(root: string, { root: at, event }: NumberedEvent): Promise<object> | undefined {
      if (root !== ALL && root !== at) return undefined;
      // By now it may be at work: that it is new, only the event says.
      const isNew = event.type === "run.queued" && event.data.attempt === 0;
      if (MOVES_A_RUN.test(event.type)) return contentOf(event.subject, isNew);
      const { run } = event.data;
      return MOVES_AN_OUTPUT.test(event.type) && typeof run === "string"
        ? contentOf(run, false)
        : undefined;
    },
  };

  async function contentOf(id: string, isNew: boolean): Promise<object> {
    const listed = await findListed(db, reading, id);
    if (!listed) return {};
    const { run } = listed;
    const content = (
      <>
        <RunRowUpdate
          run={rowView(listed, heard)}
          status={run.status}
          processor={run.processor}
          root={run.root}
          isNew={isNew}
        />
        <Pulses run={id} />
      </>
    );
    return { content: String(await content) };
  }
}

/** Every root that the account sees. */
const ALL = "all";
const MOVES_A_RUN = /^run\.[a-z]+$/;
const MOVES_AN_OUTPUT = /^blob\.updated\./;

/** What the Runs page shows of a run, in words; `src/runs/page.tsx` makes it of rows. */

export type RunState = "queued" | "running" | "stopping" | "succeeded" | "cancelled" | "dead";

export type RunRowView = {
  id: string;
  /** The processor's title. */
  what: string;
  /** The chapter and passage it is of. */
  where: string;
  book: string;
  state: RunState;
  /** What came of it, or what it waits for. */
  outcome: string;
  /** RFC 3339; of a run that waits for its next attempt. */
  retryAt: string | null;
  /** Text of the attempt that runs, as far as it is known. */
  stream: { attempt: number; partial: string } | null;
  /** About how many words it was asked for. */
  asked: number | null;
  /** In whatever the processor counts; without a total there is no known end. */
  progress: { done: number; total: number | null; note: string | null } | null;
  /** Milliseconds; of one that runs, until now. */
  took: number | null;
  tokens: number | null;
  cost: string | null;
};

export type AttemptView = {
  number: number;
  state: RunState | "lost";
  sentence: string;
  /** RFC 3339. */
  at: string;
  worker: string;
  took: number | null;
  tokens: number | null;
  cost: string | null;
};

/** A blob as people read it. */
export type BlobShown = {
  id: string;
  schema: string;
  revision: number;
  /** Its parts that are text, by what they are called. */
  texts: { name: string; text: string }[];
};

export type PromptView =
  | { kept: true; messages: { role: string; text: string }[]; note: string | null }
  | { kept: false; why: string };

export type LineageNode = {
  title: string;
  note: string;
  /** Solid made, blue live, dashed red failed, dotted waits. */
  state: "made" | "live" | "failed" | "waits";
};

/** Left to right; a column may be empty. */
export type LineageView = {
  inputs: LineageNode[];
  /** The prompt, or the processor itself where none was sent. */
  through: LineageNode;
  attempts: LineageNode[];
  outputs: LineageNode[];
  after: LineageNode[];
};

export type RunDetailView = RunRowView & {
  processorVersion: string;
  model: string | null;
  /** RFC 3339. */
  queuedAt: string;
  by: string;
  /** Where its words stand; null where that is no passage. */
  passagePath: string | null;
  /** The last thing that went wrong, and what to do. */
  problem: string | null;
  mayWrite: boolean;
  attempts: AttemptView[];
  prompt: PromptView;
  input: BlobShown | null;
  output: BlobShown | null;
  /** Kept of an attempt that broke off. */
  partial: string | null;
  read: { id: string; schema: string; revision: number; name: string }[];
  config: string | null;
  lineage: LineageView;
};

/** `4 of 6`, or what the processor says of it. */
export function farLabel({ done, total, note }: NonNullable<RunRowView["progress"]>): string {
  if (total !== null) return `${figure(done)} of ${figure(total)}`;
  return note ?? figure(done);
}

const figures = new Intl.NumberFormat("en");
export const figure = (count: number): string => figures.format(count);

const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** `9 s`, `2 min`, `1 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 2 * MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.round(seconds / MINUTE_S)} min`;
  const minutes = Math.round((seconds % HOUR_S) / MINUTE_S);
  return `${Math.floor(seconds / HOUR_S)} h ${minutes} min`;
}

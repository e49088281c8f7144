/** What an ask of a passage would send, as it stands: the very processor says it, and nothing is written. */
import { type AccountActor, mayWrite } from "../access.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import { bookOf } from "../documents/chapters.ts";
import { toSnapshot } from "../documents/model/snapshot.ts";
import { textOf } from "../documents/model/text.ts";
import type { Reading } from "../documents/reading.ts";
import type { Models } from "../llm/models.ts";
import { dollars, requireBudget } from "../llm/spending.ts";
import { Problem } from "../problem.ts";
import { type Preview, type PreviewParts, previewRun } from "../processors/preview.ts";
import { type BlobIn, type Message, RunError } from "../processors/sdk.ts";
import type { ContextEntry, ContextPart, ContextView } from "./context-view.ts";
import { summariesBefore } from "./summaries.ts";

export type ContextParts = Omit<PreviewParts, "models"> & { reading: Reading; models: Models };

export type ContextRequest = { passage: string | null; include: string[] };

/** Also what would be sent, word for word; none where nothing would be. */
export async function contextOf(
  parts: ContextParts,
  actor: AccountActor,
  bucket: BucketSeen,
  { passage, include }: ContextRequest,
): Promise<{ view: ContextView; messages: Message[] }> {
  const { db, reading, models } = parts;
  const rows = await reading.rows(db, bucket.id);
  const at = rows.findIndex(({ passages }) => passages.includes(passage ?? ""));
  const row = rows[at];
  const prices = await models.of(actor.account).then(
    (found) => found.prices,
    () => null,
  );
  const [summaries, book, model, budget] = await Promise.all([
    summariesBefore(db, bucket, prices),
    bookOf(db, bucket),
    models.nameOf(actor.account),
    budgetOf(parts, actor),
  ]);
  const shown = row ? await previewOf(parts, actor, bucket, row, include) : { why: NO_PASSAGE };
  return {
    messages: shown.preview?.messages ?? [],
    view: {
      chapter: bucket.id,
      book: book?.id ?? bucket.root,
      passage: row ? { id: row.id, number: at + 1 } : null,
      sent: shown.preview ? sentOf(shown.preview) : null,
      why: shown.why ?? null,
      include,
      budget,
      model: model?.name ?? null,
      summaries,
      mayWrite: mayWrite(bucket.role),
    },
  };
}

const NO_PASSAGE = "Step into a passage to see what would go out with its notes.";
const NO_NOTES =
  "This passage has no notes yet. A few words are enough: they are what is expanded.";

type Row = Awaited<ReturnType<Reading["rows"]>>[number];

async function previewOf(
  parts: ContextParts,
  actor: AccountActor,
  bucket: BucketSeen,
  row: Row,
  include: string[],
): Promise<{ preview?: Preview; why?: string }> {
  const text = textOf(row.notes);
  if (text.trim() === "") return { why: NO_NOTES };
  const draft = {
    schema: "text-input-v1",
    bucket: bucket.id,
    content: { text },
    metadata: { passage: row.id, ...(include.length > 0 ? { include } : {}) },
  };
  try {
    const standing = await snapshotOf(parts, bucket);
    return { preview: await previewRun(parts, actor, "text-expansion", { draft }, [standing]) };
  } catch (error) {
    if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error;
    return { why: error.extra.detail ?? `${error.title}.` };
  }
}

/** An ask is made with the chapter as it stands; its snapshot may not be there yet. */
async function snapshotOf({ db, reading }: ContextParts, bucket: BucketSeen): Promise<BlobIn> {
  const { doc } = await reading.document(db, bucket.id);
  return {
    id: bucket.id,
    schema: "chapter-v1",
    bucket: bucket.id,
    root: bucket.root,
    revision: 1,
    content: toSnapshot(doc),
    metadata: {},
  };
}

function sentOf({ record, tokens, limit, estimate }: Preview): NonNullable<ContextView["sent"]> {
  const {
    context = [],
    codex = [],
    answer = 0,
  } = record as {
    context?: ContextPart[];
    codex?: ContextEntry[];
    answer?: number;
  };
  return {
    parts: context,
    codex,
    tokens,
    limit: limit ?? tokens + answer,
    answer,
    cost: estimate.cost ? dollars(estimate.cost) : null,
  };
}

/** What the writer would be told instead of a take. */
async function budgetOf({ db }: ContextParts, actor: AccountActor): Promise<string | null> {
  try {
    await requireBudget(db, actor.account);
    return null;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return error.message;
  }
}

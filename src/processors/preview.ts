/**
 * What a processor would send to a model, and about what that would cost. The very processor runs, with a model that
 * notes what it is asked and ends it there: so it is word for word what a run sends.
 */
import { and, eq } from "drizzle-orm";
import { processorConsents } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import { type Blob, type BlobDraft, findBlob, metadataErrors, schemaIdOf } from "../blobs/blobs.ts";
import { type BucketSeen, findBucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import type { Models } from "../llm/models.ts";
import { costOf } from "../llm/spending.ts";
import { conflict, invalid } from "../problem.ts";
import { findBlobs, placesOf, readBlob } from "../runs/around.ts";
import { openThreads, usesThreads } from "../runs/threads.ts";
import { schemaId } from "../schemas/names.ts";
import { withDefaults } from "../schemas/validation.ts";
import { errorsOf, findSchema } from "../schemas/versions.ts";
import { type Config, openedConfig, requireConfig, requireNoSecrets } from "./config.ts";
import {
  type BlobIn,
  type CompletionRequest,
  type Message,
  type Processor,
  type RunContext,
  RunError,
} from "./sdk.ts";
import { findInstalled } from "./settings.ts";
import { requireActing } from "./standing.ts";

/** How long it may take a processor to say what it would send, in milliseconds. */
const PREVIEW_LIMIT_MS = 10_000;
/** English prose in common tokenizers. */
const CHARACTERS_A_TOKEN = 4;

export type PreviewParts = {
  db: Db;
  models: Pick<Models, "of">;
  /** Unseals secrets in processors' settings. */
  secret: string;
  processors: readonly Processor[];
};

export type PreviewRequest = {
  blob?: string | undefined;
  draft?: BlobDraft | undefined;
  /** Of the run. */
  config?: Config | undefined;
};

export type Preview = {
  /** None: the processor asks no model for this. */
  messages: Message[];
  /** Of what goes out, about. */
  tokens: number;
  /** Of what goes out and comes back together; null where the processor has none. */
  limit: number | null;
  /** What the processor tells of what goes along. */
  context: unknown[];
  estimate: {
    inputTokens: number;
    outputTokens: number;
    /** US dollars; null where prices are not known. */
    cost: number | null;
  };
  /** All that the processor recorded. */
  record: Record<string, unknown>;
};

/**
 * @param instead blobs as they are about to be, before the studio has written them: found in place of those that it has.
 * @throws 404; 409 `disabled`, `not-enabled`, `ai-off`, `not-here`, `no-preview`; 422
 */
export async function previewRun(
  parts: PreviewParts,
  actor: AccountActor,
  id: string,
  request: PreviewRequest,
  instead: readonly BlobIn[] = [],
): Promise<Preview> {
  const { db, models } = parts;
  const installed = await findInstalled(db, id);
  const { blob, bucket } = await inputOf(db, actor, request);
  await requireActing(db, installed, bucket.root);
  if (!installed.inputs.includes(blob.schema))
    throw invalid([
      { pointer: "/blob", rule: "inputs", message: `${id} does not take ${blob.schema}` },
    ]);
  const processor = parts.processors.find((one) => one.id === id);
  if (!processor)
    throw conflict("not-here", `${installed.title} runs elsewhere, and cannot be looked into`);
  const config = await configOf(parts, installed, bucket.root, request.config ?? {});

  const { asked, record } = await askedBy(processor, {
    blob,
    config: processor.config ? withDefaults(processor.config, config) : {},
    read: (id) => readBlob(db, bucket, [], id),
    find: async (filter) => {
      const found = await findBlobs(db, bucket, [], filter);
      const others = instead.filter(
        (one) =>
          one.schema === filter.schema &&
          (filter.bucket === undefined || one.bucket === filter.bucket),
      );
      const kept = found.filter(({ id }) => others.every((one) => one.id !== id));
      return [...others, ...kept].slice(0, filter.limit);
    },
    places: () => placesOf(db, bucket),
  });
  const messages = asked?.messages ?? [];
  const inputTokens = countIn(record.tokens) ?? charactersIn(messages) / CHARACTERS_A_TOKEN;
  const outputTokens = asked ? (countIn(record.expected) ?? asked.maxTokens ?? 0) : 0;
  const usage = { inputTokens: Math.ceil(inputTokens), outputTokens };
  // What is wrong with the settings is told when something is asked.
  const prices = await models.of(actor.account).then(
    (found) => found.prices,
    () => null,
  );
  return {
    messages,
    tokens: usage.inputTokens,
    limit: countIn(record.limit) ?? null,
    context: Array.isArray(record.context) ? record.context : [],
    estimate: { ...usage, cost: asked ? costOf(usage, prices) : 0 },
    record,
  };
}

const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;

const charactersIn = (messages: Message[]): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0);

type Around = Pick<RunContext, "blob" | "config" | "read" | "find" | "places">;

/** Runs it until it asks a model for the first time. */
const noFiles = () =>
  Promise.reject(
    new RunError("no-preview", "It works on files; nothing is asked of a model before.", {
      retryable: false,
    }),
  );

async function askedBy(processor: Processor, around: Around) {
  let asked: CompletionRequest | undefined;
  let record: Record<string, unknown> = {};
  const controller = new AbortController();
  const enough = Promise.withResolvers<void>();
  const limit = setTimeout(() => controller.abort(tooSlow(processor)), PREVIEW_LIMIT_MS);
  const context: RunContext = {
    ...around,
    files: { put: noFiles, read: noFiles },
    record(value) {
      record = structuredClone(value) as Record<string, unknown>;
    },
    llm: {
      complete(request) {
        asked ??= structuredClone(request);
        enough.resolve();
        return new Promise(() => {});
      },
    },
    stream() {},
    progress() {},
    signal: controller.signal,
    log: { info() {}, warn() {} },
  };
  const threads = usesThreads(processor) ? openThreads(processor) : undefined;
  const late = Promise.withResolvers<never>();
  controller.signal.addEventListener("abort", () => late.reject(controller.signal.reason));
  late.promise.catch(() => {});
  try {
    const ran = (threads ?? processor).run(context);
    // Left behind where it waits for an answer that never comes.
    ran.catch(() => {});
    await Promise.race([enough.promise, ran, late.promise]);
  } catch (error) {
    if (!(error instanceof RunError)) throw broken(processor);
    throw conflict("no-preview", "There is nothing to show of this", error.message);
  } finally {
    clearTimeout(limit);
    controller.abort();
    threads?.close();
  }
  return { asked, record };
}

const tooSlow = ({ title }: Processor) =>
  new RunError("timeout", `${title} took too long to say what it would send.`, {
    retryable: false,
  });

const broken = ({ title }: Processor) =>
  conflict("no-preview", "There is nothing to show of this", `${title} broke down over it.`);

async function inputOf(
  db: Db,
  actor: AccountActor,
  { blob: id, draft }: PreviewRequest,
): Promise<{ blob: BlobIn; bucket: BucketSeen }> {
  if ((id === undefined) === (draft === undefined))
    throw invalid([{ pointer: "/blob", rule: "oneOf", message: "either this or a draft" }]);
  if (draft) return draftOf(db, actor, draft);
  const blob: Blob = await findBlob(db, actor, id!);
  const bucket = await findBucket(db, actor, blob.bucket);
  return { blob: { ...blob, schema: schemaIdOf(blob) } as BlobIn, bucket };
}

async function draftOf(
  db: Db,
  actor: AccountActor,
  { schema: ref, bucket: id, content, metadata = {} }: BlobDraft,
): Promise<{ blob: BlobIn; bucket: BucketSeen }> {
  const bucket = await findBucket(db, actor, id);
  const schema = await findSchema(db, ref);
  const errors = [...metadataErrors(metadata), ...(await errorsOf(db, schema, ref, content))];
  if (errors.length > 0)
    throw invalid(errors.map((error) => ({ ...error, pointer: `/draft${error.pointer}` })));
  const blob = {
    id: Bun.randomUUIDv7(),
    schema: schemaId(schema!.name, schema!.version),
    bucket: bucket.id,
    root: bucket.root,
    revision: 1,
    content,
    metadata,
  };
  return { blob: blob as BlobIn, bucket };
}

/** The layers of settings, as a run gets them. @throws 409, 422 */
async function configOf(
  { db, secret }: PreviewParts,
  { id, title, config: schema, setConfig }: Awaited<ReturnType<typeof findInstalled>>,
  root: string,
  own: Config,
): Promise<Config> {
  requireNoSecrets(schema, own);
  requireConfig(schema, own, { whole: false });
  const [consent] = await db
    .select({ config: processorConsents.config })
    .from(processorConsents)
    .where(and(eq(processorConsents.root, root), eq(processorConsents.processor, id)));
  try {
    return openedConfig(secret, schema, { ...setConfig, ...consent?.config, ...own }, title);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw conflict("config-invalid", "Its settings do not fit", error.message);
  }
}

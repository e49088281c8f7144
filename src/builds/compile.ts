/** Asking for a build to be compiled, and its first one. */
import { and, desc, eq, inArray } from "drizzle-orm";
import { runs } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import { type Blob, createBlob } from "../blobs/blobs.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Database, Db } from "../database.ts";
import type { Documents } from "../documents/open.ts";
import { snapshotNow } from "../documents/snapshots.ts";
import type { Log } from "../log.ts";
import type { Processor } from "../processors/sdk.ts";
import { cancelRun, requestRun } from "../runs/runs.ts";
import type { CompileSettingsV1 } from "../schemas/types.ts";
import { type BuildChapter, COMPILER, SETTINGS_SCHEMA } from "./builds.ts";

/** Snapshots that are made at once. */
const SNAPSHOTS_AT_ONCE = 4;

/** What a book without builds has ready. */
export const EVERYTHING: CompileSettingsV1 = {
  name: "Everything",
  formats: ["epub", "pdf", "docx", "markdown", "html"],
};

export function createBuild(
  db: Db,
  actor: AccountActor,
  book: Pick<Bucket, "id">,
  content: CompileSettingsV1,
): Promise<Blob> {
  return createBlob(db, actor, { schema: SETTINGS_SCHEMA, bucket: book.id, content });
}

/**
 * Queues a run on the build as it stands, unless one waits or runs already. What was typed up to now goes in.
 * @throws as requestRun
 */
export async function compileBuild(
  { db, documents, log }: { db: Database; documents: Documents; log: Log },
  actor: AccountActor,
  build: string,
  chapters: readonly Pick<BuildChapter, "id">[],
): Promise<void> {
  if (await openRun(db, build)) return;
  for (let at = 0; at < chapters.length; at += SNAPSHOTS_AT_ONCE)
    await Promise.all(
      chapters
        .slice(at, at + SNAPSHOTS_AT_ONCE)
        .map(({ id }) => snapshotNow(db, documents, log, id)),
    );
  await requestRun(db, actor, { processor: COMPILER, blob: build });
}

/** @throws as cancelRun */
export async function cancelCompiling(
  db: Db,
  actor: AccountActor,
  catalogue: readonly Processor[],
  build: string,
): Promise<void> {
  const run = await openRun(db, build);
  if (run) await cancelRun(db, actor, catalogue, run.id);
}

async function openRun(db: Db, build: string) {
  const [run] = await db
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.blob, build),
        eq(runs.processor, COMPILER),
        inArray(runs.status, ["queued", "running"]),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(1);
  return run;
}

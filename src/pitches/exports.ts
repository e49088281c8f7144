/** Exporting a pitch: a run over its snapshot, and the files that came of such runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { and, desc, eq, isNull } from "drizzle-orm";
import { blobs, documents, runs } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import type { Database, Db } from "../database.ts";
import { conflict, invalid } from "../problem.ts";
import type { Run } from "../runs/queue.ts";
import { requestRun } from "../runs/runs.ts";
import type { ExportedPitchV1 } from "../schemas/types.ts";

export const FORMATS = ["docx", "pdf", "markdown"] as const;

const PROCESSOR = "pitch-export";
/** Exports that are shown. */
const SHOWN = 5;
/** How long a request waits for the files it asked for, and how often it looks, in milliseconds. */
const MADE_WITHIN_MS = 8_000;
const LOOK_EVERY_MS = 100;

export type Exported = ExportedPitchV1 & { id: string; at: Date };

/**
 * @param unfilled how many blanks the asker has seen, and sends along
 * @throws 409 `blanks` when there are others by now; 422 without a format or a word
 */
export async function requestExport(
  db: Db,
  actor: AccountActor,
  pitch: string,
  formats: readonly string[],
  { blanks, unfilled }: { blanks: number; unfilled: number },
): Promise<Run> {
  const wanted = FORMATS.filter((one) => formats.includes(one));
  if (wanted.length === 0)
    throw invalid([{ pointer: "/formats", rule: "minItems", message: "choose a format" }]);
  if (blanks !== unfilled)
    throw conflict(
      "blanks",
      "Blanks are still to be filled",
      `${blanks} ${blanks === 1 ? "blank is" : "blanks are"} still to be filled: say that they go along as they are.`,
    );
  const [document] = await db.select().from(documents).where(eq(documents.bucket, pitch));
  if (!document?.snapshot)
    throw invalid([{ pointer: "/pitch", rule: "words", message: "has no words yet" }]);
  return requestRun(db, actor, {
    processor: PROCESSOR,
    blob: document.snapshot,
    config: { formats: wanted },
  });
}

/** Waits a moment for it: mostly it is made within a second. */
export async function madeSoon(db: Database, run: string): Promise<Run> {
  const until = performance.now() + MADE_WITHIN_MS;
  for (;;) {
    const [now] = await db.select().from(runs).where(eq(runs.id, run));
    if (!["queued", "running"].includes(now!.status) || performance.now() > until) return now!;
    await sleep(LOOK_EVERY_MS);
  }
}

/** The newest first. */
export async function listExports(db: Db, pitch: string): Promise<Exported[]> {
  const rows = await db
    .select()
    .from(blobs)
    .where(
      and(eq(blobs.bucket, pitch), eq(blobs.schema, "exported-pitch"), isNull(blobs.trashedAt)),
    )
    .orderBy(desc(blobs.id))
    .limit(SHOWN);
  return rows.map(({ id, content, createdAt }) => ({
    ...(content as ExportedPitchV1),
    id,
    at: createdAt,
  }));
}

/** The newest export that was asked for. */
export async function newestExport(db: Db, pitch: string): Promise<Run | undefined> {
  const [run] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.bucket, pitch), eq(runs.processor, PROCESSOR)))
    .orderBy(desc(runs.id))
    .limit(1);
  return run;
}

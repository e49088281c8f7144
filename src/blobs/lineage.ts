/** Where a blob comes from and what came of it: blobs and the runs between them, both ways. */
import { inArray, or, sql } from "drizzle-orm";
import { blobs, runs } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import type { Db } from "../database.ts";
import { type Blob, findBlob, schemaIdOf } from "./blobs.ts";

/** Blobs and runs in one answer; what lies further away is left out, and the answer says so. */
const NODES_LIMIT = 500;

type BlobNode = Pick<
  Blob,
  "id" | "revision" | "bucket" | "metadata" | "createdAt" | "trashedAt"
> & {
  kind: "blob";
  schema: string;
};
type RunNode = Pick<
  typeof runs.$inferSelect,
  "id" | "processor" | "processorVersion" | "status" | "attempt" | "queuedAt" | "endedAt"
> & { kind: "run" };

export type Lineage = {
  nodes: (BlobNode | RunNode)[];
  /** `input` and `read` lead from a blob to a run, `output` from a run to a blob. */
  edges: { from: string; to: string; as: "input" | "read" | "output"; revision?: number }[];
  truncated: boolean;
};

/** @throws 404 */
export async function lineageOf(db: Db, actor: AccountActor, id: string): Promise<Lineage> {
  const start = await findBlob(db, actor, id);
  const nodes = new Map<string, BlobNode | RunNode>();
  const edges = new Map<string, Lineage["edges"][number]>();
  let truncated = false;
  let newBlobs: string[] = [start.id];
  // Ring by ring, so that what is left out is what lies furthest away.
  while (newBlobs.length > 0 && !truncated) {
    const found = await ringAround(db, newBlobs);
    for (const blob of found.blobs)
      if (nodes.size < NODES_LIMIT) nodes.set(blob.id, blobNode(blob));
      else truncated = true;
    const next = new Set<string>();
    for (const run of found.runs) {
      if (!nodes.has(run.id) && nodes.size >= NODES_LIMIT) {
        truncated = true;
        continue;
      }
      nodes.set(run.id, runNode(run));
      const link = (from: string, to: string, as: "input" | "read" | "output", revision?: number) =>
        edges.set(`${from} ${to} ${as}`, { from, to, as, ...(revision ? { revision } : {}) });
      link(run.blob, run.id, "input", run.revision);
      next.add(run.blob);
      for (const read of run.read) {
        link(read.id, run.id, "read", read.revision);
        next.add(read.id);
      }
      for (const output of found.outputs.get(run.id) ?? []) {
        link(run.id, output, "output");
        next.add(output);
      }
    }
    newBlobs = [...next].filter((blob) => !nodes.has(blob));
  }
  const shown = [...edges.values()].filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  return { nodes: [...nodes.values()], edges: shown, truncated };
}

/** Blobs, the runs that made them, took them or read them, and what those runs made. */
async function ringAround(db: Db, ids: string[]) {
  const found = await db
    .select()
    .from(blobs)
    .where(inArray(blobs.id, ids))
    .limit(NODES_LIMIT + 1);
  const makers = found.flatMap(({ run }) => run ?? []);
  const around = await db
    .select()
    .from(runs)
    .where(
      or(
        inArray(runs.blob, ids),
        makers.length > 0 ? inArray(runs.id, makers) : undefined,
        // Who reads beside the input does so within the root.
        sql`${runs.root} = ${found[0]?.root ?? null} and ${runs.read} @> any(${sql.param(
          ids.map((blob) => JSON.stringify([{ id: blob }])),
        )}::jsonb[])`,
      ),
    )
    .orderBy(runs.id)
    .limit(NODES_LIMIT + 1);
  const made = around.length
    ? await db
        .select({ id: blobs.id, run: blobs.run })
        .from(blobs)
        .where(
          inArray(
            blobs.run,
            around.map((run) => run.id),
          ),
        )
    : [];
  const outputs = Map.groupBy(made, ({ run }) => run!);
  return {
    blobs: found,
    runs: around,
    outputs: new Map([...outputs].map(([run, list]) => [run, list.map((one) => one.id)])),
  };
}

const blobNode = (blob: Blob): BlobNode => ({
  kind: "blob",
  id: blob.id,
  schema: schemaIdOf(blob),
  revision: blob.revision,
  bucket: blob.bucket,
  metadata: blob.metadata,
  createdAt: blob.createdAt,
  trashedAt: blob.trashedAt,
});

const runNode = (run: typeof runs.$inferSelect): RunNode => ({
  kind: "run",
  id: run.id,
  processor: run.processor,
  processorVersion: run.processorVersion,
  status: run.status,
  attempt: run.attempt,
  queuedAt: run.queuedAt,
  endedAt: run.endedAt,
});

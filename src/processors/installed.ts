import { sql } from "drizzle-orm";
import { processors, processorVersions } from "../../drizzle/tables.ts";
import { SYSTEM } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { manifestOf } from "./manifest.ts";
import type { Processor } from "./sdk.ts";

/** Where a manifest does not say it. */
const MAX_HOPS = 8;
/** Of those that use a model: what every book has until its owner says otherwise. */
const ENABLED_FROM_START = new Set(["text-expansion", "chapter-summary"]);

/** Makes the built-in processors known to the database, so that new blobs trigger them. */
export async function installBuiltin(db: Db, catalogue: readonly Processor[]): Promise<void> {
  await transact(db, async (tx) => {
    for (const processor of catalogue) {
      const row = rowOf(processor);
      const { id: _id, ...change } = row;
      const { id, version } = processor;
      const manifest = manifestOf(processor);
      await tx
        .insert(processorVersions)
        .values({ processor: id, version, manifest })
        .onConflictDoUpdate({
          target: [processorVersions.processor, processorVersions.version],
          set: { manifest },
          // While it is being written a version changes; a row that is alike is left alone.
          setWhere: sql`${processorVersions.manifest} is distinct from excluded.manifest`,
        });
      const written = await tx
        .insert(processors)
        .values(row)
        .onConflictDoUpdate({
          target: processors.id,
          set: change,
          setWhere: sql`(${OWN}) is distinct from (${EXCLUDED})`,
        })
        .returning({ id: processors.id });
      if (written.length > 0)
        await append(tx, SYSTEM, {
          type: "processor.installed",
          place: null,
          subject: id,
          data: { id, version, title: processor.title },
        });
    }
  });
}

const rowOf = (processor: Processor) => ({
  id: processor.id,
  version: processor.version,
  title: processor.title,
  description: processor.description,
  inputs: [...processor.inputs],
  output: processor.output,
  trigger: processor.trigger,
  permissions: [...processor.permissions],
  config: (processor.config as Record<string, unknown> | undefined) ?? null,
  attempts: processor.retry.attempts,
  maxHops: processor.maxHops ?? MAX_HOPS,
  statesHops: processor.maxHops !== undefined,
  open: processor.permissions.length === 0 || ENABLED_FROM_START.has(processor.id),
});

/** What comes from the manifest, and not from an administrator. */
const FROM_MANIFEST = [
  "version",
  "title",
  "description",
  "inputs",
  "output",
  "trigger",
  "permissions",
  "config",
  "attempts",
  "max_hops",
  "states_hops",
  "open",
];
const columns = (table: string) =>
  sql.raw(FROM_MANIFEST.map((name) => `${table}."${name}"`).join(", "));
const OWN = columns("processors");
const EXCLUDED = columns("excluded");

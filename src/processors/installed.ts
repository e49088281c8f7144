import { sql } from "drizzle-orm";
import { processors } from "../../drizzle/tables.ts";
import { SYSTEM } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import type { Processor } from "./sdk.ts";

/** Makes the built-in processors known to the database, so that new blobs trigger them. */
export async function installBuiltin(db: Db, catalogue: readonly Processor[]): Promise<void> {
  await transact(db, async (tx) => {
    for (const processor of catalogue) {
      const row = {
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
      };
      const { id: _id, ...change } = row;
      const written = await tx
        .insert(processors)
        .values(row)
        .onConflictDoUpdate({
          target: processors.id,
          set: change,
          setWhere: sql`${processors.version} is distinct from excluded.version`,
        })
        .returning({ id: processors.id });
      if (written.length > 0)
        await append(tx, SYSTEM, {
          type: "processor.installed",
          place: null,
          subject: processor.id,
          data: { id: processor.id, version: processor.version, title: processor.title },
        });
    }
  });
}

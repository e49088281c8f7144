/**
 * The schemas in `schemas/`, one file a version: registered at start. They change only by adding
 * the next version's file, so a file that differs from what was registered stops the start.
 */
import { sql } from "drizzle-orm";
import { SYSTEM } from "../access.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { canonicalJson } from "../json.ts";
import { requireTemplateShape } from "../pitches/template.ts";
import { readSchemaFiles } from "./files.ts";
import { hashOf, keepVersion, type Prepared } from "./registration.ts";
import { warm } from "./validation.ts";
import { findVersion } from "./versions.ts";

export async function registerBuiltinSchemas(db: Db, folder?: string): Promise<void> {
  const files = await readSchemaFiles(folder);
  // Before the transaction, which has a deadline: compiling takes its time.
  for (const { source } of files) warm(source);
  await transact(db, async (tx) => {
    for (const { name, version, source } of files) {
      const known = await findVersion(tx, name, version);
      if (known && !sameJson(known.source, source))
        throw new Error(
          `schemas/${name}-v${version}.json differs from the version this database knows. Versions never change: put the file back as it was and add ${name}-v${version + 1}.json.`,
        );
      if (!known) {
        const made = await keepVersion(tx, SYSTEM, await draftOf(tx, name, source));
        if (made.version.version !== version)
          throw new Error(
            `schemas/${name}-v${version}.json would become version ${made.version.version}: versions follow each other without gaps and without equals.`,
          );
      }
    }
    // Of those that were registered before contents had numbers.
    await tx.execute(sql`
      insert into schema_contents (hash)
      select distinct v.hash from schema_versions v
      where not exists (select 1 from schema_contents c where c.hash = v.hash)
      on conflict do nothing`);
  });
}

async function draftOf(tx: Tx, name: string, source: string): Promise<Prepared> {
  const schema = JSON.parse(source) as { title?: string };
  requireTemplateShape(name, schema);
  const after = (await findVersion(tx, name, "latest"))?.version ?? 0;
  const title = schema.title ?? null;
  return { name, source, hash: hashOf(schema), pins: {}, title, owner: null, after };
}

const sameJson = (a: string, b: string): boolean =>
  canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));

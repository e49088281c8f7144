/**
 * The schemas in `schemas/`, one file a version: registered at start. They change only by adding
 * the next version's file, so a file that differs from what was registered stops the start.
 */
import { SYSTEM } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { readSchemaFiles } from "./files.ts";
import { warm } from "./validation.ts";
import { findVersion, registerSchema, sameJson } from "./versions.ts";

export async function registerBuiltinSchemas(db: Db, folder?: string): Promise<void> {
  const files = await readSchemaFiles(folder);
  await transact(db, async (tx) => {
    for (const { name, version, source } of files) {
      const known = await findVersion(tx, name, version);
      if (known && !sameJson(known.source, source))
        throw new Error(
          `schemas/${name}-v${version}.json differs from the version this database knows. Versions never change: put the file back as it was and add ${name}-v${version + 1}.json.`,
        );
      if (known) warm(known.source);
      else {
        const made = await registerSchema(tx, SYSTEM, name, source);
        if (made.version.version !== version)
          throw new Error(
            `schemas/${name}-v${version}.json would become version ${made.version.version}: versions follow each other without gaps and without equals.`,
          );
      }
    }
  });
}

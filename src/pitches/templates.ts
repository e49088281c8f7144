/** The templates that there are, read from the registry of schemas. */
import { desc, like } from "drizzle-orm";
import { schemaVersions } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { invalid } from "../problem.ts";
import { parseSchemaRef, schemaId } from "../schemas/names.ts";
import { findSource } from "../schemas/versions.ts";
import { isTemplateName, type Template, templateErrors, templateIn } from "./template.ts";

/** @throws 422 for one that is not there, or is no template */
export async function requireTemplate(db: Db, id: unknown): Promise<Template> {
  const ref = typeof id === "string" ? parseSchemaRef(id) : undefined;
  const source =
    ref && ref.version !== "latest" && isTemplateName(ref.name)
      ? await findSource(db, ref.name, ref.version)
      : undefined;
  if (!source)
    throw invalid(
      [
        {
          pointer: "/metadata/template",
          rule: "template",
          message: "is not a template that there is",
        },
      ],
      "There is no such template for a pitch",
    );
  return templateIn(String(id), source.source);
}

/**
 * Each in its newest version, the studio's first, without those that are deprecated.
 * @param account whose own are told apart
 */
export async function listTemplates(
  db: Db,
  account?: string,
): Promise<(Template & { isOwn: boolean })[]> {
  const rows = await db
    .selectDistinctOn([schemaVersions.name])
    .from(schemaVersions)
    .where(like(schemaVersions.name, "pitch-template-%"))
    .orderBy(schemaVersions.name, desc(schemaVersions.version));
  return rows
    .filter(
      ({ deprecatedAt, source }) =>
        !deprecatedAt && templateErrors(JSON.parse(source)).length === 0,
    )
    .map((row) => ({
      ...templateIn(schemaId(row.name, row.version), row.source),
      isOwn: row.owner !== null && row.owner === account,
    }))
    .sort((a, b) => Number(a.isOwn) - Number(b.isOwn));
}

/** For whoever has only the bucket. */
export async function templateOf(
  db: Db,
  bucket: { metadata: Record<string, unknown> },
): Promise<Template> {
  return requireTemplate(db, bucket.metadata.template);
}

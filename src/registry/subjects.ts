/**
 * Schemas as the registry knows them: a subject is a schema's name, word for word. Subjects may hold
 * characters that names may not (`Orders.Value`): those are refused rather than written otherwise, since
 * a client looks for what it registered.
 */
import { and, asc, eq, isNotNull } from "drizzle-orm";
import { schemaContents, schemaDeletions, schemaVersions } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { canonicalJson, requireStorable } from "../json.ts";
import { Problem } from "../problem.ts";
import { isSchemaName, parseSchemaRef, schemaId } from "../schemas/names.ts";
import type { Pins } from "../schemas/pins.ts";
import { contentIdOf, hashOf } from "../schemas/registration.ts";
import { findVersion, type SchemaVersion } from "../schemas/versions.ts";
import { invalidSchema, noSubject, noVersion, Refusal } from "./refusals.ts";

/** A version, or what is left of a deleted one. */
export type Kept = Pick<SchemaVersion, "name" | "version" | "source" | "hash" | "pins"> & {
  isDeleted: boolean;
};

export type Reference = { name: string; subject: string; version: number };

/** What a client sends to register, look up or compare. */
export type Sent = {
  schema: string;
  schemaType?: string;
  references?: Reference[] | null;
  metadata?: unknown;
  ruleSet?: unknown;
};

/** The versions of a subject, oldest first. @throws 42208, 40401 */
export async function versionsOf(db: Db, subject: string, withDeleted = false): Promise<Kept[]> {
  requireSubject(subject);
  const live = await db
    .select()
    .from(schemaVersions)
    .where(eq(schemaVersions.name, subject))
    .orderBy(asc(schemaVersions.version));
  const found: Kept[] = live.map((one) => ({ ...one, isDeleted: false }));
  if (withDeleted) found.push(...(await deletedOf(db, subject)));
  if (found.length === 0) throw noSubject(subject);
  return found.sort((a, b) => a.version - b.version);
}

export async function deletedOf(db: Db, subject: string): Promise<Kept[]> {
  const rows = await db
    .select()
    .from(schemaDeletions)
    .where(and(eq(schemaDeletions.name, subject), isNotNull(schemaDeletions.source)))
    .orderBy(asc(schemaDeletions.version));
  return rows.map((row) => ({ ...row, source: row.source!, isDeleted: true }));
}

/** @param version a number, `latest` or `-1` @throws 40401, 40402, 42202 */
export async function versionOf(
  db: Db,
  subject: string,
  version: string,
  withDeleted = false,
): Promise<Kept> {
  const isLatest = version === "latest" || version === "-1";
  if (!isLatest && !/^[1-9]\d{0,8}$/.test(version))
    throw new Refusal(
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    );
  const all = await versionsOf(db, subject, withDeleted);
  const found = isLatest ? all.at(-1) : all.find((one) => one.version === Number(version));
  if (!found) throw noVersion(version);
  return found;
}

/** What a global id means: all versions with this content. */
export async function versionsById(db: Db, id: string): Promise<Kept[]> {
  if (!/^[1-9]\d{0,8}$/.test(id)) return [];
  const isThis = eq(schemaContents.id, Number(id));
  const live = await db
    .select({ one: schemaVersions })
    .from(schemaContents)
    .innerJoin(schemaVersions, eq(schemaVersions.hash, schemaContents.hash))
    .where(isThis)
    .orderBy(asc(schemaVersions.name), asc(schemaVersions.version));
  const gone = await db
    .select({ one: schemaDeletions })
    .from(schemaContents)
    .innerJoin(schemaDeletions, eq(schemaDeletions.hash, schemaContents.hash))
    .where(and(isThis, isNotNull(schemaDeletions.source)))
    .orderBy(asc(schemaDeletions.name), asc(schemaDeletions.version));
  return [
    ...live.map(({ one }) => ({ ...one, isDeleted: false })),
    ...gone.map(({ one }) => ({ ...one, source: one.source!, isDeleted: true })),
  ];
}

/** @throws 42201 */
export async function read(db: Db, sent: Sent): Promise<{ schema: unknown; references: Pins }> {
  // Without a type it is Avro, in this protocol.
  if (sent.schemaType !== "JSON")
    throw invalidSchema("only schemas of type JSON are kept here, not Avro or Protobuf.");
  if (isGiven(sent.metadata) || isGiven(sent.ruleSet))
    throw invalidSchema("metadata and rule sets are not kept here.");
  let schema: unknown;
  try {
    schema = JSON.parse(sent.schema);
    requireStorable(schema);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw invalidSchema("it is not JSON.");
  }
  const references: Pins = {};
  for (const { name, subject, version } of sent.references ?? []) {
    const found = isSchemaName(subject)
      ? await findVersion(db, subject, version === -1 ? "latest" : version)
      : undefined;
    if (!found) throw invalidSchema(`the reference “${name}” leads to no registered version.`);
    references[name] = schemaId(found.name, found.version);
  }
  return { schema, references };
}

/** Which of the versions is this schema; without stated references, whatever it was registered with. */
export function findSame(
  versions: readonly Kept[],
  { schema, references }: { schema: unknown; references: Pins },
): Kept | undefined {
  const hash = hashOf(schema, references);
  const same = versions.findLast((one) => one.hash === hash);
  if (same || Object.keys(references).length > 0) return same;
  const text = canonicalJson(schema);
  return versions.findLast((one) => canonicalJson(JSON.parse(one.source)) === text);
}

export async function viewOf(db: Db, kept: Kept) {
  return {
    subject: kept.name,
    version: kept.version,
    id: await contentIdOf(db, kept.hash),
    ...contentOf(kept),
  };
}

export const contentOf = ({ source, pins }: Pick<Kept, "source" | "pins">) => ({
  schemaType: "JSON",
  schema: source,
  ...(Object.keys(pins).length > 0 ? { references: referencesOf(pins) } : {}),
});

const referencesOf = (pins: Pins): Reference[] =>
  Object.entries(pins).map(([name, id]) => {
    const { name: subject, version } = parseSchemaRef(id)!;
    return { name, subject, version: version as number };
  });

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** @throws 42208 */
export function requireSubject(subject: string): void {
  if (isSchemaName(subject)) return;
  throw new Refusal(
    42208,
    `The specified subject '${subject}' is not a valid subject. A subject is the name of a schema: small letters, digits and single dashes, at most 100, as in orders-value.`,
  );
}

/** Versions of schemas as they are read: by name and number, kept in memory, with what they refer to. */
import { and, desc, eq, sql } from "drizzle-orm";
import { schemaVersions } from "../../drizzle/tables.ts";
import { type Database, type Db, databaseOf } from "../database.ts";
import { type FieldError, invalid, notFound } from "../problem.ts";
import type { Source } from "./confined/compiled.ts";
import { errorsIn, type Held, keyOf } from "./holding.ts";
import { isSchemaName, parseSchemaRef, schemaId } from "./names.ts";
import type { Pins } from "./pins.ts";

export type SchemaVersion = typeof schemaVersions.$inferSelect;

/** What never changes of a version once it is registered. */
export type SchemaSource = Pick<SchemaVersion, "name" | "version" | "source"> &
  Held & { hints: SchemaHints };

/** Sources of exact versions kept in memory, for each database: so many, and so many characters of them. */
const SOURCES_KEPT = 2_000;
const SOURCES_KEPT_CHARS = 16 * 1024 * 1024;
/** Schemas that a schema refers to, directly or not. */
const MOST_REFERENCES = 100;

type Kept = { sources: Map<string, SchemaSource>; chars: number };
const kept = new WeakMap<Database, Kept>();

/** The version a reference means (`text-input-v1`, or `text-input` for the latest), or undefined. */
export async function findSchema(db: Db, ref: string): Promise<SchemaSource | undefined> {
  const parsed = parseSchemaRef(ref);
  if (!parsed) return undefined;
  if (parsed.version !== "latest") return findSource(db, parsed.name, parsed.version);
  const latest = await findVersion(db, parsed.name, "latest");
  return latest && sourceOf(latest);
}

/** An exact version; from memory once it was read. */
export async function findSource(
  db: Db,
  name: string,
  version: number,
): Promise<SchemaSource | undefined> {
  const known = keptOf(db).sources.get(schemaId(name, version));
  if (known) return known;
  const row = await findVersion(db, name, version);
  return row && keep(db, sourceOf(row));
}

function keptOf(db: Db): Kept {
  const database = databaseOf(db);
  let known = kept.get(database);
  if (!known) {
    known = { sources: new Map(), chars: 0 };
    kept.set(database, known);
  }
  return known;
}

function keep(db: Db, source: SchemaSource): SchemaSource {
  const memory = keptOf(db);
  memory.sources.set(schemaId(source.name, source.version), source);
  memory.chars += source.source.length;
  for (const [id, oldest] of memory.sources) {
    if (memory.sources.size <= SOURCES_KEPT && memory.chars <= SOURCES_KEPT_CHARS) break;
    memory.sources.delete(id);
    memory.chars -= oldest.source.length;
  }
  return source;
}

/** It is gone: this process reads it no more. */
export function forgetSource(db: Db, name: string, version: number): void {
  const memory = keptOf(db);
  const id = schemaId(name, version);
  memory.chars -= memory.sources.get(id)?.source.length ?? 0;
  memory.sources.delete(id);
}

export function sourceOf({ name, version, source, owner, pins }: SchemaVersion): SchemaSource {
  const schema = JSON.parse(source) as { "x-reyna"?: SchemaHints } | boolean;
  const isOurs = owner === null;
  const hints = (typeof schema === "object" && schema["x-reyna"]) || {};
  // Only what is confined is looked up by it.
  const key = isOurs ? "" : keyOf({ source, pins });
  return { name, version, source, pins, isOurs, key, hints };
}

export async function findVersion(
  db: Db,
  name: string,
  version: number | "latest",
): Promise<SchemaVersion | undefined> {
  const rows = await db
    .select()
    .from(schemaVersions)
    .where(
      and(
        eq(schemaVersions.name, name),
        version === "latest" ? undefined : eq(schemaVersions.version, version),
      ),
    )
    .orderBy(desc(schemaVersions.version))
    .limit(1);
  return rows[0];
}

/** @throws 404 */
export async function requireVersion(db: Db, name: string, version: string) {
  const number =
    version === "latest" ? "latest" : /^[1-9]\d{0,8}$/.test(version) && Number(version);
  const found = number && isSchemaName(name) && (await findVersion(db, name, number));
  if (!found) throw notFound("This schema version");
  return found;
}

/**
 * Finds the schema that `ref` means and holds `content` to it.
 * @throws 422, with pointers below `at`, when the schema is unknown or the content does not validate.
 */
export async function requireValid(
  db: Db,
  ref: string,
  content: unknown,
  at = "/content",
): Promise<SchemaSource> {
  const schema = await findSchema(db, ref);
  const errors = await errorsOf(db, schema, ref, content, at);
  if (!schema || errors.length > 0)
    throw invalid(errors, schema && `This is not a valid ${schemaId(schema.name, schema.version)}`);
  return schema;
}

/** The errors of `content`, with pointers below `at`; one when there is no such schema. At once for the studio's own schemas. */
export function errorsOf(
  db: Db,
  schema: SchemaSource | undefined,
  ref: string,
  content: unknown,
  at = "/content",
): FieldError[] | Promise<FieldError[]> {
  if (!schema)
    return [{ pointer: "/schema", rule: "schema", message: `“${ref}” is not a known schema` }];
  const errors = errorsIn(schema, content, () => othersOf(db, schema.pins));
  return errors instanceof Promise ? errors.then((told) => below(at, told)) : below(at, errors);
}

const below = (at: string, errors: FieldError[]): FieldError[] =>
  errors.map((error) => ({ ...error, pointer: at + error.pointer }));

/** The registered schemas that pins lead to, and those that they refer to, by id. */
export async function othersOf(db: Db, ...pins: Pins[]): Promise<Record<string, Source>> {
  const others: Record<string, Source> = {};
  let next = pins.flatMap((one) => Object.values(one));
  while (next.length > 0 && Object.keys(others).length < MOST_REFERENCES) {
    const found = await Promise.all(
      [...new Set(next)].filter((id) => !Object.hasOwn(others, id)).map((id) => findSchema(db, id)),
    );
    for (const one of found)
      if (one) others[schemaId(one.name, one.version)] = { source: one.source, pins: one.pins };
    next = found
      .flatMap((one) => Object.values(one?.pins ?? {}))
      .filter((id) => !Object.hasOwn(others, id));
  }
  return others;
}

const SUMMARY = {
  name: schemaVersions.name,
  version: schemaVersions.version,
  title: schemaVersions.title,
  owner: schemaVersions.owner,
  createdAt: schemaVersions.createdAt,
  deprecatedAt: schemaVersions.deprecatedAt,
  globalId: sql<
    number | null
  >`(select c.id from schema_contents c where c.hash = schema_versions.hash)`,
};

/** A version without its source. */
export type SchemaSummary = Omit<SchemaVersion, "source" | "hash" | "pins" | "deprecatedBy"> & {
  globalId: number | null;
};

/** Each name once, in its latest version. */
export async function listSchemas(db: Db): Promise<SchemaSummary[]> {
  return db
    .selectDistinctOn([schemaVersions.name], SUMMARY)
    .from(schemaVersions)
    .orderBy(schemaVersions.name, desc(schemaVersions.version));
}

/** Newest first. */
export async function listVersions(db: Db, name: string): Promise<SchemaSummary[]> {
  return db
    .select(SUMMARY)
    .from(schemaVersions)
    .where(eq(schemaVersions.name, name))
    .orderBy(desc(schemaVersions.version));
}

/** With their sources, newest first. */
export async function wholeVersions(db: Db, name: string): Promise<SchemaVersion[]> {
  return db
    .select()
    .from(schemaVersions)
    .where(eq(schemaVersions.name, name))
    .orderBy(desc(schemaVersions.version));
}

/** Versions that refer to this one. */
export async function referrersOf(db: Db, name: string, version: number) {
  return db
    .select(SUMMARY)
    .from(schemaVersions)
    .where(
      sql`exists (select 1 from jsonb_each_text(${schemaVersions.pins}) p where p.value = ${schemaId(name, version)})`,
    )
    .orderBy(schemaVersions.name, schemaVersions.version);
}

/** What a schema says of itself under `x-reyna`. */
export type SchemaHints = {
  label?: string;
  icon?: string;
  /** Writes to blobs of it are refused. */
  immutable?: boolean;
  /** Its blobs are snapshots of documents, which only the studio writes. */
  documentOwned?: boolean;
  /** Its blobs are made by uploading a file. */
  uploaded?: boolean;
  /** Of a bucket schema: the bucket types it may hold; absent, any. */
  childTypes?: string[];
  /** Of a bucket schema: the names of the schemas its blobs may have; absent, any. */
  blobSchemas?: string[];
};

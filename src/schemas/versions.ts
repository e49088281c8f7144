import { and, desc, eq, max, sql } from "drizzle-orm";
import { schemaVersions } from "../../drizzle/tables.ts";
import type { Actor } from "../access.ts";
import { type Database, type Db, databaseOf, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { canonicalJson, hashJson } from "../json.ts";
import { type FieldError, invalid, notFound } from "../problem.ts";
import { isSchemaName, parseSchemaRef, schemaId } from "./names.ts";
import { validate, warm } from "./validation.ts";

export type SchemaVersion = typeof schemaVersions.$inferSelect;

/** What never changes of a version once it is registered. */
export type SchemaSource = Pick<SchemaVersion, "name" | "version" | "source"> & {
  hints: SchemaHints;
};

/** Sources of exact versions kept in memory, for each database. */
const SOURCES_KEPT = 2_000;
const sources = new WeakMap<Database, Map<string, SchemaSource>>();

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
  const database = databaseOf(db);
  const kept = sources.get(database) ?? new Map<string, SchemaSource>();
  sources.set(database, kept);
  const id = schemaId(name, version);
  const known = kept.get(id);
  if (known) return known;
  const row = await findVersion(db, name, version);
  if (!row) return undefined;
  const source = sourceOf(row);
  kept.set(id, source);
  if (kept.size > SOURCES_KEPT) kept.delete(kept.keys().next().value!);
  return source;
}

function sourceOf({ name, version, source }: SchemaVersion): SchemaSource {
  const schema = JSON.parse(source) as { "x-reyna"?: SchemaHints };
  return { name, version, source, hints: schema["x-reyna"] ?? {} };
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
  const errors = errorsOf(schema, ref, content, at);
  if (!schema || errors.length > 0)
    throw invalid(errors, schema && `This is not a valid ${schemaId(schema.name, schema.version)}`);
  return schema;
}

/** The errors of `content`, with pointers below `at`; one when there is no such schema. */
export function errorsOf(
  schema: SchemaSource | undefined,
  ref: string,
  content: unknown,
  at = "/content",
): FieldError[] {
  if (!schema)
    return [{ pointer: "/schema", rule: "schema", message: `“${ref}” is not a known schema` }];
  return validate(schema.source, content).map((error) => ({
    ...error,
    pointer: at + error.pointer,
  }));
}

/** Each name once, in its latest version. */
export async function listSchemas(db: Db): Promise<SchemaVersion[]> {
  return db
    .selectDistinctOn([schemaVersions.name])
    .from(schemaVersions)
    .orderBy(schemaVersions.name, desc(schemaVersions.version));
}

/** Newest first. */
export async function listVersions(db: Db, name: string): Promise<SchemaVersion[]> {
  return db
    .select()
    .from(schemaVersions)
    .where(eq(schemaVersions.name, name))
    .orderBy(desc(schemaVersions.version));
}

/**
 * Keeps a new version of a schema; the same content again is the version that has it.
 * @throws 422 when it is not a valid JSON Schema.
 */
export async function registerSchema(
  db: Db,
  actor: Actor,
  name: string,
  source: string,
): Promise<{ version: SchemaVersion; created: boolean }> {
  const schema = JSON.parse(source) as unknown;
  try {
    warm(source);
  } catch (error) {
    throw invalid(
      [{ pointer: "/schema", rule: "schema", message: (error as Error).message }],
      "This is not a valid JSON Schema",
    );
  }
  return transact(db, async (tx) => {
    // Two registrations of one name at once: the second waits, then sees the first.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`schema:${name}`}, 0))`);
    const hash = hashJson(schema);
    const [same] = await tx
      .select()
      .from(schemaVersions)
      .where(and(eq(schemaVersions.name, name), eq(schemaVersions.hash, hash)));
    if (same) return { version: same, created: false };
    const [last] = await tx
      .select({ version: max(schemaVersions.version) })
      .from(schemaVersions)
      .where(eq(schemaVersions.name, name));
    const title = (schema as { title?: unknown }).title;
    const [version] = await tx
      .insert(schemaVersions)
      .values({
        name,
        version: (last?.version ?? 0) + 1,
        source,
        hash,
        title: typeof title === "string" ? title : null,
        owner: actor.kind === "account" ? actor.account : null,
      })
      .returning();
    const id = schemaId(name, version!.version);
    await append(tx, actor, {
      type: "schema.registered",
      place: null,
      subject: id,
      data: { id, name, version: version!.version, title: version!.title },
    });
    return { version: version!, created: true };
  });
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

export const sameJson = (a: string, b: string): boolean =>
  canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));

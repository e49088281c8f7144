/**
 * How a schema becomes a version. What may take long (reading it, comparing it) is done before the
 * transaction, which then sees whether another was registered meanwhile.
 */
import { and, eq, sql } from "drizzle-orm";
import { schemaContents, schemaVersions } from "../../drizzle/tables.ts";
import { type AccountActor, type Actor, requireWholeAccount } from "../access.ts";
import { type Db, isUnavailable, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { hashJson } from "../json.ts";
import { requireTemplateShape } from "../pitches/template.ts";
import { invalid, Problem } from "../problem.ts";
import { compareWith } from "./comparison.ts";
import { configOf } from "./configs.ts";
import { examine } from "./holding.ts";
import { isSchemaName, schemaId } from "./names.ts";
import { pinsOf } from "./pinning.ts";
import { namedPins, type Pins } from "./pins.ts";
import { requireSteward } from "./stewards.ts";
import { findVersion, othersOf, type SchemaVersion, wholeVersions } from "./versions.ts";

/** The largest schema that is taken, in characters of JSON. */
export const MOST_SCHEMA_CHARS = 512 * 1024;
/** How often a registration begins again because another was quicker. */
const ATTEMPTS = 5;

export type Draft = {
  schema: unknown;
  /** As it was written, where that is known. */
  source?: string;
  title?: string | undefined;
  /** What references mean whose words do not say it: by the reference as written, an id. */
  references?: Pins;
};

/** A draft that may become a version, as long as `after` is the latest. */
export type Prepared = {
  name: string;
  source: string;
  hash: string;
  pins: Pins;
  title: string | null;
  owner: string | null;
  after: number;
};

export type Registered = { version: SchemaVersion; created: boolean };

/**
 * Registers the next version of a schema, or finds the one that has the same content.
 * @throws 403, 409 `incompatible`, 422
 */
export async function registerVersion(
  db: Db,
  actor: AccountActor,
  name: string,
  draft: Draft,
): Promise<Registered> {
  return untilStill(async () => {
    const prepared = await prepareVersion(db, actor, name, draft);
    return transact(db, (tx) => keepVersion(tx, actor, prepared));
  });
}

/** Begins again while others register versions of the same schema. */
export async function untilStill<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Overtaken) || attempt === ATTEMPTS) throw error;
    }
}

class Overtaken extends Problem {
  constructor() {
    super(409, "overtaken", "Another version was registered meanwhile", {
      detail: "Nothing was kept; try again.",
    });
  }
}

/** @throws 403, 409 `incompatible`, 422 */
export async function prepareVersion(
  db: Db,
  actor: AccountActor,
  name: string,
  draft: Draft,
): Promise<Prepared> {
  requireWholeAccount(actor);
  const latest = isSchemaName(name) ? await findVersion(db, name, "latest") : undefined;
  if (latest) requireSteward(actor, latest);
  const { schema, title } = draft;
  const source = draft.source ?? JSON.stringify(schema);
  requireSize(source);
  if (!isSchemaName(name)) throw refused("", "name", NAME_RULE);
  if (draft.source !== undefined) await requireReadable(db, draft.source);
  const references = draft.references ?? {};
  const hash = hashOf(schema, references);
  const prepared = {
    name,
    source,
    hash,
    pins: references,
    title: title ?? titleOf(schema),
    owner: latest ? latest.owner : actor.account,
    after: latest?.version ?? 0,
  };
  const versions = await wholeVersions(db, name);
  if (versions.some((version) => version.hash === hash)) return prepared;

  prepared.pins = await pinsOf(db, schema, references);
  const errors = await examine({
    source,
    pins: prepared.pins,
    others: await othersOf(db, prepared.pins),
  });
  if (errors.length > 0)
    throw invalid(
      errors.map((error) => ({ ...error, pointer: `/schema${error.pointer}` })),
      "This is not a valid JSON Schema",
    );
  requireTemplateShape(name, schema);
  await requireCompatible(db, prepared, schema, versions);
  return prepared;
}

/**
 * Keeps what was prepared; the same content again is the version that has it.
 * @throws 409 `overtaken`
 */
export async function keepVersion(tx: Tx, actor: Actor, prepared: Prepared): Promise<Registered> {
  const { name, hash, after, source, pins, title, owner } = prepared;
  // Two registrations of one name at once: the second waits, then sees the first.
  await lockName(tx, name);
  const [same] = await tx
    .select()
    .from(schemaVersions)
    .where(and(eq(schemaVersions.name, name), eq(schemaVersions.hash, hash)));
  if (same) return { version: same, created: false };
  const { rows } = await tx.execute<{ latest: number; last: number }>(sql`
    select (select coalesce(max(version), 0) from schema_versions where name = ${name})::int as latest,
      greatest((select max(version) from schema_versions where name = ${name}),
        (select max(version) from schema_deletions where name = ${name}), 0)::int as last`);
  const { latest, last } = rows[0]!;
  if (latest !== after) throw new Overtaken();
  await tx.insert(schemaContents).values({ hash }).onConflictDoNothing();
  const [version] = await tx
    .insert(schemaVersions)
    .values({ name, version: last + 1, source, hash, pins, title, owner })
    .returning();
  const id = schemaId(name, version!.version);
  await append(tx, actor, {
    type: "schema.registered",
    place: null,
    subject: id,
    data: { id, name, version: version!.version, title: version!.title },
  });
  return { version: version!, created: true };
}

/** Whoever changes which versions a schema has goes one after the other. */
export const lockName = (tx: Tx, name: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`schema:${name}`}, 0))`);

/** The number that a content has for good. */
export async function contentIdOf(db: Db, hash: string): Promise<number> {
  const read = () =>
    db.select({ id: schemaContents.id }).from(schemaContents).where(eq(schemaContents.hash, hash));
  const [known] = await read();
  if (known) return known.id;
  await db.insert(schemaContents).values({ hash }).onConflictDoNothing();
  return (await read())[0]!.id;
}

/** Equal schemas with equal references are equal. */
export function hashOf(schema: unknown, references: Pins = {}): string {
  const named = namedPins(references);
  return hashJson(named ? [schema, named] : schema);
}

async function requireCompatible(
  db: Db,
  { name, pins }: Prepared,
  schema: unknown,
  versions: readonly SchemaVersion[],
): Promise<void> {
  if (versions.length === 0) return;
  const { compatibility: level, policy } = await configOf(db, name);
  const asked = level.endsWith("_TRANSITIVE") ? versions : versions.slice(0, 1);
  const { compatible, errors } = await compareWith(db, {
    candidate: { schema, pins },
    versions: asked,
    level,
    policy,
  });
  if (compatible) return;
  throw new Problem(409, "incompatible", "This does not keep what the schema promises", {
    detail: `${name} keeps ${level}: ${WHAT_BREAKS[level.split("_")[0]!]}`,
    errors: errors.map((error) => ({ ...error, pointer: `/schema${error.pointer}` })),
  });
}

const WHAT_BREAKS: Record<string, string> = {
  BACKWARD: "what an older version takes, the new one must take.",
  FORWARD: "what the new version takes, the older one must take.",
  FULL: "the new version and the older one must take the same.",
};

const NAME_RULE =
  "The name of a schema is at most 100 small letters, digits and single dashes, begins with a letter and does not end like “-v1”";

/** @throws 422 */
function requireSize(source: string): void {
  if (source.length > MOST_SCHEMA_CHARS)
    throw refused("/schema", "size", `must have at most ${MOST_SCHEMA_CHARS} characters as JSON`);
}

/** Postgres reads it as JSON, whose numbers may be beyond it. @throws 422 */
async function requireReadable(db: Db, source: string): Promise<void> {
  try {
    await db.execute(sql`select ${source}::jsonb is null`);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    throw refused("/schema", "number", "holds a number that cannot be stored");
  }
}

const refused = (pointer: string, rule: string, message: string) =>
  invalid([{ pointer, rule, message }], "This cannot become a schema");

function titleOf(schema: unknown): string | null {
  const title = (schema as { title?: unknown } | null)?.title;
  return typeof title === "string" ? title : null;
}

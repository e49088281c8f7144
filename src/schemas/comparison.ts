/** A schema as it might become a version: what it would owe the others, asked off the event loop. */
import type { Db } from "../database.ts";
import { notFound, Problem } from "../problem.ts";
import type { Level } from "./compatibility/check.ts";
import { type Checker, openChecker } from "./compatibility/in-worker.ts";
import { configOf } from "./configs.ts";
import { parseSchemaRef, schemaId } from "./names.ts";
import { findSchema, listVersions, type SchemaVersion } from "./versions.ts";

/** Schemas that a schema refers to, directly or not. */
const MOST_REFERENCES = 100;

export type Comparison = {
  schema: unknown;
  level?: Level;
  against?: number | "latest" | "all";
};

/** One for the process: a worker costs memory, and its cache of patterns serves all. */
let shared: Checker | undefined;
const checker = (): Checker => (shared ??= openChecker());

/** @throws 404 for no such schema or version, 503 when too many wait */
export async function compare(db: Db, name: string, draft: Comparison) {
  const all = await listVersions(db, name);
  if (all.length === 0) throw notFound("This schema");
  const { compatibility, policy } = await configOf(db, name);
  const level = draft.level ?? compatibility;
  const against = draft.against ?? (level.endsWith("_TRANSITIVE") ? "all" : "latest");
  const versions = chosen(all, against).map(({ version, source }) => ({
    version,
    schema: JSON.parse(source) as unknown,
  }));
  const known = await knownTo(db, [draft.schema, ...versions.map(({ schema }) => schema)]);
  try {
    const asked = { level: reaching(level), policy, candidate: draft.schema, versions, known };
    return { level, against, ...(await checker().check(asked)) };
  } catch {
    throw new Problem(503, "busy", "Too many schemas are being compared", {
      headers: { "retry-after": "1" },
    });
  }
}

function chosen(all: readonly SchemaVersion[], against: number | "latest" | "all") {
  if (against === "all") return all;
  const found = against === "latest" ? all[0] : all.find(({ version }) => version === against);
  if (!found) throw notFound("This schema version");
  return [found];
}

/** The versions are chosen already: the checker is to ask of all it gets. */
const reaching = (level: Level): Level =>
  level === "NONE" || level.endsWith("_TRANSITIVE") ? level : (`${level}_TRANSITIVE` as Level);

/** The registered schemas that these refer to by name or id, and those that they refer to. */
async function knownTo(db: Db, schemas: readonly unknown[]): Promise<Record<string, unknown>> {
  const known: Record<string, unknown> = {};
  const asked = new Set<string>();
  const queue = [...schemas];
  for (let schema = queue.pop(); schema !== undefined; schema = queue.pop())
    for (const ref of referencesIn(schema)) {
      if (asked.has(ref) || asked.size >= MOST_REFERENCES) continue;
      asked.add(ref);
      const found = await findSchema(db, ref);
      if (!found) continue;
      known[ref] = JSON.parse(found.source) as unknown;
      known[schemaId(found.name, found.version)] = known[ref];
      queue.push(known[ref]);
    }
  return known;
}

function referencesIn(schema: unknown): Set<string> {
  const found = new Set<string>();
  const stack = [schema];
  while (stack.length > 0) {
    const at = stack.pop();
    if (typeof at !== "object" || at === null) continue;
    const ref = "$ref" in at && typeof at.$ref === "string" ? at.$ref.split("#")[0]! : "";
    if (ref && parseSchemaRef(ref)) found.add(ref);
    stack.push(...Object.values(at));
  }
  return found;
}

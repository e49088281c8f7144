/** From a schema to what the Schemas page shows of it. */
import type { Looked, View } from "../../views/schemas/ids.ts";
import type {
  DocumentView,
  DraftView,
  Fault,
  SchemaView,
  VersionView,
} from "../../views/schemas/schema-view.ts";
import type { AccountActor } from "../access.ts";
import type { Db } from "../database.ts";
import { parseJson } from "../json.ts";
import { notFound, Problem } from "../problem.ts";
import { configOf, type SchemaConfig } from "./configs.ts";
import { examine } from "./holding.ts";
import { isSchemaName } from "./names.ts";
import { type Compared, compareSides, type Side, sideOf } from "./page-comparison.ts";
import { countDocuments, type DocumentCounts, MOST_COUNTED, sumOf } from "./page-documents.ts";
import { fieldsOf } from "./page-fields.ts";
import { linesOf } from "./page-rows.ts";
import { pinsOf } from "./pinning.ts";
import { MOST_SCHEMA_CHARS } from "./registration.ts";
import {
  findVersion,
  listVersions,
  othersOf,
  type SchemaSummary,
  type SchemaVersion,
  wholeVersions,
} from "./versions.ts";

/** A source that is longer does not stand in the field from the start, in characters. */
const LONGEST_PREFILLED = 64 * 1024;

/** What is looked at of a schema, beside what its address says. */
export type Shown = {
  draft?: DraftView;
  document?: DocumentView;
  done?: string;
};

/** @throws 404 for no such schema or version, 503 when too many are compared */
export async function schemaView(
  db: Db,
  actor: AccountActor,
  name: string,
  looked: Looked,
  shown: Shown,
): Promise<SchemaView> {
  const versions = isSchemaName(name) ? await listVersions(db, name) : [];
  const [latest] = versions;
  if (!latest) throw notFound("This schema");
  const config = await configOf(db, name);
  const counts = await countDocuments(db, actor, name);
  const page = { db, actor, name, versions, config, counts };
  const { draft } = shown;
  const compared =
    draft && draft.faults.length === 0 && draft.problem === null
      ? await draftCompared(page, draft, looked)
      : await versionsCompared(page, looked);
  const alone = await requireOne(db, name, looked.to ?? latest.version);
  const schema = JSON.parse(alone.source) as unknown;
  return {
    name,
    title: latest.title || name,
    description: descriptionIn(schema),
    owner: latest.owner === null ? "built-in" : latest.owner === actor.account ? "you" : "somebody",
    versions: versions.map((version) => versionView(version, counts)),
    documents: { count: Math.min(sumOf(counts), MOST_COUNTED), more: sumOf(counts) > MOST_COUNTED },
    view: viewOf(looked.view, compared),
    alone: {
      version: alone.version,
      at: alone.createdAt.toISOString(),
      deprecatedAt: alone.deprecatedAt?.toISOString() ?? null,
      fields: fieldsOf(schema),
      lines: linesOf(schema),
    },
    compared,
    config: { level: config.compatibility, policy: config.policy },
    isSteward: isSteward(actor, latest),
    draft: draft ?? (await emptyDraft(db, latest, config)),
    document: shown.document ?? { text: "", version: alone.version, answer: null },
    done: shown.done ?? null,
  };
}

type Page = {
  db: Db;
  actor: AccountActor;
  name: string;
  versions: readonly SchemaSummary[];
  config: SchemaConfig;
  counts: DocumentCounts;
};

/** Of the two that the address names; of the latest and the one before it. Null where there is one only. */
async function versionsCompared(page: Page, looked: Looked): Promise<Compared | null> {
  const { db, actor, name, versions, config, counts } = page;
  const newer = looked.to ?? versions[0]!.version;
  const older = looked.from ?? versions.find(({ version }) => version < newer)?.version;
  if (older === undefined || older === newer) return null;
  const before = await requireOne(db, name, older);
  const after = await requireOne(db, name, newer);
  return compareSides(db, actor, {
    name,
    before,
    after: sideOf(after),
    isDraft: false,
    level: config.compatibility,
    policy: config.policy,
    against: older,
    versions: [before],
    counts,
    asLines: looked.view === "json",
  });
}

async function draftCompared(page: Page, draft: DraftView, looked: Looked): Promise<Compared> {
  const { db, actor, name, versions, config, counts } = page;
  const schema: unknown = JSON.parse(draft.text);
  const { level } = draft;
  const isAll = draft.against === "all";
  const against =
    draft.against === "latest" || draft.against === "all" ? draft.against : Number(draft.against);
  const [latest] = versions;
  const before = await requireOne(
    db,
    name,
    typeof against === "number" ? against : latest!.version,
  );
  const after: Side = {
    version: latest!.version + 1,
    source: draft.text,
    pins: await pinsOf(db, schema),
    isOurs: false,
    at: null,
    deprecatedAt: null,
  };
  return compareSides(db, actor, {
    name,
    before,
    after,
    isDraft: true,
    level,
    policy: config.policy,
    against,
    versions: isAll ? await wholeVersions(db, name) : [before],
    counts,
    asLines: looked.view === "json",
  });
}

/** What keeps the words in the field from being a schema; nothing where they are one. @throws 503 */
export async function faultsOf(db: Db, text: string): Promise<Fault[]> {
  if (text.length > MOST_SCHEMA_CHARS)
    return [{ pointer: "", message: `has more than ${MOST_SCHEMA_CHARS} characters` }];
  const parsed = jsonIn(text);
  if ("faults" in parsed) return parsed.faults;
  const pins = await pinsOf(db, parsed.value);
  return examine({ source: text, pins, others: await othersOf(db, pins) });
}

/** What was pasted, or what keeps it from being JSON that could be stored. */
export function jsonIn(text: string): { value: unknown } | { faults: Fault[] } {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { faults: error.extra.errors ?? [{ pointer: "", message: notJson(text) }] };
  }
}

function notJson(text: string): string {
  if (text.trim() === "") return "is empty";
  try {
    JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.replace(/^JSON Parse error: /, "");
    return `is not JSON: ${why}`;
  }
  return "is not JSON";
}

async function requireOne(db: Db, name: string, version: number): Promise<SchemaVersion> {
  const found = await findVersion(db, name, version);
  if (!found) throw notFound("This schema version");
  return found;
}

const isSteward = ({ account, administrator, token }: AccountActor, { owner }: SchemaSummary) =>
  owner !== null && (owner === account || administrator) && !token?.roots;

function viewOf(asked: View | undefined, compared: Compared | null): View {
  if (compared) return compared.isDraft && asked === "fields" ? "side" : (asked ?? "side");
  return asked === "json" ? "json" : "fields";
}

const versionView = (
  { version, createdAt, deprecatedAt }: SchemaSummary,
  counts: DocumentCounts,
): VersionView => ({
  version,
  at: createdAt.toISOString(),
  deprecatedAt: deprecatedAt?.toISOString() ?? null,
  documents: counts.get(version) ?? 0,
});

/** Beginning with the latest version: the next one is that with a change. */
async function emptyDraft(
  db: Db,
  latest: SchemaSummary,
  { compatibility: level }: SchemaConfig,
): Promise<DraftView> {
  const { source } = await requireOne(db, latest.name, latest.version);
  return {
    text: source.length > LONGEST_PREFILLED ? "" : legible(source.trim()),
    level,
    against: level.endsWith("_TRANSITIVE") ? "all" : "latest",
    faults: [],
    problem: null,
  };
}

/** What came in one line is easier to change in many. */
const legible = (source: string): string =>
  source.includes("\n") ? source : JSON.stringify(JSON.parse(source), null, 2);

function descriptionIn(schema: unknown): string {
  const { description } = (schema ?? {}) as { description?: unknown };
  return typeof description === "string" ? description : "";
}

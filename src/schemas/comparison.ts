/** A schema as it might become a version: what it would owe the others, asked off the event loop. */
import type { Db } from "../database.ts";
import { notFound } from "../problem.ts";
import { openChecker } from "./checker.ts";
import type { Level, Verdict } from "./compatibility/check.ts";
import type { Policy } from "./compatibility/contain.ts";
import { configOf } from "./configs.ts";
import { answerOf } from "./confined/problem.ts";
import { pinsOf } from "./pinning.ts";
import type { Pins } from "./pins.ts";
import { othersOf, type SchemaVersion, wholeVersions } from "./versions.ts";

export type Comparison = {
  schema: unknown;
  /** What references mean whose words do not say it. */
  references?: Pins;
  level?: Level;
  against?: number | "latest" | "all";
};

/** What is compared at once, in characters of JSON. */
const MOST_COMPARED_CHARS = 32 * 1024 * 1024;

/** One for the process: its cache of patterns serves all. */
const checker = openChecker();

/** @throws 404 for no such schema or version, 503 when too many wait */
export async function compare(db: Db, name: string, draft: Comparison) {
  const all = await wholeVersions(db, name);
  if (all.length === 0) throw notFound("This schema");
  const { compatibility, policy } = await configOf(db, name);
  const level = draft.level ?? compatibility;
  const against = draft.against ?? (level.endsWith("_TRANSITIVE") ? "all" : "latest");
  const candidate = {
    schema: draft.schema,
    pins: await pinsOf(db, draft.schema, draft.references),
  };
  const versions = chosen(all, against);
  return { level, against, ...(await compareWith(db, { candidate, versions, level, policy })) };
}

/** Of all the given versions, whatever the level says of that. @throws 503 */
export async function compareWith(
  db: Db,
  asked: {
    candidate: { schema: unknown; pins: Pins };
    versions: readonly SchemaVersion[];
    level: Level;
    policy: Policy;
  },
): Promise<Verdict> {
  const { candidate, versions, level, policy } = asked;
  const chars = versions.reduce((sum, { source }) => sum + source.length, 0);
  if (chars > MOST_COMPARED_CHARS) return tooMuch(versions);
  return answerOf(
    checker.checkSources({
      level: reaching(level),
      policy,
      candidate: { source: JSON.stringify(candidate.schema), pins: candidate.pins },
      versions: versions.map(({ version, source, pins }) => ({ version, source, pins })),
      others: await othersOf(db, candidate.pins, ...versions.map(({ pins }) => pins)),
    }),
  );
}

function tooMuch(versions: readonly SchemaVersion[]): Verdict {
  const message = "Not decided: the versions are too large to be compared at once.";
  const { version: against } = versions[0]!;
  return {
    compatible: false,
    errors: [{ pointer: "", rule: "undecided", message, against, direction: "backward" }],
  };
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

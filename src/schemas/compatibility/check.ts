/** What a new version of a schema owes the older ones, and where it fails them. Pure: no IO. */
import { escapePointer } from "../../json.ts";
import type { Budget } from "./budget.ts";
import { type Breach, type Containment, contain, type Policy, reader } from "./contain.ts";
import type { Resolve } from "./references.ts";
import { sentence } from "./sentences.ts";
import { refutes } from "./verify.ts";

export const LEVELS = [
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
] as const;
export type Level = (typeof LEVELS)[number];

export type Question = {
  level: Level;
  candidate: unknown;
  /** The versions that exist, in any order. A level that is not transitive asks of the newest only. */
  versions: readonly { version: number; schema: unknown }[];
  /** Finds the schemas that `$ref`s mean, by URI or by name (`text-input-v1`). */
  resolve?: Resolve;
  budget?: Budget;
  /** `lenient`: documents are taken to have no properties that only the other version names. */
  policy?: Policy;
  /** False: only decide, without counterexamples. */
  examples?: boolean;
};

export type Incompatibility = {
  /** JSON Pointer into the candidate: to the keyword, or the nearest place above it that exists. */
  pointer: string;
  /** The keyword that refuses; `undecided` where nothing was proved. */
  rule: string;
  /** A sentence. */
  message: string;
  /** A document that one version takes and the other refuses, checked with ajv. */
  example?: unknown;
  /** The version that it is about. */
  against: number;
  /** Whether new readers fail on old documents, or old readers on new ones. */
  direction: "backward" | "forward";
};

export type Verdict = { compatible: boolean; errors: Incompatibility[] };

/** More of them help nobody. */
const MOST_ERRORS = 100;

export function checkCompatibility(question: Question): Verdict {
  const { level, versions } = question;
  const newestFirst = versions.toSorted((a, b) => b.version - a.version);
  const asked = level.endsWith("_TRANSITIVE") ? newestFirst : newestFirst.slice(0, 1);
  const errors: Incompatibility[] = [];
  const read = reader();
  if (level === "NONE") return { compatible: true, errors };
  for (const { version, schema } of asked) {
    if (errors.length >= MOST_ERRORS) break;
    if (!level.startsWith("FORWARD"))
      errors.push(...failures(question, read, version, schema, "backward"));
    if (!level.startsWith("BACKWARD"))
      errors.push(...failures(question, read, version, schema, "forward"));
  }
  return { compatible: errors.length === 0, errors: errors.slice(0, MOST_ERRORS) };
}

function failures(
  question: Question,
  read: ReturnType<typeof reader>,
  version: number,
  schema: unknown,
  direction: "backward" | "forward",
): Incompatibility[] {
  const { candidate, resolve, budget, policy } = question;
  const isBackward = direction === "backward";
  const containment = isBackward
    ? contain(schema, candidate, { resolve, budget, policy, read })
    : contain(candidate, schema, { resolve, budget, policy, read });
  const [stricter, wider] = isBackward
    ? ["the new version", `version ${version}`]
    : [`version ${version}`, "the new version"];
  return containment.breaches.map((breach) => ({
    pointer: nearest(candidate, breach.rule.pointer),
    rule: breach.undecided === undefined ? breach.rule.rule : "undecided",
    message: sentence(breach, stricter, wider),
    ...exampleOf(question, breach, containment),
    against: version,
    direction,
  }));
}

function exampleOf(
  { examples }: Question,
  breach: Breach,
  { lifted }: Containment,
): { example?: unknown } {
  if (examples === false || !("value" in breach) || !lifted) return {};
  return refutes(breach.value, lifted.inner, lifted.outer) ? { example: breach.value } : {};
}

/** What a keyword of 2020-12 was called in an older draft. */
const FORMERLY: Record<string, string> = {
  prefixItems: "items",
  items: "additionalItems",
  dependentRequired: "dependencies",
  dependentSchemas: "dependencies",
  $dynamicRef: "$recursiveRef",
};

/** The longest beginning of a pointer into the lifted schema that leads somewhere in the schema as written. */
function nearest(schema: unknown, pointer: string): string {
  let at = schema;
  let kept = "";
  for (const token of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) break;
    const isTuple = token === "items" && Array.isArray((at as Record<string, unknown>).items);
    let key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isTuple || !Object.hasOwn(at, key)) key = FORMERLY[key] ?? key;
    if (!Object.hasOwn(at, key)) break;
    at = (at as Record<string, unknown>)[key];
    kept += `/${escapePointer(key)}`;
  }
  return kept;
}

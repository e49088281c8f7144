/** How many documents a version refuses, and by which of its rules. For untrusted schemas: runs in the process of `confined/` only. */
import type { ErrorObject, ValidateFunction } from "ajv";
import type { Place } from "./page-changes.ts";

export type CountInput = {
  /** JSON texts. */
  documents: readonly string[];
  /** For each change: where the rules stand that it brought, and, of a field that is dropped, where that was. */
  changes: readonly { places: readonly Place[]; dropped?: string }[];
};

export type CountAnswer = { refused: number; byChange: number[] };

/** @param validate reports all errors, with paths into the schema */
export function countRefused(
  validate: ValidateFunction,
  { documents, changes }: CountInput,
): CountAnswer {
  const byChange = changes.map(() => 0);
  const dropped = changes.map((change) => change.dropped && stepsTo(change.dropped));
  let refused = 0;
  for (const text of documents) {
    const document: unknown = JSON.parse(text);
    const errors = validate(document) === true ? [] : (validate.errors ?? []);
    if (errors.length > 0) refused++;
    const at = errors.map((error) => ({ pointer: placeOf(error), field: fieldOf(error) }));
    for (const [i, { places }] of changes.entries()) {
      const steps = dropped[i];
      const isHit = steps ? has(document, steps) : at.some((error) => isAt(places, error));
      if (isHit) byChange[i]!++;
    }
  }
  return { refused, byChange };
}

function isAt(places: readonly Place[], error: { pointer: string; field: string | undefined }) {
  return places.some(({ pointer, field, direction, exact }) => {
    if (direction === "forward" || (field !== undefined && field !== error.field)) return false;
    return error.pointer === pointer || (!exact && error.pointer.startsWith(`${pointer}/`));
  });
}

/** ajv writes `#/properties/a%20b/minLength`. */
function placeOf({ schemaPath }: ErrorObject): string {
  const fragment = schemaPath.slice(schemaPath.indexOf("#") + 1);
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

const fieldOf = ({ params }: ErrorObject): string | undefined =>
  params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;

/** From `/properties/links/items/properties/how` to `links`, any item, `how`; undefined where it is not as plain. */
function stepsTo(pointer: string): (string | null)[] | undefined {
  const tokens = pointer.split("/").slice(1);
  const steps: (string | null)[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === "items") steps.push(null);
    else if (tokens[i] === "properties" && tokens[i + 1] !== undefined)
      steps.push(tokens[++i]!.replaceAll("~1", "/").replaceAll("~0", "~"));
    else return undefined;
  }
  return steps;
}

function has(value: unknown, steps: readonly (string | null)[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (step === null) return Array.isArray(value) && value.some((item) => has(item, rest));
  return (
    typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, step) &&
    has((value as Record<string, unknown>)[step], rest)
  );
}

/** Whether something is a JSON Schema at all: held to the metaschema of the draft that it names. */
import type { ValidateFunction } from "ajv";
import Ajv2019 from "ajv/dist/2019.js";
import Ajv2020 from "ajv/dist/2020.js";
import Ajv from "ajv/dist/ajv.js";
import draft06 from "ajv/dist/refs/json-schema-draft-06.json";
import { escapePointer } from "../../json.ts";
import { type FieldError, MAX_ERRORS } from "../../problem.ts";
import { Undecided } from "../compatibility/budget.ts";
import { isObject, lift, type SchemaObject } from "../compatibility/lift.ts";
import { isPattern, unicodePattern } from "../compatibility/unicode-pattern.ts";
import { told } from "../told.ts";
import { eachSchema } from "../walk.ts";

const OPTIONS = { strict: false, logger: false, allErrors: true } as const;

const DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema";

const METASCHEMAS: Record<string, () => ValidateFunction> = {
  [DRAFT_2020]: () => new Ajv2020(OPTIONS).getSchema(DRAFT_2020)!,
  "https://json-schema.org/draft/2019-09/schema": () =>
    new Ajv2019(OPTIONS).getSchema("https://json-schema.org/draft/2019-09/schema")!,
  "http://json-schema.org/draft-07/schema": () =>
    new Ajv(OPTIONS).getSchema("http://json-schema.org/draft-07/schema")!,
  "http://json-schema.org/draft-06/schema": () =>
    new Ajv(OPTIONS).addMetaSchema(draft06).getSchema("http://json-schema.org/draft-06/schema")!,
};
/** Read as the checker lifts it; ajv has no metaschema for it. */
const DRAFT_04 = "http://json-schema.org/draft-04/schema";

const compiled = new Map<string, ValidateFunction>();

/** By pointer into the schema. */
export function metaErrors(schema: unknown): FieldError[] {
  if (typeof schema === "boolean") return [];
  if (!isObject(schema))
    return [{ pointer: "", rule: "schema", message: "must be an object, true or false" }];
  const errors = shapeErrors(schema);
  return errors.length > 0 ? errors : patternErrors(schema);
}

function shapeErrors(schema: SchemaObject): FieldError[] {
  const { $schema } = schema;
  if ($schema === undefined) return errorsOf(DRAFT_2020, lifted(schema));
  const draft = String($schema)
    .replace(/^https?:\/\/json-schema\.org\/draft-/, "http://json-schema.org/draft-")
    .replace(/#$/, "");
  if (draft === DRAFT_04) return errorsOf(DRAFT_2020, lifted(schema));
  if (!Object.hasOwn(METASCHEMAS, draft)) return [UNKNOWN_DRAFT];
  const errors = errorsOf(draft, schema);
  return errors.length > 0 ? errors : errorsOf(DRAFT_2020, lifted(schema));
}

const UNKNOWN_DRAFT: FieldError = {
  pointer: "/$schema",
  rule: "$schema",
  message: "must be a draft that is known here: 2020-12, 2019-09, draft-07, draft-06 or draft-04",
};

/** The same in 2020-12, or what keeps it from being read. */
function lifted(schema: unknown): unknown {
  try {
    return lift(schema);
  } catch (error) {
    return error instanceof Undecided ? new Unreadable(error.message) : new Unreadable("");
  }
}

class Unreadable {
  constructor(readonly why: string) {}
}

function errorsOf(draft: string, schema: unknown): FieldError[] {
  if (schema instanceof Unreadable)
    return [{ pointer: "", rule: "schema", message: schema.why || "nests too deep to be read" }];
  const validate = compiled.get(draft) ?? METASCHEMAS[draft]!();
  compiled.set(draft, validate);
  if (validate(schema)) return [];
  // A metaschema says the same of one place through several of its parts: the first is enough.
  const first = new Map<string, FieldError>();
  for (const error of told(validate.errors))
    if (!first.has(error.pointer)) first.set(error.pointer, error);
  return [...first.values()].slice(0, MAX_ERRORS);
}

/** ajv holds metaschemas to no formats. A pattern is what is read as one, however needlessly it escapes. */
function patternErrors(schema: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const hold = (source: unknown, pointer: string) => {
    if (typeof source !== "string" || isPattern(unicodePattern(source))) return;
    errors.push({ pointer, rule: "pattern", message: "is no regular expression" });
  };
  eachSchema(schema, ({ pattern, patternProperties }, pointer) => {
    hold(pattern, `${pointer}/pattern`);
    if (isObject(patternProperties))
      for (const source of Object.keys(patternProperties))
        hold(source, `${pointer}/patternProperties/${escapePointer(source)}`);
  });
  return errors;
}

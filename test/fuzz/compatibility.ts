// biome-ignore-all lint/suspicious/noThenProperty: a keyword of JSON Schema
/**
 * `bun run fuzz:compatibility [seed] [pairs]`: families of schemas made by mutation over every
 * keyword. Whatever the checker accepts is tried against documents that the family suggests; the
 * specification is the judge (`reference.ts`), beside ajv. A document that refutes an accepted change is a fault and is told with its seed.
 */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { contain } from "../../src/schemas/compatibility/contain.ts";
import { forAjv, type Json, lift, type Schema } from "../../src/schemas/compatibility/lift.ts";
import { isValid } from "./reference.ts";

/** Schemas that are compared with each other, all pairs in both directions. */
const FAMILY_SIZE = 6;
/** Documents that a family is tried with, beside the counterexamples it gives. */
const DOCUMENTS = 120;
/** Documents of them that the slow judge sees in any case. */
const JUDGED_DOCUMENTS = 12;
/** Steps a decision may take here: hard ones may end undecided. */
const STEPS = 100_000;
const LONGEST_RUN_SECONDS = 3600;

export type Fault = { seed: number; inner: Schema; outer: Schema; document: Json };
export type Tally = {
  pairs: number;
  accepted: number;
  refused: number;
  undecided: number;
  /** Counterexamples that the specification confirms, and those it does not. */
  confirmed: number;
  unconfirmed: number;
  /** Accepted changes that ajv refutes and the specification does not. */
  ajvAlone: number;
  faults: Fault[];
};

/** Families from `seed` on, until so many pairs were compared. */
export function fuzz(seed: number, pairs: number, seconds = LONGEST_RUN_SECONDS): Tally {
  const tally: Tally = {
    pairs: 0,
    accepted: 0,
    refused: 0,
    undecided: 0,
    confirmed: 0,
    unconfirmed: 0,
    ajvAlone: 0,
    faults: [],
  };
  const end = performance.now() + seconds * 1000;
  for (let i = seed; tally.pairs < pairs && performance.now() < end; i++) family(i, tally);
  return tally;
}

/** One family: how many of its schemas accept what, and what the checker says of each pair. */
function family(seed: number, tally: Tally): void {
  const random = randomFrom(seed);
  const base = schemaOf(random, 3);
  const schemas = [base];
  while (schemas.length < FAMILY_SIZE) {
    const made = mutated(random, pick(random, schemas));
    if (isSchema(made)) schemas.push(made);
  }
  const lifted = schemas.map(lift);
  const validators = lifted.map(validatorOf);
  const documents = Array.from({ length: DOCUMENTS }, () =>
    documentOf(random, pick(random, schemas), 3),
  );
  const accepted: [number, number][] = [];
  for (const [i, inner] of schemas.entries())
    for (const [j, outer] of schemas.entries()) {
      const [small, big] = [validators[i], validators[j]];
      if (i === j || !small || !big) continue;
      tally.pairs++;
      const { breaches } = contain(inner, outer, { budget: { steps: STEPS } });
      if (breaches.length === 0) {
        tally.accepted++;
        accepted.push([i, j]);
        continue;
      }
      const examples = breaches.filter((one) => "value" in one).map(({ value }) => value as Json);
      if (examples.length === 0) tally.undecided++;
      else tally.refused++;
      for (const example of examples) {
        documents.push(example);
        const isSeen = verdict(small, example) === true && verdict(big, example) === false;
        if (
          isSeen ||
          (reference(lifted[i]!, example) === true && reference(lifted[j]!, example) === false)
        )
          tally.confirmed++;
        else {
          tally.unconfirmed++;
          if (process.env.SHOW)
            console.log("unconfirmed", seed, JSON.stringify({ inner, outer, example }));
        }
      }
      if (examples.length === 0 && process.env.SHOW === "all")
        console.log("undecided", seed, breaches[0]?.undecided, JSON.stringify({ inner, outer }));
    }
  // The specification judges; where ajv alone sees a refutation, that is counted apart. The judge
  // is slow: of what ajv sees nothing in, it sees a sample.
  const judged = lifted.map(
    (schema) => new Map(documents.map((one) => [one, lazily(schema, one)])),
  );
  const verdicts = validators.map((validate) => documents.map((one) => verdict(validate, one)));
  const sample = documents.slice(-JUDGED_DOCUMENTS);
  for (const [i, j] of accepted) {
    const suspects = documents.filter(
      (_, d) => verdicts[i]![d] === true && verdicts[j]![d] === false,
    );
    const refutes = (one: Json) =>
      judged[i]!.get(one)!() === true && judged[j]!.get(one)!() === false;
    const document = [...suspects, ...sample].find(refutes);
    if (document !== undefined)
      tally.faults.push({ seed, inner: schemas[i]!, outer: schemas[j]!, document });
    else if (suspects.length > 0) tally.ajvAlone++;
  }
}

function lazily(schema: Schema, document: Json): () => boolean | undefined {
  let known: { is: boolean | undefined } | undefined;
  return () => {
    known ??= { is: reference(schema, document) };
    return known.is;
  };
}

/** A mutation may put a keyword where a schema is due. */
function isSchema(schema: Schema): boolean {
  try {
    lift(schema);
    return true;
  } catch {
    return false;
  }
}

function reference(schema: Schema, document: Json): boolean | undefined {
  try {
    return isValid(schema, document);
  } catch {
    return undefined;
  }
}

function verdict(validate: ValidateFunction | undefined, document: Json): boolean | undefined {
  try {
    return validate?.(document) === true;
  } catch {
    return undefined;
  }
}

function validatorOf(schema: Schema): ValidateFunction | undefined {
  const ajv = new Ajv2020({
    strict: false,
    ownProperties: true,
    // Else it skips `contains` in a list that is shorter than `prefixItems`.
    allErrors: true,
    logger: false,
    meta: false,
    validateSchema: false,
  });
  addFormats.default(ajv);
  try {
    const validate = ajv.compile(forAjv(schema));
    // A schema that refers to itself without end is none.
    for (const one of [null, {}, [], "", 0]) validate(one);
    return validate;
  } catch {
    return undefined;
  }
}

export type Random = () => number;

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)]!;
const int = (random: Random, to: number): number => Math.floor(random() * to);

const NAMES = ["a", "b", "ab", "c", "x1"];
const STRINGS = [
  "",
  "a",
  "b",
  "ab",
  "aa",
  "aab",
  "1",
  "c",
  "x1",
  "é",
  "2000-01-01",
  "::1",
  "0.0.0.0",
];
const NUMBERS = [0, 1, -1, 2, 3, 4, 5, 6, 7, 10, 12, 0.5, 1.5, 2.5, -3, 0.1, 0.3, 30];
const TYPES = ["null", "boolean", "number", "integer", "string", "array", "object"];
const PATTERNS = [
  "a",
  "^a",
  "b$",
  "^[ab]*$",
  "^a+b?$",
  "^(?!a)",
  "[0-9]",
  "^.{2}$",
  "^$",
  "^(a|ab)(c|b)?$",
  "\\d",
  "^[^a]",
  "a{2,}",
];
const FORMATS = ["date", "ipv4", "ipv6", "email", "uuid", "uri-reference", "int32", "regex"];
const REFS = ["#", "#/$defs/d", "#/$defs/e", "#d"];

function value(random: Random, depth: number): Json {
  const kind = int(random, depth > 0 ? 8 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind <= 2) return pick(random, NUMBERS);
  if (kind <= 4) return pick(random, STRINGS);
  if (kind === 5) return Array.from({ length: int(random, 4) }, () => value(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: int(random, 4) }, () => [pick(random, NAMES), value(random, depth - 1)]),
  );
}

const MAKERS: Record<string, (random: Random, depth: number) => Json> = {
  type: (r) => (r() < 0.6 ? pick(r, TYPES) : [...new Set([pick(r, TYPES), pick(r, TYPES)])]),
  const: (r) => value(r, 1),
  enum: (r) => distinct(Array.from({ length: 1 + int(r, 4) }, () => value(r, 1))),
  minimum: (r) => pick(r, NUMBERS),
  maximum: (r) => pick(r, NUMBERS),
  exclusiveMinimum: (r) => pick(r, NUMBERS),
  exclusiveMaximum: (r) => pick(r, NUMBERS),
  multipleOf: (r) => pick(r, [1, 2, 3, 4, 6, 0.5, 1.5, 0.1, 0.01]),
  minLength: (r) => int(r, 4),
  maxLength: (r) => int(r, 5),
  pattern: (r) => pick(r, PATTERNS),
  format: (r) => pick(r, FORMATS),
  minItems: (r) => int(r, 4),
  maxItems: (r) => int(r, 5),
  uniqueItems: (r) => r() < 0.8,
  prefixItems: (r, d) => subs(r, d, 1 + int(r, 3)),
  items: sub,
  contains: sub,
  minContains: (r) => int(r, 3),
  maxContains: (r) => int(r, 4),
  unevaluatedItems: sub,
  properties: (r, d) => named(r, NAMES, d),
  patternProperties: (r, d) => named(r, PATTERNS, d),
  additionalProperties: sub,
  unevaluatedProperties: sub,
  propertyNames: (r, d) => sub(r, Math.min(d, 1)),
  required: (r) => distinct(Array.from({ length: int(r, 3) }, () => pick(r, NAMES))),
  dependentRequired: (r) => ({ [pick(r, NAMES)]: [pick(r, NAMES)] }),
  dependentSchemas: (r, d) => ({ [pick(r, NAMES)]: sub(r, d) }),
  minProperties: (r) => int(r, 4),
  maxProperties: (r) => int(r, 4),
  allOf: (r, d) => subs(r, d, 1 + int(r, 2)),
  anyOf: (r, d) => subs(r, d, 1 + int(r, 3)),
  oneOf: (r, d) => subs(r, d, 1 + int(r, 5)),
  not: sub,
  if: sub,
  then: sub,
  else: sub,
  $ref: (r) => pick(r, REFS),
  $dynamicRef: () => "#d",
};
const KEYWORDS = Object.keys(MAKERS);
/** What a schema needs beside a keyword to say anything. */
const COMPANIONS: Record<string, string[]> = {
  minContains: ["contains"],
  maxContains: ["contains"],
  then: ["if"],
  else: ["if"],
  if: ["then"],
};
const DEFINED = ["$ref", "$dynamicRef"];

function schemaOf(random: Random, depth: number): Schema {
  const schema = { ...(object(random, depth) as Record<string, Json>) };
  if (JSON.stringify(schema).match(/"\$(ref|dynamicRef)"/)) {
    schema.$defs = {
      d: { ...(object(random, 1, true) as Record<string, Json>), $dynamicAnchor: "d" },
      e: object(random, 1),
    };
  }
  return schema;
}

function object(random: Random, depth: number, isPlain = false): Json {
  const schema: Record<string, Json> = {};
  // Keywords of one type together say more than at random.
  if (random() < 0.5) schema.type = MAKERS.type!(random, depth);
  for (let i = 1 + int(random, 3); i > 0; i--) add(random, schema, depth, isPlain);
  return schema;
}

function add(random: Random, schema: Record<string, Json>, depth: number, isPlain = false): void {
  const keyword = pick(random, KEYWORDS);
  if (isPlain && DEFINED.includes(keyword)) return;
  schema[keyword] = MAKERS[keyword]!(random, depth - 1);
  for (const other of COMPANIONS[keyword] ?? [])
    schema[other] ??= MAKERS[other]!(random, depth - 1);
}

function sub(random: Random, depth: number): Json {
  const dice = random();
  if (dice < 0.12) return false;
  if (dice < 0.2) return true;
  if (depth <= 0) {
    const keyword = pick(random, ["type", "const", "enum", "minimum", "maxLength", "multipleOf"]);
    return { [keyword]: MAKERS[keyword]!(random, 0) };
  }
  return object(random, depth);
}

function subs(random: Random, depth: number, count: number): Json[] {
  const made: Json[] = [];
  // Now and then the same once more.
  while (made.length < count)
    made.push(made.length > 0 && random() < 0.1 ? pick(random, made) : sub(random, depth));
  return structuredClone(made);
}
const named = (random: Random, names: readonly string[], depth: number): Json =>
  Object.fromEntries(
    Array.from({ length: 1 + int(random, 3) }, () => [pick(random, names), sub(random, depth)]),
  );
const distinct = (values: Json[]): Json[] => [
  ...new Map(values.map((one) => [JSON.stringify(one), one])).values(),
];

/** One change somewhere: a keyword more, less or other, a number moved, a subschema wrapped. */
function mutated(random: Random, schema: Schema): Schema {
  const copy = structuredClone(schema) as Record<string, Json>;
  const objects: Record<string, Json>[] = [];
  const collect = (at: Json): void => {
    if (typeof at !== "object" || at === null) return;
    if (!Array.isArray(at)) objects.push(at);
    for (const inner of Object.values(at)) collect(inner);
  };
  collect(copy);
  for (let i = 1 + int(random, 2); i > 0; i--) {
    const at = pick(random, objects);
    const keywords = Object.keys(at).filter((word) => Object.hasOwn(MAKERS, word));
    const keyword = keywords.length > 0 ? pick(random, keywords) : undefined;
    const dice = int(random, 7);
    if (dice <= 1 || !keyword) add(random, at, 1, true);
    else if (dice === 2) delete at[keyword];
    else if (dice === 3 && typeof at[keyword] === "number")
      (at[keyword] as number) += pick(random, [1, -1, 2]);
    else if (dice === 4 && Array.isArray(at[keyword])) shrink(random, at, keyword);
    else if (dice === 5) at[keyword] = MAKERS[keyword]!(random, 1);
    else if (at === copy) {
      const { $defs, ...rest } = copy;
      for (const word of Object.keys(copy)) delete copy[word];
      if ($defs !== undefined) copy.$defs = $defs;
      copy[pick(random, ["anyOf", "allOf", "oneOf"])] = [rest, sub(random, 1)];
    }
  }
  return sane(copy);
}

function shrink(random: Random, at: Record<string, Json>, keyword: string): void {
  const list = at[keyword] as Json[];
  if (list.length > 1) list.splice(int(random, list.length), 1);
}

/** Bounds below nought and the like are no schema. */
function sane(schema: Record<string, Json>): Schema {
  const fix = (at: Json): void => {
    if (typeof at !== "object" || at === null) return;
    if (!Array.isArray(at)) {
      for (const [word, inner] of Object.entries(at)) {
        const isCount = /^(min|max)(Length|Items|Contains|Properties)$/.test(word);
        if (isCount && typeof inner === "number") at[word] = Math.max(0, Math.round(inner));
        if (word === "multipleOf" && typeof inner === "number" && inner <= 0) at[word] = 1;
      }
    }
    for (const inner of Object.values(at)) fix(inner);
  };
  fix(schema);
  return schema;
}

/** A document that the schema suggests, valid or nearly so. */
export function documentOf(random: Random, schema: Json, depth: number): Json {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return value(random, Math.min(depth, 1));
  const constants = [
    ...(Array.isArray(schema.enum) ? schema.enum : []),
    ...("const" in schema ? [schema.const!] : []),
  ];
  if (constants.length > 0 && random() < 0.5) return pick(random, constants);
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((word) =>
    Array.isArray(schema[word]) ? schema[word] : [],
  );
  for (const word of ["if", "then", "else", "not"])
    if (schema[word] !== undefined) parts.push(schema[word]);
  if (parts.length > 0 && random() < 0.3) return documentOf(random, pick(random, parts), depth);
  const types = Array.isArray(schema.type)
    ? schema.type
    : schema.type
      ? [schema.type]
      : guesses(schema);
  const type = random() < 0.9 && types.length > 0 ? pick(random, types) : pick(random, TYPES);
  switch (type) {
    case "null":
      return null;
    case "boolean":
      return random() < 0.5;
    case "number":
    case "integer": {
      const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
        .map((word) => schema[word])
        .filter((one) => typeof one === "number");
      const near =
        bounds.length > 0 && random() < 0.6 ? pick(random, bounds) : pick(random, NUMBERS);
      return random() < 0.3 ? near * (1 + int(random, 4)) : near + pick(random, [0, 0, 1, -1, 0.5]);
    }
    case "string":
      return random() < 0.7
        ? pick(random, STRINGS)
        : Array.from({ length: int(random, 6) }, () => pick(random, ["a", "b", "1", "é"])).join("");
    case "array": {
      const length = int(random, 5);
      const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
      const others = [schema.items, schema.contains, schema.unevaluatedItems].filter(
        (one) => one !== undefined,
      );
      return Array.from({ length }, (_, i) =>
        documentOf(
          random,
          prefix[i] ?? (others.length > 0 ? pick(random, others) : true),
          depth - 1,
        ),
      );
    }
    default: {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
      const result: Record<string, Json> = {};
      if (depth <= 0) return result;
      for (const [name, inner] of properties)
        if (random() < 0.6) result[name] = documentOf(random, inner, depth - 1);
      const required = Array.isArray(schema.required) ? schema.required : [];
      for (const name of required) if (random() < 0.9) result[String(name)] ??= value(random, 1);
      for (let i = int(random, 3); i > 0; i--)
        result[pick(random, random() < 0.8 ? NAMES : STRINGS)] ??= documentOf(
          random,
          schema.additionalProperties ?? schema.unevaluatedProperties ?? true,
          depth - 1,
        );
      return result;
    }
  }
}

function guesses(schema: Record<string, Json>): string[] {
  const words = Object.keys(schema).join(" ");
  const types: string[] = [];
  if (/roperties|required|dependent/.test(words)) types.push("object");
  if (/tems|ontains/.test(words)) types.push("array");
  if (/imum|multiple/.test(words)) types.push("number");
  if (/ength|pattern|format/.test(words)) types.push("string");
  return types;
}

if (import.meta.main) {
  const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
  const pairs = Number(process.argv[3] ?? 1_000_000);
  const { faults, ...tally } = fuzz(seed, pairs);
  console.log(JSON.stringify({ seed, ...tally, faults: faults.length }));
  for (const fault of faults.slice(0, 20)) console.log(JSON.stringify(fault));
  if (faults.length > 0) process.exit(1);
}

// biome-ignore-all lint/suspicious/noThenProperty: a keyword of JSON Schema
/**
 * A pair for every keyword in every direction that matters. Removing what the checker knows of any
 * one keyword breaks one of them: an accepted pair is no longer proved, or a refused one is accepted.
 */
import { describe, expect, test } from "bun:test";
import { checkCompatibility } from "./check.ts";

type Case = [
  what: string,
  inner: unknown,
  outer: unknown,
  /** True: contained. Else the rule that is broken. */
  expected: true | string,
];

const named = (schemas: Record<string, unknown>) => ({ properties: schemas });
const A = { type: "string" };
const N = { type: "number" };

const CASES: Case[] = [
  ["type narrows", { type: "integer" }, N, true],
  ["type widens", N, { type: "integer" }, "type"],
  ["type list", { type: ["string", "null"] }, A, "type"],
  [
    "every type is any",
    { type: ["null", "boolean", "number", "string", "array", "object"] },
    {},
    true,
  ],
  [
    "any is every type",
    {},
    { type: ["null", "boolean", "number", "string", "array", "object"] },
    true,
  ],
  ["true", A, true, true],
  ["false holds nothing", false, A, true],
  ["false takes nothing", A, false, "false"],
  ["const", { const: [1, { a: 2 }] }, { const: [1, { a: 2 }] }, true],
  ["const is one of an enum", { const: 1 }, { enum: [1, 2] }, true],
  ["const is not another", { const: { a: 1 } }, { const: { a: 1, b: 1 } }, "const"],
  ["enum narrows", { enum: ["a"] }, { enum: ["a", "b"] }, true],
  ["enum widens", { enum: ["a", "b"] }, { enum: ["a"] }, "enum"],
  ["enum is within bounds", { enum: [5, 7] }, { minimum: 5, maximum: 7 }, true],
  ["the booleans are all", { type: "boolean" }, { enum: [true, false] }, true],
  ["minimum", { minimum: 3 }, { minimum: 2 }, true],
  ["minimum rises", N, { minimum: 2 }, "minimum"],
  ["maximum", { maximum: 2 }, { maximum: 3 }, true],
  ["maximum falls", { maximum: 3 }, { maximum: 2 }, "maximum"],
  ["exclusiveMinimum", { exclusiveMinimum: 2 }, { minimum: 2 }, true],
  ["exclusiveMinimum is stricter", { minimum: 2 }, { exclusiveMinimum: 2 }, "exclusiveMinimum"],
  ["exclusiveMaximum", { exclusiveMaximum: 2 }, { maximum: 2 }, true],
  ["exclusiveMaximum is stricter", { maximum: 2 }, { exclusiveMaximum: 2 }, "exclusiveMaximum"],
  [
    "whole numbers above 1 are at least 2",
    { type: "integer", exclusiveMinimum: 1 },
    { minimum: 2 },
    true,
  ],
  ["multipleOf", { multipleOf: 6 }, { multipleOf: 3 }, true],
  ["multipleOf 3 is not of 6", { multipleOf: 3 }, { multipleOf: 6 }, "multipleOf"],
  [
    "multiples of 2 and 3 are of 6",
    { allOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
    { multipleOf: 6 },
    true,
  ],
  ["multiples of a half", { multipleOf: 0.5 }, { multipleOf: 0.25 }, true],
  [
    "no multiple of 7 in a range",
    { type: "integer", minimum: 8, maximum: 13, multipleOf: 7 },
    false,
    true,
  ],
  ["minLength", { minLength: 3 }, { minLength: 2 }, true],
  ["minLength rises", A, { minLength: 1 }, "minLength"],
  ["maxLength", { maxLength: 2 }, { maxLength: 3 }, true],
  ["maxLength falls", A, { maxLength: 5 }, "maxLength"],
  ["pattern", { pattern: "^ab+$" }, { pattern: "^a" }, true],
  ["pattern is not anchored", { pattern: "[a-z]*" }, { pattern: "[A-Z]*" }, true],
  ["pattern narrows", { type: "string", pattern: "^a" }, { pattern: "^ab" }, "pattern"],
  ["pattern bounds a length", { type: "string", pattern: "^.{2,4}$" }, { maxLength: 4 }, true],
  ["pattern with lookahead", { pattern: "^(?!a)[ab]$" }, { pattern: "^b$" }, true],
  ["pattern of letters of all scripts", { pattern: "^\\p{Lu}$" }, { pattern: "^\\p{L}$" }, true],
  ["length is code points", { type: "string", pattern: "^\\u{1F600}$" }, { maxLength: 1 }, true],
  [
    "pattern with needless escapes",
    { pattern: "^[\\w-.]+\\@\\-$" },
    { pattern: "^[-.\\w]+@-$" },
    true,
  ],
  ["pattern with needless escapes narrows", A, { pattern: "^\\-[\\d-.]$" }, "pattern"],
  ["the same riddle", { pattern: "\\bx(?<=y)" }, { pattern: "\\bx(?<=y)" }, true],
  ["format", { format: "date" }, { format: "date" }, true],
  ["a time with its zone is a time", { format: "time" }, { format: "iso-time" }, true],
  ["a URI is a reference to one", { format: "uri" }, { format: "uri-reference" }, true],
  ["format is asked", A, { format: "date" }, "format"],
  ["format bounds a length", { type: "string", format: "date" }, { maxLength: 10 }, true],
  ["an unknown format says nothing", A, { format: "poem" }, true],
  ["int32 bounds", { type: "integer", format: "int32" }, { maximum: 2147483647 }, true],
  ["int32 is asked", { type: "integer" }, { format: "int32" }, "format"],
  ["prefixItems", { prefixItems: [{ type: "integer" }] }, { prefixItems: [N] }, true],
  ["prefixItems narrows", { prefixItems: [N] }, { prefixItems: [{ type: "integer" }] }, "type"],
  ["items", { items: { type: "integer" } }, { items: N }, true],
  ["items narrows", { type: "array", items: N }, { items: A }, "type"],
  [
    "items are those behind the prefix",
    { prefixItems: [A], items: N },
    { prefixItems: [A], items: N },
    true,
  ],
  [
    "items behind the prefix",
    { type: "array", items: N },
    { prefixItems: [true], items: A },
    "type",
  ],
  [
    "no items behind the prefix",
    { type: "array", prefixItems: [A], items: false },
    { maxItems: 1 },
    true,
  ],
  ["no more items", { type: "array" }, { prefixItems: [true], items: false }, "items"],
  ["minItems", { minItems: 2 }, { minItems: 1 }, true],
  ["minItems rises", { type: "array" }, { minItems: 1 }, "minItems"],
  ["maxItems", { maxItems: 1 }, { maxItems: 2 }, true],
  ["maxItems falls", { type: "array" }, { maxItems: 2 }, "maxItems"],
  ["uniqueItems", { uniqueItems: true }, {}, true],
  ["uniqueItems is asked", { type: "array", items: N }, { uniqueItems: true }, "uniqueItems"],
  ["one item is unique", { maxItems: 1 }, { uniqueItems: true }, true],
  [
    "only two booleans are different",
    { type: "array", items: { type: "boolean" }, uniqueItems: true },
    { maxItems: 2 },
    true,
  ],
  ["contains", { contains: { minimum: 5, type: "number" } }, { contains: N }, true],
  ["contains is asked", { type: "array", items: N }, { contains: A }, "contains"],
  ["all items and one at least", { type: "array", items: N, minItems: 1 }, { contains: N }, true],
  ["minContains", { contains: A, minContains: 3 }, { contains: A, minContains: 2 }, true],
  [
    "minContains rises",
    { type: "array", contains: A },
    { contains: A, minContains: 2 },
    "minContains",
  ],
  [
    "minContains is a length",
    { type: "array", contains: A, minContains: 3 },
    { minItems: 3 },
    true,
  ],
  ["maxContains", { contains: A, maxContains: 1 }, { contains: A, maxContains: 2 }, true],
  [
    "maxContains falls",
    { type: "array", contains: A },
    { contains: A, maxContains: 2 },
    "maxContains",
  ],
  [
    "two at least of one kind, one at most",
    {
      type: "array",
      contains: { const: 1 },
      minContains: 2,
      items: { const: 1 },
      uniqueItems: true,
    },
    false,
    true,
  ],
  [
    "unevaluatedItems",
    { type: "array", prefixItems: [A], unevaluatedItems: false },
    { maxItems: 1 },
    true,
  ],
  [
    "unevaluatedItems is asked",
    { type: "array" },
    { allOf: [{ prefixItems: [true] }], unevaluatedItems: false },
    "unevaluatedItems",
  ],
  [
    "unevaluatedItems sees alternatives",
    {
      type: "array",
      anyOf: [{ prefixItems: [A] }, { prefixItems: [A, N] }],
      unevaluatedItems: false,
    },
    { maxItems: 2 },
    true,
  ],
  ["properties", named({ a: { type: "integer" } }), named({ a: N }), true],
  ["properties narrows", named({ a: N }), named({ a: { type: "integer" } }), "type"],
  ["an open model carried it already", { type: "object" }, named({ a: A }), "type"],
  [
    "a closed model did not",
    { type: "object", additionalProperties: false },
    named({ a: A }),
    true,
  ],
  [
    "patternProperties",
    { patternProperties: { "^a": A } },
    { patternProperties: { "^ab": A } },
    true,
  ],
  [
    "patternProperties reaches further",
    { patternProperties: { "^ab": A } },
    { patternProperties: { "^a": A } },
    "type",
  ],
  ["a pattern holds of a name", { patternProperties: { "^a": A } }, named({ abc: A }), true],
  [
    "additionalProperties",
    { properties: { a: A }, additionalProperties: false },
    { properties: { a: A, b: A }, additionalProperties: false },
    true,
  ],
  [
    "additionalProperties closes",
    { type: "object", properties: { a: A } },
    { properties: { a: A }, additionalProperties: false },
    "additionalProperties",
  ],
  [
    "additionalProperties has a kind",
    { type: "object", additionalProperties: N },
    { additionalProperties: { type: "integer" } },
    "type",
  ],
  [
    "unevaluatedProperties",
    { type: "object", allOf: [named({ a: true })], unevaluatedProperties: false },
    { maxProperties: 1 },
    true,
  ],
  [
    "unevaluatedProperties is asked",
    { type: "object" },
    { allOf: [named({ a: true })], unevaluatedProperties: false },
    "unevaluatedProperties",
  ],
  [
    "unevaluatedProperties sees if and then",
    {
      type: "object",
      if: { required: ["a"] },
      then: named({ a: true, b: true }),
      unevaluatedProperties: false,
    },
    { maxProperties: 2 },
    true,
  ],
  [
    "unevaluatedProperties sees one of many",
    {
      type: "object",
      oneOf: [
        { required: ["a"], ...named({ a: true }) },
        { required: ["b"], ...named({ b: true }) },
      ],
      unevaluatedProperties: false,
    },
    { maxProperties: 1 },
    true,
  ],
  ["propertyNames", { propertyNames: { maxLength: 2 } }, { propertyNames: { maxLength: 3 } }, true],
  [
    "propertyNames narrows",
    { type: "object" },
    { propertyNames: { maxLength: 3 } },
    "propertyNames",
  ],
  [
    "names bound the number",
    { type: "object", propertyNames: { enum: ["a", "b"] } },
    { maxProperties: 2 },
    true,
  ],
  ["required", { required: ["a", "b"] }, { required: ["a"] }, true],
  ["required is asked", { type: "object" }, { required: ["a"] }, "required"],
  [
    "dependentRequired",
    { dependentRequired: { a: ["b", "c"] } },
    { dependentRequired: { a: ["b"] } },
    true,
  ],
  [
    "dependentRequired is asked",
    { type: "object" },
    { dependentRequired: { a: ["b"] } },
    "dependentRequired",
  ],
  [
    "dependentSchemas",
    { dependentSchemas: { a: { minProperties: 3 } } },
    { dependentSchemas: { a: { minProperties: 2 } } },
    true,
  ],
  [
    "dependentSchemas is asked",
    { type: "object" },
    { dependentSchemas: { a: { minProperties: 2 } } },
    "dependentSchemas",
  ],
  ["minProperties", { minProperties: 2 }, { minProperties: 1 }, true],
  [
    "minProperties rises",
    { type: "object", required: ["a"] },
    { minProperties: 2 },
    "minProperties",
  ],
  ["required is a number", { type: "object", required: ["a", "b"] }, { minProperties: 2 }, true],
  ["maxProperties", { maxProperties: 1 }, { maxProperties: 2 }, true],
  ["maxProperties falls", { type: "object" }, { maxProperties: 1 }, "maxProperties"],
  ["allOf", { allOf: [A, { maxLength: 3 }] }, { type: "string", maxLength: 4 }, true],
  ["allOf is asked", A, { allOf: [{ maxLength: 3 }] }, "maxLength"],
  ["anyOf narrows", { anyOf: [A, N] }, { type: ["string", "number", "null"] }, true],
  ["anyOf is asked", { type: ["string", "number", "null"] }, { anyOf: [A, N] }, "anyOf"],
  ["two halves are a whole", N, { anyOf: [{ minimum: 3 }, { maximum: 3 }] }, true],
  ["oneOf narrows", { oneOf: [A, N] }, { anyOf: [A, N] }, true],
  ["oneOf is asked", A, { oneOf: [A, { maxLength: 3 }] }, "oneOf"],
  ["equal alternatives exclude each other", { oneOf: [A, A, A, N] }, N, true],
  [
    "an alternative that another excludes",
    { oneOf: [{ const: 1 }, { enum: [null, []] }, { maxLength: 1 }] },
    { not: { const: [] } },
    true,
  ],
  [
    "oneOf of three",
    { oneOf: [{ const: 1 }, { const: 2 }, { const: 3 }] },
    { oneOf: [{ const: 3 }, { const: 2 }, { const: 1 }, { const: 4 }] },
    true,
  ],
  ["not", { not: { type: ["string", "number"] } }, { not: A }, true],
  ["not is asked", {}, { not: A }, "not"],
  [
    "if and then",
    { if: { minimum: 5 }, then: { maximum: 9 }, type: "number" },
    { maximum: 9 },
    true,
  ],
  ["if is asked", N, { if: { minimum: 5 }, then: { maximum: 9 } }, "if"],
  [
    "else",
    { if: { type: "string" }, else: { minimum: 5, type: "number" } },
    { type: ["string", "number"] },
    true,
  ],
  ["$ref", { $ref: "#/$defs/a", $defs: { a: { type: "integer" } } }, N, true],
  ["$ref is asked", N, { $ref: "#/$defs/a", $defs: { a: { maximum: 3 } } }, "maximum"],
  [
    "$ref by anchor and by id",
    {
      $ref: "other#x",
      $defs: { a: { $id: "other", $defs: { b: { $anchor: "x", type: "integer" } } } },
    },
    N,
    true,
  ],
  [
    "$dynamicRef to the outermost",
    {
      $id: "tree",
      $dynamicAnchor: "node",
      $ref: "base",
      type: "object",
      maxProperties: 3,
      $defs: {
        base: {
          $id: "base",
          $dynamicAnchor: "node",
          properties: { child: { $dynamicRef: "#node" } },
        },
      },
    },
    { properties: { child: { maxProperties: 3 } } },
    true,
  ],
  [
    "$dynamicRef is not only the nearest",
    {
      $id: "tree",
      $dynamicAnchor: "node",
      $ref: "base",
      type: "object",
      $defs: {
        base: {
          $id: "base",
          $dynamicAnchor: "node",
          properties: { child: { $dynamicRef: "#node" } },
        },
      },
    },
    { properties: { child: { maxProperties: 3 } } },
    "maxProperties",
  ],
  ["the same recursion", list("next", 5), list("next", 5), true],
  ["a recursion that widens", list("next", 5), list("next", 6), true],
  ["a recursion that narrows", list("next", 6), list("next", 5), "maximum"],
  [
    "an endless value is none",
    {
      $ref: "#/$defs/a",
      $defs: { a: { type: "object", required: ["a"], ...named({ a: { $ref: "#/$defs/a" } }) } },
    },
    false,
    true,
  ],
  [
    "annotations say nothing",
    A,
    { title: "x", description: "y", default: 1, contentEncoding: "base64", "x-reyna": {} },
    true,
  ],
];

/** Numbers in a chain of objects. */
function list(name: string, maximum: number) {
  return {
    $ref: "#/$defs/node",
    $defs: {
      node: {
        type: "object",
        properties: { value: { type: "number", maximum }, [name]: { $ref: "#/$defs/node" } },
      },
    },
  };
}

describe("a keyword", () => {
  test.each(CASES)("%s", (_what, inner, outer, expected) => {
    const { compatible, errors } = checkCompatibility({
      level: "BACKWARD",
      candidate: outer,
      versions: [{ version: 1, schema: inner }],
    });
    if (expected === true) expect(errors).toEqual([]);
    else {
      expect(errors.map(({ rule }) => rule)).toContain(expected);
      // Every refusal here comes with a document that ajv confirms, but for ajv's own dynamic references.
      if (!JSON.stringify(inner).includes("$dynamicRef"))
        expect(errors.some((error) => "example" in error)).toBe(true);
    }
    expect(compatible).toBe(expected === true);
  });
});

describe("drafts", () => {
  const contained = (inner: object, outer: object) =>
    checkCompatibility({
      level: "BACKWARD",
      candidate: outer,
      versions: [{ version: 1, schema: inner }],
    });
  const draft = (number: string, schema: object) => ({
    $schema: `http://json-schema.org/draft-${number}/schema#`,
    ...schema,
  });

  test("04 has strict bounds that are true or false", () => {
    const old = draft("04", { type: "number", minimum: 1, exclusiveMinimum: true });
    expect(contained(old, { exclusiveMinimum: 1 }).compatible).toBe(true);
    expect(contained({ type: "number", minimum: 1 }, old).compatible).toBe(false);
  });

  test("up to 07 have lists of items, and point to where the keyword stands", () => {
    const old = draft("07", { type: "array", items: [A, N], additionalItems: false });
    expect(contained(old, { prefixItems: [A, N], maxItems: 2 }).compatible).toBe(true);
    const { errors } = contained({ type: "array" }, old);
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      "/items/0/type",
      "/items/1/type",
      "/additionalItems",
    ]);
  });

  test("up to 07 have dependencies of both kinds", () => {
    const old = draft("07", { dependencies: { a: ["b"], b: { maxProperties: 2 } } });
    const now = { dependentRequired: { a: ["b"] }, dependentSchemas: { b: { maxProperties: 2 } } };
    expect(contained(old, now).compatible).toBe(true);
    expect(contained(now, old).compatible).toBe(true);
    expect(contained({ type: "object" }, old).errors[0]?.pointer).toBe("/dependencies");
  });

  test("up to 07 ignore what stands beside a reference", () => {
    const old = draft("07", { $ref: "#/definitions/a", minimum: 5, definitions: { a: N } });
    expect(contained(old, { minimum: 5 }).compatible).toBe(false);
  });

  test("04 names its parts by id", () => {
    const old = draft("04", {
      properties: { a: { $ref: "https://example.com/part" } },
      definitions: { part: { id: "https://example.com/part", type: "string" } },
    });
    expect(contained(old, named({ a: A })).compatible).toBe(true);
    expect(contained(named({ a: A }), old).compatible).toBe(true);
  });

  test("a reference may lead where no keyword is, and on from there", () => {
    const old = draft("07", {
      properties: { a: { $ref: "#/components/schemas/name~1of" } },
      components: { schemas: { "name/of": { $ref: "#/components/text" } }, text: A },
    });
    expect(contained(old, named({ a: A })).compatible).toBe(true);
    expect(contained(old, named({ a: N })).errors[0]).toMatchObject({ example: { a: "" } });
  });

  test("04 knows no const, and 06 no if", () => {
    expect(contained(draft("04", { const: 1 }), { const: 1 }).compatible).toBe(false);
    expect(contained(N, draft("06", { if: true, then: false })).compatible).toBe(true);
  });

  test("2019-09 refers to itself by $recursiveRef", () => {
    const tree = {
      $schema: "https://json-schema.org/draft/2019-09/schema",
      $recursiveAnchor: true,
      type: "object",
      properties: { child: { $recursiveRef: "#" } },
    };
    expect(contained(tree, named({ child: { type: "object" } })).compatible).toBe(true);
    expect(contained(tree, named({ child: A })).compatible).toBe(false);
  });
});

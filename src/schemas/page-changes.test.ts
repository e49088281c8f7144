/** What differs between two versions, in words; and the checker's findings, each with its change. */
import { describe, expect, test } from "bun:test";
import { checkCompatibility, type Level } from "./compatibility/check.ts";
import { changesOf, type Words } from "./page-changes.ts";
import { effectsOf } from "./page-effects.ts";
import { fieldsOf } from "./page-fields.ts";
import { alignedFields, alignedLines } from "./page-rows.ts";
import { sampleOf } from "./page-sample.ts";

const said = (words: Words) =>
  words.map((word) => (typeof word === "string" ? word : `<${word.name}>`)).join("");

function told(before: unknown, after: unknown, level: Level = "BACKWARD"): string[] {
  const versions = [{ version: 1, schema: before }];
  const { errors } = checkCompatibility({ level: "FULL", candidate: after, versions });
  return effectsOf(changesOf(before, after), errors, level, null).map(
    ({ mark, words, effect }) => `${mark}: ${said(words)} (${effect})`,
  );
}

const of = (x: unknown, more = {}) => ({ type: "object", properties: { x }, ...more });
const CLOSED = { additionalProperties: false };

describe("a change says what became of it", () => {
  test.each<[unknown, unknown, string]>([
    [
      { maxLength: 800 },
      { maxLength: 1200 },
      "fine: <x> may be longer, 1,200 characters, was 800 (widens)",
    ],
    [
      { maxLength: 800 },
      { maxLength: 1 },
      "refused: <x> may have at most 1 character, was 800 (narrows)",
    ],
    [{}, { minItems: 1 }, "refused: <x> may not be empty, was any number (narrows)"],
    [{ minimum: 3 }, {}, "fine: <x> may have any number now, was bounded by 3 (widens)"],
    [{ enum: ["a", "b"] }, { enum: ["a", "b", "c"] }, "fine: <x> may now be c (widens)"],
    [
      { enum: ["a", "b"] },
      { enum: ["a", "c"] },
      "refused: <x> may now be c, and may no longer be b (narrows)",
    ],
    [
      { type: "integer" },
      { type: "number" },
      "fine: <x> is a number now, was a whole number (widens)",
    ],
    [{ type: "string" }, { type: "number" }, "refused: <x> is a number now, was text (narrows)"],
    [{ const: "a" }, { const: "b" }, "refused: <x> must be b, was a (narrows)"],
    [{ pattern: "^a" }, {}, "fine: <x> need not look like ^a any more (widens)"],
    [{}, { multipleOf: 2 }, "refused: <x> must be a multiple of 2 (narrows)"],
    [
      { items: { type: "string" } },
      { items: { type: "string", minLength: 2 } },
      "refused: <x> must have at least 2 characters, was any length (narrows)",
    ],
    [
      { description: "a" },
      { description: "b" },
      "fine: The description of <x> reads differently (for readers only)",
    ],
    [
      { default: 1 },
      { default: 2 },
      "fine: <x> is read as 2 where it is missing, was 1 (for readers only)",
    ],
    [
      { anyOf: [{ type: "string" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
      "fine: <x> has other alternatives (widens)",
    ],
    [{ uniqueItems: true }, {}, "fine: <x> may hold the same twice (widens)"],
  ])("%j → %j", (before, after, sentence) => {
    expect(told(of(before), of(after))).toEqual([sentence]);
  });

  test.each<[unknown, unknown, string]>([
    [
      of({}, CLOSED),
      { ...of({}, CLOSED), properties: { x: {}, y: {} } },
      "fine: New field <y>, which may be left out (widens)",
    ],
    [
      of({}, CLOSED),
      { ...of({}, CLOSED), properties: { x: {}, y: { default: false } } },
      "fine: New field <y>; old documents read it as no (has a default)",
    ],
    [of({}), { ...of({}), required: ["x"] }, "refused: <x> is now required (narrows)"],
    [{ ...of({}), required: ["x"] }, of({}), "fine: <x> may now be left out (widens)"],
    [
      of({}, CLOSED),
      { type: "object", ...CLOSED },
      "refused: <x> is removed; a document that has it is refused (narrows)",
    ],
    [
      of({}),
      of({}, CLOSED),
      "refused: The document may not have fields that are not named here (narrows)",
    ],
    [of({}), true, "fine: The document is held to other rules (widens)"],
  ])("of the whole: %j → %j", (before, after, sentence) => {
    expect(told(before, after)).toContain(sentence);
  });

  test("at a level that looks forward, what widens is refused", () => {
    expect(told(of({ maxLength: 2 }), of({ maxLength: 3 }), "FORWARD")).toEqual([
      "refused: <x> may be longer, 3 characters, was 2 (widens)",
    ]);
    expect(told(of({ maxLength: 3 }), of({ maxLength: 2 }), "FORWARD")).toEqual([
      "careful: <x> may have at most 2 characters, was 3 (narrows)",
    ]);
  });

  test("what is reached through a definition is told of the definition", () => {
    const defined = (passage: unknown) => ({
      type: "array",
      items: { $ref: "#/$defs/passage" },
      $defs: { passage },
    });
    expect(told(defined(of({ maxLength: 3 })), defined(of({ maxLength: 2 })))).toEqual([
      "refused: <x> of passage may have at most 2 characters, was 3 (narrows)",
    ]);
  });

  test("equal versions differ in nothing", () => {
    expect(told(of({}), of({}))).toEqual([]);
  });
});

describe("versions beside each other", () => {
  test("fields are in words, those of items below their list", () => {
    const schema = {
      type: "object",
      properties: {
        links: { type: "array", items: of({ type: "string", format: "date-time" }) },
        pinned: { type: "boolean", default: false },
      },
      required: ["links"],
    };
    const rows = fieldsOf(schema).map(({ depth, name, words }) => `${depth} ${name}: ${words}`);
    expect(rows).toEqual([
      "0 links: list of",
      "1 x: time, optional",
      "0 pinned: yes or no, default no",
    ]);
    expect(fieldsOf(true)).toMatchObject([{ name: "document", words: "anything" }]);
  });

  test("rows have the sign of what became of them", () => {
    const before = { type: "object", properties: { a: {}, b: { maxLength: 1 }, c: {} } };
    const after = { type: "object", properties: { a: {}, b: { maxLength: 2 }, d: {} } };
    const signs = alignedFields(before, after).map(
      ({ sign, before: old, after: young }) => `${sign} ${(old ?? young)!.name}`,
    );
    expect(signs).toEqual(["same a", "changed b", "removed c", "added d"]);
  });

  test("a line that only got a comma is the same", () => {
    const signs = alignedLines(["a"], ["a", "b"]).map(({ sign }) => sign);
    expect(signs).toEqual(["same", "same", "added", "same"]);
  });
});

test("a sample shows the faults of several examples, each in its place, in the order of its fields", () => {
  const order = { properties: { kind: {}, summary: {} } };
  const faultsOf = (document: unknown) => {
    const { kind, summary } = document as { kind: string; summary: string };
    return [
      ...(kind === "thing" ? [{ pointer: "/kind", rule: "enum", message: "must be a place" }] : []),
      ...(summary ? [{ pointer: "/summary", rule: "maxLength", message: "must be empty" }] : []),
    ];
  };
  const examples = [
    { summary: "aaaaaaaaaa", kind: "place" },
    { summary: "", kind: "thing" },
  ];
  const sample = sampleOf(examples, order, () => [], faultsOf);
  expect(sample!.faults.map(({ pointer }) => pointer)).toEqual(["/kind", "/summary"]);
  expect(sample!.lines.map(({ lead, fault, tail }) => lead + fault + tail)).toEqual([
    "{",
    '"kind": "thing",',
    '"summary": "aaaaaaaaaa"',
    "}",
  ]);
});

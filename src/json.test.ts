import { expect, test } from "bun:test";
import { canonicalJson, hashJson, NESTING_LIMIT, parseJson } from "./json.ts";
import { type FieldError, MAX_ERRORS, Problem } from "./problem.ts";

function refusal(text: string): { status: number; errors: FieldError[] } {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof Problem)
      return { status: error.status, errors: error.toJSON().errors ?? [] };
    throw error;
  }
  throw new Error(`taken: ${text.slice(0, 60)}`);
}

test("what is not JSON is 400", () => {
  for (const text of ["", " ", "{", "{'a':1}", "[1,]", "NaN", "undefined", "[".repeat(10_000)])
    expect(refusal(text)).toEqual({ status: 400, errors: [] });
});

test("U+0000 is refused with its place, in values and in keys", () => {
  expect(refusal('{"a":["x","\\u0000"]}').errors).toMatchObject([{ pointer: "/a/1", rule: "nul" }]);
  expect(refusal('{"k\\u0000":1}').errors).toMatchObject([{ pointer: "/k\u0000", rule: "nul" }]);
});

test("half of a surrogate pair is refused with its place, a whole pair is taken", () => {
  expect(refusal('{"a/b":"\\ud800"}').errors).toMatchObject([
    { pointer: "/a~1b", rule: "unicode" },
  ]);
  expect(refusal('{"\\udc00":1}').errors).toMatchObject([{ rule: "unicode" }]);
  expect(parseJson('"\\ud83d\\udd6f"')).toBe("🕯");
});

test("a number beyond a double is refused with its place", () => {
  expect(refusal('{"a":{"~":1e999}}').errors).toMatchObject([{ pointer: "/a/~0", rule: "number" }]);
  expect(refusal("-1e999").errors).toMatchObject([{ pointer: "", rule: "number" }]);
  expect(parseJson("[1.7976931348623157e308, 1e-999]")).toEqual([Number.MAX_VALUE, 0]);
});

test("nesting is taken up to its limit and refused with its place beyond", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(parseJson(nested(NESTING_LIMIT))).toBeArray();
  for (const levels of [NESTING_LIMIT + 1, 10_000, 1_000_000])
    expect(refusal(nested(levels))).toMatchObject({
      status: 422,
      errors: [{ pointer: "/0".repeat(NESTING_LIMIT), rule: "nesting" }],
    });
  expect(refusal(`{"a":${nested(NESTING_LIMIT)}}`).errors).toMatchObject([
    { pointer: `/a${"/0".repeat(NESTING_LIMIT - 1)}` },
  ]);
});

test("brackets inside strings do not nest", () => {
  expect(parseJson(JSON.stringify({ text: "[{".repeat(1_000) }))).toBeObject();
});

test("a body full of errors tells the first hundred", () => {
  const { errors } = refusal(JSON.stringify(Array(5_000).fill("\u0000")));
  expect(errors).toHaveLength(MAX_ERRORS);
});

test("canonical JSON has its keys in order at every depth and keeps the order of arrays", () => {
  expect(canonicalJson({ b: [2, { d: 1, c: null }], a: "é" })).toBe(
    '{"a":"é","b":[2,{"c":null,"d":1}]}',
  );
  expect(hashJson({ a: 1, b: 2 })).toBe(hashJson({ b: 2, a: 1 }));
  expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
});

test("a key that is called __proto__ is a key like any other", () => {
  const value = parseJson('{"__proto__":{"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(canonicalJson(value)).toBe('{"__proto__":{"polluted":true}}');
});

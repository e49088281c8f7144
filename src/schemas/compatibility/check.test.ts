import { afterAll, describe, expect, test } from "bun:test";
import { fuzz } from "../../../test/fuzz/compatibility.ts";
import { openChecker } from "../checker.ts";
import { checkCompatibility, LEVELS } from "./check.ts";

const versions = [
  { version: 2, schema: { type: "object", properties: { a: { type: "string" } } } },
  { version: 1, schema: { type: "object", properties: { a: { type: ["string", "null"] } } } },
];

describe("levels", () => {
  const compatible = (candidate: unknown) =>
    LEVELS.filter((level) => checkCompatibility({ level, candidate, versions }).compatible);

  test("ask of the newest version, or of all", () => {
    expect(compatible(versions[0]!.schema)).toEqual([
      "NONE",
      "BACKWARD",
      "FORWARD",
      "FORWARD_TRANSITIVE",
      "FULL",
    ]);
    expect(compatible(versions[1]!.schema)).toEqual(["NONE", "BACKWARD", "BACKWARD_TRANSITIVE"]);
    expect(compatible(false)).toEqual(["NONE", "FORWARD", "FORWARD_TRANSITIVE"]);
  });

  test("say which version fails, in which direction, where and with what", () => {
    const { errors } = checkCompatibility({
      level: "FULL_TRANSITIVE",
      candidate: { type: "object", properties: { a: { type: "string", maxLength: 3 } } },
      versions,
    });
    expect(errors).toEqual([
      {
        pointer: "/properties/a/maxLength",
        rule: "maxLength",
        message:
          "In the new version “a” must have at most 3 characters; version 2 takes documents that break this.",
        example: { a: "aaaa" },
        against: 2,
        direction: "backward",
      },
      expect.objectContaining({ against: 1, rule: "type", example: { a: null } }),
      expect.objectContaining({ against: 1, rule: "maxLength", example: { a: "aaaa" } }),
    ]);
  });

  test("with no version are kept by anything", () => {
    expect(
      checkCompatibility({ level: "FULL_TRANSITIVE", candidate: {}, versions: [] }).compatible,
    ).toBe(true);
  });
});

describe("a lenient policy", () => {
  const check = (old: object, candidate: object) =>
    checkCompatibility({
      level: "FULL_TRANSITIVE",
      policy: "lenient",
      candidate,
      versions: [{ version: 1, schema: old }],
    }).errors.map(({ rule }) => rule);
  const open = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
  const A = { type: "string" };

  test("lets an optional property join an open model, wherever it stands", () => {
    expect(check(open({ a: A }), open({ a: A, b: A }))).toEqual([]);
    expect(check(open({ a: open({}) }), open({ a: open({ c: A }) }))).toEqual([]);
    expect(check({ allOf: [open({ a: A })] }, { allOf: [open({ a: A }), open({ b: A })] })).toEqual(
      [],
    );
  });

  test("still refuses a required one, and another kind of what was named", () => {
    expect(check(open({ a: A }), open({ a: A, b: A }, { required: ["b"] }))).toEqual(["required"]);
    expect(check(open({ a: A }), open({ a: { type: "number" } }))).toEqual(["type", "type"]);
    const map = open({}, { additionalProperties: { type: "number" } });
    expect(check(map, open({ a: A }))).toContain("type");
  });
});

describe("references", () => {
  const known: Record<string, unknown> = {
    "text-v1": { type: "string", maxLength: 3 },
    "text-v2": { type: "string", maxLength: 5 },
  };
  const resolve = (uri: string) => known[uri];
  const refer = (name: string) => ({ properties: { a: { $ref: name } }, type: "object" });

  test("lead to other schemas, and a refusal points to where they stand", () => {
    const check = (inner: string, outer: string) =>
      checkCompatibility({
        level: "BACKWARD",
        candidate: refer(outer),
        versions: [{ version: 1, schema: refer(inner) }],
        resolve,
      });
    expect(check("text-v1", "text-v2").compatible).toBe(true);
    expect(check("text-v2", "text-v1").errors).toMatchObject([
      { pointer: "/properties/a/$ref", rule: "maxLength", example: { a: "aaaa" } },
    ]);
    expect(check("text-v1", "https://example.com/text").errors).toMatchObject([
      { rule: "undecided" },
    ]);
  });
});

describe("what cannot be decided", () => {
  test("is refused and said so", () => {
    const check = (candidate: unknown, schema: unknown, steps?: number) =>
      checkCompatibility({
        level: "BACKWARD",
        candidate,
        versions: [{ version: 1, schema }],
        budget: { steps },
      });
    for (const verdict of [
      // Every text of it is an e-mail address or none of these, but who knows.
      check({ type: "string", format: "regex" }, { type: "string", format: "email" }),
      check({ $ref: "#" }, {}),
      check({ pattern: "(" }, {}),
      check({ type: "poem" }, {}),
      check("x", {}),
      check({ maxLength: 3 }, { pattern: "^a?b" }, 20),
    ]) {
      expect(verdict.compatible).toBe(false);
      expect(verdict.errors[0]).toMatchObject({ rule: "undecided" });
      expect(verdict.errors[0]?.message).toStartWith("Not decided");
    }
  });
});

test("the same schema is compatible with itself, whatever it holds", () => {
  const schema = { $ref: "https://example.com/schema", pattern: "(" };
  const versions = [{ version: 1, schema: structuredClone(schema) }];
  const verdict = checkCompatibility({ level: "FULL", candidate: schema, versions });
  expect(verdict.compatible).toBe(true);
});

test("no accepted change of a few thousand made ones is refuted", () => {
  const { faults, unconfirmed, pairs } = fuzz(1, 3_000);
  expect(faults).toEqual([]);
  expect(unconfirmed).toBe(0);
  expect(pairs).toBeGreaterThanOrEqual(3_000);
}, 120_000);

describe("in a process of its own", () => {
  const checker = openChecker();
  afterAll(() => checker.close());
  const simple = {
    level: "BACKWARD",
    candidate: { type: "string" },
    versions: [{ version: 1, schema: { type: ["string", "null"] } }],
  } as const;

  test("questions are answered as they are without one", async () => {
    const { versions } = simple;
    expect(await checker.check(simple)).toEqual(checkCompatibility(simple));
    const known = { "text-v1": { type: "string" } };
    const candidate = { $ref: "text-v1" };
    expect((await checker.check({ level: "FORWARD", candidate, versions, known })).errors).toEqual(
      [],
    );
  });

  test("what does not end is refused after its deadline, and the next question is answered", async () => {
    // A back reference is beyond automata, so the engine's own matching runs, and that doubles with each letter.
    const endless = checker.check(
      {
        level: "BACKWARD",
        candidate: { type: "string", pattern: "^(a+)+\\1$" },
        versions: [{ version: 1, schema: { enum: [`${"a".repeat(60)}!`] } }],
      },
      100,
    );
    const next = checker.check(simple);
    expect(await endless).toMatchObject({ compatible: false, errors: [{ rule: "undecided" }] });
    expect((await next).errors).toMatchObject([{ rule: "type", example: null }]);
  });

  test("long chains of references and deep nesting are bounded", async () => {
    const chain = {
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(
        Array.from({ length: 5_000 }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]),
      ),
    };
    let nest: unknown = { type: "string" };
    for (let i = 0; i < 20_000; i++) nest = { not: nest };
    for (const candidate of [chain, nest])
      expect((await checker.check({ ...simple, candidate })).errors[0]).toMatchObject({
        rule: "undecided",
      });
  });
});

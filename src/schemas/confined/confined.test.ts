import { afterAll, expect, test } from "bun:test";
import { type Bundle, examine, validateWith } from "./compiled.ts";
import { Busy, openConfined } from "./confined.ts";

const confined = openConfined();
afterAll(() => confined.close());

const bundle = (schema: unknown): Bundle => ({
  source: JSON.stringify(schema),
  pins: {},
  others: {},
});
/** Takes minutes on a text of this length, in code that nothing but the end of its process stops. */
const HARD = bundle({ pattern: "^a*a*a*a*a*b$" });
const LONG = "a".repeat(20_000);
const MINUTE_MS = 60_000;

test("a schema is sent once, and held to from then on", async () => {
  const input = { key: "text", content: 7 };
  const ask = (more: object = {}) => confined.ask("validate", { ...input, ...more }, MINUTE_MS);
  expect(await ask()).toEqual({ kind: "done", answer: undefined });
  const wrong = { kind: "done", answer: [{ pointer: "", rule: "type", message: "must be text" }] };
  expect(await ask({ bundle: bundle({ type: "string" }) })).toEqual(wrong as never);
  expect(await ask()).toEqual(wrong as never);
  expect(await ask({ content: "x" })).toEqual({ kind: "done", answer: [] });
});

test("what does not end is ended, and those that wait are answered", async () => {
  const hard = { key: "hard", content: LONG, bundle: HARD };
  const overrun = confined.ask("validate", hard, 100);
  const next = [1, 2].map(() =>
    confined.ask("examine", { bundle: bundle({ type: "string" }) }, MINUTE_MS),
  );
  expect(await overrun).toEqual({ kind: "overrun" });
  expect(await Promise.all(next)).toEqual([
    { kind: "done", answer: [] },
    { kind: "done", answer: [] },
  ]);
});

test("only so many wait, and none once it is closed", async () => {
  const busy = openConfined();
  const asked = Array.from({ length: 300 }, () =>
    busy.ask("examine", { bundle: bundle(true) }, MINUTE_MS).catch((error: Error) => error),
  );
  const refused = (await Promise.all(asked)).filter((one) => one instanceof Busy);
  expect(refused.length).toBeGreaterThan(0);
  const closed = (asked: Promise<unknown>) => asked.catch((error: Error) => error.message);
  const hard = { key: "hard", content: LONG, bundle: HARD };
  const waiting = closed(busy.ask("validate", hard, MINUTE_MS));
  busy.close();
  const after = closed(busy.ask("examine", { bundle: bundle(true) }, MINUTE_MS));
  for (const message of await Promise.all([waiting, after])) expect(message).toContain("closed");
});

test("compiled schemas are kept within a bound, the least recently used dropped", () => {
  const used = (nr: number) => validateWith(`nr ${nr}`, nr, bundle({ const: nr }));
  for (let nr = 0; nr <= 200; nr++) {
    expect(used(nr)).toEqual([]);
    // This one is used again and again.
    expect(validateWith("nr 0", 0)).toEqual([]);
  }
  expect(validateWith("nr 1", 1)).toBeUndefined();
  expect(validateWith("nr 200", 200)).toEqual([]);
});

test("content that nests deeper than a schema can be followed is refused, and so is a schema without end", () => {
  const list = bundle({ items: { $ref: "#" } });
  let nest: unknown = [];
  for (let i = 0; i < 200_000; i++) nest = [nest];
  expect(validateWith("list", nest, list)).toMatchObject([{ rule: "deadline" }]);
  for (const schema of [
    { $ref: "#" },
    { anyOf: [{ $ref: "#/$defs/a" }], $defs: { a: { $ref: "#" } } },
  ])
    expect(examine(bundle(schema))).toMatchObject([{ rule: "schema" }]);
  expect(examine(bundle({ $ref: "http://json-schema.org/draft-07/schema#" }))).toEqual([]);
});

test("errors are told in words, names of properties by their own pointer", () => {
  const schema = bundle({
    propertyNames: { pattern: "^[a-z/]+$" },
    properties: { when: { format: "date" }, many: { uniqueItems: true, minItems: 3 } },
    dependentRequired: { when: ["where"] },
  });
  const content = { "A/B": 1, when: "soon", many: [1, 1] };
  expect(validateWith("words", content, schema)).toEqual(
    expect.arrayContaining([
      {
        pointer: "/A~1B",
        rule: "propertyNames",
        message: "is not a name for a property: it must fit the pattern ^[a-z/]+$",
      },
      { pointer: "/when", rule: "format", message: "must be a valid date" },
      { pointer: "/many", rule: "minItems", message: "must have at least 3 items" },
      {
        pointer: "/where",
        rule: "dependentRequired",
        message: "is missing, since “when” is there",
      },
    ]),
  );
});

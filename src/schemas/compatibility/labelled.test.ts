/**
 * The labelled pairs of Apicurio Registry (Apache-2.0), which this project does not carry: held where
 * they lie beside the checkout, or where LABELLED_PAIRS says. Some labels contradict JSON Schema; where the checker
 * differs from one it gives a document that ajv confirms, or there is an argument here, and a search that finds none.
 */
import { describe, expect, test } from "bun:test";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { documentOf, randomFrom } from "../../../test/fuzz/compatibility.ts";
import { checkCompatibility } from "./check.ts";
import { type Json, lift } from "./lift.ts";

type Pair = {
  id: string;
  compatibility: "backward" | "both" | "none";
  original: Json;
  updated: Json;
};

/** Why nothing refutes what a label refuses, by a word of the pair's name. */
const ARGUMENTS: [RegExp, string][] = [
  [/pattern|Conditional/, "`[a-z]*` and `[A-Z]*` are not anchored: both match every text"],
  [/^Const$/, "`const` is a list and `type` is string: no document is valid, and none is enough"],
  [
    /content/,
    "contentEncoding and contentMediaType are annotations since 2019-09, and assert nothing in 07",
  ],
  [/anyOf 1/, "`{type: string}` or `{maxLength: n}`: a text is the first, all else the second"],
  [
    /oneOf 1/,
    "`oneOf` of a text and of at most n characters: all but texts are the second, and texts that are longer are the first alone; with the greater n fewer are",
  ],
];
/** Documents that are tried against a change that a label refuses. */
const DOCUMENTS = 100_000;

const file = Bun.file(
  process.env.LABELLED_PAIRS ??
    new URL("../../../../shared/data/apicurio-compatibility-test-data.json", import.meta.url),
);
const pairs: Pair[] = (await file.exists()) ? (await file.json()).tests : [];

describe("a labelled pair", () => {
  for (const { id, compatibility, original, updated } of pairs)
    for (const [way, inner, outer, label] of [
      ["forth", original, updated, compatibility !== "none"],
      ["back", updated, original, compatibility === "both"],
    ] as const)
      test(`${id}, ${way}`, () => {
        const { compatible, errors } = checkCompatibility({
          level: "BACKWARD",
          candidate: outer,
          versions: [{ version: 1, schema: inner }],
        });
        expect(errors.filter(({ rule }) => rule === "undecided")).toEqual([]);
        // Every refusal is proved by a document.
        for (const error of errors) expect(error).toHaveProperty("example");
        if (compatible === label || !compatible) return;
        expect(ARGUMENTS.find(([name]) => name.test(id))?.[1]).toBeString();
        expect(refutation(inner, outer)).toBeUndefined();
      }, 120_000);
});

function refutation(inner: Json, outer: Json): { document: Json } | undefined {
  const [takes, refuses] = [inner, outer].map((schema) => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    return ajv.compile(lift(schema));
  });
  const random = randomFrom(1);
  for (let i = 0; i < DOCUMENTS; i++) {
    const document = documentOf(random, i % 2 ? inner : outer, 3);
    if (takes!(document) && !refuses!(document)) return { document };
  }
  return undefined;
}

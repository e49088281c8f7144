import { describe, expect, test } from "bun:test";
import { randomFrom } from "../../../test/fuzz/compatibility.ts";
import { FORMATS, formatHolds } from "./formats.ts";
import { languageOf, matches } from "./patterns.ts";
import { unicodePattern } from "./unicode-pattern.ts";

const random = randomFrom(7);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const ATOMS =
  "a b c . \\d \\w \\W \\s [ab] [^a] [a-c\\-] \\u0061 \\x62 \\u{63} \\p{L} \\P{Lu} \\- é 😀 [\\d_]".split(
    " ",
  );
const CHARS = [..."abcA1_- \né😀\u2028"];

function pattern(depth: number): string {
  const dice = random();
  if (depth === 0 || dice < 0.35) return pick(ATOMS).replace(/^\\-$/, "-");
  if (dice < 0.6) return pattern(depth - 1) + pattern(depth - 1);
  if (dice < 0.7) return `(?:${pattern(depth - 1)}|${pattern(depth - 1)})`;
  if (dice < 0.78)
    return `(${pattern(depth - 1)})${pick(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"])}`;
  if (dice < 0.86) return `^${pattern(depth - 1)}`;
  if (dice < 0.94) return `${pattern(depth - 1)}$`;
  return `^(?${pick(["=", "!"])}${pattern(depth - 1)})${pattern(depth - 1)}`;
}

describe("an automaton", () => {
  test("matches what the engine matches", () => {
    let followed = 0;
    for (const source of times(1_500, () => pattern(4))) {
      if (languageOf(source, () => {})) followed++;
      const engine = new RegExp(source, "u");
      for (const text of times(20, () =>
        times(Math.floor(random() * 6), () => pick(CHARS)).join(""),
      ))
        expect({ source, text, is: matches(source, text) }).toEqual({
          source,
          text,
          is: engine.test(text),
        });
    }
    // Lookahead in mid-pattern is what is left to the engine.
    expect(followed).toBeGreaterThan(1_200);
  });

  test("does not backtrack", () => {
    expect(matches("^(a+)+$", `${"a".repeat(50_000)}!`)).toBe(false);
  });
});

test("a format takes its samples, and nothing beyond the pattern that bounds it", () => {
  for (const [name, { samples, within }] of Object.entries(FORMATS)) {
    for (const sample of samples)
      expect({ name, sample, is: formatHolds(name, sample) }).toEqual({ name, sample, is: true });
    if (!within) continue;
    for (const text of times(3_000, () => changed(pick(samples))))
      if (formatHolds(name, text))
        expect({ name, text, is: matches(within, text) }).toEqual({ name, text, is: true });
  }
});

/** A character more, less or other. */
function changed(sample: string): string {
  const chars = [...sample];
  const chances = [..."aZ09.:-/@#~_%+ \n\u2028éſK", "", "00", "ab", "%41", "T", "P1Y"];
  for (let i = 0; i <= random() * 3; i++)
    chars.splice(Math.floor(random() * (chars.length + 1)), random() < 0.5 ? 1 : 0, pick(chances));
  return chars.join("");
}

test("a pattern that Unicode mode refuses for its escapes is said in Unicode mode", () => {
  for (const [written, meant] of [
    ["^\\-\\@\\_$", "^-@_$"],
    ["[\\w-.]", "[\\w\\-.]"],
    ["[a\\-z]", "[a\\-z]"],
    ["\\/\\.", "\\/\\."],
    ["(", "("],
    ["\\q", "\\q"],
  ] as const)
    expect(unicodePattern(written)).toBe(meant);
});

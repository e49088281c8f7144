/** What changed, as an editor would mark it; and never slow. */
import { describe, expect, test } from "bun:test";
import { compare, type Piece } from "./compare.ts";

const marked = (pieces: Piece[]) =>
  pieces
    .map(({ kind, text }) =>
      kind === "same" ? text : kind === "removed" ? `[-${text}-]` : `{+${text}+}`,
    )
    .join("");

const shown = (before: string, after: string) =>
  compare(before, after).paragraphs.map(({ pieces }) => marked(pieces));

/** The pieces spell both texts, letter for letter. */
function expectWhole(before: string[], after: string[]) {
  const { paragraphs } = compare(before, after);
  const spelled = (side: "before" | "after", other: Piece["kind"]) =>
    paragraphs
      .filter((paragraph) => paragraph[side] !== null)
      .map(({ pieces }) =>
        pieces
          .filter(({ kind }) => kind !== other)
          .map(({ text }) => text)
          .join(""),
      );
  expect(spelled("before", "inserted")).toEqual(before);
  expect(spelled("after", "removed")).toEqual(after);
}

describe("words", () => {
  test("that are the same say so", () => {
    expect(shown("The lamp was lit.", "The lamp was lit.")).toEqual(["The lamp was lit."]);
    expect(compare("a b", "a b")).toMatchObject({ inserted: 0, removed: 0 });
  });

  test("are marked as whole words, signs apart", () => {
    expect(shown("The lamp was lit.", "The lamp was out.")).toEqual([
      "The lamp was [-lit-]{+out+}.",
    ]);
    expect(shown("a well-known lamp", "a well-kept lamp")).toEqual([
      "a [-well-known-]{+well-kept+} lamp",
    ]);
  });

  test("of a replaced sentence are one change, with its full stop", () => {
    const before =
      "She read everything. It was dated that morning. She took out the letter, because it was something to do.";
    const after =
      "She read everything. Wind south-west, six. Fog by four. One man lost. It was dated the eleventh. She took out the letter, because it was something to do. Today was the tenth.";
    expect(shown(before, after)).toEqual([
      "She read everything. [-It was dated that morning.-]{+Wind south-west, six. Fog by four. One man lost. It was dated the eleventh.+} She took out the letter, because it was something to do.{+ Today was the tenth.+}",
    ]);
    expect(compare(before, after)).toMatchObject({ inserted: 18, removed: 5 });
  });

  test("of a sentence that was put in begin with that sentence", () => {
    expect(shown("He saw it. He left.", "He saw it. He knew it. He left.")).toEqual([
      "He saw it.{+ He knew it.+} He left.",
    ]);
  });

  test("are found where no spaces part them", () => {
    expect(shown("灯はもう点いていた。", "灯はまだ点いていた。")).toEqual([
      "灯は[-もう-]{+まだ+}点いていた。",
    ]);
    expect(compare("灯はもう", "灯はまだ")).toMatchObject({ inserted: 2, removed: 2 });
  });

  test("and spaces, breaks and signs are kept letter for letter", () => {
    expectWhole(["  Two  spaces\nand a break. "], ["Two spaces\nand  a break, no?"]);
    expectWhole(["«Oui», dit-il… 👩‍👩‍👧 fin"], ["« Oui » dit-elle. 👩‍👩‍👦 fin"]);
    expectWhole(["He saw it. He left."], ["He saw it.  He knew it. He left."]);
    expectWhole([""], ["a"]);
  });
});

describe("paragraphs", () => {
  test("that came or went leave the others as they are", () => {
    const before = "One stays here.\n\nTwo goes away.\n\nThree stays too.";
    const after = "New at the top.\n\nOne stays here.\n\nThree stays, too.";
    expect(shown(before, after)).toEqual([
      "{+New at the top.+}",
      "One stays here.",
      "[-Two goes away.-]",
      "Three stays{+,+} too.",
    ]);
    expect(compare(before, after).paragraphs.map(({ before, after }) => [before, after])).toEqual([
      [null, 0],
      [0, 1],
      [1, null],
      [2, 2],
    ]);
  });

  test("with nothing in common are not mixed", () => {
    expect(shown("A cold hard rain.", "Nobody came that night.")).toEqual([
      "[-A cold hard rain.-]",
      "{+Nobody came that night.+}",
    ]);
  });

  test("of nothing are all new", () => {
    expect(shown("", "One.\n\nTwo.")).toEqual(["{+One.+}", "{+Two.+}"]);
    expect(compare("", "")).toEqual({ paragraphs: [], inserted: 0, removed: 0 });
  });
});

describe("long texts", () => {
  const words = (count: number, seed: number, of = 3_000) => {
    let state = seed;
    return Array.from({ length: count }, () => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return `w${(state >> 8) % of}`;
    });
  };
  const chapter = (all: string[], size: number) =>
    Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
      all.slice(at * size, (at + 1) * size).join(" "),
    );
  /** Generous: the point is that none takes minutes. In milliseconds. */
  const BOUND_MS = 20_000;

  test("are compared word by word where little changed", () => {
    const all = words(20_000, 1);
    const other = all.map((word, at) => (at % 97 === 0 ? "new" : word));
    const before = chapter(all, 80);
    const after = chapter(other, 80);
    expectWhole(before, after);
    const changed = all.filter((word, at) => word !== other[at]).length;
    expect(compare(before, after)).toMatchObject({ inserted: changed, removed: changed });
  });

  test.each([
    ["in one paragraph each", 20_000, 20_000],
    ["in paragraphs", 20_000, 80],
    ["a paragraph a word", 20_000, 1],
    ["beyond all bounds", 200_000, 50],
  ])("with nothing in common come back, %s", (_, count, size) => {
    const [before, after] = [chapter(words(count, 2), size), chapter(words(count, 99), size)];
    const start = performance.now();
    expectWhole(before, after);
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
  });
});

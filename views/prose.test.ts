import { expect, test } from "bun:test";
import { countWords, paragraphs, wordsLabel } from "./prose.ts";

test("blank lines part paragraphs, single breaks do not", () => {
  expect(paragraphs("One.\nStill one.\n\n\n  \nTwo.")).toEqual(["One.\nStill one.", "Two."]);
});

test("what is only space is no paragraph", () => {
  expect(paragraphs(" \n\n ")).toEqual([]);
});

test("words are runs of anything but space", () => {
  expect(countWords("  The lamp—was\nburning. ")).toBe(3);
  expect([wordsLabel(0), wordsLabel(1), wordsLabel(1200)]).toEqual([
    "0 words",
    "1 word",
    "1,200 words",
  ]);
});

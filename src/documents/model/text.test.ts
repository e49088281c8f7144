import { expect, test } from "bun:test";
import { derivedId, isPassageId, newId } from "./ids.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { sha256 } from "./sha256.ts";
import { countWords, hashOf, hashOfText, paragraphsOf, textOf } from "./text.ts";

test.each([
  ["", 0],
  ["  \n ", 0],
  ["one two", 2],
  ["don’t rock 'n' roll", 4],
  ["a well-known editor-in-chief", 3],
  ["“Yes,” she said—“no.”", 4],
  ["3.5 and 1,000", 5],
  ["naïve café", 2],
  ["Привет, мир", 2],
  ["مرحبا بالعالم", 2],
  ["吾輩は猫である", 7],
  ["漢字 and words", 4],
  ["🎉 * —", 0],
])("%j has %d words", (text, words) => {
  expect(countWords(text)).toBe(words);
});

test("words are counted across marks and breaks, not across blocks", () => {
  expect(countWords(parseMarkdown("un*believ*able\\\ntwo\n\n- three\n- four", "prose"))).toBe(4);
});

test("plain text parts blocks by an empty line and names list items", () => {
  const source = "# T\n\na\\\nb\n\n> q\n\n- x\n- y\n\n3. z\n\n***\n\nend";
  expect(textOf(parseMarkdown(source, "notes"))).toBe(
    "T\n\na\nb\n\nq\n\n- x\n- y\n\n3. z\n\n***\n\nend",
  );
});

test("paragraphs of plain text are read as they were", () => {
  const blocks = paragraphsOf("one\r\ntwo\n \n\nthree\n");
  expect(blocks.map(textOf)).toEqual(["one\ntwo", "three"]);
  expect(paragraphsOf(" \n ")).toEqual([]);
});

test("hashes are of the words, however they are composed", () => {
  expect(hashOfText(" e\u0301t\u00e9\n")).toBe(hashOfText("\u00e9te\u0301"));
  expect(hashOfText("a")).not.toBe(hashOfText("b"));
  expect(hashOf(parseMarkdown("one *two*", "notes"))).toBe(hashOfText("one two"));
});

test("sha-256 agrees with the platform's", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 5_000]) {
    const text = "é".repeat(length);
    expect(sha256(text)).toBe(new Bun.CryptoHasher("sha256").update(text).digest("hex"));
  }
});

test("ids are UUIDv7, the derived ones the same for everybody", () => {
  const id = newId(1_700_000_000_000);
  expect(id.startsWith("018bcfe5-6800-7")).toBe(true);
  expect(derivedId(id, "x")).toBe(derivedId(id, "x"));
  expect(derivedId(id, "x")).not.toBe(derivedId(id, "y"));
  for (const one of [id, derivedId(id, "x"), Bun.randomUUIDv7()])
    expect(isPassageId(one)).toBe(true);
  expect(isPassageId("018bcfe5-6800-4000-8000-000000000000")).toBe(false);
});

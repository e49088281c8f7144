import { expect, test } from "bun:test";
import { RunError } from "../processors/sdk.ts";
import { errorOf, sentenceOf, toldOf } from "./run-errors.ts";

const away = new RunError("away", "Nobody answers at a.example.", {
  retryable: true,
  retryAfterMs: 7,
  advice: "Check that it runs",
});
const busy = new RunError("busy", "It is busy.", { retryable: true });
const wrong = new RunError("wrong", "The key is wrong.", {
  retryable: false,
  advice: "Set another in Settings",
});
const over = new RunError("over", "There is nothing to compile.", { retryable: false });

test("what is tried again by itself says so, and what to look at if that does not help", () => {
  expect(sentenceOf(away)).toBe(
    "Nobody answers at a.example. It will be tried again; if it stays so, check that it runs.",
  );
  expect(sentenceOf(busy)).toBe("It is busy. It will be tried again.");
});

test("after the last attempt nothing is promised, and the advice stands first", () => {
  expect(sentenceOf(away, 3)).toBe(
    "Nobody answers at a.example. It was tried 3 times. Check that it runs, then try again.",
  );
  expect(sentenceOf(busy, 1)).toBe("It is busy. It was tried once; try again later.");
});

test("what another attempt would not help says what to do, however often it was tried", () => {
  for (const attempts of [undefined, 1, 2]) {
    expect(sentenceOf(wrong, attempts)).toBe(
      "The key is wrong. Set another in Settings, then try again.",
    );
    expect(sentenceOf(over, attempts)).toBe("There is nothing to compile.");
  }
});

test("it is the same on the other side of a thread", () => {
  for (const error of [away, busy, wrong, over]) {
    const there = errorOf(structuredClone(toldOf(error)));
    expect({ ...there, message: there.message }).toEqual({ ...error, message: error.message });
  }
});

import { expect, test } from "bun:test";
import { judgeCopy } from "./local-copy.ts";

const copy = { notes: "mine", revision: 3, sending: null };

test("a copy that the server has is forgotten", () => {
  expect(judgeCopy(copy, { notes: "mine", revision: 4 })).toBe("forget");
});

test("a copy written on the page's revision is restored", () => {
  expect(judgeCopy(copy, { notes: "base", revision: 3 })).toBe("restore");
});

test("a copy is restored when its last request arrived after all", () => {
  expect(judgeCopy({ ...copy, sending: "min" }, { notes: "min", revision: 4 })).toBe("restore");
});

test("a copy is offered when someone else wrote since", () => {
  expect(judgeCopy(copy, { notes: "theirs", revision: 4 })).toBe("offer");
});

test("a copy that was put on the clipboard is not offered again", () => {
  expect(judgeCopy({ ...copy, copied: true }, { notes: "theirs", revision: 4 })).toBe("forget");
});

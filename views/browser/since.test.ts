import { expect, test } from "bun:test";
import { moved } from "./since.ts";

const url = (since: string) => `ws://studio.test/live?view=chapter%2F1&since=${since}`;
const since = (address: string) => new URL(address).searchParams.get("since");

test("an event moves the place", () => {
  expect(since(moved(url("e:4"), { type: "event", offset: 7 }))).toBe("e:7");
});

test("a position moves the place and keeps the view", () => {
  const address = new URL(moved(url("e:4"), { type: "position", offset: 9 }));
  expect(address.searchParams.get("since")).toBe("e:9");
  expect(address.searchParams.get("view")).toBe("chapter/1");
});

test("an event that was delivered before does not move it back", () => {
  expect(since(moved(url("e:4"), { type: "event", offset: 3 }))).toBe("e:4");
});

test("a welcome that promises the missed events leaves it until they come", () => {
  const frame = { type: "welcome", epoch: "e", offset: 9, recovered: true };
  expect(since(moved(url("e:4"), frame))).toBe("e:4");
});

test("a welcome of another epoch starts a new count", () => {
  const frame = { type: "welcome", epoch: "f", offset: 2, recovered: false };
  expect(since(moved(url("e:4"), frame))).toBe("f:2");
});

test("a frame without an offset moves nothing", () => {
  expect(moved(url("e:4"), { type: "delta" })).toBe(url("e:4"));
});

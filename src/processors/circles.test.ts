import { expect, test } from "bun:test";
import { circleThrough, type Link } from "./circles.ts";

const link = (id: string, input: string, output: string, stops = false): Link => ({
  id,
  inputs: [input],
  output,
  stops,
});

test("a circle is named along its way, whichever of it is asked about", () => {
  const three = [link("a", "1", "2"), link("b", "2", "3"), link("c", "3", "1")];
  expect(circleThrough("a", three)).toEqual(["a", "b", "c"]);
  expect(circleThrough("c", three)).toEqual(["c", "a", "b"]);
  expect(circleThrough("s", [link("s", "1", "1")])).toEqual(["s"]);
});

test("a way that leads to a circle without being in it is none", () => {
  const tail = [link("in", "0", "1"), link("a", "1", "2"), link("b", "2", "1")];
  expect(circleThrough("in", tail)).toBeUndefined();
  expect(circleThrough("a", tail)).toEqual(["a", "b"]);
  expect(circleThrough("nobody", tail)).toBeUndefined();
});

test("one that says how often it may come about opens the circle", () => {
  const stopped = [link("a", "1", "2"), link("b", "2", "1", true)];
  expect(circleThrough("a", stopped)).toBeUndefined();
  expect(circleThrough("b", stopped)).toBeUndefined();
});

import { beforeEach, expect, test } from "bun:test";
import type { NumberedEvent } from "../events/event.ts";
import { Partials } from "./partials.ts";

const RUN = "run-1";
let asked: string[];
let partials: Partials;

beforeEach(() => {
  asked = [];
  partials = new Partials((run) => asked.push(run));
});

const delta = (at: number, text: string, attempt = 1, run = RUN) => ({
  run,
  attempt,
  at,
  text,
  root: "root",
  path: ["root"],
});

const over = (type: string, attempt: number, run = RUN) =>
  ({ event: { type, subject: run, data: { attempt } } }) as unknown as NumberedEvent;

test("deltas join into one from 0", () => {
  expect(partials.take(delta(0, "The lamp "))).toBe(true);
  expect(partials.take(delta(9, "was lit."))).toBe(true);
  expect(partials.of(RUN)).toEqual(delta(0, "The lamp was lit."));
  expect([...partials.all()]).toEqual([delta(0, "The lamp was lit.")]);
  expect(asked).toEqual([]);
});

test("a repeat changes nothing, a piece that begins earlier replaces what follows", () => {
  partials.take(delta(0, "The lamp "));
  partials.take(delta(0, "The lamp "));
  expect(partials.of(RUN)!.text).toBe("The lamp ");
  partials.take(delta(4, "light was out."));
  expect(partials.of(RUN)!.text).toBe("The light was out.");
});

test("`at` counts UTF-16 units", () => {
  partials.take(delta(0, "🌫️ fog"));
  partials.take(delta("🌫️ fog".length, "bank"));
  expect(partials.of(RUN)!.text).toBe("🌫️ fogbank");
});

test("behind a hole the worker is asked for the whole, and what is known stays until it comes", () => {
  partials.take(delta(0, "The "));
  expect(partials.take(delta(9, "was lit."))).toBe(true);
  expect(asked).toEqual([RUN]);
  expect(partials.of(RUN)!.text).toBe("The ");
  partials.take(delta(0, "The lamp was lit."));
  expect(partials.of(RUN)!.text).toBe("The lamp was lit.");
});

test("a higher attempt begins anew, a lower one is dropped", () => {
  partials.take(delta(0, "first", 1));
  expect(partials.take(delta(0, "second", 2))).toBe(true);
  expect(partials.of(RUN)).toEqual(delta(0, "second", 2));
  expect(partials.take(delta(5, " more", 1))).toBe(false);
  expect(partials.of(RUN)!.text).toBe("second");
});

test("the middle of an attempt never heard of is not joined to the one before", () => {
  partials.take(delta(0, "a long first attempt", 1));
  partials.take(delta(4, "later", 2));
  expect(asked).toEqual([RUN]);
  expect(partials.of(RUN)!.attempt).toBe(1);
});

test.each(["run.succeeded", "run.failed", "run.cancelled", "run.dead"])(
  "%s forgets the run",
  (type) => {
    partials.take(delta(0, "text"));
    partials.hear(over(type, 1));
    expect(partials.of(RUN)).toBeUndefined();
  },
);

test("a signal that comes after its attempt's end is dropped; the next attempt is heard", () => {
  partials.take(delta(0, "text"));
  partials.hear(over("run.failed", 1));
  expect(partials.take(delta(0, "text late"))).toBe(false);
  expect(partials.of(RUN)).toBeUndefined();
  expect(partials.take(delta(0, "again", 2))).toBe(true);
  expect(partials.of(RUN)!.text).toBe("again");
});

test("an end that is told late takes nothing from the next attempt", () => {
  partials.take(delta(0, "again", 2));
  partials.hear(over("run.failed", 1));
  expect(partials.of(RUN)!.text).toBe("again");
});

test("other events forget nothing", () => {
  partials.take(delta(0, "text"));
  partials.hear(over("run.started", 1));
  partials.hear(over("run.succeeded", 1, "run-2"));
  expect(partials.of(RUN)!.text).toBe("text");
});

test("the oldest is dropped beyond the limit", () => {
  for (let i = 0; i < 5_001; i++) partials.take(delta(0, "text", 1, `run-${i}`));
  expect([...partials.all()]).toHaveLength(5_000);
  expect(partials.of("run-0")).toBeUndefined();
  expect(partials.of("run-5000")).toBeDefined();
});

import { describe, expect, test } from "bun:test";
import type { NumberedEvent } from "../events/event.ts";
import { applyMembership, matchesType, maySee, parseSince, wants } from "./filter.ts";

const BOOK = "book";
const CHAPTER = "chapter";

const event = (type: string, more: Partial<NumberedEvent> & { data?: object } = {}) =>
  ({
    offset: 1,
    root: BOOK,
    path: [BOOK, CHAPTER],
    ...more,
    event: { type, subject: BOOK, actor: "account:marian", data: more.data ?? {} },
  }) as unknown as NumberedEvent;

describe("patterns of types", () => {
  test.each([
    ["blob.*.expanded-text-v1", "blob.derived.expanded-text-v1", true],
    ["blob.*.expanded-text-v1", "blob.derived.expanded-text-v10", false],
    ["blob.*.expanded-text-v1", "blob.derived.text-input-v1", false],
    ["blob.created.*", "blob.created.text-input-v1", true],
    ["blob.*", "blob.created.text-input-v1", false],
    ["run.*", "run.succeeded", true],
    ["run.*", "run", false],
    ["run.succeeded", "run.succeeded", true],
    ["run.succeeded", "run.succeeded.not", false],
    ["blob.>", "blob.created.text-input-v1", true],
    ["blob.>", "blob", false],
    [">", "run.queued", true],
    [">.queued", "run.queued", false],
    ["", "run.queued", false],
    ["run.(queued|started)", "run.queued", false],
  ])("%s and %s: %p", (pattern, type, matches) => {
    expect(matchesType(pattern, type)).toBe(matches);
  });
});

describe("what a subscription wants", () => {
  test("without a filter, everything", () => {
    expect(wants({}, event("run.queued"))).toBe(true);
  });
  test("of a bucket, what happens in it and below", () => {
    expect(wants({ bucket: BOOK }, event("run.queued"))).toBe(true);
    expect(wants({ bucket: CHAPTER }, event("run.queued"))).toBe(true);
    expect(wants({ bucket: CHAPTER }, event("run.queued", { path: [BOOK] }))).toBe(false);
  });
  test("of types, those that fit one pattern", () => {
    expect(wants({ types: ["blob.>", "run.dead"] }, event("run.dead"))).toBe(true);
    expect(wants({ types: ["blob.>", "run.dead"] }, event("run.queued"))).toBe(false);
    expect(wants({ types: [] }, event("run.queued"))).toBe(false);
  });
  test("both must fit", () => {
    expect(wants({ bucket: CHAPTER, types: ["run.*"] }, event("run.queued"))).toBe(true);
    expect(wants({ bucket: "other", types: ["run.*"] }, event("run.queued"))).toBe(false);
    expect(wants({ bucket: CHAPTER, types: ["blob.>"] }, event("run.queued"))).toBe(false);
  });
});

describe("what an account may see", () => {
  test("events of its roots", () => {
    expect(maySee(new Set([BOOK]), event("run.queued"))).toBe(true);
    expect(maySee(new Set(["other"]), event("run.queued"))).toBe(false);
  });
  test("of the system's, those of schemas and processors", () => {
    const system = { root: null, path: [] };
    expect(maySee(new Set(), event("schema.registered", system))).toBe(true);
    expect(maySee(new Set(), event("processor.installed", system))).toBe(true);
    expect(maySee(new Set(), event("account.created", system))).toBe(false);
    expect(maySee(new Set(), event("schema.registered"))).toBe(false);
  });
});

describe("how membership follows events", () => {
  const who = (account: string) => ({ kind: "account", account, administrator: false }) as const;
  const after = (roots: string[], type: string, more: object = {}) => {
    const set = new Set(roots);
    applyMembership(set, who("marian"), event(type, more));
    return [...set];
  };
  test("whoever makes a root sees it", () => {
    expect(after([], "bucket.created")).toEqual([BOOK]);
  });
  test("a bucket below a root that somebody else gave a role on changes nothing", () => {
    const set = new Set<string>();
    const inner = event("bucket.created");
    inner.event.subject = CHAPTER;
    applyMembership(set, who("marian"), inner);
    applyMembership(set, who("tom"), event("bucket.created"));
    expect([...set]).toEqual([]);
  });
  test("who is added sees, who is removed does not", () => {
    expect(after([], "bucket.member_added", { data: { account: "marian" } })).toEqual([BOOK]);
    expect(after([BOOK], "bucket.member_removed", { data: { account: "marian" } })).toEqual([]);
  });
  test("others coming and going changes nothing", () => {
    expect(after([], "bucket.member_added", { data: { account: "tom" } })).toEqual([]);
    expect(after([BOOK], "bucket.member_removed", { data: { account: "tom" } })).toEqual([BOOK]);
  });
});

describe("since", () => {
  test("is an epoch and an offset", () => {
    expect(parseSince("0198-aa:42")).toEqual({ epoch: "0198-aa", offset: 42 });
    expect(parseSince("e:0")).toEqual({ epoch: "e", offset: 0 });
  });
  test.each(["", ":", "42", ":42", "e:", "e:-1", "e:1.5", "e:9007199254740993", "e:42 ", "e:x"])(
    "“%s” is none",
    (since) => {
      expect(parseSince(since)).toBeUndefined();
    },
  );
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp, TOM } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { openPostgres, type Postgres } from "../database.ts";
import { installBuiltin } from "../processors/installed.ts";
import { defineProcessor, type Processor, RunError } from "../processors/sdk.ts";
import { ACCOUNT_RUNS } from "./slots.ts";

const takes = { inputs: ["text-input-v1"], output: "expanded-text-v1" } as const;
const own = (definition: Parameters<typeof defineProcessor>[0]) =>
  defineProcessor({ trigger: "on-request", ...definition }) as unknown as Processor;
const named = (id: string) => ({
  ...takes,
  id,
  version: "1.0.0",
  title: id,
  description: "For these tests.",
});
let isBroken = true;
const breaking = own({
  ...named("breaking"),
  retry: { attempts: 1, backoffMs: 1 },
  async run() {
    if (isBroken) throw new RunError("broken", "It is broken.", { retryable: false });
    return { text: "mended", model: "none" };
  },
});
const filling = own({ ...named("filling"), run: async () => ({ text: "filled", model: "none" }) });
const versioned = own({
  ...named("versioned"),
  run: async () => ({ text: "done", model: "none" }),
});
const order: string[] = [];
const gate = Promise.withResolvers<void>();
const gated = own({
  ...named("gated"),
  concurrency: 1,
  async run({ blob }) {
    await gate.promise;
    order.push((blob.content as { text: string }).text);
    return { text: "through", model: "none" };
  },
});

const door = Promise.withResolvers<void>();
const crowded = own({
  ...named("crowded"),
  concurrency: ACCOUNT_RUNS + 16,
  async run() {
    await door.promise;
    return { text: "out", model: "none" };
  },
});

let studio: TestStudio;
let client: Client;
let tom: Client;
let postgres: Postgres;
beforeAll(async () => {
  studio = await openTestStudio({ processors: [breaking, filling, versioned, gated, crowded] });
  client = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
  postgres = await openPostgres(studio.databaseUrl);
});
afterAll(async () => {
  gate.resolve();
  door.resolve();
  await postgres?.close();
  await studio?.stop();
});

type RunView = Json & {
  id: string;
  status: string;
  processorVersion: string;
  background: boolean;
  error: { type: string; sentence: string } | null;
  attempts: { outcome: string; version: string }[];
};
const view = async (run: string) => (await client.get<RunView>(`/api/runs/${run}`)).body;
const until = (run: string, status: string) =>
  eventually(async () => {
    const seen = await view(run);
    return seen.status === status && seen;
  });
async function request(processor: string, text = "Now.", by = client): Promise<string> {
  const ask = await by.ask(text);
  const { status, body } = await by.post<RunView>("/api/runs", { processor, blob: ask.id });
  expect(status).toBe(202);
  return body.id;
}
const reinstall = (processor: Processor, version: string) =>
  installBuiltin(postgres.db, [{ ...processor, version }]);

describe("dead runs", () => {
  test("are queued again all at once, where one may write, once for each key", async () => {
    const mine = await Promise.all(["a", "b", "c"].map((text) => request("breaking", text)));
    const theirs = await request("breaking", "d", tom);
    for (const run of mine) await until(run, "dead");
    await eventually(async () => {
      const { body } = await tom.get<RunView>(`/api/runs/${theirs}`);
      return body.status === "dead";
    });
    isBroken = false;
    const nothing = await client.post("/api/runs/redrive", { processor: "filling" });
    expect([nothing.status, nothing.body]).toEqual([202, { redriven: 0, left: 0 }]);
    const key = { "idempotency-key": "redrive-1" };
    const body = { processor: "breaking", bucket: client.book };
    const first = await client.post("/api/runs/redrive", body, key);
    expect([first.status, first.body]).toEqual([202, { redriven: 3, left: 0 }]);
    expect((await client.post("/api/runs/redrive", body, key)).body).toEqual(first.body);
    for (const run of mine) {
      const seen = await until(run, "succeeded");
      expect(seen.attempts.map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
    }
    const other = await tom.get<RunView>(`/api/runs/${theirs}`);
    expect(other.body.status).toBe("dead");
    const notMine = await client.post("/api/runs/redrive", { bucket: tom.book });
    expect(notMine.status).toBe(404);
  });
});

describe("a backfill", () => {
  test("queues in the background what a processor made nothing of, and no more", async () => {
    const made = await request("filling", "I have one.");
    await until(made, "succeeded");
    const before = (await client.get<{ items: Json[] }>("/api/blobs?schema=text-input-v1")).body
      .items;
    const asked = { processor: "filling", bucket: client.book };
    const first = await client.post("/api/runs/backfill", asked);
    expect([first.status, first.body]).toEqual([202, { queued: before.length - 1, left: 0 }]);
    expect((await client.post("/api/runs/backfill", asked)).body).toEqual({ queued: 0, left: 0 });
    const { body } = await client.get<{ items: RunView[] }>("/api/runs?processor=filling");
    expect(body.items.map(({ background }) => background)).toEqual([
      ...before.slice(1).map(() => true),
      false,
    ]);
    for (const run of body.items) await until(run.id, "succeeded");

    await reinstall(filling, "1.1.0");
    const pinned = await client.post("/api/runs/backfill", { ...asked, version: "pinned" });
    expect(pinned.body).toEqual({ queued: 0, left: 0 });
    const latest = await client.post("/api/runs/backfill", { ...asked, version: "latest" });
    expect(latest.body).toEqual({ queued: before.length, left: 0 });
  });

  test("is refused where it could not be done", async () => {
    const bucket = client.book;
    expect((await client.post("/api/runs/backfill", { processor: "x", bucket })).status).toBe(422);
    const theirs = { processor: "filling", bucket: tom.book };
    expect((await client.post("/api/runs/backfill", theirs)).status).toBe(404);
  });
});

describe("a version", () => {
  test("of the same major does the run, and says so; a replay asks the old or the new", async () => {
    await reinstall(versioned, "1.2.0");
    const run = await request("versioned");
    const seen = await until(run, "succeeded");
    expect(seen.processorVersion).toBe("1.2.0");
    expect(seen.attempts.map(({ version }) => version)).toEqual(["1.0.0"]);
    await reinstall(versioned, "1.3.0");
    const again = async (body: Json) =>
      (await client.post<RunView>(`/api/runs/${run}/replays`, body)).body.processorVersion;
    expect(await again({})).toBe("1.2.0");
    expect(await again({ version: "latest" })).toBe("1.3.0");
  });

  test("that no worker has leaves the run dead with a sentence; trying again asks the newest", async () => {
    await reinstall(versioned, "2.0.0");
    const run = await request("versioned");
    const seen = await until(run, "dead");
    expect(seen.error!.type).toBe("version-gone");
    expect(seen.error!.sentence).toContain("2.0.0");
    await reinstall(versioned, "1.4.0");
    expect((await client.post(`/api/runs/${run}/retry`, {})).status).toBe(202);
    expect((await until(run, "succeeded")).processorVersion).toBe("1.4.0");
  });
});

test("what somebody waits for goes before the background, whatever came first", async () => {
  const bucket = (
    await client.post<{ id: string }>("/api/buckets", {
      type: "chapter",
      name: "Later",
      parent: client.book,
    })
  ).body.id;
  const store = (text: string) =>
    client.post("/api/blobs", { schema: "text-input", bucket, content: { text } });
  for (const text of ["one", "two", "three"]) expect((await store(text)).status).toBe(201);
  const { body } = await client.post("/api/runs/backfill", { processor: "gated", bucket });
  expect(body).toEqual({ queued: 3, left: 0 });
  await eventually(async () => {
    const running = await client.get<{ items: unknown[] }>(
      "/api/runs?processor=gated&status=running",
    );
    return running.body.items.length === 1;
  });
  const asked = await request("gated", "now");
  gate.resolve();
  await until(asked, "succeeded");
  await eventually(() => order.length === 4);
  expect(order.indexOf("now")).toBe(1);
});

test("an account has its share of the workers and no more; what waits begins as places become free", async () => {
  const more = 10;
  const mine = await Promise.all(
    Array.from({ length: ACCOUNT_RUNS + more }, (_, at) => request("crowded", `Run ${at}`)),
  );
  const count = async (status: string) => {
    const path = `/api/runs?processor=crowded&limit=200&status=${status}`;
    return (await client.get<{ items: unknown[] }>(path)).body.items.length;
  };
  await eventually(async () => (await count("running")) === ACCOUNT_RUNS);
  const theirs = await request("crowded", "Another's.", tom);
  await eventually(async () => {
    const { body } = await tom.get<RunView>(`/api/runs/${theirs}`);
    return body.status === "running";
  });
  expect([await count("running"), await count("queued")]).toEqual([ACCOUNT_RUNS, more]);
  door.resolve();
  for (const run of mine) expect((await until(run, "succeeded")).attempts).toHaveLength(1);
});

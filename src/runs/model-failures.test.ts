import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp } from "../../test/support/client.ts";
import {
  type Behaviour,
  type ModelServer,
  startModelServer,
} from "../../test/support/model-server.ts";
import { administer } from "../../test/support/services.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

type RunView = Json & {
  id: string;
  status: string;
  attempt: number;
  attempts: { outcome: string; error: { type: string } | null }[];
  partial: string | null;
  output: string | null;
  dueAt: string;
  usage: { inputTokens: number; outputTokens: number } | null;
  error: { type: string; sentence: string } | null;
};

const FIRST_WORDS = "The lamp was";
const MENDED: Behaviour = { kind: "answer", text: "The lamp was lit already." };

let model: ModelServer;
let studio: TestStudio;
let client: Client;

beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "sk-test", OPENAI_MODEL: "wanted" },
    tuning: { stallMs: 400 },
  });
  client = await signUp(studio.url);
});
afterAll(async () => {
  await studio?.stop();
  await model?.stop();
});
beforeEach(() => model.behave(MENDED));

const view = async (run: string) => (await client.get<RunView>(`/api/runs/${run}`)).body;
const until = (run: string, fits: (seen: RunView) => boolean) =>
  eventually(async () => {
    const seen = await view(run);
    return fits(seen) && seen;
  });

/** Asks for an expansion; answers its run. */
async function expand(text = "Dusk. Hester climbs to light up."): Promise<string> {
  const ask = await client.ask(text);
  const { body } = await client.get<{ items: RunView[] }>(`/api/runs?blob=${ask.id}`);
  expect(body.items).toHaveLength(1);
  return body.items[0]!.id;
}

/** The run once it waits for its next attempt; made to wait longer than a test takes. */
async function waiting(run: string): Promise<RunView> {
  await eventually(() =>
    administer(studio.databaseUrl, async (db) => {
      const { rowCount } = await db.query(
        `update runs set due_at = greatest(due_at, now() + interval '1 hour')
         where id = $1 and status = 'queued' and attempt > 0`,
        [run],
      );
      return rowCount === 1;
    }),
  );
  return view(run);
}

/** The way on: the model is mended, the writer tries again, and the same worker does it. */
async function mendsWith(run: string): Promise<void> {
  model.behave(MENDED);
  expect((await client.post(`/api/runs/${run}/retry`, {})).status).toBe(202);
  const seen = await until(run, ({ status }) => status === "succeeded");
  expect(seen).toMatchObject({ partial: null, error: null });
  const takes = await administer(studio.databaseUrl, (db) =>
    db.query("select content from blobs where run = $1", [run]),
  );
  expect(takes.rows).toEqual([
    { content: { text: "The lamp was lit already.", model: "test-model" } },
  ]);
  await worksOn();
}

/** The next run is done as if nothing had been. */
async function worksOn(): Promise<void> {
  const next = await expand("Another one.");
  expect(await until(next, ({ status }) => status === "succeeded")).toMatchObject({ attempt: 1 });
}

test("a refused key ends the run at once and says where to put a right one", async () => {
  model.behave({ kind: "unauthorized" });
  const run = await expand();
  const seen = await until(run, ({ status }) => status === "dead");
  expect(seen.attempts).toHaveLength(1);
  expect(seen.error!.type).toBe("model-unauthorized");
  expect(seen.error!.sentence).toContain("Settings");
  expect(JSON.stringify(seen)).not.toContain("sk-");
  await mendsWith(run);
});

test("an empty account ends the run at once and says so", async () => {
  model.behave({ kind: "quota" });
  const run = await expand();
  const seen = await until(run, ({ status }) => status === "dead");
  expect(seen.attempts).toHaveLength(1);
  expect(seen.error!.type).toBe("model-quota");
  expect(seen.error!.sentence).toContain("no credit left");
  await mendsWith(run);
});

test("a busy model is asked again, not before it allows; sooner only when the writer insists", async () => {
  model.behave({ kind: "busy", retryAfter: "120" });
  const run = await expand();
  const seen = await until(run, ({ status, attempt }) => status === "queued" && attempt === 1);
  expect(seen.error!.type).toBe("model-busy");
  expect(seen.error!.sentence).toContain("tried again");
  expect(Date.parse(seen.dueAt) - Date.now()).toBeGreaterThan(60_000);
  await mendsWith(run);
});

test("a busy model that names a short wait gets it", async () => {
  model.behave({ kind: "busy", retryAfter: "2" }, MENDED);
  const asked = model.requests.length;
  const run = await expand();
  const seen = await until(run, ({ status }) => status === "succeeded");
  expect(seen.attempts.map(({ outcome }) => outcome)).toEqual(["failed", "succeeded"]);
  expect(model.requests.length - asked).toBe(2);
  const [row] = await administer(studio.databaseUrl, async (db) => {
    const { rows } = await db.query(
      `select extract(epoch from b.started_at - a.started_at)::float as wait from run_attempts a
       join run_attempts b on b.run = a.run and b.attempt = 2 where a.run = $1 and a.attempt = 1`,
      [run],
    );
    return rows as { wait: number }[];
  });
  expect(row!.wait).toBeGreaterThanOrEqual(2);
});

test("a wait that a provider asks of one run holds for the others that would ask it", async () => {
  model.behave({ kind: "busy", retryAfter: "3" }, MENDED);
  const asked = model.requests.length;
  const first = await expand();
  await until(first, ({ error }) => error?.type === "model-busy");
  const second = await expand("Another one, meanwhile.");
  const waits = await until(second, ({ error }) => error?.type === "model-busy");
  expect(model.requests.length - asked).toBe(1);
  expect(Date.parse(waits.dueAt)).toBeGreaterThan(Date.now());
  // It was not asked, so nothing is held against it.
  expect(waits).toMatchObject({ status: "queued", attempt: 1, maxAttempts: 5 });
  for (const run of [first, second]) await until(run, ({ status }) => status === "succeeded");
  expect(model.requests.length - asked).toBe(3);
});

test("thoughts without a word end the run at once, and count as used", async () => {
  model.behave({ kind: "thinks-only" });
  const run = await expand();
  const seen = await until(run, ({ status }) => status === "dead");
  expect(seen.attempts).toHaveLength(1);
  expect(seen.usage).toMatchObject({ inputTokens: 42, outputTokens: 17 });
  await mendsWith(run);
});

test("the last failure does not promise another attempt", async () => {
  model.behave({ kind: "failing" });
  const run = await expand();
  expect((await waiting(run)).error!.sentence).toContain("will be tried again");
  await administer(studio.databaseUrl, (db) =>
    db.query("update runs set max_attempts = attempt + 1, due_at = now() where id = $1", [run]),
  );
  const seen = await until(run, ({ status }) => status === "dead");
  expect(seen.error!.sentence).toBe(
    "The model's provider had an error of its own. It was tried 2 times; try again later.",
  );
  await mendsWith(run);
});

test("a provider's own error is tried again by itself", async () => {
  model.behave({ kind: "failing" }, MENDED);
  const run = await expand();
  const seen = await until(run, ({ status }) => status === "succeeded");
  expect(seen.attempts.map(({ outcome, error }) => [outcome, error?.type])).toEqual([
    ["failed", "model-failed"],
    ["succeeded", undefined],
  ]);
});

for (const [how, behaviour, type] of [
  ["falls silent in the middle", { kind: "stall" }, "model-stalled"],
  ["is cut off", { kind: "cut" }, "model-cut"],
  ["ends without its end", { kind: "end-early" }, "model-cut"],
  ["sends an error in the middle", { kind: "error-midway" }, "model-failed"],
] as const)
  test(`what an answer that ${how} had written is kept and can be read`, async () => {
    model.behave(behaviour);
    const run = await expand();
    const seen = await waiting(run);
    expect(seen.error!.type).toBe(type);
    expect(seen.error!.sentence).toContain("tried again");
    expect(seen.partial?.trim()).toBe(FIRST_WORDS);
    await mendsWith(run);
  });

test("an answer that breaks off again and again leaves the run dead, its text readable, and a way on", async () => {
  model.behave({ kind: "cut" });
  const run = await expand();
  const seen = await eventually(async () => {
    const now = await view(run);
    if (now.status === "queued") await client.post(`/api/runs/${run}/retry`, {});
    return now.status === "dead" && now;
  });
  expect(seen.attempts.map(({ outcome }) => outcome)).toEqual(Array(4).fill("failed"));
  expect(seen.partial?.trim()).toBe(FIRST_WORDS);
  await mendsWith(run);
});

test("an answer that broke off becomes a take when the writer stops there", async () => {
  model.behave({ kind: "cut" });
  const run = await expand();
  await waiting(run);
  await client.post(`/api/runs/${run}/cancellation`, {});
  const seen = await until(run, ({ status }) => status === "cancelled");
  const take = await client.get<Json>(`/api/blobs/${seen.output}`);
  expect(take.body.content).toEqual({ text: FIRST_WORDS, model: "wanted", ended: "cut" });
  model.behave(MENDED);
  await worksOn();
});

test("stopping an answer that is being written closes the call and keeps the words", async () => {
  model.behave({ kind: "answer", text: "word ".repeat(500), pauseMs: 20 });
  const run = await expand();
  await until(run, ({ partial }) => (partial?.length ?? 0) > 20);
  await client.post(`/api/runs/${run}/cancellation`, {});
  const seen = await until(run, ({ status }) => status === "cancelled");
  const take = await client.get<{ content: Json }>(`/api/blobs/${seen.output}`);
  expect(take.body.content).toMatchObject({ ended: "stopped" });
  expect(take.body.content.text).toStartWith("word word");
  await model.until((requests) => requests.at(-1)!.closedByClient);
  model.behave(MENDED);
  await worksOn();
});

test("an address that answers something else is told, and nothing is tried again by itself", async () => {
  model.behave({ kind: "not-json" });
  const run = await expand();
  const seen = await until(run, ({ status }) => status === "dead");
  expect(seen.error!.type).toBe("model-unreadable");
  expect(seen.error!.sentence).toContain("Settings");
  await mendsWith(run);
});

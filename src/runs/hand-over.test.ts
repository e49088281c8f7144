/** Runs that go from hand to hand: claimed by the statement that makes them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { defineProcessor, type Processor } from "../processors/sdk.ts";

type Attempt = { outcome: string; worker: string };
type RunView = Json & { id: string; status: string; attempts: Attempt[]; output: string };

let studio: TestStudio;
let client: Client;
let going = 0;
let most = 0;
let release: () => void = () => {};
let released: Promise<void> = Promise.resolve();

const PLACES = 2;
/** Made while the test runs. */
const WIDE = "wide-v1" as "text-input-v1";
const count = defineProcessor({
  id: "count",
  version: "1.0.0",
  title: "Count",
  description: "Says how long a text is.",
  inputs: ["text-input-v1", WIDE],
  output: "expanded-text-v1",
  concurrency: PLACES,
  async run({ blob }) {
    most = Math.max(most, ++going);
    await released;
    going--;
    return { text: String((blob.content as { text: string }).text.length), model: "count" };
  },
}) as unknown as Processor;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [count] });
  client = await signUp(studio.url);
});
afterAll(() => studio?.stop());

const ask = async (text: string) => runOf((await client.ask(text)).id);

async function runOf(blob: string): Promise<string> {
  const { body } = await client.get<{ items: { id: string }[] }>(`/api/runs?blob=${blob}`);
  return body.items[0]!.id;
}

const ended = (run: string) =>
  eventually(async () => {
    const { body } = await client.get<RunView>(`/api/runs/${run}`);
    return body.status === "succeeded" && body;
  });

/** Whether it was begun by the statement that queued it. */
async function isHanded(run: string): Promise<boolean> {
  const [row] = await query<{ times: number }>(
    studio.databaseUrl,
    "select count(distinct time)::int as times from events where subject = $1 and type in ('run.queued', 'run.started')",
    [run],
  );
  return row!.times === 1;
}

test("a run begins with the statement that makes it, and is told like any other", async () => {
  const run = await ask("one");
  const { attempts } = await ended(run);
  expect(await isHanded(run)).toBe(true);
  expect(attempts).toMatchObject([{ attempt: 1, outcome: "succeeded", version: "1.0.0" }]);
  const events = await query<{ type: string; data: Json }>(
    studio.databaseUrl,
    "select type, data from events where subject = $1 order by seq",
    [run],
  );
  expect(events.map(({ type, data }) => [type, data.status, data.attempt])).toEqual([
    ["run.queued", "queued", 0],
    ["run.started", "running", 1],
    ["run.succeeded", "succeeded", 1],
  ]);
});

test("an input that no message could hold comes whole", async () => {
  const schema = { type: "object", properties: { text: { type: "string" } } };
  const { status } = await client.post("/api/schemas/wide/versions", { schema });
  expect(status).toBe(201);
  const content = { text: "ä".repeat(700_000) };
  const folder = { type: "folder", name: "Wide" };
  const { body: bucket } = await client.post<{ id: string }>("/api/buckets", folder);
  const draft = { schema: WIDE, bucket: bucket.id, content };
  const stored = await client.post<{ id: string }>("/api/blobs", draft);
  expect(stored).toMatchObject({ status: 201 });
  const run = await runOf(stored.body.id);
  const { output, attempts } = await ended(run);
  expect(await isHanded(run)).toBe(true);
  expect(attempts).toHaveLength(1);
  const { body } = await client.get<{ content: { text: string } }>(`/api/blobs/${output}`);
  expect(body.content.text).toBe("700000");
});

test("no more are handed over than there are places; the others wait for one, and none is refused", async () => {
  ({ promise: released, resolve: release } = Promise.withResolvers<void>());
  most = 0;
  const all = await Promise.all(Array.from({ length: 12 }, (_, at) => ask(`ask ${at}`)));
  await eventually(async () => going === PLACES);
  release();
  const seen = await Promise.all(all.map(ended));
  expect(most).toBe(PLACES);
  expect(seen.map(({ attempts }) => attempts.map(({ outcome }) => outcome))).toEqual(
    all.map(() => ["succeeded"]),
  );
});

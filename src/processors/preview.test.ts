/** What a processor would send, over HTTP, beside what a model then gets. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp, TOM } from "../../test/support/client.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { slow } from "../../test/support/processors.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { builtin } from "./builtin.ts";

let studio: TestStudio;
let model: ModelServer;
let marian: Client;
let passages: string[];
beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
    processors: [...builtin, slow],
    tuning: { snapshots: { idleMs: 20 } },
  });
  marian = await signUp(studio.url);
  const edits = [
    { edit: "insert", place: "end", notes: "Dusk.", prose: "The lamp was lit. “Who is it?”" },
    { edit: "insert", place: "end", notes: "The log. Hester reads it, 日誌." },
  ];
  const path = `/api/documents/${marian.chapter}/edits`;
  passages = (await marian.post<{ passages: string[] }>(path, { edits })).body.passages;
  // Of several chapters it is the ask's own.
  const other = { type: "chapter", name: "Another", parent: marian.book };
  const { id: behind } = (await marian.post<{ id: string }>("/api/buckets", other)).body;
  await marian.post(`/api/documents/${behind}/edits`, {
    edits: [{ edit: "insert", place: "end", prose: "Somewhere else." }],
  });
  const codex = await marian.post<{ id: string }>("/api/buckets", {
    type: "codex",
    name: "Codex",
    parent: marian.book,
  });
  await marian.post("/api/blobs", {
    schema: "codex-entry",
    bucket: codex.body.id,
    content: { name: "Hester Tull", aliases: ["Hester"], text: "Counts when afraid." },
  });
  await marian.request("PUT", `/api/buckets/${marian.book}/processors/text-expansion`, {
    enabled: true,
    config: { tone: "dry", words: 90 },
  });
});
afterAll(async () => {
  await studio?.stop();
  await model?.stop();
});

type Preview = {
  messages: { role: string; content: string }[];
  tokens: number;
  limit: number;
  context: { id: string; state: string }[];
  estimate: Json;
};
type Run = { id: string; status: string; record: { messages: unknown } };

const preview = (body: Json, processor = "text-expansion") =>
  marian.post<Preview>(`/api/processors/${processor}/preview`, body);

const draftOf = (content: Json, metadata: Json = {}) => ({
  schema: "text-input",
  bucket: marian.chapter,
  content,
  metadata: { passage: passages[1], ...metadata },
});

/** What the model got for it, and what is kept of that with the run. */
async function sent(blob: string): Promise<{ got: unknown; kept: unknown }> {
  const { items } = await eventually(async () => {
    const { body } = await marian.get<{ items: Run[] }>(`/api/runs?blob=${blob}`);
    return body.items.length > 0 && body.items.every(({ status }) => status === "succeeded")
      ? body
      : undefined;
  });
  const { body } = await marian.get<Run>(`/api/runs/${items[0]!.id}`);
  return { got: model.requests.at(-1)!.body!.messages, kept: body.record.messages };
}

test("what is previewed is to the letter what is sent, and what is kept with the run", async () => {
  // What the run reads of the chapter is its snapshot.
  await eventually(async () => {
    const path = `/api/blobs?schema=chapter&subtree=${marian.book}`;
    const { body } = await marian.get<{ items: { content: unknown }[] }>(path);
    const all = JSON.stringify(body.items);
    return all.includes("Who is it") && all.includes("Somewhere else");
  });
  const rewrites = { before: "She sat. ", after: " It rained." };
  for (const draft of [
    draftOf({ text: "The log. Hester reads it, 日誌.", instruction: "Drier, “plain”." }),
    draftOf({ text: "It was dark.", style: "Spare." }, { rewrites }),
  ]) {
    const before = (await preview({ draft })).body;
    const { body: ask } = await marian.post<{ id: string }>("/api/blobs", draft);
    const { got, kept } = await sent(ask.id);
    expect(JSON.stringify(before.messages)).toBe(JSON.stringify(got));
    expect(JSON.stringify(kept)).toBe(JSON.stringify(got));
    expect(before.messages[0]!.content).toContain("Tone: dry.");
    // Of a blob that is there, and with settings of the run's own.
    const config = { tone: "warm", include: ["passages"] };
    const again = (await preview({ blob: ask.id, config })).body;
    await marian.post("/api/runs", { processor: "text-expansion", blob: ask.id, config });
    await eventually(async () => model.requests.length > 0 && (await sentWarm(ask.id)));
    expect(JSON.stringify(again.messages)).toBe(JSON.stringify((await sent(ask.id)).got));
  }
});

async function sentWarm(blob: string): Promise<boolean> {
  const { got } = await sent(blob);
  return JSON.stringify(got).includes("Tone: warm.");
}

test("it tells what goes along and what that costs, and writes nothing", async () => {
  const counted = "select (select count(*) from blobs)::int b, (select count(*) from runs)::int r";
  const before = await query(studio.databaseUrl, counted);
  const { body } = await preview({ draft: draftOf({ text: "The log. Hester reads it." }) });
  expect(body.context.map(({ id }) => id)).toEqual(["voice", "notes", "passages", "codex"]);
  expect(body.tokens).toBeGreaterThan(100);
  expect(body.limit).toBe(8_192);
  expect(body.estimate).toEqual({ inputTokens: body.tokens, outputTokens: 120, cost: null });
  expect(await query(studio.databaseUrl, counted)).toEqual(before);
});

test("what cannot be previewed is told by its reason", async () => {
  const draft = draftOf({ text: "Dusk." });
  const statuses = async (body: Json, processor?: string) => {
    const answer = await preview(body, processor);
    const { type } = answer.body as unknown as { type: string };
    return [answer.status, type.split("/").at(-1)];
  };
  expect(await statuses({})).toEqual([422, "invalid"]);
  expect(await statuses({ draft: { ...draft, content: {} } })).toEqual([422, "invalid"]);
  expect(await statuses({ draft: { ...draft, schema: "chapter-summary" } })).toEqual([
    422,
    "invalid",
  ]);
  expect(await statuses({ draft, config: { words: 1 } })).toEqual([422, "invalid"]);
  expect(await statuses({ draft }, "nobody")).toEqual([404, "not-found"]);
  expect(await statuses({ draft }, "chapter-summary")).toEqual([409, "not-enabled"]);
  // One that asks no model sends nothing.
  const { body } = await preview({ draft, config: { ms: 0 } }, "slow");
  expect(body).toMatchObject({ messages: [], estimate: { inputTokens: 0, cost: 0 } });
});

test("processors are listed with their manifests; only an administrator registers one", async () => {
  const { body } = await marian.get<{ items: (Json & { id: string })[] }>("/api/processors");
  expect(body.items.map(({ id }) => id)).toContain("chapter-summary");
  const one = (await marian.get<Json>("/api/processors/text-expansion")).body;
  expect(one).toMatchObject({
    inputs: ["text-input-v1"],
    permissions: ["model"],
    transport: { kind: "builtin" },
    enabled: true,
  });
  const { id, version } = one as { id: string; version: string };
  const manifest = { id, version, transport: { kind: "builtin" } };
  const register = async (draft: Json, by = marian) => {
    const answer = await by.post<Json>("/api/processors", draft);
    return [answer.status, (answer.body.errors as Json[] | undefined)?.[0]?.pointer];
  };
  expect(await register(manifest)).toEqual([200, undefined]);
  expect(await register({ ...manifest, version: "9.0.0" })).toEqual([422, "/version"]);
  expect(await register({ ...manifest, id: "elsewhere" })).toEqual([422, "/id"]);
  const outside = { ...manifest, transport: { kind: "http", url: "https://far.example" } };
  expect(await register(outside)).toEqual([422, "/transport/kind"]);
  const tom = await signUp(studio.url, TOM);
  expect((await register(manifest, tom))[0]).toBe(403);
  expect((await tom.request("DELETE", "/api/processors/slow")).status).toBe(403);
});

test("one that comes with the studio stays; one whose code is gone is removed", async () => {
  const remove = (id: string) => marian.request<Json>("DELETE", `/api/processors/${id}`);
  expect((await remove("slow")).body).toMatchObject({ type: "/problems/builtin" });
  await query(
    studio.databaseUrl,
    `insert into processors select (jsonb_populate_record(null::processors,
      to_jsonb(p) || '{"id": "gone"}')).* from processors p where id = 'slow'`,
  );
  expect((await marian.get("/api/processors/gone")).status).toBe(200);
  expect((await remove("gone")).status).toBe(204);
  expect((await marian.get("/api/processors/gone")).status).toBe(404);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, type Json, MARIAN, signUp, TOM } from "../test/support/client.ts";
import { query, rowCounts } from "../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../test/support/studio.ts";
import { openPostgres } from "./database.ts";
import { forgetKeys, KEPT_HOURS } from "./idempotency.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

const newKey = () => ({ "idempotency-key": crypto.randomUUID() });
const ask = (client: Client, text = "Dusk.") => ({
  schema: "text-input",
  bucket: client.chapter,
  content: { text },
  metadata: { b: 1, a: [{ d: 1, c: 2 }] },
});

test("the same key and body get the first answer again, and make one thing", async () => {
  const key = newKey();
  const first = await marian.post("/api/blobs", ask(marian), key);
  const before = await rowCounts(studio.databaseUrl);
  const second = await marian.post("/api/blobs", ask(marian), key);
  expect(first.status).toBe(201);
  expect({ status: second.status, body: second.body }).toEqual({ status: 201, body: first.body });
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
});

test("the order of keys in a body does not make it another", async () => {
  const key = newKey();
  const { schema, bucket, content } = ask(marian);
  const first = await marian.post("/api/blobs", ask(marian), key);
  const reordered = { metadata: { a: [{ c: 2, d: 1 }], b: 1 }, content, bucket, schema };
  expect((await marian.post("/api/blobs", reordered, key)).body).toEqual(first.body);
});

test("another body with the same key is 422 and stores nothing", async () => {
  const key = newKey();
  await marian.post("/api/blobs", ask(marian), key);
  const before = await rowCounts(studio.databaseUrl);
  expect(await marian.post("/api/blobs", ask(marian, "Dawn."), key)).toMatchObject({
    status: 422,
    body: { type: "/problems/idempotency-key" },
  });
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
});

test("many at once make one thing; each hears of it or that it still runs", async () => {
  const before = await rowCounts(studio.databaseUrl);
  const key = newKey();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => marian.post("/api/blobs", ask(marian), key)),
  );
  const made = answers.filter(({ status }) => status === 201);
  expect(made.length).toBeGreaterThan(0);
  expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
  for (const { status, body } of answers)
    if (status !== 201)
      expect(body).toMatchObject({ status: 409, type: "/problems/still-running" });
  const after = await rowCounts(studio.databaseUrl);
  expect(after.blobs).toBe(before.blobs! + 1);
  expect(after.events).toBe(before.events! + 1);
  expect(after.idempotency_keys).toBe(before.idempotency_keys! + 1);
});

test("every POST that changes something takes a key: of two at once one has its effect", async () => {
  const root = await marian.post("/api/buckets", { type: "folder", name: "x" });
  const folder = root.body.id as string;
  const made = async (path: string, body: unknown) =>
    (await marian.post(path, body)).body.id as string;
  const draft = { schema: "expanded-text", bucket: folder, content: { text: "x", model: "m" } };
  const [blob, trashed] = [await made("/api/blobs", draft), await made("/api/blobs", draft)];
  const gone = await made("/api/buckets", { type: "folder", name: "y", parent: folder });
  await marian.request("DELETE", `/api/blobs/${trashed}`);
  await marian.request("DELETE", `/api/buckets/${gone}`);
  const document = `/api/documents/${marian.chapter}`;
  const version = await made(`${document}/versions`, { name: "First" });
  const calls: [path: string, body: unknown][] = [
    ["/api/buckets", { type: "folder", name: "z", parent: folder }],
    [`/api/buckets/${gone}/restoration`, null],
    [`/api/blobs/${trashed}/restoration`, null],
    [`/api/blobs/${blob}/revisions/1/restoration`, null],
    [`/api/files?bucket=${folder}`, "bytes"],
    [`${document}/edits`, { edits: [{ edit: "insert", prose: "Once." }] }],
    [`${document}/versions`, { name: "Second" }],
    [`${document}/versions/${version}/restoration`, {}],
    ["/api/tokens", { name: "x", scopes: ["read"] }],
    ["/api/invitations", { root: folder, role: "viewer" }],
  ];
  for (const [path, body] of calls) {
    const key = newKey();
    const send = () => marian.post(path, body, key);
    const both = await Promise.all([send(), send()]);
    const answers = both.filter(({ status }) => status < 300);
    expect([path, answers.length > 0]).toEqual([path, true]);
    for (const { status, body } of both)
      if (status >= 300) expect([path, body.type]).toEqual([path, "/problems/still-running"]);
    const before = await rowCounts(studio.databaseUrl);
    const again = await send();
    expect([path, again.body]).toEqual([path, answers[0]!.body]);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  }
  expect((await marian.get(`/api/blobs/${blob}`)).body).toMatchObject({ revision: 2 });
});

test("a key belongs to one account and one path", async () => {
  const key = newKey();
  const mine = await marian.post("/api/blobs", ask(marian), key);
  const his = await tom.post("/api/blobs", ask(tom), key);
  expect(his.status).toBe(201);
  expect(his.body.id).not.toBe(mine.body.id);
  const bucket = await marian.post("/api/buckets", { type: "folder", name: "x" }, key);
  expect(bucket).toMatchObject({ status: 201, body: { type: "folder" } });
});

test("what was refused did not use up its key", async () => {
  const key = newKey();
  const refusals: [Json, number][] = [
    [{ ...ask(marian), content: {} }, 422],
    [ask(tom), 404],
  ];
  for (const [body, status] of refusals)
    expect((await marian.post("/api/blobs", body, key)).status).toBe(status);
  expect((await marian.post("/api/blobs", ask(marian), key)).status).toBe(201);
});

test("a key is 1 to 200 characters long", async () => {
  const post = (key: string) => marian.post("/api/blobs", ask(marian), { "idempotency-key": key });
  expect((await post("k".repeat(200))).status).toBe(201);
  expect((await post("k".repeat(201))).status).toBe(422);
});

test("a blob begun over HTTP and repeated over the socket is one blob", async () => {
  const key = crypto.randomUUID();
  const draft = ask(marian);
  const { body } = await marian.post("/api/blobs", draft, { "idempotency-key": key });
  const live = await marian.live();
  live.send({ type: "blob.create", ref: "again", key, ...draft });
  const ack = await live.until(({ ref }) => ref === "again");
  await live.close();
  expect(ack).toMatchObject({ type: "ack", blob: body });
});

test("keys are forgotten after a day, not before", async () => {
  const [old, young] = [crypto.randomUUID(), crypto.randomUUID()];
  const first = await marian.post("/api/blobs", ask(marian), { "idempotency-key": old });
  const kept = await marian.post("/api/blobs", ask(marian), { "idempotency-key": young });
  const age = (key: string, hours: number) =>
    query(
      studio.databaseUrl,
      "update idempotency_keys set created_at = now() - make_interval(mins => $1::int) where key = $2",
      [hours * 60, key],
    );
  await age(old, KEPT_HOURS + 0.1);
  await age(young, KEPT_HOURS - 0.1);
  const postgres = await openPostgres(studio.databaseUrl);
  await forgetKeys(postgres.db).finally(() => postgres.close());
  const again = (key: string) => marian.post("/api/blobs", ask(marian), { "idempotency-key": key });
  expect((await again(young)).body).toEqual(kept.body);
  expect((await again(old)).body.id).not.toBe(first.body.id);
});

test("an answer that holds a secret is given again, and is not there for whoever reads the database", async () => {
  const asked: [string, Json][] = [
    ["/api/tokens", { name: "Backup", scopes: ["read"] }],
    ["/api/invitations", { root: marian.book, role: "viewer" }],
    [`/api/buckets/${marian.book}/links`, {}],
  ];
  for (const [path, draft] of asked) {
    const key = newKey();
    const first = await marian.post<Json>(path, draft, key);
    expect({ path, ...first }).toMatchObject({ status: 201 });
    expect((await marian.post(path, draft, key)).body).toEqual(first.body);
    const secret = String(first.body.token ?? first.body.url)
      .split("/")
      .at(-1)!;
    expect(secret.length).toBeGreaterThan(20);
    const [row] = await query<{ answer: string }>(
      studio.databaseUrl,
      "select answer::text as answer from idempotency_keys where key = $1",
      [key["idempotency-key"]],
    );
    expect(row!.answer).not.toContain(secret);
  }
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type Answer,
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
/** Without processors: what it stores, it stores because it was asked to. */
let still: TestStudio;
let marian: Client;
let tom: Client;
/** A root of Marian's where Tom may only read. */
let shared: string;
let folder: string;

beforeAll(async () => {
  studio = await openTestStudio();
  still = await openTestStudio({ processors: [] });
  marian = await signUp(still.url, MARIAN);
  tom = await signUp(still.url, TOM);
  shared = await makeFolder(marian);
  folder = await makeFolder(marian);
  await query(still.databaseUrl, "insert into members (root, account, role) values ($1, $2, $3)", [
    shared,
    tom.account,
    "viewer",
  ]);
});
afterAll(async () => {
  await studio?.stop();
  await still?.stop();
});

async function makeFolder(client: Client): Promise<string> {
  const { body } = await client.post<{ id: string }>("/api/buckets", {
    type: "folder",
    name: "A place for tests",
  });
  return body.id;
}

const take = (text = "The lamp was lit.") => ({ text, model: "by hand" });
const draftOf = (more: Json = {}) => ({
  schema: "text-input-v1",
  bucket: folder,
  content: { text: "Dusk." },
  ...more,
});

async function make(content: unknown = take(), schema = "expanded-text-v1", bucket = folder) {
  const { status, body } = await marian.post<Json & { id: string }>("/api/blobs", {
    schema,
    bucket,
    content,
  });
  expect(status).toBe(201);
  return body;
}

/** Asks, and holds the studio to having stored nothing. */
async function refused(answer: () => Promise<Answer>): Promise<Answer> {
  const before = await rowCounts(still.databaseUrl);
  const refusal = await answer();
  expect(await rowCounts(still.databaseUrl)).toEqual(before);
  expect(refusal.headers.get("content-type")).toBe("application/problem+json");
  expect(refusal.body).toMatchObject({
    type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
    title: expect.any(String),
    status: refusal.status,
  });
  return refusal;
}

test("an ask becomes a take that is derived from it", async () => {
  const writer = await signUp(studio.url, MARIAN);
  const ask = await writer.ask("Dusk. Hester climbs.", { passage: "p1" });
  const found = await eventually(async () => {
    const { body } = await writer.get<{ items: Json[] }>(`/api/blobs?derivedFrom=${ask.id}`);
    return body.items[0];
  });
  expect(found).toMatchObject({
    schema: "expanded-text-v1",
    bucket: writer.chapter,
    derivedFrom: ask.id,
    metadata: { passage: "p1" },
    content: { model: "practice", practice: true },
  });
});

test("a blob is answered whole when it is made and when it is read", async () => {
  const { status, body } = await marian.post("/api/blobs", draftOf({ metadata: { passage: "p" } }));
  expect(status).toBe(201);
  expect(body).toMatchObject({
    schema: "text-input-v1",
    bucket: folder,
    root: folder,
    revision: 1,
    content: { text: "Dusk." },
    metadata: { passage: "p" },
    derivedFrom: null,
    run: null,
    createdBy: `account:${marian.account}`,
  });
  expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const read = await marian.get(`/api/blobs/${body.id}`);
  expect(read).toMatchObject({ status: 200, body });
  expect(read.headers.get("etag")).toBe('"1"');
});

test("a name means the latest version of its schema", async () => {
  expect(await make({ text: "x" }, "text-input")).toMatchObject({ schema: "text-input-v1" });
});

test("a text has 1 to 20,000 characters, counted as people count", async () => {
  const lengths = { "": 422, x: 201, ["x".repeat(20_000)]: 201, ["x".repeat(20_001)]: 422 };
  for (const [text, status] of Object.entries({ ...lengths, ["🕯".repeat(20_000)]: 201 }))
    expect((await marian.post("/api/blobs", draftOf({ content: { text } }))).status).toBe(status);
});

const invalid: [what: string, draft: Json, errors: object[]][] = [
  [
    "content without what it must have",
    { content: {} },
    [{ pointer: "/content/text", rule: "required" }],
  ],
  [
    "content with something unknown",
    { content: { text: "x", "a/b": 1 } },
    [{ pointer: "/content/a~1b", rule: "additionalProperties" }],
  ],
  ["content of another type", { content: null }, [{ pointer: "/content", rule: "type" }]],
  ["an unknown schema", { schema: "poem-v1" }, [{ pointer: "/schema", rule: "schema" }]],
  ["an unknown version", { schema: "text-input-v99" }, [{ pointer: "/schema" }]],
  ["no name of a schema", { schema: "Text Input; drop" }, [{ pointer: "/schema" }]],
  ["a missing bucket", { bucket: undefined }, [{ pointer: "/bucket", rule: "required" }]],
  ["a missing content", { content: undefined }, [{ pointer: "/content", rule: "required" }]],
  ["a member that is none", { root: "x" }, [{ pointer: "/root" }]],
  ["metadata that is no object", { metadata: [1] }, [{ pointer: "/metadata", rule: "type" }]],
  [
    "metadata over its limit",
    { metadata: { long: "x".repeat(17_000) } },
    [{ pointer: "/metadata", rule: "maxLength" }],
  ],
  [
    "U+0000 in a value",
    { content: { text: "a\u0000b" } },
    [{ pointer: "/content/text", rule: "nul" }],
  ],
  [
    "U+0000 in a key",
    { metadata: { "a\u0000": 1 } },
    [{ pointer: "/metadata/a\u0000", rule: "nul" }],
  ],
  [
    "half a surrogate pair",
    { content: { text: "\ud83d" } },
    [{ pointer: "/content/text", rule: "unicode" }],
  ],
];

for (const [what, draft, errors] of invalid)
  test(`${what} is 422 and stores nothing`, async () => {
    const { status, body } = await refused(() => marian.post("/api/blobs", draftOf(draft)));
    expect({ status, errors: body.errors }).toMatchObject({ status: 422, errors });
  });

test("JSON that no database holds is 422 with the place and stores nothing", async () => {
  const nested = `{"schema":"text-input","bucket":"${folder}","content":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const huge = `{"schema":"text-input","bucket":"${folder}","content":{"text":1e999}}`;
  expect((await refused(() => marian.post("/api/blobs", nested))).body).toMatchObject({
    status: 422,
    errors: [{ pointer: `/content${"/0".repeat(63)}`, rule: "nesting" }],
  });
  expect((await refused(() => marian.post("/api/blobs", huge))).body).toMatchObject({
    status: 422,
    errors: [{ pointer: "/content/text", rule: "number" }],
  });
});

test("what is not JSON is 400 and stores nothing", async () => {
  for (const text of ["", "{", '{"schema":', "schema=text-input", "\ufeff"])
    expect((await refused(() => marian.post("/api/blobs", text))).status).toBe(400);
  const latin1 = await fetch(new URL("/api/blobs", still.url), {
    method: "POST",
    headers: { authorization: `Bearer ${marian.token}`, "content-type": "application/json" },
    body: new Uint8Array([0x22, 0xe9, 0x22]),
  });
  expect(latin1.status).toBe(400);
});

test("JSON that is no object is 422", async () => {
  for (const text of ["null", "[]", '"text"', "1"])
    expect((await refused(() => marian.post("/api/blobs", text))).status).toBe(422);
});

test("a body over 4 MiB is 413, announced or in chunks, and stores nothing", async () => {
  const text = JSON.stringify(draftOf({ content: { text: "x".repeat(5 * 1024 * 1024) } }));
  const before = await rowCounts(still.databaseUrl);
  const chunks = () =>
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < text.length; at += 65_536)
          controller.enqueue(new TextEncoder().encode(text.slice(at, at + 65_536)));
        controller.close();
      },
    });
  for (const body of [text, chunks()]) {
    const answer = await fetch(new URL("/api/blobs", still.url), {
      method: "POST",
      headers: { authorization: `Bearer ${marian.token}`, "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(413);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ status: 413, type: "/problems/too-large" });
  }
  expect(await rowCounts(still.databaseUrl)).toEqual(before);
});

test("content of nearly 4 MiB is taken and comes back as it was", async () => {
  const bucket = await makeFolder(marian);
  const text = "Fog. ".repeat(800_000);
  const made = await make({ text, model: "by hand" }, "expanded-text", bucket);
  const { body } = await marian.get<{ content: { text: string } }>(`/api/blobs/${made.id}`);
  expect(body.content.text === text).toBe(true);
});

test("content keeps what JSON can say", async () => {
  const metadata = {
    __proto__x: null,
    "": [1.5, -0.25, 1e300, true, null, { deep: "é🕯\u2028" }],
    constructor: "a word",
  };
  const { body } = await marian.post<{ id: string }>("/api/blobs", draftOf({ metadata }));
  expect((await marian.get(`/api/blobs/${body.id}`)).body.metadata).toEqual(metadata);
});

test("a chapter takes only the schemas that its type names", async () => {
  const pitched = { schema: "bucket-book-v1", bucket: marian.chapter, content: {} };
  expect((await refused(() => marian.post("/api/blobs", pitched))).body).toMatchObject({
    status: 422,
    errors: [{ pointer: "/schema", rule: "blobSchemas" }],
  });
});

test("what is another's does not exist, on every route", async () => {
  const ask = await marian.ask("Mine alone.");
  const expanded = await make(take(), "expanded-text", marian.chapter);
  const run = await someRun(ask.id);
  const upgrade = { connection: "Upgrade", upgrade: "websocket" };
  const calls: [method: string, path: string, body?: Json, headers?: Record<string, string>][] = [
    ["GET", `/api/blobs/${ask.id}`],
    ["PUT", `/api/blobs/${expanded.id}`, { content: take("Tom's") }, { "if-match": '"1"' }],
    ["PUT", `/api/blobs/${expanded.id}`, { content: take("Tom's") }],
    ["POST", "/api/blobs", draftOf({ bucket: marian.chapter })],
    ["POST", "/api/blobs", draftOf({ bucket: marian.chapter, content: { no: 1 } })],
    ["POST", "/api/blobs", draftOf({ bucket: marian.chapter, schema: "poem" })],
    ["GET", `/api/blobs?bucket=${marian.chapter}`],
    ["GET", `/api/blobs?derivedFrom=${ask.id}`],
    ["GET", `/api/buckets/${marian.book}`],
    ["GET", `/api/buckets?parent=${marian.book}`],
    ["POST", "/api/buckets", { type: "chapter", name: "Tom's", parent: marian.book }],
    ["GET", `/api/runs/${run}`],
    ["GET", `/api/runs?blob=${ask.id}`],
    ["GET", `/api/runs?bucket=${marian.chapter}`],
    ["POST", "/api/runs", { processor: "text-expansion", blob: ask.id }],
    ["POST", `/api/runs/${run}/cancellation`],
    ["POST", `/api/runs/${run}/retry`],
    ["GET", `/chapters/${marian.chapter}`],
    ["POST", `/chapters/${marian.chapter}/passages`],
    ["GET", `/live?bucket=${marian.chapter}`, undefined, upgrade],
    ["GET", `/live?view=chapter/${marian.chapter}`, undefined, upgrade],
  ];
  for (const [method, path, body, headers] of calls) {
    const { status } = await refused(() => tom.request(method, path, body, headers));
    expect({ method, path, status }).toEqual({ method, path, status: 404 });
  }
  expect((await marian.get(`/api/blobs/${expanded.id}`)).body.revision).toBe(1);
});

test("another's things do not exist over the socket either", async () => {
  const ask = await marian.ask("Mine alone.");
  const run = await someRun(ask.id);
  const before = await rowCounts(still.databaseUrl);
  const live = await tom.live();
  const { chapter } = marian;
  const messages: Json[] = [
    { type: "subscribe", bucket: chapter },
    { type: "subscribe", bucket: "no-id" },
    { type: "blob.create", key: "k1", ...draftOf({ bucket: chapter }) },
    { type: "run.cancel", run },
    { type: "run.cancel", run: "no-id" },
  ];
  for (const [ref, message] of messages.entries()) {
    live.send({ ref: `${ref}`, ...message });
    const answer = await live.until((frame) => frame.ref === `${ref}`);
    expect(answer).toMatchObject({ type: "error", problem: { status: 404 } });
  }
  await live.close();
  expect(await rowCounts(still.databaseUrl)).toEqual(before);
});

test("a message of the socket is held to the same rules as a body", async () => {
  const before = await rowCounts(still.databaseUrl);
  const live = await marian.live();
  const messages: [Json, number][] = [
    [{ type: "blob.create", key: "k", ...draftOf({ content: {} }) }, 422],
    [{ type: "blob.create", key: "k", ...draftOf({ schema: "poem" }) }, 422],
    [{ type: "blob.create", key: "k", ...draftOf({ content: { text: "\u0000" } }) }, 422],
    [{ type: "blob.create", ...draftOf() }, 422],
    [{ type: "blob.create", key: "", ...draftOf() }, 422],
    [{ type: "no-such-thing" }, 400],
  ];
  const errors = () => live.frames.filter(({ type }) => type === "error");
  for (const [at, [message, status]] of messages.entries()) {
    live.send({ ref: `${at}`, ...message });
    expect(await eventually(() => errors()[at])).toMatchObject({ problem: { status } });
  }
  await live.close();
  expect(await rowCounts(still.databaseUrl)).toEqual(before);
});

/** A run of a blob, put there by hand: this studio has no processor that would make one. */
async function someRun(blob: string): Promise<string> {
  const [row] = await query<{ id: string }>(
    still.databaseUrl,
    `insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config, max_attempts, queued_by, due_at)
     select gen_random_uuid(), root, bucket, 'none', '1.0.0', id, 1, 'test', '{}', 1, 'system', now() + interval '1 day'
     from blobs where id = $1 returning id`,
    [blob],
  );
  return row!.id;
}

test("an id that is none does not exist", async () => {
  const none = ["1", "no-id", "00000000-0000-0000-0000-000000000000", "%00", "%27;--", "null"];
  for (const id of none) {
    for (const path of [
      `/api/blobs/${id}`,
      `/api/buckets/${id}`,
      `/api/runs/${id}`,
      `/chapters/${id}`,
    ])
      expect({ path, status: (await marian.get(path)).status }).toEqual({ path, status: 404 });
    const put = await marian.request("PUT", `/api/blobs/${id}`, { content: {} });
    expect(put.status).toBe(404);
  }
  const missing = draftOf({ bucket: "00000000-0000-0000-0000-000000000000" });
  expect((await refused(() => marian.post("/api/blobs", missing))).status).toBe(404);
  expect((await refused(() => marian.post("/api/blobs", draftOf({ bucket: "x" })))).status).toBe(
    404,
  );
});

test("checks come in the order 401, 404, 403, 428, 412, 409, 422", async () => {
  const { id } = await make({ text: "Never edited." }, "text-input", shared);
  const bad = { content: { nothing: "right" } };
  const put = (client: { token: string }, blob: string, headers: Record<string, string> = {}) =>
    fetch(new URL(`/api/blobs/${blob}`, still.url), {
      method: "PUT",
      headers: {
        ...(client.token ? { authorization: `Bearer ${client.token}` } : {}),
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(bad),
    }).then((answer) => answer.status);
  const unknown = Bun.randomUUIDv7();
  const nobody = { token: "" };
  const before = await rowCounts(still.databaseUrl);
  expect(await put(nobody, unknown)).toBe(401);
  expect(await put({ token: "not-a-token.x" }, id)).toBe(401);
  expect(await put(tom, unknown)).toBe(404);
  expect(await put(tom, id)).toBe(403);
  expect(await put(marian, id)).toBe(428);
  expect(await put(marian, id, { "if-match": '"2"' })).toBe(412);
  expect(await put(marian, id, { "if-match": '"1"' })).toBe(409);
  expect(await rowCounts(still.databaseUrl)).toEqual(before);
  const mutable = await make(take(), "expanded-text", shared);
  expect(await put(marian, mutable.id, { "if-match": '"1"' })).toBe(422);
  expect((await tom.post("/api/blobs", { ...draftOf({ bucket: shared }), ...bad })).status).toBe(
    403,
  );
  expect((await tom.get(`/api/blobs/${id}`)).status).toBe(200);
});

test("an ask is immutable", async () => {
  const { id } = await make({ text: "Never edited." }, "text-input");
  const put = () =>
    marian.request("PUT", `/api/blobs/${id}`, { content: { text: "?" } }, { "if-match": '"1"' });
  expect((await refused(put)).body).toMatchObject({ status: 409, type: "/problems/immutable" });
});

test("a write needs the revision that stands, and a stale one is told it", async () => {
  const { id } = await make();
  const put = (text: string, revision?: string) =>
    marian.request(
      "PUT",
      `/api/blobs/${id}`,
      { content: take(text) },
      revision ? { "if-match": revision } : {},
    );
  expect((await put("two")).status).toBe(428);
  const second = await put("two", '"1"');
  expect(second).toMatchObject({
    status: 200,
    body: { id, revision: 2, content: take("two"), updatedBy: `account:${marian.account}` },
  });
  expect(second.headers.get("etag")).toBe('"2"');
  for (const stale of ['"1"', '"3"', "2", '"x"', ""]) {
    const { status, body, headers } = await put("three", stale || '""');
    expect(status).toBe(412);
    expect(body).toMatchObject({ revision: 2, type: "/problems/stale" });
    expect(headers.get("etag")).toBe('"2"');
  }
  // A proxy that compresses weakens the tag on the way; what it names is the same.
  expect((await put("three", 'W/"2"')).status).toBe(200);
});

test("of two writes of one revision at once, one wins and the other is stale", async () => {
  const { id } = await make();
  const put = (text: string) =>
    marian.request("PUT", `/api/blobs/${id}`, { content: take(text) }, { "if-match": '"1"' });
  const answers = await Promise.all(["a", "b", "c", "d"].map(put));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  const winner = answers.find(({ status }) => status === 200)!;
  expect((await marian.get(`/api/blobs/${id}`)).body).toEqual(winner.body);
});

test("every revision that was replaced is kept, once", async () => {
  const { id } = await make(take("one"));
  for (const [at, text] of ["two", "three"].entries())
    await marian.request(
      "PUT",
      `/api/blobs/${id}`,
      { content: take(text), metadata: { at } },
      { "if-match": `"${at + 1}"` },
    );
  const kept = await query<Json>(
    still.databaseUrl,
    "select revision, content, metadata from blob_revisions where blob = $1 order by revision",
    [id],
  );
  expect(kept).toEqual([
    { revision: 1, content: take("one"), metadata: {} },
    { revision: 2, content: take("two"), metadata: { at: 0 } },
  ]);
  expect((await marian.get(`/api/blobs/${id}`)).body).toMatchObject({
    revision: 3,
    content: take("three"),
    metadata: { at: 1 },
  });
  const told = await query<{ type: string; revision: number }>(
    still.databaseUrl,
    "select type, (data->>'revision')::int as revision from events where subject = $1 order by seq",
    [id],
  );
  expect(told).toEqual([
    { type: "blob.created.expanded-text-v1", revision: 1 },
    { type: "blob.updated.expanded-text-v1", revision: 2 },
    { type: "blob.updated.expanded-text-v1", revision: 3 },
  ]);
});

test("a refused write leaves the revision and the history as they were", async () => {
  const { id } = await make();
  const put = (body: Json) => () =>
    marian.request("PUT", `/api/blobs/${id}`, body, { "if-match": '"1"' });
  for (const body of [
    { content: { text: 1 } },
    { content: take(), schema: "poem" },
    { content: take(), metadata: { long: "x".repeat(17_000) } },
    { content: take(), bucket: shared },
    {},
  ])
    expect((await refused(put(body))).status).toBe(422);
  expect((await marian.get(`/api/blobs/${id}`)).body.revision).toBe(1);
});

test("metadata that a write leaves out stays", async () => {
  const { body } = await marian.post<{ id: string }>("/api/blobs", {
    schema: "expanded-text",
    bucket: folder,
    content: take(),
    metadata: { passage: "p" },
  });
  const headers = { "if-match": '"1"' };
  const put = await marian.request("PUT", `/api/blobs/${body.id}`, { content: take("x") }, headers);
  expect(put.body.metadata).toEqual({ passage: "p" });
});

type List = { items: { id: string; schema: string }[]; next: string | null };

test("a list is newest first, and its pages neither miss nor repeat while more is added", async () => {
  const bucket = await makeFolder(marian);
  const made: string[] = [];
  for (let i = 0; i < 7; i++) made.unshift((await make(take(), "expanded-text", bucket)).id);
  const seen: string[] = [];
  let next: string | null = null;
  let pages = 0;
  do {
    const cursor: string = next ? `&cursor=${next}` : "";
    const { body } = await marian.get<List>(`/api/blobs?bucket=${bucket}&limit=3${cursor}`);
    expect(body.items.length).toBeLessThanOrEqual(3);
    seen.push(...body.items.map(({ id }) => id));
    await make(take("added meanwhile"), "expanded-text", bucket);
    next = body.next;
    pages++;
  } while (next);
  expect(seen).toEqual(made);
  expect(pages).toBe(3);
});

test("a page that ends the list exactly has no next", async () => {
  const bucket = await makeFolder(marian);
  for (let i = 0; i < 2; i++) await make(take(), "expanded-text", bucket);
  const { body } = await marian.get<List>(`/api/blobs?bucket=${bucket}&limit=2`);
  expect(body).toMatchObject({ items: [{}, {}], next: null });
  const empty = await marian.get<List>(`/api/blobs?bucket=${bucket}&cursor=${body.items[1]!.id}`);
  expect(empty.body).toEqual({ items: [], next: null });
});

test("a page has 50 items unless asked, and at most 200", async () => {
  const bucket = await makeFolder(marian);
  await query(
    still.databaseUrl,
    `insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
     select gen_random_uuid(), $1, $1, 'expanded-text', 1, '{"text":"x","model":"m"}', '{}', 'system', 'system' from generate_series(1, 201)`,
    [bucket],
  );
  const count = async (limit: string) =>
    (await marian.get<List>(`/api/blobs?bucket=${bucket}${limit}`)).body.items.length;
  expect(await count("")).toBe(50);
  expect(await count("&limit=200")).toBe(200);
  expect(await count("&limit=100000")).toBe(200);
});

test("a query that cannot be meant is 422", async () => {
  for (const bad of [
    "limit=0",
    "limit=-1",
    "limit=ten",
    "limit=1.5",
    "cursor=x",
    "schema=Text%20Input",
    "schema=%00",
  ])
    expect({ bad, status: (await marian.get(`/api/blobs?${bad}`)).status }).toEqual({
      bad,
      status: 422,
    });
});

test("lists are filtered by bucket, by schema in one version or in all, and by what they derive from", async () => {
  const bucket = await makeFolder(marian);
  const ask = await make({ text: "x" }, "text-input", bucket);
  const expanded = await make(take(), "expanded-text", bucket);
  await query(still.databaseUrl, "update blobs set derived_from = $1 where id = $2", [
    ask.id,
    expanded.id,
  ]);
  const ids = async (filter: string) =>
    (await marian.get<List>(`/api/blobs?${filter}`)).body.items.map(({ id }) => id);
  expect(await ids(`bucket=${bucket}`)).toEqual([expanded.id, ask.id]);
  expect(await ids(`bucket=${bucket}&schema=text-input`)).toEqual([ask.id]);
  expect(await ids(`bucket=${bucket}&schema=text-input-v1`)).toEqual([ask.id]);
  expect(await ids(`bucket=${bucket}&schema=text-input-v2`)).toEqual([]);
  expect(await ids(`derivedFrom=${ask.id}`)).toEqual([expanded.id]);
  expect(await ids(`derivedFrom=${expanded.id}`)).toEqual([]);
  const toms = await tom.get<List>("/api/blobs?limit=200");
  expect(toms.body.items.map(({ id }) => id)).not.toContain(ask.id);
});

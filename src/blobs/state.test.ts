/** Blobs over their life: found, patched, restored, thrown away, brought back, purged; and where they come from. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { slow } from "../../test/support/processors.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { openPostgres } from "../database.ts";
import { purgeTrash, TRASH_DAYS } from "./purge.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [slow] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

type Made = Json & { id: string; revision: number; content: Json; metadata: Json };

async function folder(parent?: string): Promise<string> {
  const draft = { type: "folder", name: "A place", ...(parent ? { parent } : {}) };
  return (await marian.post<{ id: string }>("/api/buckets", draft)).body.id;
}

async function make(bucket: string, text = "Fog.", metadata: Json = {}): Promise<Made> {
  const content = { text, model: "by hand" };
  const draft = { schema: "expanded-text", bucket, content, metadata };
  const { status, body } = await marian.post<Made>("/api/blobs", draft);
  expect(status).toBe(201);
  return body;
}

async function found(filter: Record<string, string>, client = marian): Promise<string[]> {
  const { status, body } = await client.get<{ items: Made[] }>(
    `/api/blobs?${new URLSearchParams(filter)}`,
  );
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.items.map(({ id }) => id);
}

const patch = (id: string, body: Json, headers: Record<string, string> = { "if-match": '"1"' }) =>
  marian.request<Made>("PATCH", `/api/blobs/${id}`, body, {
    "content-type": "application/merge-patch+json",
    ...headers,
  });

describe("lists", () => {
  test("by bucket, by subtree and by root hold what lies there", async () => {
    const top = await folder();
    const inner = await folder(top);
    const deep = await folder(inner);
    const [a, b, c] = [await make(top), await make(inner), await make(deep)];
    expect(await found({ bucket: inner })).toEqual([b.id]);
    expect(await found({ subtree: inner })).toEqual([c.id, b.id]);
    expect(await found({ subtree: top })).toEqual([c.id, b.id, a.id]);
    expect(await found({ subtree: top, bucket: deep })).toEqual([c.id]);
    expect(await found({ subtree: inner, bucket: top })).toEqual([]);
    expect(await found({ subtree: marian.book, bucket: top })).toEqual([]);
    expect(await found({ subtree: top, schema: "text-input" })).toEqual([]);
    expect(await found({ subtree: top, schema: "expanded-text-v1" })).toHaveLength(3);
  });

  test("of many places hold the newest of all, page by page, where a few hold most of them", async () => {
    // Below the root, whose blobs are read in one go.
    const inner = await folder(await folder());
    const places: string[] = [];
    for (let at = 0; at < 8; at++) places.push(await folder(inner));
    const made: string[] = [];
    for (let at = 0; at < 70; at++) {
      const place = at % 4 === 0 ? places[at % 8]! : places[at < 30 ? 1 : 2]!;
      made.push((await make(place)).id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: URLSearchParams = new URLSearchParams({ subtree: inner, limit: "11" });
      if (cursor) query.set("cursor", cursor);
      const { body } = await marian.get<{ items: Made[]; next: string | null }>(
        `/api/blobs?${query}`,
      );
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.next;
    } while (cursor);
    expect(seen).toEqual(made.reverse());
  });

  test("by members of the metadata hold what equals them all", async () => {
    const top = await folder();
    const one = await make(top, "One.", { passage: "p1", mood: "grey" });
    const two = await make(top, "Two.", { passage: "p1", mood: "blue", n: 1 });
    await make(top, "Three.", { passage: ["p1"], "": "x" });
    expect(await found({ subtree: top, "metadata.passage": "p1" })).toEqual([two.id, one.id]);
    expect(await found({ bucket: top, "metadata.passage": "p1", "metadata.mood": "grey" })).toEqual(
      [one.id],
    );
    expect(await found({ bucket: top, "metadata.n": "1" })).toEqual([]);
    expect(await found({ bucket: top, "metadata.": "x" })).toHaveLength(1);
    await patch(one.id, { metadata: { passage: "p2" } });
    expect(await found({ "metadata.passage": "p1", subtree: top })).toEqual([two.id]);
    expect(await found({ "metadata.passage": "p2" })).toEqual([one.id]);
    expect(await found({ "metadata.passage": "p2" }, tom)).toEqual([]);
  });

  test("by words hold what says them, as far as a text is indexed", async () => {
    const top = await folder();
    const lamp = await make(top, "The Lamp was lit, ‘Œuvre’ and all.");
    const long = await make(
      top,
      `${"fog ".repeat(65_000)}lanterne ${"fog ".repeat(20_000)}zanzibar`,
    );
    expect(await found({ bucket: top, q: "LAMP lit" })).toEqual([lamp.id]);
    expect(await found({ bucket: top, q: "lamp -lit" })).toEqual([]);
    expect(await found({ bucket: top, q: "lamp or lanterne" })).toEqual([long.id, lamp.id]);
    expect(await found({ bucket: top, q: "zanzibar" })).toEqual([]);
    await patch(lamp.id, { content: { text: "Dark." } });
    expect(await found({ bucket: top, q: "lamp" })).toEqual([]);
    expect(await found({ q: "lanterne" }, tom)).toEqual([]);
    for (const q of ["'", '"', "& | !", "a:*", "\\"])
      expect(await found({ bucket: top, q })).toEqual([]);
  });

  test("of what derives from something that one does not see are not there", async () => {
    const { body } = await tom.post<{ id: string }>("/api/buckets", {
      type: "folder",
      name: "His",
    });
    const his = { schema: "expanded-text", bucket: body.id, content: { text: "x", model: "y" } };
    const source = (await tom.post<Made>("/api/blobs", his)).body.id;
    const derived = await make(await folder());
    await query(studio.databaseUrl, "update blobs set derived_from = $1 where id = $2", [
      source,
      derived.id,
    ]);
    expect((await marian.get(`/api/blobs?derivedFrom=${source}`)).status).toBe(404);
    expect(await found({ derivedFrom: source }, tom)).toEqual([]);
  });

  test("stay right from page to page while rows are added", async () => {
    const top = await folder();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await make(top, "x", { k: "v" })).id);
    const filters: Record<string, string>[] = [
      { bucket: top },
      { subtree: top },
      { "metadata.k": "v", bucket: top },
    ];
    for (const filter of filters) {
      const path = (cursor?: string) =>
        `/api/blobs?${new URLSearchParams({ ...filter, limit: "2", ...(cursor ? { cursor } : {}) })}`;
      const seen: string[] = [];
      let next: string | null | undefined;
      do {
        const { body } = await marian.get<{ items: Made[]; next: string | null }>(path(next!));
        seen.push(...body.items.map(({ id }) => id));
        next = body.next;
        ids.unshift((await make(top, "later", { k: "v" })).id);
      } while (next);
      expect(seen).toEqual(ids.slice(-seen.length));
      expect(seen.length).toBeGreaterThanOrEqual(5);
    }
  });

  test("asked by what they do not know are 422 or 404", async () => {
    for (const query of ["trashed=maybe", "q=%20", `q=${"x".repeat(1_001)}`, "schema=No%20Name"])
      expect((await marian.get(`/api/blobs?${query}`)).status).toBe(422);
    for (const name of ["bucket", "subtree", "derivedFrom"])
      expect((await tom.get(`/api/blobs?${name}=${marian.chapter}`)).status).toBe(404);
  });
});

describe("a patch", () => {
  test("merges content, metadata and place, as one new revision", async () => {
    const top = await folder();
    const below = await folder(top);
    const blob = await make(top, "Fog.", { passage: "p1", mood: "grey" });
    const { status, body, headers } = await patch(blob.id, {
      content: { text: "Rain." },
      metadata: { mood: null, at: "noon" },
      bucket: below,
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { revision: 2, bucket: below, content: { text: "Rain.", model: "by hand" } },
    });
    expect(body.metadata).toEqual({ passage: "p1", at: "noon" });
    expect(headers.get("etag")).toBe('"2"');
  });

  test("is held to every rule that a whole write is held to", async () => {
    const top = await folder();
    const elsewhere = await folder();
    const { id } = await make(top);
    const refusals: [Json, number][] = [
      [{ content: { text: null } }, 422],
      [{ content: { colour: "red" } }, 422],
      [{ metadata: { long: "x".repeat(17_000) } }, 422],
      [{ metadata: "none" }, 422],
      [{ metadata: [] }, 422],
      [{ bucket: null }, 422],
      [{ bucket: 7 }, 422],
      [{ id: "x" }, 422],
      [{ bucket: elsewhere }, 409],
      [{ bucket: tom.chapter }, 404],
      [{ bucket: "no-id" }, 404],
    ];
    for (const [body, status] of refusals)
      expect({ body, status: (await patch(id, body)).status }).toEqual({ body, status });
    expect((await patch(id, {}, {})).status).toBe(428);
    expect((await patch(id, {}, { "if-match": '"9"' })).status).toBe(412);
    const typed = { "if-match": '"1"', "content-type": "text/plain" };
    expect((await patch(id, {}, typed)).status).toBe(415);
    expect((await marian.get<Made>(`/api/blobs/${id}`)).body.revision).toBe(1);
  });

  test("of an ask is refused", async () => {
    const ask = await marian.ask("Never edited.");
    expect((await patch(ask.id, { content: { text: "?" } })).body).toMatchObject({
      type: "/problems/immutable",
    });
  });
});

describe("revisions", () => {
  test("are listed, read and brought back, each as it was", async () => {
    const top = await folder();
    const { id } = await make(top, "one", { n: "1" });
    await patch(id, { content: { text: "two" }, metadata: { n: "2" } });
    await patch(id, { content: { text: "three" } }, { "if-match": '"2"' });
    const path = `/api/blobs/${id}/revisions`;
    const first = await marian.get<{ items: Json[]; next: string }>(`${path}?limit=2`);
    expect(first.body.items.map(({ revision }) => revision)).toEqual([3, 2]);
    const rest = await marian.get<{ items: Json[]; next: null }>(
      `${path}?limit=2&cursor=${first.body.next}`,
    );
    expect(rest.body).toMatchObject({ items: [{ revision: 1 }], next: null });
    expect((await marian.get(`${path}/1`)).body).toMatchObject({
      schema: "expanded-text-v1",
      content: { text: "one" },
      metadata: { n: "1" },
    });
    expect((await marian.get(`${path}/3`)).body).toMatchObject({ content: { text: "three" } });
    const restored = await marian.post<Made>(`${path}/1/restoration`, {});
    expect(restored.body).toMatchObject({
      revision: 4,
      content: { text: "one" },
      metadata: { n: "1" },
    });
    expect((await marian.get(`${path}/3`)).body).toMatchObject({ content: { text: "three" } });
    for (const n of ["0", "9", "x", "1.5"])
      expect((await marian.get(`${path}/${n}`)).status).toBe(404);
    expect((await tom.get(path)).status).toBe(404);
    expect((await tom.post(`${path}/1/restoration`, {})).status).toBe(404);
  });
});

test("If-Match may name several revisions, or whichever stands", async () => {
  const { id } = await make(await folder());
  const taken: [string, number][] = [
    ['"7", "1"', 200],
    ['"1", "7"', 412],
    ["*", 200],
    ['W/"3"', 200],
    ["4", 412],
  ];
  for (const [tags, status] of taken)
    expect([tags, (await patch(id, {}, { "if-match": tags })).status]).toEqual([tags, status]);
  const path = `/api/blobs/${id}`;
  expect((await marian.request("DELETE", path, undefined, { "if-match": '"3"' })).status).toBe(412);
  expect((await marian.request("DELETE", path, undefined, { "if-match": "*" })).status).toBe(200);
});

test("HEAD says what GET would, its length too; a packed body is refused as such", async () => {
  const { id } = await make(await folder());
  const got = await marian.get(`/api/blobs/${id}`);
  const headers = { authorization: `Bearer ${marian.token}` };
  const head = await fetch(new URL(`/api/blobs/${id}`, studio.url), { method: "HEAD", headers });
  expect(head.headers.get("etag")).toBe('"1"');
  expect(head.headers.get("content-length")).toBe(String(JSON.stringify(got.body).length));
  const packed = { "content-encoding": "gzip" };
  expect((await marian.request("POST", "/api/blobs", "{}", packed)).status).toBe(415);
});

test("null is content like any other where its schema takes it", async () => {
  await marian.post("/api/schemas/anything/versions", { schema: {} });
  const draft = { schema: "anything", bucket: await folder(), content: null };
  const { status, body } = await marian.post<Made>("/api/blobs", draft);
  expect({ status, body }).toMatchObject({ status: 201, body: { content: null } });
  const path = `/api/blobs/${body.id}`;
  const put = (content: unknown, revision: number) =>
    marian.request("PUT", path, { content }, { "if-match": `"${revision}"` });
  expect((await put("Fog.", 1)).status).toBe(200);
  expect(await put(null, 2)).toMatchObject({ status: 200, body: { content: null } });
  expect((await patch(body.id, { content: null }, { "if-match": '"3"' })).status).toBe(200);
  expect((await marian.get<Made>(path)).body).toMatchObject({ content: null, revision: 4 });
  expect((await marian.get(`${path}/revisions/1`)).body).toMatchObject({ content: null });
});

describe("the trash", () => {
  test("keeps a blob readable, out of the lists, unchangeable, until it comes back", async () => {
    const top = await folder();
    const { id } = await make(top, "Fog.", { k: "v" });
    expect((await marian.request("DELETE", `/api/blobs/${id}`, undefined)).body).toMatchObject({
      trashedAt: expect.any(String),
    });
    expect((await marian.get(`/api/blobs/${id}`)).status).toBe(200);
    expect(await found({ bucket: top })).toEqual([]);
    expect(await found({ bucket: top, trashed: "true" })).toEqual([id]);
    expect(await found({ "metadata.k": "v", bucket: top })).toEqual([]);
    expect((await patch(id, { content: { text: "?" } })).body).toMatchObject({
      type: "/problems/trashed",
    });
    const back = await marian.post(`/api/blobs/${id}/restoration`, {});
    expect(back.body).not.toHaveProperty("trashedAt");
    expect(await found({ bucket: top })).toEqual([id]);
    const told = await query<{ type: string }>(
      studio.databaseUrl,
      "select type from events where subject = $1 order by seq",
      [id],
    );
    expect(told.map(({ type }) => type.split(".")[1])).toEqual(["created", "deleted", "restored"]);
  });

  test("of a bucket takes its blobs out of every list but its own", async () => {
    const top = await folder();
    const below = await folder(top);
    const { id } = await make(below, "Fog.", { where: below });
    await marian.request("DELETE", `/api/buckets/${below}`, undefined);
    expect(await found({ subtree: top })).toEqual([]);
    expect(await found({ "metadata.where": below })).toEqual([]);
    expect(await found({ bucket: below })).toEqual([id]);
    await marian.post(`/api/buckets/${below}/restoration`, {});
    expect(await found({ subtree: top })).toEqual([id]);
  });

  test("of a bucket keeps its blobs out of a list below one that stands around it, itself no root", async () => {
    const around = await folder(await folder());
    const gone = await folder(around);
    const stays = await make(await folder(around), "Fog.", { where: around });
    const { id } = await make(gone, "Fog.", { where: around });
    await marian.request("DELETE", `/api/buckets/${gone}`, undefined);
    expect(await found({ subtree: around })).toEqual([stays.id]);
    expect(await found({ subtree: around, "metadata.where": around })).toEqual([stays.id]);
    await marian.request("DELETE", `/api/buckets/${around}`, undefined);
    expect(await found({ subtree: around })).toEqual([id, stays.id]);
  });

  test("of a bucket holds its blobs back, and says which", async () => {
    const top = await folder();
    const below = await folder(top);
    const { id } = await make(below);
    await marian.request("DELETE", `/api/blobs/${id}`, undefined);
    await marian.request("DELETE", `/api/buckets/${below}`, undefined);
    expect((await marian.post(`/api/blobs/${id}/restoration`, {})).body).toMatchObject({
      status: 409,
      type: "/problems/parent-trashed",
      parent: { id: below },
    });
  });

  test("cancels the runs that wait", async () => {
    const top = await folder();
    const draft = { schema: "text-input", bucket: top, content: { text: "Fog." } };
    const { id } = (await marian.post<Made>("/api/blobs", draft)).body;
    const request = { processor: "slow", blob: id };
    const run = (await marian.post<Made>("/api/runs", request)).body.id;
    await query(
      studio.databaseUrl,
      "update runs set status = 'queued', due_at = now() + interval '1 hour', attempt = 0 where id = $1",
      [run],
    );
    await marian.request("DELETE", `/api/blobs/${id}`, undefined);
    expect((await marian.get(`/api/runs/${run}`)).body.status).toBe("cancelled");
  });

  test("is emptied after its days, subtrees whole, and nothing else", async () => {
    const top = await folder();
    const gone = await folder(top);
    const inside = await folder(gone);
    const [blob, deep, kept] = [await make(top), await make(inside), await make(top)];
    await marian.request("DELETE", `/api/blobs/${blob.id}`, undefined);
    await marian.request("DELETE", `/api/buckets/${gone}`, undefined);
    const postgres = await openPostgres(studio.databaseUrl);
    const day = 24 * 60 * 60 * 1_000;
    await purgeTrash(postgres.db, new Date(Date.now() + (TRASH_DAYS - 1) * day));
    expect((await marian.get(`/api/blobs/${deep.id}`)).status).toBe(200);
    const later = new Date(Date.now() + (TRASH_DAYS + 1) * day);
    await Promise.all([purgeTrash(postgres.db, later), purgeTrash(postgres.db, later)]);
    await postgres.close();
    for (const id of [blob.id, deep.id])
      expect((await marian.get(`/api/blobs/${id}`)).status).toBe(404);
    for (const id of [gone, inside])
      expect((await marian.get(`/api/buckets/${id}`)).status).toBe(404);
    expect((await marian.get(`/api/blobs/${kept.id}`)).status).toBe(200);
    const ids = [blob.id, deep.id, gone, inside, kept.id, top];
    const told = await query<{ subject: string }>(
      studio.databaseUrl,
      "select subject from events where type like '%purged%' and subject = any($1)",
      [ids],
    );
    expect(told.map(({ subject }) => subject).sort()).toEqual(ids.slice(0, 4).sort());
  });
});

test("the lineage of a blob leads to what it was made of and what was made of it", async () => {
  const top = await folder();
  const draft = { schema: "text-input", bucket: top, content: { text: "Fog." } };
  const ask = (await marian.post<Made>("/api/blobs", draft)).body.id;
  const request = { processor: "slow", blob: ask, config: { ms: 1 } };
  const run = (await marian.post<Made>("/api/runs", request)).body.id;
  const take = await eventually(async () => (await found({ derivedFrom: ask }))[0]);
  for (const id of [ask, take]) {
    const { body } = await marian.get<{ nodes: Json[]; edges: Json[] }>(`/api/blobs/${id}/lineage`);
    expect(body.nodes.map((node) => `${node.kind} ${node.id}`).sort()).toEqual(
      [`blob ${ask}`, `blob ${take}`, `run ${run}`].sort(),
    );
    expect(body.edges).toContainEqual({ from: ask, to: run, as: "input", revision: 1 });
    expect(body.edges).toContainEqual({ from: run, to: take, as: "output" });
    expect(body).toMatchObject({ truncated: false });
  }
  expect((await tom.get(`/api/blobs/${take}/lineage`)).status).toBe(404);
});

test("a blob whose schema is gone stays readable and listed, and says so", async () => {
  const top = await folder();
  await query(
    studio.databaseUrl,
    "insert into schema_versions (name, version, source, hash) values ('leaf', 1, '{}', 'leaf')",
  );
  await query(
    studio.databaseUrl,
    "insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by) values ($1, $2, $2, 'lost', 1, '{}', '{}', 'system', 'system')",
    [Bun.randomUUIDv7(), top],
  );
  const [id] = await found({ bucket: top });
  expect((await marian.get(`/api/blobs/${id}`)).body).toMatchObject({
    schema: "lost-v1",
    schemaMissing: true,
  });
});

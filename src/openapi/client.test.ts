/** A program that knows nothing but the document does all that the contract says of buckets and blobs. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiClient, apiClient } from "../../test/support/api-client.ts";
import { eventually, MARIAN, TOM } from "../../test/support/client.ts";
import { echo } from "../../test/support/processors.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

type Bucket = { id: string; name: string; position: string; revision: number; metadata: object };
type Blob = { id: string; revision: number; content: { text: string }; metadata: object };
type Page<Item> = { items: Item[]; next: string | null };

let studio: TestStudio;
let api: ApiClient;
let tom: { api: ApiClient; account: string };
let book: Bucket;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [echo] });
  const stranger = await apiClient(studio.url, "");
  api = stranger.as((await signUp(stranger, MARIAN)).token);
  const his = await signUp(stranger, TOM);
  tom = { api: stranger.as(his.token), account: his.account };
  book = await make({ type: "book", name: "Fog" });
});
afterAll(() => studio?.stop());

async function signUp(client: ApiClient, person: typeof MARIAN) {
  const { headers, body } = await client.call<{ user: { id: string } }>("signUp", { body: person });
  return { token: headers.get("set-auth-token")!, account: body.user.id };
}

async function done<Body>(id: string, input: Parameters<ApiClient["call"]>[1], client = api) {
  const { status, body } = await client.call<Body>(id, input);
  expect({ id, status, body }).toMatchObject({ id, status: status < 300 ? status : "done" });
  return body;
}

const make = (body: object) => done<Bucket>("createBucket", { body });
const store = (bucket: string, text: string, metadata = {}) =>
  done<Blob>("createBlob", {
    body: { schema: "expanded-text-v1", bucket, content: { text, model: "by hand" }, metadata },
  });
const at = (revision: number) => ({ "If-Match": `"${revision}"` });
const refused = async (id: string, input: Parameters<ApiClient["call"]>[1], client = api) => {
  const { status, body } = await client.call<{ type: string }>(id, input);
  return [status, body.type];
};

test("the tree: made, listed, changed, ordered, moved, read whole", async () => {
  const one = await make({ type: "chapter", name: "One", parent: book.id });
  const two = await make({ type: "chapter", name: "Two", parent: book.id, before: one.id });
  const listed = await done<Page<Bucket>>("listBuckets", {
    with: { parent: book.id, type: "chapter", limit: 1 },
  });
  expect(listed.items.map(({ id }) => id)).toEqual([two.id]);
  const rest = await done<Page<Bucket>>("listBuckets", {
    with: { parent: book.id, type: "chapter", cursor: listed.next! },
  });
  expect(rest.items.map(({ id }) => id)).toEqual([one.id]);

  const named = await done<Bucket>("changeBucket", {
    with: { id: book.id, ...at(book.revision) },
    body: { name: "Fog again", metadata: { author: "M. Oake" } },
  });
  expect(named).toMatchObject({ name: "Fog again", metadata: { author: "M. Oake" } });
  await done("changeBucket", {
    with: { id: one.id, ...at(one.revision) },
    body: { before: two.id },
  });
  const tree = await done<{ children: Bucket[] }>("readTree", { with: { id: book.id, depth: 1 } });
  expect(tree.children.map(({ name }) => name)).toEqual(["One", "Two"]);

  const papers = await make({ type: "folder", name: "Papers" });
  const [inner, other] = [
    await make({ type: "folder", name: "Inner", parent: papers.id }),
    await make({ type: "folder", name: "Other", parent: papers.id }),
  ];
  await done("changeBucket", {
    with: { id: inner.id, ...at(inner.revision) },
    body: { parent: other.id },
  });
  const circle = { with: { id: other.id, ...at(other.revision) }, body: { parent: inner.id } };
  expect(await refused("changeBucket", circle)).toEqual([409, "/problems/circle"]);
  const away = { with: { id: inner.id, ...at(inner.revision + 1) }, body: { parent: book.id } };
  expect(await refused("changeBucket", away)).toEqual([409, "/problems/other-root"]);
  const wrong = { body: { type: "book", name: "In a chapter", parent: one.id } };
  expect((await refused("createBucket", wrong))[0]).toBe(422);
});

test("the trash of the tree, and its members", async () => {
  const chapter = await make({ type: "chapter", name: "Three", parent: book.id });
  await done("trashBucket", { with: { id: chapter.id } });
  expect(await done("readBucket", { with: { id: chapter.id } })).toHaveProperty("trashedAt");
  const trash = await done<Page<Bucket>>("listBuckets", { with: { trashed: "true" } });
  expect(trash.items.map(({ id }) => id)).toEqual([chapter.id]);
  await done("restoreBucket", { with: { id: chapter.id } });

  const member = { id: book.id, account: tom.account };
  expect((await refused("readBucket", { with: { id: book.id } }, tom.api))[0]).toBe(404);
  await done("putMember", { with: member, body: { role: "viewer" } });
  expect(await done("readBucket", { with: { id: book.id } }, tom.api)).toMatchObject({
    role: "viewer",
  });
  expect(await done("listMembers", { with: { id: book.id } })).toMatchObject({
    items: [{ role: "owner" }, { account: tom.account }],
  });
  await done("removeMember", { with: member });
  expect((await refused("readBucket", { with: { id: book.id } }, tom.api))[0]).toBe(404);
});

test("blobs: stored, found by all there is to find them by, changed, moved", async () => {
  const papers = await make({ type: "folder", name: "Papers" });
  const inner = await make({ type: "folder", name: "Inner", parent: papers.id });
  const lamp = await store(papers.id, "The lamp was lit.", { mood: "grey" });
  const rain = await store(inner.id, "Rain.", { mood: "blue" });
  const found = async (filter: Record<string, string>) =>
    (await done<Page<Blob>>("listBlobs", { with: filter })).items.map(({ id }) => id);
  expect(await found({ bucket: papers.id })).toEqual([lamp.id]);
  expect(await found({ subtree: papers.id })).toEqual([rain.id, lamp.id]);
  expect(await found({ subtree: papers.id, schema: "text-input" })).toEqual([]);
  expect(await found({ subtree: papers.id, "metadata.mood": "grey" })).toEqual([lamp.id]);
  expect(await found({ q: "lamp" })).toEqual([lamp.id]);

  const put = { content: { text: "The lamp was out.", model: "by hand" } };
  await done("replaceBlob", { with: { id: lamp.id, ...at(1) }, body: put });
  expect((await refused("replaceBlob", { with: { id: lamp.id, ...at(1) }, body: put }))[0]).toBe(
    412,
  );
  const patched = await done<Blob>("patchBlob", {
    with: { id: lamp.id, ...at(2) },
    body: { metadata: { mood: null, at: "noon" }, bucket: inner.id },
  });
  expect(patched).toMatchObject({ revision: 3, bucket: inner.id, metadata: { at: "noon" } });
  const revisions = await done<Page<object>>("listRevisions", { with: { id: lamp.id } });
  expect(revisions.items).toHaveLength(3);
  const first = await done("readRevision", { with: { id: lamp.id, n: 1 } });
  expect(first).toMatchObject({ content: { text: "The lamp was lit." } });
  const back = await done<Blob>("restoreRevision", { with: { id: lamp.id, n: 1 } });
  expect(back).toMatchObject({ revision: 4, content: { text: "The lamp was lit." } });

  await done("trashBlob", { with: { id: rain.id } });
  expect(await found({ subtree: papers.id })).toEqual([lamp.id]);
  expect(await found({ subtree: papers.id, trashed: "true" })).toEqual([rain.id]);
  await done("restoreBlob", { with: { id: rain.id } });
  const nowhere = { body: { schema: "no-such", bucket: papers.id, content: {} } };
  expect((await refused("createBlob", nowhere))[0]).toBe(422);
});

test("what is derived, where it comes from, what never changes, what is sent twice", async () => {
  const papers = await make({ type: "folder", name: "Asks" });
  const body = { schema: "text-input", bucket: papers.id, content: { text: "Dusk." } };
  const input = { with: { "Idempotency-Key": crypto.randomUUID() }, body };
  const [ask, again] = [
    await done<Blob>("createBlob", input),
    await done<Blob>("createBlob", input),
  ];
  expect(again).toEqual(ask);
  const other = { ...input, body: { ...body, content: { text: "Dawn." } } };
  expect(await refused("createBlob", other)).toEqual([422, "/problems/idempotency-key"]);
  const change = { with: { id: ask.id, ...at(1) }, body: { content: { text: "Dawn." } } };
  expect(await refused("replaceBlob", change)).toEqual([409, "/problems/immutable"]);
  const take = await eventually(
    async () => (await done<Page<Blob>>("listBlobs", { with: { derivedFrom: ask.id } })).items[0],
  );
  const lineage = await done<{ nodes: object[] }>("readLineage", { with: { id: take.id } });
  expect(lineage.nodes).toHaveLength(3);
});

test("files: up, described, down, down by range", async () => {
  const papers = await make({ type: "folder", name: "Maps" });
  const file = await done<Blob>("uploadFile", {
    with: { bucket: papers.id, name: "map.txt" },
    raw: "to the ledge",
    headers: { "content-type": "text/plain" },
  });
  expect(file.content).toMatchObject({ name: "map.txt", mediaType: "text/plain", size: 12 });
  const text = async (input: Record<string, string>) =>
    new TextDecoder().decode(
      await done<Uint8Array>("downloadFile", { with: { id: file.id, ...input } }),
    );
  expect(await text({})).toBe("to the ledge");
  expect(await text({ Range: "bytes=7-" })).toBe("ledge");
});

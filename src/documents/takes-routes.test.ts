/** Takes as the writer's page asks for them: looked at, compared, put aside; words rewritten; notes that moved on. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, signUp, TOM } from "../../test/support/client.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let model: ModelServer;
let passage: string;
let path: string;

beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
  });
  marian = await signUp(studio.url);
  [passage] = await edit({
    edit: "insert",
    place: "end",
    notes: "Dusk. The lamp.",
    prose: "The lamp was lit.",
  });
  path = `/chapters/${marian.chapter}/passages/${passage}`;
});
afterAll(async () => {
  await studio?.stop();
  await model?.stop();
});

const edit = async (...edits: object[]) =>
  (await marian.post<{ passages: [string] }>(`/api/documents/${marian.chapter}/edits`, { edits }))
    .body.passages;

async function send(
  method: string,
  to: string,
  { form, as = marian }: { form?: Record<string, string>; as?: Client } = {},
) {
  const response = await fetch(new URL(to, studio.url), {
    method,
    headers: { authorization: `Bearer ${as.token}`, accept: "text/html, application/json" },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  return { status: response.status, text: await response.text() };
}

type Items = { items: { id: string; derivedFrom: string; content: { text: string } }[] };

const takes = async () =>
  (await marian.get<Items>(`/api/blobs?bucket=${marian.chapter}&schema=expanded-text`)).body.items;

/** Asks, and answers the take that comes of it. */
async function taken(text: string, to = `${path}/asks`, form: Record<string, string> = {}) {
  model.behave({ kind: "answer", text });
  expect((await send("POST", to, { form })).status).toBe(201);
  return eventually(async () => {
    return (await takes()).find(({ content }) => content.text === text);
  });
}

test("a take is looked at beside the prose, beside another, and once it is discarded", async () => {
  const first = await taken("The lamp was out.", `${path}/asks`, { notes: "Dusk." });
  const second = await taken("The lamp was out. Nobody came.");
  const { text: plain } = await send("GET", `${path}/offer`);
  expect(plain).toContain(`data-take="${second.id}"`);
  expect(plain).toContain("2/2");

  const { text: inline } = await send("GET", `${path}/offer?compare=inline`);
  expect(inline).toContain("The lamp was <del>lit</del> <ins>out</ins>.");
  expect(inline).toContain("+3</span> −1 words");
  const sides = await send("GET", `${path}/offer?compare=side&against=${first.id}`);
  expect(sides.text).toContain("Take 1 of 2");
  expect(sides.text).toContain("<ins>Nobody came.</ins>");

  const discard = `${path}/takes/${second.id}/discard`;
  for (let time = 0; time < 2; time++) {
    const { status, text } = await send("PUT", discard);
    expect(status).toBe(200);
    expect(text).toContain(`data-take="${first.id}"`);
    expect(text).toContain("Discarded.");
  }
  const shown = await send("GET", `${path}/offer?take=${second.id}`);
  expect(shown.text).toContain("Put back");
  expect(shown.text).not.toContain("data-accept");
  expect((await send("DELETE", discard)).text).toContain(`data-take="${second.id}"`);
});

test("nobody else sees or discards it, and it is looked for in its own chapter", async () => {
  const [take] = await takes();
  const tom = await signUp(studio.url, TOM);
  const discard = `${path}/takes/${take!.id}/discard`;
  expect((await send("PUT", discard, { as: tom })).status).toBe(404);
  expect((await send("GET", `${path}/offer`, { as: tom })).status).toBe(404);
  const own = `/chapters/${tom.chapter}/passages/${passage}/takes/${take!.id}/discard`;
  expect((await send("PUT", own, { as: tom })).status).toBe(404);
});

test("words are rewritten as asked, told apart by what stands around them", async () => {
  const words = { text: "was lit", before: "The lamp ", after: "." };
  const form = { ...words, instruction: "Drier." };
  const take = await taken("burned", `${path}/rewrites`, form);
  expect(JSON.stringify(model.requests.at(-1)?.body)).toContain("<words>\\nwas lit");
  const { body: ask } = await marian.get<{ content: object; metadata: object }>(
    `/api/blobs/${take.derivedFrom}`,
  );
  expect(ask.content).toEqual({ text: "was lit", instruction: "Drier." });
  expect(ask.metadata).toEqual({ passage, rewrites: { before: "The lamp ", after: "." } });
  const { text } = await send("GET", `${path}/offer?compare=inline`);
  expect(text).toContain('data-rewrites="was lit"');
  expect(text).toContain("<del>was lit</del> <ins>burned</ins>");
  expect((await send("POST", `${path}/rewrites`, { form: { text: " " } })).status).toBe(422);
});

test("new words of the notes are told since the ask of a take", async () => {
  const take = (await takes()).find(({ content }) => content.text === "The lamp was out.")!;
  const since = `${passage}:${take.id}`;
  const changed = await send("GET", `/chapters/${marian.chapter}/changed-words?since=${since}`);
  const { items } = JSON.parse(changed.text) as { items: { ranges: object[] }[] };
  expect(items).toMatchObject([{ passage, ranges: [{ block: 0, from: 6, to: 14 }] }]);
});

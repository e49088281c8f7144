import { afterAll, beforeAll, expect, test } from "bun:test";
import { signIn, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

const PATH = "/api/me/state";
let studio: TestStudio;
let marian: Awaited<ReturnType<typeof signUp>>;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url);
});
afterAll(() => studio.stop());

const put = (body: unknown, revision?: number) =>
  marian.request("PUT", PATH, body, revision === undefined ? {} : { "if-match": `"${revision}"` });

const revisionNow = async () => (await marian.get<{ revision: number }>(PATH)).body.revision;

test("it is empty, of revision 0, before anything was changed", async () => {
  const tom = await signUp(studio.url, TOM);
  const { status, headers, body } = await tom.get(PATH);
  expect(status).toBe(200);
  expect(headers.get("etag")).toBe('"0"');
  expect(body).toEqual({ schema: "user-state-v1", content: {}, revision: 0, updatedAt: null });
});

test("what one device changes, another one reads", async () => {
  const content = { halves: "prose", divider: 40 };
  const answer = await put({ content }, await revisionNow());
  expect(answer.status).toBe(200);
  const other = await signIn(studio.url);
  const { headers, body } = await other.get(PATH);
  expect(body).toEqual(answer.body);
  expect(body).toMatchObject({ content, updatedAt: expect.any(String) });
  expect(headers.get("etag")).toBe(answer.headers.get("etag"));
});

test("a change that missed another one is refused with the revision that stands", async () => {
  const revision = await revisionNow();
  await put({ content: { halves: "notes" } }, revision);
  const answer = await put({ content: { halves: "both" } }, revision);
  expect(answer.status).toBe(412);
  expect(answer.body).toMatchObject({ type: "/problems/stale", revision: revision + 1 });
  expect(answer.headers.get("etag")).toBe(`"${revision + 1}"`);
  expect((await marian.get(PATH)).body).toMatchObject({ content: { halves: "notes" } });
});

test("of two first changes at once one is made", async () => {
  const newcomer = await signUp(studio.url, { ...TOM, email: "ada@reed.example" });
  const first = (halves: string) =>
    newcomer.request("PUT", PATH, { content: { halves } }, { "if-match": '"0"' });
  const answers = await Promise.all([first("notes"), first("prose")]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
});

test("a change says which revision it replaces", async () => {
  expect(await put({ content: {} })).toMatchObject({
    status: 428,
    body: { type: "/problems/if-match-missing" },
  });
});

test.each([
  [{ content: { halves: "spine" } }, "/content/halves", "enum"],
  [{ content: { divider: 90 } }, "/content/divider", "maximum"],
  [{ content: { colour: "sepia" } }, "/content/colour", "additionalProperties"],
  [{ content: [] }, "/content", "type"],
  [{ content: {}, schema: "text-input-v1" }, "/schema", "schema"],
  [{ content: {}, schema: "user-state-v9" }, "/schema", "schema"],
  [{}, "/content", "required"],
])("%j is not taken", async (body, pointer, rule) => {
  const before = await marian.get(PATH);
  const answer = await put(body, await revisionNow());
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({ errors: [{ pointer, rule }] });
  expect((await marian.get(PATH)).body).toEqual(before.body);
});

test("a stale change is told so before its body is looked at", async () => {
  expect((await put({ content: { halves: "spine" } }, 99)).status).toBe(412);
  expect((await put("{", 99)).status).toBe(412);
});

test("who is not signed in has none", async () => {
  expect((await fetch(new URL(PATH, studio.url))).status).toBe(401);
});

test("a token that may only read reads it", async () => {
  const draft = { name: "A clock", scopes: ["read"] };
  const { body } = await marian.post<{ token: string }>("/api/tokens", draft);
  const authorization = { authorization: `Bearer ${body.token}` };
  expect((await marian.request("GET", PATH, undefined, authorization)).status).toBe(200);
  const change = { ...authorization, "if-match": `"${await revisionNow()}"` };
  expect((await marian.request("PUT", PATH, { content: {} }, change)).status).toBe(403);
});

/** Version 2 knows a colour more, and no longer a divider of 60. */
async function grow(): Promise<void> {
  const [v1] = await query<{ source: string }>(
    studio.databaseUrl,
    "select source from schema_versions where name = 'user-state' and version = 1",
  );
  const schema = JSON.parse(v1!.source);
  schema.properties.colour = { enum: ["sepia"] };
  schema.properties.divider.maximum = 50;
  await query(
    studio.databaseUrl,
    "insert into schema_versions (name, version, source, hash) values ('user-state', 2, $1, 'v2')",
    [JSON.stringify(schema)],
  );
}

test("it is carried forward when its schema grows", async () => {
  await put({ content: { halves: "prose", divider: 60 } }, await revisionNow());
  await grow();
  // What the new version no longer takes is left out, the rest stays.
  const carried = await marian.get<{ revision: number }>(PATH);
  expect(carried.body).toMatchObject({ schema: "user-state-v2", content: { halves: "prose" } });

  const grown = { halves: "both", colour: "sepia" };
  expect((await put({ content: grown }, carried.body.revision)).status).toBe(200);
  // A device with an older page does not take away what it does not know.
  const old = { content: { divider: 30 }, schema: "user-state-v1" };
  expect((await put(old, await revisionNow())).body).toMatchObject({
    schema: "user-state-v2",
    content: { divider: 30, colour: "sepia" },
  });
  const unknown = { content: { colour: "sepia" }, schema: "user-state-v1" };
  expect((await put(unknown, await revisionNow())).status).toBe(422);
});

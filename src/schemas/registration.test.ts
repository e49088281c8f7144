/** Schemas that people make: registered, held to, deprecated, deleted; and the studio unmoved by hard ones. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Client, type Json, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
let ilse: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  // The first account is the administrator.
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
  ilse = await signUp(studio.url, { ...TOM, email: "ilse@oake.example", name: "Ilse" });
});
afterAll(() => studio?.stop());

const register = (client: Client, name: string, schema: unknown, more: Json = {}) =>
  client.post(`/api/schemas/${name}/versions`, { schema, ...more });
const validate = (client: Client, name: string, content: unknown) =>
  client.post<{ valid: boolean; errors: Json[] }>(
    `/api/schemas/${name}/versions/latest/validation`,
    { content },
  );
const scene = (more: Json = {}, rest: Json = {}) => ({
  type: "object",
  properties: { text: { type: "string" }, ...more },
  required: ["text"],
  additionalProperties: false,
  ...rest,
});

test("the same schema again is the version that has it, however it is written, with one number for one content", async () => {
  const first = await register(tom, "scene", scene({}, { title: "Scene" }));
  expect(first).toMatchObject({
    status: 201,
    body: {
      id: "scene-v1",
      name: "scene",
      version: 1,
      title: "Scene",
      owner: tom.account,
      deprecated: false,
      schema: scene({}, { title: "Scene" }),
    },
  });
  const { title, ...rest } = { ...scene(), title: "Scene" };
  const again = await register(tom, "scene", { title, ...rest });
  expect(again).toMatchObject({ status: 200, body: { id: "scene-v1" } });
  const other = await register(ilse, "scene-of-ilse", scene({}, { title: "Scene" }), {
    title: "Hers",
  });
  expect(other.body).toMatchObject({
    id: "scene-of-ilse-v1",
    title: "Hers",
    globalId: first.body.globalId,
  });
  const events = await query(
    studio.databaseUrl,
    "select root, actor, data from events where type = 'schema.registered' and subject = 'scene-v1'",
  );
  expect(events).toMatchObject([{ root: null, actor: `account:${tom.account}` }]);
  const { body } = await ilse.get<{ items: Json[] }>("/api/schemas");
  expect(body.items).toContainEqual(
    expect.objectContaining({ id: "scene-v1", owner: tom.account, title: "Scene" }),
  );
});

test("its owner and administrators add versions, nobody to the studio's own", async () => {
  const second = scene({ mood: { type: "string" } });
  expect((await register(ilse, "scene", second)).status).toBe(403);
  expect((await register(marian, "text-input", scene())).status).toBe(403);
  expect(await register(marian, "scene", second)).toMatchObject({
    status: 201,
    body: { version: 2, owner: tom.account },
  });
  expect((await register(tom, "Scene", {})).status).toBe(422);
  expect((await register(tom, "scene-v3", {})).status).toBe(422);
  expect((await register(tom, "bare", undefined)).status).toBe(422);
});

test("what breaks a promise is refused by its rule, with a document that shows it; the level says which", async () => {
  const strict = scene({ text: { type: "string", maxLength: 3 }, mood: { type: "string" } });
  const refused = await register(tom, "scene", strict);
  expect(refused).toMatchObject({
    status: 409,
    body: {
      type: "/problems/incompatible",
      errors: [
        {
          pointer: "/schema/properties/text/maxLength",
          rule: "maxLength",
          example: { text: "aaaa" },
        },
      ],
    },
  });
  const config = "/api/schemas/scene/config";
  await tom.request("PUT", config, { compatibility: "FORWARD" });
  expect((await register(tom, "scene", strict)).status).toBe(201);
  // The latest allows what the first does not.
  const third = scene({ mood: { type: "string" } });
  await tom.request("PUT", config, { compatibility: "BACKWARD" });
  expect((await register(tom, "scene", scene({ mood: {} }))).status).toBe(201);
  await tom.request("PUT", config, { compatibility: "FULL_TRANSITIVE" });
  expect((await register(tom, "scene", { ...third, title: "Again" })).body).toMatchObject({
    errors: expect.arrayContaining([expect.objectContaining({ against: 1 })]),
  });
});

test("what is no schema is refused by pointer", async () => {
  const cases: [schema: unknown, pointer: string][] = [
    [{ properties: { a: { type: "poem" } } }, "/schema/properties/a/type"],
    [{ minimum: "x" }, "/schema/minimum"],
    [{ pattern: "(" }, "/schema/pattern"],
    [{ items: { $ref: "#/nowhere" } }, "/schema"],
    [{ items: { $ref: "https://example.com/poem.json" } }, "/schema/items/$ref"],
    [{ $ref: "no-such-schema-v1" }, "/schema/$ref"],
    [{ $ref: "#" }, "/schema"],
    [{ $schema: "https://example.com/mine" }, "/schema/$schema"],
    [{ "x-reyna": { blobSchemas: 7 } }, "/schema/x-reyna/blobSchemas"],
    ["poem", "/schema"],
  ];
  for (const [schema, pointer] of cases)
    expect({ schema, ...(await register(tom, "wrong", schema)) }).toMatchObject({
      schema,
      status: 422,
      body: { errors: [{ pointer }] },
    });
  expect((await tom.get("/api/schemas/wrong/versions")).status).toBe(404);
});

test("older drafts mean what they meant", async () => {
  const draft = (n: number) => `http://json-schema.org/draft-0${n}/schema#`;
  const list = { $schema: draft(7), items: [{ type: "number" }], additionalItems: false };
  expect((await register(tom, "pair", list)).status).toBe(201);
  expect((await validate(tom, "pair", [1])).body.valid).toBe(true);
  expect((await validate(tom, "pair", [1, 2])).body.valid).toBe(false);
  const above = { $schema: draft(4), minimum: 3, exclusiveMinimum: true };
  expect((await register(tom, "above", above)).status).toBe(201);
  expect((await validate(tom, "above", 3)).body.errors).toMatchObject([
    { message: "must be more than 3" },
  ]);
});

test("a reference to a registered schema stays what it was, and keeps that from being deleted", async () => {
  await register(tom, "mood", { enum: ["grey"] });
  const chapterlet = {
    $id: "https://example.com/chapterlet.json",
    properties: { ask: { $ref: "text-input-v1" }, mood: { $ref: "mood" } },
  };
  expect((await register(tom, "chapterlet", chapterlet)).body).toMatchObject({
    references: { "text-input-v1": "text-input-v1", mood: "mood-v1" },
  });
  await register(tom, "mood", { enum: ["grey", "blue"] });
  const { body } = await validate(tom, "chapterlet", { ask: { text: "" }, mood: "blue" });
  expect(body.errors).toMatchObject([
    { pointer: "/ask/text", message: "must not be empty" },
    { pointer: "/mood", message: 'must be one of "grey"' },
  ]);
  // A change is compared with what is referred to, too.
  const narrower = { properties: { ask: { $ref: "text-input-v1", maxProperties: 1 }, mood: {} } };
  expect((await register(tom, "chapterlet", narrower)).body.errors).toMatchObject([
    { pointer: "/schema/properties/ask/maxProperties", example: expect.anything() },
  ]);
  expect(await tom.request("DELETE", "/api/schemas/mood/versions/1")).toMatchObject({
    status: 409,
    body: { type: "/problems/schema-in-use", uses: { schemas: ["chapterlet-v1"] } },
  });
});

test("a version is deprecated once, and its number is not given again once it is deleted", async () => {
  await register(tom, "brief", { type: "string" });
  await register(tom, "brief", { type: ["string", "null"] });
  const path = "/api/schemas/brief/versions/2";
  expect((await ilse.post(`${path}/deprecation`, null)).status).toBe(403);
  const { body } = await tom.post(`${path}/deprecation`, null);
  expect(body).toMatchObject({ deprecated: true, deprecatedAt: expect.any(String) });
  expect((await marian.post(`${path}/deprecation`, null)).body).toEqual(body);
  expect((await ilse.request("DELETE", path)).status).toBe(403);
  expect((await tom.request("DELETE", path)).status).toBe(204);
  expect((await tom.get(path)).status).toBe(404);
  expect((await tom.request("DELETE", "/api/schemas/text-input/versions/1")).status).toBe(403);
  expect((await register(tom, "brief", { type: ["string", "number"] })).body.version).toBe(3);
  const types = await query<{ type: string }>(
    studio.databaseUrl,
    "select type from events where subject = 'brief-v2' order by id",
  );
  expect(types.map(({ type }) => type)).toEqual([
    "schema.registered",
    "schema.deprecated",
    "schema.deleted",
  ]);
});

test("of many at once each is a version of its own, without gaps", async () => {
  await tom.request("PUT", "/api/schemas/config", {}); // refused; only a plain reader
  const drafts = Array.from({ length: 8 }, (_, i) => ({ title: `Verse ${i % 4}`, type: "string" }));
  const made = await Promise.all(drafts.map((draft) => register(tom, "verse", draft)));
  for (const { status } of made) expect([200, 201]).toContain(status);
  const { body } = await tom.get<{ items: { version: number }[] }>("/api/schemas/verse/versions");
  expect(body.items.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
});

test("a new content type is made through the API alone: schema, bucket type, a blob, found by filter", async () => {
  await register(ilse, "recipe", scene({ serves: { type: "integer", minimum: 1 } }));
  await register(ilse, "bucket-cookbook", {
    type: "object",
    properties: { kitchen: { type: "string" } },
    additionalProperties: false,
    "x-reyna": { label: "Cookbook", icon: "book", blobSchemas: ["recipe"], childTypes: [] },
  });
  const bucket = await ilse.post("/api/buckets", {
    type: "cookbook",
    name: "Soups",
    metadata: { kitchen: "Aga" },
  });
  expect(bucket.status).toBe(201);
  const blob = { schema: "recipe", bucket: bucket.body.id, metadata: { course: "first" } };
  const content = { text: "Leek soup", serves: 4 };
  const made = await ilse.post("/api/blobs", { ...blob, content });
  expect(made).toMatchObject({ status: 201, body: { schema: "recipe-v1", content } });
  expect(await ilse.post("/api/blobs", { ...blob, content: { serves: 0 } })).toMatchObject({
    status: 422,
    body: {
      errors: [
        { pointer: "/content/text", message: "is missing" },
        { pointer: "/content/serves", message: "must be at least 1" },
      ],
    },
  });
  const elsewhere = { ...blob, schema: "text-input", content: { text: "Dusk." } };
  expect((await ilse.post("/api/blobs", elsewhere)).status).toBe(422);
  const wrong = { type: "cookbook", name: "?", metadata: { cellar: 1 } };
  expect((await ilse.post("/api/buckets", wrong)).status).toBe(422);
  const found = await ilse.get<{ items: Json[] }>(
    `/api/blobs?bucket=${bucket.body.id}&schema=recipe&metadata.course=first&q=leek`,
  );
  expect(found.body.items).toMatchObject([{ id: made.body.id, content }]);
});

test("a version under a thousand blobs is deleted by an administrator only, and they stay", async () => {
  await register(tom, "scrap", { type: "object" });
  const bucket = await tom.post("/api/buckets", { type: "folder", name: "Scraps" });
  const folder = bucket.body.id as string;
  await query(
    studio.databaseUrl,
    `insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
     select gen_random_uuid(), $1, $1, 'scrap', 1, jsonb_build_object('n', n), '{}', 'system', 'system'
     from generate_series(1, 1000) n`,
    [folder],
  );
  const path = "/api/schemas/scrap/versions/1";
  expect(await tom.request("DELETE", path)).toMatchObject({
    status: 409,
    body: { type: "/problems/schema-in-use", uses: { blobs: 1_000 } },
  });
  expect((await tom.request("DELETE", `${path}?force=true`)).status).toBe(403);
  expect((await marian.request("DELETE", `${path}?force=true`)).status).toBe(204);
  const { body } = await tom.get<{ items: Json[] }>(
    `/api/blobs?bucket=${folder}&schema=scrap&limit=200`,
  );
  expect(body.items).toHaveLength(200);
  for (const blob of body.items) expect(blob).toMatchObject({ schemaMissing: true });
  const one = `/api/blobs/${body.items[0]!.id}`;
  expect((await tom.get(one)).body).toMatchObject({ schema: "scrap-v1", schemaMissing: true });
  const more = { schema: "scrap-v1", bucket: folder, content: {} };
  expect((await tom.post("/api/blobs", more)).status).toBe(422);
  // What takes its place is another version: the blobs do not turn into that.
  expect((await register(tom, "scrap", { type: "object" })).body.version).toBe(2);
  expect((await tom.get(one)).body).toMatchObject({ schemaMissing: true });
});

describe("schemas that are hard", () => {
  test("keep nobody waiting: others are answered while one runs, and so is whoever asks next", async () => {
    const hard = { type: "string", pattern: "^a*a*a*a*a*b$" };
    expect((await register(tom, "hard", hard)).status).toBe(201);
    let isOver = false;
    const asked = validate(tom, "hard", "a".repeat(20_000)).finally(() => (isOver = true));
    const next = validate(ilse, "scene-of-ilse", { text: "Fog." });
    let answered = 0;
    while (!isOver) {
      const { status } = await ilse.get("/api/schemas/text-input/versions/1");
      expect(status).toBe(200);
      if (!isOver) answered++;
    }
    expect(answered).toBeGreaterThan(20);
    expect((await asked).body).toMatchObject({ valid: false, errors: [{ rule: "deadline" }] });
    expect((await next).body).toEqual({ valid: true, errors: [] });
    expect((await validate(tom, "hard", "aab")).body.valid).toBe(true);
  });

  test("a doubling pattern, long chains, deep and large ones are bounded, and nothing is kept of them", async () => {
    const before = await rowCounts(studio.databaseUrl);
    const chain = {
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(
        Array.from({ length: 5_000 }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]),
      ),
    };
    let nest: unknown = { type: "string" };
    for (let i = 0; i < 5_000; i++) nest = { not: nest };
    const large = { enum: Array.from({ length: 60_000 }, (_, i) => `verse ${i}`) };
    for (const schema of [chain, nest, large])
      expect((await register(tom, "heavy", schema)).status).toBe(422);
    expect((await register(tom, "heavy", { const: "x".repeat(10_000_000) })).status).toBe(413);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    await register(tom, "doubling", { type: "string", pattern: "^(a+)+$" });
    const { status, body } = await validate(tom, "doubling", `${"a".repeat(60)}!`);
    expect({ status, valid: body.valid }).toEqual({ status: 200, valid: false });
  });
});

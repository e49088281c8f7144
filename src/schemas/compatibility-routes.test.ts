import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, type Json, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  // The first account is the administrator.
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});

afterAll(() => studio?.stop());

const PATH = "/api/schemas/text-input/compatibility";
const text = (more: Json = {}) => ({
  type: "object",
  properties: {
    text: { type: "string", minLength: 1, maxLength: 20_000 },
    instruction: { type: "string" },
    style: { type: "string" },
    ...more,
  },
  required: ["text"],
  additionalProperties: false,
});

test("a change that keeps what it owes is compatible, and says with what", async () => {
  const { status, body } = await tom.post(PATH, { schema: text({ mood: { type: "string" } }) });
  expect({ status, body }).toEqual({
    status: 200,
    body: { compatible: true, level: "BACKWARD", against: "latest", errors: [] },
  });
});

test("a change that does not is refused with its place, a sentence and a document", async () => {
  const { body } = await tom.post(PATH, {
    schema: text({ text: { type: "string", maxLength: 3 } }),
    level: "FULL",
    against: 1,
  });
  expect(body).toMatchObject({ compatible: false, level: "FULL", against: 1 });
  expect(body.errors).toContainEqual(
    expect.objectContaining({
      pointer: "/properties/text/maxLength",
      rule: "maxLength",
      message: expect.stringContaining("at most 3 characters"),
      example: { text: "aaaa" },
    }),
  );
});

test("a reference to a registered schema is known, one to the web is not", async () => {
  const refer = (ref: string) => tom.post(PATH, { schema: { $ref: ref } });
  expect((await refer("text-input-v1")).body).toMatchObject({ compatible: true });
  expect((await refer("https://example.com/schema")).body).toMatchObject({
    compatible: false,
    errors: [{ rule: "undecided" }],
  });
});

test("what is no schema, no version or no level is refused", async () => {
  expect((await tom.post("/api/schemas/poem/compatibility", { schema: {} })).status).toBe(404);
  expect((await tom.post(PATH, { schema: {}, against: 7 })).status).toBe(404);
  expect((await tom.post(PATH, { schema: {}, level: "SIDEWAYS" })).status).toBe(422);
  expect((await tom.post(PATH, {})).status).toBe(422);
});

test("administrators say what holds for all, and nobody changes what a built-in schema keeps", async () => {
  const config = "/api/schemas/config";
  expect((await tom.get(config)).body).toEqual({ compatibility: "BACKWARD", policy: "strict" });
  expect((await tom.request("PUT", config, { compatibility: "FULL" })).status).toBe(403);
  expect((await marian.request("PUT", config, { compatibility: "SIDEWAYS" })).status).toBe(422);
  expect((await marian.request("PUT", config, { policy: "lenient" })).body).toEqual({
    compatibility: "BACKWARD",
    policy: "lenient",
  });
  expect((await marian.request("PUT", config, { compatibility: "FORWARD" })).body).toEqual({
    compatibility: "FORWARD",
    policy: "lenient",
  });
  expect((await tom.get("/api/schemas/text-input/config")).body).toEqual({
    compatibility: "FORWARD",
    policy: "lenient",
  });
  expect((await tom.post(PATH, { schema: text() })).body).toMatchObject({ level: "FORWARD" });
  expect(
    (await marian.request("PUT", "/api/schemas/text-input/config", { policy: "strict" })).status,
  ).toBe(403);
  expect(
    (await marian.request("PUT", "/api/schemas/poem/config", { policy: "strict" })).status,
  ).toBe(404);
});

test("the owner of a schema says what it keeps, until that is taken back", async () => {
  await query(
    studio.databaseUrl,
    `insert into schema_versions (name, version, source, hash, owner) values ('poem', 1, '{"type":"string"}', 'x', '${tom.account}')`,
  );
  const config = "/api/schemas/poem/config";
  const before = (await tom.get(config)).body;
  expect((await tom.request("PUT", config, { compatibility: "NONE" })).body).toMatchObject({
    compatibility: "NONE",
  });
  expect((await tom.post("/api/schemas/poem/compatibility", { schema: false })).body).toMatchObject(
    {
      compatible: true,
      level: "NONE",
    },
  );
  expect((await tom.request("DELETE", config)).status).toBe(204);
  expect((await tom.get(config)).body).toEqual(before);
});

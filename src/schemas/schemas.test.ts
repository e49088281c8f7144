import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, type Json, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { openPostgres } from "../database.ts";
import { MAX_ERRORS } from "../problem.ts";
import { registerBuiltinSchemas } from "./builtin.ts";
import { isSchemaName, parseSchemaRef } from "./names.ts";
import { validate, warm } from "./validation.ts";

let studio: TestStudio;
let marian: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
});
afterAll(() => studio?.stop());

const TEXT_INPUT = new URL("../../schemas/text-input-v1.json", import.meta.url);
const FOLDER = new URL("../../schemas/", import.meta.url).pathname;

test("every account reads every schema, nobody else does", async () => {
  const tom = await signUp(studio.url, TOM);
  for (const path of [
    "/api/schemas",
    "/api/schemas/text-input/versions",
    "/api/schemas/text-input/versions/1",
  ]) {
    expect((await tom.get(path)).status).toBe(200);
    const stranger = await fetch(new URL(path, studio.url));
    expect(stranger.status).toBe(401);
  }
});

test("schemas are listed once each, in their latest version", async () => {
  const { body } = await marian.get<{ items: Json[]; next: null }>("/api/schemas");
  expect(body.next).toBeNull();
  const names = body.items.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(body.items).toContainEqual(
    expect.objectContaining({ id: "text-input-v1", name: "text-input", version: 1 }),
  );
});

test("a version is answered by its number and as the latest", async () => {
  const schema = (await Bun.file(TEXT_INPUT).json()) as Json;
  for (const version of ["1", "latest"]) {
    const { status, body } = await marian.get(`/api/schemas/text-input/versions/${version}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: "text-input-v1", title: "Text input", schema });
  }
  const { body } = await marian.get<{ items: Json[] }>("/api/schemas/text-input/versions");
  expect(body.items).toMatchObject([{ id: "text-input-v1", version: 1 }]);
});

test("what is no schema or no version is 404", async () => {
  for (const path of [
    "poem/versions",
    "poem/versions/1",
    "poem/versions/latest",
    "text-input/versions/2",
    "text-input/versions/0",
    "text-input/versions/v1",
    "text-input/versions/1e0",
    "text-input/versions/99999999999999999999",
    "text-input-v1/versions",
    "%00/versions",
    "Text%20Input/versions/1",
  ])
    expect({ path, status: (await marian.get(`/api/schemas/${path}`)).status }).toEqual({
      path,
      status: 404,
    });
});

test("content is validated without being stored", async () => {
  const before = await rowCounts(studio.databaseUrl);
  const check = (content: unknown, version = "1") =>
    marian.post(`/api/schemas/text-input/versions/${version}/validation`, { content });
  expect(await check({ text: "Fog." }, "latest")).toMatchObject({
    status: 200,
    body: { valid: true, errors: [] },
  });
  expect((await check({ instruction: 1, "a/b~": 2 })).body).toEqual({
    valid: false,
    errors: [
      { pointer: "/text", rule: "required", message: "is missing" },
      {
        pointer: "/a~1b~0",
        rule: "additionalProperties",
        message: "is not a property this schema knows",
      },
      { pointer: "/instruction", rule: "type", message: "must be text" },
    ],
  });
  expect((await check({ text: "" })).body.errors).toMatchObject([
    { pointer: "/text", rule: "minLength", message: "must not be empty" },
  ]);
  expect((await check(null)).body.valid).toBe(false);
  expect((await check({ text: "x" }, "7")).status).toBe(404);
  const path = "/api/schemas/text-input/versions/1/validation";
  expect((await marian.post(path, { text: "x" })).status).toBe(422);
  expect((await marian.post(path, { content: { text: "\u0000" } })).status).toBe(422);
  expect((await marian.post(path, "{")).status).toBe(400);
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
});

test("names are the ones of the contract", () => {
  for (const name of ["a", "text-input", "a1-2b", "x".repeat(100), "v1", "a-v", "a-vx1"])
    expect({ name, is: isSchemaName(name) }).toEqual({ name, is: true });
  for (const name of ["", "A", "1a", "a-", "-a", "a--b", "a_b", "a-v1", "a-v007", "x".repeat(101)])
    expect({ name, is: isSchemaName(name) }).toEqual({ name, is: false });
  expect(parseSchemaRef("text-input")).toEqual({ name: "text-input", version: "latest" });
  expect(parseSchemaRef("text-input-v12")).toEqual({ name: "text-input", version: 12 });
  for (const ref of ["text-input-v01", "text-input-v1-v2", "-v1", "a\n", "a-v1\n"])
    expect({ ref, parsed: parseSchemaRef(ref) }).toEqual({ ref, parsed: null });
});

test("at most a hundred errors are told, of large content the first", () => {
  const source = JSON.stringify({ type: "array", items: { type: "string" } });
  expect(validate(source, Array(500).fill(1))).toHaveLength(MAX_ERRORS);
  expect(validate(source, Array(100_000).fill(1))).toHaveLength(1);
});

test("formats are held and x-reyna is no rule", () => {
  const source = JSON.stringify({ format: "date-time", "x-reyna": { label: "x" } });
  expect(validate(source, "2026-01-01T00:00:00Z")).toEqual([]);
  expect(validate(source, "yesterday")).toMatchObject([{ rule: "format" }]);
});

test("a list that is shorter than its prefix is held to the other rules of lists too", () => {
  const source = JSON.stringify({
    prefixItems: [{ type: "number" }],
    contains: { type: "string" },
  });
  expect(validate(source, [])).toMatchObject([{ rule: "contains" }]);
});

test("what is no schema cannot be compiled", () => {
  for (const source of ['{"type":"poem"}', '{"minimum":"x"}', '{"$ref":"#/nowhere"}', "{"])
    expect(() => warm(source)).toThrow();
});

test("registering the files again changes nothing; a changed file stops the start and says why", async () => {
  const postgres = await openPostgres(studio.databaseUrl);
  const folder = `${await mkdtemp(join(tmpdir(), "reyna-schemas-"))}/`;
  try {
    const before = await rowCounts(studio.databaseUrl);
    await registerBuiltinSchemas(postgres.db);
    await cp(FOLDER, folder, { recursive: true });
    const path = `${folder}text-input-v1.json`;
    const source = await Bun.file(path).text();
    // Only how it is written: the same schema.
    await Bun.write(path, JSON.stringify(JSON.parse(source)));
    await registerBuiltinSchemas(postgres.db, folder);
    await Bun.write(path, source.replace("20000", "30000"));
    expect(registerBuiltinSchemas(postgres.db, folder)).rejects.toThrow(/text-input-v1\.json.*v2/);
    await Bun.write(path, source);
    await Bun.write(`${folder}text-input-v3.json`, source.replace("20000", "30000"));
    expect(registerBuiltinSchemas(postgres.db, folder)).rejects.toThrow(/text-input-v3\.json/);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    await rm(`${folder}text-input-v3.json`);
    await Bun.write(`${folder}text-input-v2.json`, source.replace("20000", "30000"));
    await registerBuiltinSchemas(postgres.db, folder);
    const { body } = await marian.get("/api/schemas/text-input/versions/latest");
    expect(body).toMatchObject({ id: "text-input-v2", schema: { title: "Text input" } });
    const events = await query(
      studio.databaseUrl,
      "select actor, root from events where type = 'schema.registered' and subject = 'text-input-v2'",
    );
    expect(events).toEqual([{ actor: "system", root: null }]);
  } finally {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
});

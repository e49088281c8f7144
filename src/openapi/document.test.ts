/** The document: right in itself, and as long as the table of routes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { type Document, operationsOf, readDocument } from "../../test/support/api-client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let document: Document;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  document = await readDocument(studio.url);
});
afterAll(() => studio?.stop());

test("is valid OpenAPI 3.1, and every reference leads somewhere", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as never);
  expect({ valid, errors }).toMatchObject({ valid: true });
  expect(validator.version).toBe("3.1");
  expect(document.openapi).toBe("3.1.0");
  const named = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
  for (const [, path] of named)
    expect(
      path!
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document),
    ).toBeDefined();
});

test("has each route of the API, and no other", () => {
  const described = [...operationsOf(document).values()].map(
    ({ method, path }) => `${method.toUpperCase()} ${path}`,
  );
  const routed = studio.routes
    .filter(({ method, path }) => method !== "ALL" && isOfTheApi(path))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  // better-auth routes its own paths, behind one of ours.
  const auth = described.filter((one) => one.includes(" /api/auth/"));
  expect(described.sort()).toEqual([...new Set([...routed, ...auth])].sort());
});

test("calls each operation by a name of its own", () => {
  const all = Object.values(document.paths).flatMap(Object.values) as { operationId: string }[];
  expect(operationsOf(document).size).toBe(all.length);
});

test("is sent once to who keeps it", async () => {
  const address = new URL("/api/openapi.json", studio.url);
  const etag = (await fetch(address)).headers.get("etag")!;
  const again = await fetch(address, { headers: { "if-none-match": `W/${etag}` } });
  expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: "" });
});

test("is a page whose operations have places of their own, and nothing inline", async () => {
  const answer = await fetch(new URL("/api/docs", studio.url));
  const html = await answer.text();
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  for (const id of operationsOf(document).keys()) expect(html).toContain(`<article id="${id}">`);
  expect(html).not.toMatch(/ style=|<style|<script(?![^>]*src=)/);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target!);
});

/** `/registry` is not ours to describe: it is the Confluent Schema Registry's, error bodies and all. */
const isOfTheApi = (path: string) =>
  path.startsWith("/api/") ||
  ["/up", "/ready", "/metrics", "/live", "/documents/:bucket"].includes(path);

/** The page of builds over HTTP: from a book to files in two presses, and what changed since. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, type LiveClient, signUp } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let client: Client;
let live: LiveClient;
let path: string;

/** Short, so that a chapter that was typed shows soon; the page makes its own when it compiles. */
const snapshots = { idleMs: 50, everyMs: 100 };

beforeAll(async () => {
  studio = await openTestStudio({ tuning: { snapshots } });
  client = await signUp(studio.url);
  path = `/books/${client.book}/builds`;
  await write("The lamp was burning when she reached the gallery.");
  live = await client.live({ view: `builds/${client.book}`, bucket: client.book });
}, 60_000);
afterAll(async () => {
  await live?.close();
  await studio?.stop();
});

const write = (prose: string) =>
  client.post(`/api/documents/${client.chapter}/edits`, {
    edits: [{ edit: "insert", place: "end", notes: "", prose }],
  });

async function ask(method: string, to: string, form: Record<string, string> = {}) {
  const response = await fetch(new URL(to, studio.url), {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${client.token}`, accept: "text/html" },
    ...(method === "POST" ? { body: new URLSearchParams(form) } : {}),
  });
  const to_ = response.headers.get("location") ?? "";
  return { status: response.status, html: await response.text(), location: to_ };
}

const builds = async (): Promise<string[]> => {
  const { body } = await client.get<{ items: { id: string }[] }>(
    `/api/blobs?bucket=${client.book}&schema=compile-settings`,
  );
  return body.items.map(({ id }) => id);
};

const shows = (words: string) =>
  eventually(async () => {
    const { html } = await ask("GET", path);
    return html.includes(words) && html;
  }, 120_000);

const FORM = { name: "For print", "format.html": "on", titlePage: "on", sceneBreak: "hash" };

test("a book without builds has one ready: two presses, and its words can be downloaded", async () => {
  const first = await ask("GET", path);
  expect(first.html).toContain("Everything");
  expect(await builds()).toEqual([]);
  const { location, status } = await ask("POST", path, { compile: "on" });
  expect([status, location]).toEqual([303, path]);
  const html = await shows("Built from 1 chapter");
  const [, file] = /<a href="(\/api\/blobs\/[^"]+\/file)" download="[^"]+\.html"/.exec(html) ?? [];
  const { body } = await client.get<{ text: string }>(file!);
  expect(body.text).toContain("The lamp was burning when she reached the gallery.");
}, 180_000);

test("a chapter that changed shows on the page of builds in another tab", async () => {
  await write("Nobody had lit it.");
  await live.until((frame) => String(frame.content ?? "").includes("1 changed since"), 60_000);
  expect((await ask("GET", path)).html).toContain("1 changed since");
}, 90_000);

test("settings are saved, and what is wrong with them is said while what was typed stays", async () => {
  const { location } = await ask("POST", path);
  const saved = await ask("POST", location, { ...FORM, revision: "1" });
  expect(saved.location).toBe(`${location}?saved`);
  const wrong = { ...FORM, revision: "2", language: "no language", "format.html": "" };
  const { status, html } = await ask("POST", location, wrong);
  expect(status).toBe(422);
  expect(html).toContain("is no language tag");
  expect(html).toContain("Choose at least one format.");
  expect(html).toContain('value="no language"');
  const stale = await ask("POST", location, { ...FORM, revision: "1" });
  expect(stale.status).toBe(412);
  expect(stale.html).toContain("Somebody changed this build meanwhile");
});

test("chapters move without a script, and stand in the build in that order", async () => {
  const draft = { type: "chapter", name: "Low Water", parent: client.book };
  const { id } = (await client.post<{ id: string }>("/api/buckets", draft)).body;
  const { location } = await ask("POST", path);
  const rows = {
    [`row.${client.chapter}`]: "",
    [`in.${client.chapter}`]: "on",
    [`row.${id}`]: "",
  };
  const moved = await ask("POST", location, { ...FORM, ...rows, move: `up ${id}` });
  expect(moved.html.indexOf(`row.${id}`)).toBeLessThan(moved.html.indexOf(`row.${client.chapter}`));
  const turned = { [`row.${id}`]: "", ...rows };
  await ask("POST", location, { ...FORM, ...turned, revision: "1" });
  const build = location.split("/").at(-1);
  const { body } = await client.get<{ content: object }>(`/api/blobs/${build}`);
  expect(body.content).toMatchObject({ order: [id, client.chapter], leftOut: [id] });
});

test("a picture that is none fails with a sentence on its build", async () => {
  const { location } = await ask("POST", path);
  await ask("POST", location, { ...FORM, revision: "1" });
  const body = new FormData();
  body.set("file", new File(["no picture"], "cover.png", { type: "image/png" }));
  const url = new URL(`${location}/cover`, studio.url);
  const headers = { authorization: `Bearer ${client.token}` };
  const sent = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
  expect(sent.headers.get("location")).toBe(`${location}?saved`);
  expect((await ask("GET", location)).html).toContain("The cover is cover.png.");
  await ask("POST", `${location}/runs`);
  await shows("neither a PNG nor a JPEG");
}, 60_000);

test("a build is duplicated, put in the trash and brought back", async () => {
  const [one] = await builds();
  const copy = await ask("POST", `${path}/${one}/copy`);
  const id = copy.location.split("/").at(-1)!;
  const { location } = await ask("POST", `${path}/${id}/trash`);
  expect(await builds()).not.toContain(id);
  expect((await ask("GET", location)).html).toContain("is in the trash");
  await ask("POST", `${path}/${id}/restoration`);
  expect(await builds()).toContain(id);
});

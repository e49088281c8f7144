/** Search by its front door: what is found, how it is shown, and that nobody finds what is another's. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, signUp, TOM } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { marked, passageAround, wordsIn } from "./words.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
beforeAll(async () => {
  studio = await openTestStudio({ processors: [], tuning: { snapshots: { idleMs: 50 } } });
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
  const edits = [
    { edit: "insert", notes: "The lamp.", prose: "Hester climbed to the gallery." },
    { edit: "insert", notes: "The oil is low.", prose: "She measured the paraffin twice." },
  ];
  await marian.post(`/api/documents/${marian.chapter}/edits`, { edits });
  await eventually(async () => (await find("paraffin")).includes("<mark>"));
});
afterAll(() => studio?.stop());

const find = async (q: string, by = marian) =>
  (await by.get<{ text: string }>(`/search?${new URLSearchParams({ q })}`)).body.text;

test("prose and notes are found by the beginnings of words, with a way to their passage", async () => {
  const html = await find("measured par");
  expect(html).toContain("<mark>measured</mark> the <mark>par</mark>affin");
  expect(html).toMatch(new RegExp(`href="/chapters/${marian.chapter}#passage-[\\w-]+"`));
  expect(html).toContain("prose of passage 3");
  expect(html).toContain("Your first book");
  expect(await find("oil")).toContain("notes of passage 3");
});

test("titles, the codex and takes are found; what is in the trash is not", async () => {
  expect(await find("chapter one")).toContain("<mark>Chapter</mark>");
  const { body: codex } = await marian.post<{ id: string }>("/api/buckets", {
    type: "codex",
    name: "Codex",
    parent: marian.book,
  });
  await marian.post("/api/blobs", {
    schema: "codex-entry",
    bucket: codex.id,
    content: { name: "Abel Pryce", text: "Principal keeper." },
  });
  await marian.post("/api/blobs", {
    schema: "expanded-text",
    bucket: marian.chapter,
    content: { text: "The log lay open.", model: "by hand" },
    metadata: { passage: "p1" },
  });
  expect(await find("pryce")).toContain(`href="/books/${marian.book}/codex/`);
  expect(await find("log open")).toContain("a take in Chapter one");
  await marian.request("DELETE", `/api/buckets/${codex.id}`);
  expect(await find("pryce")).toContain("Nothing has all of these words.");
});

test("another account finds nothing of it, and odd words are only words", async () => {
  expect(await find("paraffin", tom)).not.toContain("<mark>");
  for (const odd of ["' & |", "\\", "<script>alert(1)</script>", "a".repeat(5_000), "% _", "海"]) {
    const { status, body } = await marian.get<{ text: string }>(
      `/search?${new URLSearchParams({ q: odd })}`,
    );
    expect([odd, status]).toEqual([odd, 200]);
    expect(body.text).not.toContain("<script>alert");
  }
});

test("the palette finds the same, and does what one may do where one is", async () => {
  const response = await fetch(new URL("/palette/found?q=paraffin", studio.url), {
    headers: {
      authorization: `Bearer ${marian.token}`,
      "hx-current-url": `${studio.url}chapters/${marian.chapter}`,
    },
  });
  const html = await response.text();
  expect(html).toContain("In this book");
  expect(html).toContain("<mark>paraffin</mark>");
  const commands = (await marian.get<{ text: string }>("/palette/found?q=%3Enew")).body.text;
  expect(commands).toContain('action="/books"');
  expect(commands).not.toContain("<mark>");
});

test("matches are marked at the beginnings of words, in any script", () => {
  expect(wordsIn("Émile's  “Log”, log!")).toEqual(["émile", "s", "log"]);
  expect(marked("The log, a catalogue", ["log"])).toEqual([
    { text: "The ", isMatch: false },
    { text: "log", isMatch: true },
    { text: ", a catalogue", isMatch: false },
  ]);
  const long = `${"before ".repeat(40)}the keeper ${"behind ".repeat(40)}`;
  const around = passageAround(long, ["keeper"]).map(({ text }) => text);
  expect(around.join("")).toMatch(/^…before .*the keeper behind .*…$/);
  expect(around.join("").length).toBeLessThan(180);
});

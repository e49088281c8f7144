/** The codex of a book by its front door: entries are added, found, changed, put away and taken back; and go along. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

const codex = () => `/books/${marian.book}/codex`;

const post = (path: string, fields: Record<string, string> = {}, by = marian) =>
  fetch(new URL(path, studio.url), {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${by.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields).toString(),
  });

const page = async (path: string, by = marian) => (await by.get<{ text: string }>(path)).body.text;

/** Answers where the entry is. */
async function add(fields: Record<string, string>): Promise<string> {
  const answer = await post(codex(), fields);
  expect(answer.status).toBe(303);
  return answer.headers.get("location")!.split("?")[0]!;
}

const HESTER = {
  name: "Hester Tull",
  aliases: "Hester, the keeper,\nHester",
  kind: "person",
  text: "Relief keeper.\r\nCounts when afraid.",
};

let hester: string;

test("an entry is added with its aliases, as a blob that programs read", async () => {
  expect(await page(codex())).toContain("Nothing yet.");
  hester = await add(HESTER);
  await add({ name: "Élodie", kind: "ship", pinned: "on" });
  const { body } = await marian.get<{ schema: string; content: unknown }>(
    `/api/blobs/${hester.split("/").at(-1)}`,
  );
  expect(body).toMatchObject({
    schema: "codex-entry-v1",
    content: {
      name: "Hester Tull",
      aliases: ["Hester", "the keeper"],
      kind: "person",
      text: "Relief keeper.\nCounts when afraid.",
    },
  });
  expect(await page(`${hester}?saved`)).toContain("Saved.");
  // Both lie in one codex.
  const { body: buckets } = await marian.get<{ items: unknown[] }>("/api/buckets?type=codex");
  expect(buckets.items).toHaveLength(1);
});

test("it is found by name, alias and kind, whatever its letters are written with", async () => {
  const found = async (q: string) =>
    [
      ...(await page(`${codex()}?${new URLSearchParams({ q })}`)).matchAll(
        /<li><a[^>]*><span>(.*?)</g,
      ),
    ].map(([, name]) => name);
  expect(await found("")).toEqual(["Élodie", "Hester Tull"]);
  expect(await found("elod")).toEqual(["Élodie"]);
  expect(await found("KEEPER person")).toEqual(["Hester Tull"]);
  expect(await page(`${codex()}?q=nobody`)).toContain("Nothing is called");
});

test("what somebody else changed meanwhile is told, and what was typed stands", async () => {
  expect((await post(hester, { ...HESTER, text: "First.", revision: "1" })).status).toBe(303);
  const stale = await post(hester, { ...HESTER, text: "Mine & only mine.", revision: "1" });
  expect(stale.status).toBe(412);
  const html = await stale.text();
  expect(html).toContain("Somebody changed this meanwhile");
  expect(html).toContain("Mine &amp; only mine.");
  // The page knows the newest now: to save again is to mean it.
  const [, revision] = /name="revision" value="(\d+)"/.exec(html)!;
  expect((await post(hester, { ...HESTER, text: "Mine.", revision: revision! })).status).toBe(303);
});

test("what does not fit is told beside its field", async () => {
  const answer = await post(codex(), { name: "x".repeat(201), text: "" });
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain("1 to 200 characters.");
});

test("one in the trash is out of the list and of asks, and comes back with Undo", async () => {
  const gone = await post(`${hester}/trash`);
  expect(gone.status).toBe(303);
  const html = await page(gone.headers.get("location")!);
  expect(html).toContain("“Hester Tull” is in the trash.");
  expect(html).toContain(`action="${hester}/restoration"`);
  expect(html).not.toContain(`href="${hester}"`);
  const asked = async () => {
    const { body } = await marian.post<{ messages: { content: string }[] }>(
      "/api/processors/text-expansion/preview",
      {
        draft: {
          schema: "text-input",
          bucket: marian.chapter,
          content: { text: "The keeper climbs." },
        },
      },
    );
    return body.messages[0]!.content;
  };
  expect(await asked()).not.toContain("Hester Tull");
  expect(await asked()).toContain("Élodie (ship)");
  expect((await post(`${hester}/restoration`)).status).toBe(303);
  expect(await page(codex())).toContain(`href="${hester}"`);
  expect(await asked()).toContain("Hester Tull (person), also Hester, the keeper: Mine.");
});

test("who may only read reads it, who is no member does not, and another book's entry is none of this", async () => {
  expect((await tom.get(codex())).status).toBe(404);
  expect((await post(hester, { ...HESTER, revision: "9" }, tom)).status).toBe(404);
  const own = `/books/${tom.book}/codex`;
  expect((await tom.get(hester.replace(codex(), own))).status).toBe(404);
  await query(
    studio.databaseUrl,
    "insert into members (root, account, role) values ($1, $2, 'viewer')",
    [marian.book, tom.account],
  );
  const html = await page(hester, tom);
  expect(html).toContain("Also called Hester, the keeper");
  expect(html).not.toContain("<textarea");
  expect((await post(codex(), HESTER, tom)).status).toBe(403);
  expect((await post(`${hester}/trash`, {}, tom)).status).toBe(403);
});

test("the outline of a chapter leads to it, and it back to the chapter", async () => {
  const back = `?${new URLSearchParams({ back: `/chapters/${marian.chapter}` })}`;
  expect(await page(`/chapters/${marian.chapter}`)).toContain(`href="${codex()}${back}"`);
  expect(await page(`${codex()}${back}`)).toContain(`href="/chapters/${marian.chapter}"`);
});

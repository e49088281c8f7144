/** Read-only links: what they show, what they never show, and how they end. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { TRIES_LIMIT } from "./passwords.ts";

type Link = { id: string; url: string | null; hasPassword: boolean; revokedAt: string | null };

let studio: TestStudio;
let marian: Client;
let tom: Client;
let second: string;

beforeAll(async () => {
  studio = await openTestStudio({ tuning: { snapshots: { idleMs: 20 } } });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
  const draft = { type: "chapter", name: "Engine House", parent: marian.book };
  second = (await marian.post<{ id: string }>("/api/buckets", draft)).body.id;
  await write(marian.chapter, "the secret plan", "The *lamp* was lit.");
  await write(second, "another secret", "The engine stood.");
});
afterAll(() => studio?.stop());

/** A passage, once its snapshot has it. */
async function write(chapter: string, notes: string, prose: string): Promise<void> {
  const edits = [{ edit: "insert", notes, prose }];
  const answer = await marian.post(`/api/documents/${chapter}/edits`, { edits });
  expect(answer.status).toBe(200);
  await eventually(async () => {
    const path = `/api/blobs?bucket=${chapter}&schema=chapter`;
    const { body } = await marian.get<{ items: Json[] }>(path);
    return JSON.stringify(body.items).includes(prose.split(" ").at(-1)!);
  });
}

async function linkTo(bucket: string, draft: Json = {}): Promise<Link & { url: string }> {
  const made = await marian.post<Link & { url: string }>(`/api/buckets/${bucket}/links`, draft);
  expect(made).toMatchObject({ status: 201 });
  return made.body;
}

async function read(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { redirect: "manual", headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The page's socket. */
function watch(url: string) {
  const address = new URL(`${url}/live`);
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const heard: Json[] = [];
  socket.onmessage = ({ data }) => heard.push(JSON.parse(String(data)));
  const opened = new Promise((open) => {
    socket.onopen = open;
  });
  const closed = new Promise<number>((close) => {
    socket.onclose = ({ code }) => close(code);
  });
  return { heard, opened, closed };
}

const trash = (id: string) => marian.request("DELETE", `/api/buckets/${id}`);

test("a link to a book shows its chapters' prose, and never notes; nothing keeps or tells its address", async () => {
  const { url } = await linkTo(marian.book, { name: "Readers" });
  const contents = await read(url);
  expect(contents.status).toBe(200);
  expect(contents.text).toContain("Engine House");
  expect(contents.headers.get("x-robots-tag")).toContain("noindex");
  expect(contents.headers.get("cache-control")).toBe("private, no-store");
  expect(contents.text).toContain('name="referrer" content="no-referrer"');
  expect(contents.text).not.toContain("page-");
  const chapter = await read(`${url}/${marian.chapter}`);
  expect(chapter.text).toContain("The <em>lamp</em> was lit.");
  expect(chapter.text).toContain('rel="next"');
  for (const { text } of [contents, chapter]) expect(text).not.toContain("secret");
});

test("a link to a chapter shows that one alone, and is told when its words change", async () => {
  const { url } = await linkTo(second);
  expect((await read(url)).text).toContain("The engine stood.");
  for (const other of [marian.chapter, second, tom.chapter, marian.book, Bun.randomUUIDv7(), "x"])
    expect([other, (await read(`${url}/${other}`)).status]).toEqual([other, 404]);
  const page = watch(url);
  await page.opened;
  await write(marian.chapter, "", "Unheard elsewhere.");
  await write(second, "", "It turned.");
  await eventually(() => page.heard.length > 0);
  expect(page.heard).toEqual(page.heard.map(() => ({ type: "changed", bucket: second })));
  expect((await read(url)).text).toContain("It turned.");
});

test("a link to a pitch shows its sections, and never the facts beside them", async () => {
  const metadata = { template: "pitch-template-fiction-query-v1" };
  const draft = { type: "pitch", name: "The query", parent: marian.book, metadata };
  const pitch = (await marian.post<{ id: string }>("/api/buckets", draft)).body.id;
  const path = `/api/documents/${pitch}`;
  const { body } = await marian.get<{ passages: { id: string }[] }>(path);
  const passage = body.passages[0]!.id;
  const edits = [{ edit: "replace", passage, notes: "a secret fact", prose: "A lamp is *lit*." }];
  expect((await marian.post(`${path}/edits`, { edits })).status).toBe(200);
  const { url } = await linkTo(pitch);
  const shown = await eventually(async () => {
    const { text } = await read(url);
    return text.includes("A lamp is <em>lit</em>.") && text;
  });
  expect(shown).not.toContain("secret");
  const whole = await linkTo(marian.book);
  expect((await read(`${whole.url}/${pitch}`)).status).toBe(404);
});

describe("a link ends at once, also where it is open,", () => {
  test("when it is revoked", async () => {
    const { id, url } = await linkTo(marian.book);
    const page = watch(url);
    await page.opened;
    expect((await marian.request("DELETE", `/api/links/${id}`)).status).toBe(204);
    for (const path of ["", `/${marian.chapter}`]) {
      const gone = await read(url + path);
      expect(gone.status).toBe(404);
      expect(gone.text).toContain("This link has ended");
      expect(gone.text).not.toContain("lamp");
    }
    expect(await page.closed).toBe(4_410);
    expect((await fetch(`${url}/live`)).status).toBe(404);
    // Once is enough.
    expect((await marian.request("DELETE", `/api/links/${id}`)).status).toBe(204);
    const { body } = await marian.get<{ items: Link[] }>(`/api/buckets/${marian.book}/links`);
    expect(body.items.find((one) => one.id === id)).toMatchObject({
      url: null,
      revokedAt: expect.any(String),
    });
  });

  test("when its time is over", async () => {
    const { url } = await linkTo(second, { expiresAt: new Date(Date.now() + 2_500).toISOString() });
    const page = watch(url);
    await page.opened;
    expect((await read(url)).status).toBe(200);
    expect(await page.closed).toBe(4_410);
    expect((await read(url)).status).toBe(404);
  });

  test("when what it shows goes to the trash; it is good again when that comes back", async () => {
    const { url } = await linkTo(second);
    const book = await linkTo(marian.book);
    const page = watch(url);
    await page.opened;
    expect((await trash(second)).status).toBe(200);
    expect(await page.closed).toBe(4_410);
    expect((await read(url)).status).toBe(404);
    expect((await read(`${book.url}/${second}`)).status).toBe(404);
    expect((await read(book.url)).text).not.toContain("Engine House");
    await marian.post(`/api/buckets/${second}/restoration`, {});
    expect((await read(url)).status).toBe(200);
  });
});

describe("a password", () => {
  const send = (url: string, password: string) =>
    fetch(`${url}/password`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ password }),
    });

  test("opens the text for who knows it, and for this link only", async () => {
    const link = await linkTo(marian.book, { password: "low tide" });
    expect(link.hasPassword).toBe(true);
    const asked = await read(link.url);
    expect(asked.status).toBe(401);
    expect(asked.text).not.toContain("Engine House");
    expect((await fetch(`${link.url}/live`)).status).toBe(404);
    expect((await send(link.url, "high tide")).status).toBe(401);
    const right = await send(link.url, "low tide");
    expect(right.status).toBe(303);
    const cookie = right.headers.get("set-cookie")!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const proof = { cookie: cookie.split(";")[0]! };
    expect((await read(link.url, proof)).text).toContain("Engine House");
    const other = await linkTo(marian.book, { password: "low tide" });
    const value = proof.cookie.split("=")[1];
    expect((await read(other.url, { cookie: `reyna_read_${other.id}=${value}` })).status).toBe(401);
    const [row] = await query<{ hash: string }>(
      studio.databaseUrl,
      "select password_hash as hash from links where id = $1",
      [link.id],
    );
    expect(row!.hash).toStartWith("$argon2id$");
  });

  test("is not guessed: after some tries it is to be waited for", async () => {
    const { url } = await linkTo(second, { password: "low tide" });
    for (let n = 0; n < TRIES_LIMIT; n++) expect((await send(url, `no ${n}`)).status).toBe(401);
    const late = await send(url, "low tide");
    expect(late.status).toBe(429);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(late.headers.get("set-cookie")).toBeNull();
  });
});

test("only an owner makes, sees and ends links", async () => {
  const { id } = await linkTo(second);
  const put = (role: string) =>
    marian.request("PUT", `/api/buckets/${marian.book}/members/${tom.account}`, { role });
  const all = async () => [
    (await tom.post(`/api/buckets/${second}/links`, {})).status,
    (await tom.get(`/api/buckets/${second}/links`)).status,
    (await tom.request("DELETE", `/api/links/${id}`)).status,
    (await tom.get(`/books/${marian.book}/links`)).status,
  ];
  expect(await all()).toEqual([404, 404, 404, 404]);
  await put("editor");
  expect(await all()).toEqual([403, 403, 403, 403]);
  await put("owner");
  expect(await all()).toEqual([201, 200, 204, 200]);
});

test("the page makes a link, shows its address, and revokes it", async () => {
  const headers = { authorization: `Bearer ${marian.token}` };
  const path = `/books/${marian.book}/links`;
  const post = (to: string, form: Record<string, string>) =>
    fetch(new URL(to, studio.url), {
      method: "POST",
      redirect: "manual",
      headers,
      body: new URLSearchParams(form),
    });
  const made = await post(path, { what: second, name: "Aunt Edith", days: "7", password: "" });
  expect(made.status).toBe(303);
  const page = (await read(new URL(made.headers.get("location")!, studio.url).href, headers)).text;
  const url = /value="([^"]*\/read\/[^"]*)"/.exec(page)![1]!;
  expect(page).toContain("Aunt Edith");
  expect((await read(url)).text).toContain("The engine stood.");
  const revocation = /action="([^"]*\/revocation)"/.exec(page)![1]!;
  expect((await post(revocation, {})).status).toBe(303);
  expect((await read(url)).status).toBe(404);
  const refused = await post(path, { what: second, password: "no" });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain("4 to 128 characters");
  // Its secret lies nowhere as it is.
  const token = url.split("/").at(-1)!;
  const rows = await query<{ row: string }>(
    studio.databaseUrl,
    "select links::text as row from links",
  );
  const events = await query<{ row: string }>(
    studio.databaseUrl,
    "select events::text as row from events",
  );
  expect([...rows, ...events].filter(({ row }) => row.includes(token))).toEqual([]);
});

/** Tokens and invitations: what they let in, how far, and when no more. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Client,
  clientOf,
  eventually,
  type Json,
  MARIAN,
  signIn,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

type Made = Json & { id: string; token: string; url: string };

async function token(draft: Json, client = marian): Promise<Client & { id: string }> {
  const { status, body } = await client.post<Made>("/api/tokens", { name: "A program", ...draft });
  expect({ status, body }).toMatchObject({ status: 201 });
  return { ...(await clientOf(studio.url, body.token, client.account)), id: body.id };
}

const ask = (client: Client, bucket = marian.chapter) =>
  client.post("/api/blobs", { schema: "text-input", bucket, content: { text: "Fog." } });

describe("a token", () => {
  test("reads and writes as its account does", async () => {
    const program = await token({ scopes: ["write"] });
    expect((await ask(program)).status).toBe(201);
    expect((await program.get(`/api/buckets/${marian.book}`)).status).toBe(200);
    expect((await program.get(`/api/buckets/${tom.book}`)).status).toBe(404);
  });

  test("that only reads changes nothing, on any route", async () => {
    const program = await token({ scopes: ["read"] });
    const chapter = marian.chapter;
    expect((await program.get(`/api/documents/${chapter}`)).status).toBe(200);
    const calls: [string, string, unknown][] = [
      ["POST", "/api/blobs", { schema: "text-input", bucket: chapter, content: { text: "x" } }],
      ["POST", "/api/buckets", { type: "folder", name: "x" }],
      ["POST", "/api/buckets", { type: "chapter", name: "x", parent: marian.book }],
      ["POST", `/api/documents/${chapter}/edits`, { edits: [{ edit: "insert", prose: "x" }] }],
      ["POST", `/api/files?bucket=${chapter}`, "x"],
      ["DELETE", `/api/buckets/${chapter}`, undefined],
    ];
    for (const [method, path, body] of calls)
      expect([path, (await program.request(method, path, body)).status]).toEqual([path, 403]);
    const live = await program.live();
    live.send({
      type: "blob.create",
      ref: "1",
      key: "k",
      schema: "text-input",
      bucket: chapter,
      content: { text: "x" },
    });
    expect(await live.until((frame) => frame.ref === "1")).toMatchObject({
      problem: { status: 403 },
    });
    await live.close();
  });

  test("of one root sees nothing else", async () => {
    const other = await marian.post<Made>("/api/buckets", { type: "book", name: "Another" });
    const program = await token({ scopes: ["write"], roots: [other.body.id] });
    expect((await program.get(`/api/buckets/${other.body.id}`)).status).toBe(200);
    expect((await program.get(`/api/buckets/${marian.book}`)).status).toBe(404);
    expect((await ask(program)).status).toBe(404);
    const listed = await program.get<{ items: Made[] }>("/api/buckets?limit=200");
    expect(listed.body.items.map(({ id }) => id)).toEqual([other.body.id]);
    expect((await program.post("/api/buckets", { type: "folder", name: "x" })).status).toBe(403);
    const made = { type: "chapter", name: "x", parent: other.body.id };
    expect((await program.post("/api/buckets", made)).status).toBe(201);
  });

  test("of one root hears of no other that its account makes meanwhile", async () => {
    const program = await token({ scopes: ["read"], roots: [marian.book] });
    const live = await program.live();
    const { body: made } = await marian.post<Made>("/api/buckets", { type: "book", name: "Mine" });
    const { body: asked } = await ask(marian);
    await live.until(({ event }) => (event as Json | undefined)?.subject === asked.id);
    expect(live.events().map(({ subject }) => subject)).not.toContain(made.id);
    await live.close();
  });

  test("is not answered again what its account was, however well it knows the key", async () => {
    const key = { "idempotency-key": "rights" };
    const draft = { name: "Whole", scopes: ["write"] };
    expect((await marian.post("/api/tokens", draft, key)).status).toBe(201);
    const { body: asked } = await ask(marian);
    const path = `/api/blobs/${asked.id}/restoration`;
    expect((await marian.request("POST", path, undefined, key)).status).toBe(200);
    const whole = await token({ scopes: ["write"] });
    expect((await whole.post("/api/tokens", draft, key)).status).toBe(403);
    expect((await whole.request("POST", path, undefined, key)).status).toBe(200);
    const other = await marian.post<Made>("/api/buckets", { type: "book", name: "Another" });
    const narrow = await token({ scopes: ["write"], roots: [other.body.id] });
    const reading = await token({ scopes: ["read"] });
    for (const program of [narrow, reading]) {
      const { status, body } = await program.request("POST", path, undefined, key);
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { type: "/problems/idempotency-key" },
      });
    }
  });

  test("is refused as such before its headers and its body are looked at", async () => {
    const program = await token({ scopes: ["read"] });
    expect((await program.request("PUT", "/api/me/state", {})).status).toBe(403);
    expect((await tom.post("/api/schemas/text-input/versions", {})).status).toBe(403);
    expect((await tom.request("PUT", "/api/schemas/config", {})).status).toBe(403);
    expect((await tom.request("PUT", "/api/schemas/text-input/config", {})).status).toBe(403);
  });

  test("makes no tokens and no invitations", async () => {
    const program = await token({ scopes: ["administer"] });
    expect((await program.get("/api/tokens")).status).toBe(403);
    const draft = { name: "x", scopes: ["read"] };
    expect((await program.post("/api/tokens", draft)).status).toBe(403);
    expect((await program.post("/api/invitations", {})).status).toBe(403);
    expect((await program.request("DELETE", `/api/tokens/${program.id}`)).status).toBe(403);
  });

  test("is shown once, listed without its secret, and good for nothing once deleted", async () => {
    const program = await token({ scopes: ["read"], name: "Soon gone" });
    const live = await program.live();
    const { body } = await marian.get<{ items: Made[] }>("/api/tokens");
    const listed = body.items.find(({ id }) => id === program.id)!;
    expect(listed).toMatchObject({ name: "Soon gone", scopes: ["read"], roots: null });
    expect(JSON.stringify(body)).not.toContain(program.token);
    const [row] = await query<Json>(studio.databaseUrl, "select * from tokens where id = $1", [
      program.id,
    ]);
    expect(JSON.stringify(row)).not.toContain(program.token.slice(8));
    expect((await tom.request("DELETE", `/api/tokens/${program.id}`)).status).toBe(404);
    expect((await marian.request("DELETE", `/api/tokens/${program.id}`)).status).toBe(204);
    expect((await program.get(`/api/buckets/${marian.book}`)).status).toBe(401);
    expect((await live.closed).code).toBe(1008);
  });

  test("ends when it says", async () => {
    const program = await token({
      scopes: ["read"],
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    await query(studio.databaseUrl, "update tokens set expires_at = now() where id = $1", [
      program.id,
    ]);
    // What was found a moment ago is believed for a few seconds.
    await eventually(async () => (await program.get("/api/buckets")).status === 401);
  });

  test("that is asked for wrongly is not made", async () => {
    const drafts: [Json, number][] = [
      [{ scopes: [] }, 422],
      [{ scopes: ["everything"] }, 422],
      [{ scopes: ["read"], expiresAt: "yesterday" }, 422],
      [{ scopes: ["read"], expiresAt: "2020-01-01T00:00:00Z" }, 422],
      [{ scopes: ["read"], roots: [tom.book] }, 404],
      [{ scopes: ["read"], roots: [marian.chapter] }, 409],
    ];
    for (const [draft, status] of drafts)
      expect((await marian.post("/api/tokens", { name: "x", ...draft })).status).toBe(status);
    expect((await tom.post("/api/tokens", { name: "x", scopes: ["administer"] })).status).toBe(422);
  });
});

describe("an invitation", () => {
  const invite = async (draft: Json, client = marian) =>
    (await client.post<Made>("/api/invitations", draft)).body;
  const form = (fields: Record<string, string>) => ({
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
    redirect: "manual" as const,
  });

  test("to a root lets a new account in, with its role, once", async () => {
    const closed = await openTestStudio({
      processors: [],
      variables: { REYNA_SIGNUP: "invite" },
    });
    const owner = await signUp(closed.url, MARIAN);
    const refusedAtFirst = await fetch(new URL("/api/auth/sign-up/email", closed.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(TOM),
    });
    expect(refusedAtFirst.status).toBe(403);
    const { url } = await invite({ root: owner.book, role: "editor" }, owner);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Marian Oake shares “Your first book” with you");
    const short = await fetch(url, form({ ...TOM, password: "short" }));
    expect(short.status).toBe(422);
    const both = await Promise.all([
      fetch(url, form(TOM)),
      fetch(url, form({ ...TOM, email: "other@reed.example" })),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 404]);
    const [person] = await query<{ email: string }>(
      closed.databaseUrl,
      "select email from accounts where email <> $1",
      [MARIAN.email],
    );
    const guest = await signIn(closed.url, { ...TOM, email: person!.email });
    expect((await guest.get(`/api/buckets/${owner.book}`)).status).toBe(200);
    const [member] = await query(
      closed.databaseUrl,
      "select role from members where root = $1 and account = $2",
      [owner.book, guest.account],
    );
    expect(member).toEqual({ role: "editor" });
    expect((await fetch(url)).status).toBe(404);
    await closed.stop();
  });

  test("is accepted by who has an account, and never takes a role away", async () => {
    const { url } = await invite({ root: marian.book, role: "viewer" });
    const accept = (client: Client, at: string) =>
      client.request("POST", `${new URL(at).pathname}/acceptance`, undefined);
    await accept(tom, url);
    expect((await tom.get(`/api/buckets/${marian.book}`)).status).toBe(200);
    expect((await ask(tom)).status).toBe(403);
    const higher = await invite({ root: marian.book, role: "editor" });
    await accept(tom, higher.url);
    expect((await ask(tom)).status).toBe(201);
    const lower = await invite({ root: marian.book, role: "viewer" });
    await accept(tom, lower.url);
    expect((await ask(tom)).status).toBe(201);
  });

  test("is an owner's to a root, an administrator's to the studio", async () => {
    expect((await tom.post("/api/invitations", {})).status).toBe(403);
    const draft = { root: marian.book, role: "viewer" };
    expect((await tom.post("/api/invitations", draft)).status).toBe(403);
    expect((await tom.post("/api/invitations", { root: tom.book, role: "viewer" })).status).toBe(
      201,
    );
    expect((await marian.post("/api/invitations", {})).status).toBe(201);
    expect((await marian.post("/api/invitations", { root: marian.book })).status).toBe(422);
    const chapter = { root: marian.chapter, role: "viewer" };
    expect((await marian.post("/api/invitations", chapter)).status).toBe(409);
    expect((await marian.post("/api/invitations", { root: tom.book, role: "viewer" })).status).toBe(
      404,
    );
  });

  test("withdrawn or over is as if it had never been", async () => {
    const gone = await invite({});
    expect((await tom.request("DELETE", `/api/invitations/${gone.id}`)).status).toBe(404);
    expect((await marian.request("DELETE", `/api/invitations/${gone.id}`)).status).toBe(204);
    expect((await fetch(gone.url)).status).toBe(404);
    const over = await invite({ days: 1 });
    await query(studio.databaseUrl, "update invitations set expires_at = now() where id = $1", [
      over.id,
    ]);
    expect((await fetch(over.url)).status).toBe(404);
    expect((await fetch(over.url, form(TOM))).status).toBe(404);
    const { body } = await marian.get<{ items: Made[] }>("/api/invitations");
    expect(JSON.stringify(body)).not.toContain(over.url.split("/").at(-1)!);
  });
});

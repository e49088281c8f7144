import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, type Json, MARIAN, signUp } from "../test/support/client.ts";
import { query, rowCounts } from "../test/support/rows.ts";
import { freshDatabase } from "../test/support/services.ts";
import { openTestStudio, type TestStudio } from "../test/support/studio.ts";
import { CannotStart } from "./cannot-start.ts";

let studio: TestStudio;
let marian: Client;

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url, MARIAN);
});
afterAll(() => studio?.stop());

const at = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, studio.url), { redirect: "manual", ...init });
const bearer = () => ({ authorization: `Bearer ${marian.token}` });

test("every refusal is problem details, with the id under which the log has it", async () => {
  const id = Bun.randomUUIDv7();
  const refusals: [number, Promise<Response>][] = [
    [401, at("/api/blobs")],
    [401, at("/live")],
    [401, at("/api/runs", { method: "POST", body: "{" })],
    [404, at("/api/no-such-thing")],
    [404, at("/api/no-such-thing", { headers: { ...bearer(), accept: "text/html" } })],
    [404, at("/no-such-page")],
    [404, at("/assets/no-such-thing.js")],
    [404, at(`/api/blobs/${id}`, { headers: bearer() })],
    [404, at(`/chapters/${id}`, { headers: bearer() })],
    [404, at("/api/auth/no-such-thing")],
    [400, at("/api/blobs", { method: "POST", headers: bearer(), body: "{" })],
    [422, at("/api/blobs", { method: "POST", headers: bearer(), body: "{}" })],
    [422, at("/api/runs?status=lost", { headers: bearer() })],
    [422, at("/api/runs?processor=%00", { headers: bearer() })],
    [426, at("/live", { headers: bearer() })],
    [403, at("/sign-in", { method: "POST", headers: { origin: "https://elsewhere.example" } })],
  ];
  for (const [status, asked] of refusals) {
    const answer = await asked;
    const { pathname } = new URL(answer.url);
    expect({ pathname, status: answer.status }).toEqual({ pathname, status });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.json()).toMatchObject({
      type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
      title: expect.any(String),
      status,
    });
  }
});

test("what a reader may not see looks exactly like what does not exist", async () => {
  const other = await signUp(studio.url, {
    name: "Ann",
    email: "ann@example.org",
    password: "long-enough-a-word",
  });
  const blob = (await marian.ask("Mine.")).id;
  const { body } = await marian.get<{ items: { id: string }[] }>(`/api/runs?blob=${blob}`);
  const mine = { blobs: blob, buckets: marian.chapter, runs: body.items[0]!.id };
  for (const [kind, hidden] of Object.entries(mine)) {
    expect((await marian.get(`/api/${kind}/${hidden}`)).status).toBe(200);
    const [seen, none] = await Promise.all(
      [hidden, Bun.randomUUIDv7()].map((id) => other.get(`/api/${kind}/${id}`)),
    );
    expect(seen!.status).toBe(404);
    expect(seen!.body).toEqual(none!.body);
  }
});

test("a person gets a page where a program gets problem details", async () => {
  const accept = "text/html,application/xhtml+xml";
  const missing = await at("/chapters/none", { headers: { ...bearer(), accept } });
  expect(missing.status).toBe(404);
  expect(missing.headers.get("content-type")).toContain("text/html");
  expect(await missing.text()).toContain("<h1>");
  const signedOut = await at("/chapters/none", { headers: { accept } });
  expect(signedOut.headers.get("location")).toBe("/sign-in?next=%2Fchapters%2Fnone");
});

test("another method than an address has is told which it has", async () => {
  const refused = await at("/api/blobs", { method: "DELETE", headers: bearer() });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  expect(await refused.json()).toMatchObject({ type: "/problems/method-not-allowed", status: 405 });
  const asked = await at("/api/blobs/x", { method: "OPTIONS", headers: bearer() });
  expect([asked.status, asked.headers.get("allow")]).toEqual([
    204,
    "DELETE, GET, HEAD, PATCH, PUT",
  ]);
  expect((await at("/api/nothing", { method: "DELETE", headers: bearer() })).status).toBe(404);
});

test("pages and answers carry the headers that keep others out", async () => {
  for (const path of ["/sign-in", `/chapters/${marian.chapter}`, "/api/blobs", "/no-such-page"]) {
    const { headers } = await at(path, { headers: { ...bearer(), accept: "text/html" } });
    const policy = headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("what belongs to one reader is kept in no cache between", async () => {
  const cacheControl = async (path: string) =>
    (await at(path, { headers: bearer() })).headers.get("cache-control");
  // Not even by the browser itself, whose button "back" outlives a sign-out.
  expect(await cacheControl(`/chapters/${marian.chapter}`)).toBe("private, no-store");
  expect(await cacheControl("/api/blobs")).toBe("private, no-cache");
  const html = await (await at("/sign-in")).text();
  const [, asset] = /"(\/assets\/[^"]+)"/.exec(html)!;
  expect((await at(asset!)).headers.get("cache-control")).toContain("immutable");
});

test("a page without inline script or style needs no exception in the policy", async () => {
  for (const path of ["/sign-in", `/chapters/${marian.chapter}`]) {
    const html = await (await at(path, { headers: bearer() })).text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle="|\son[a-z]+="/);
  }
});

test("nothing that another site sends changes anything, whatever it says it is", async () => {
  const signed = await at("/api/auth/sign-in/email", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(MARIAN),
  });
  const cookie = signed.headers.getSetCookie()[0]!.split(";")[0]!;
  const draft = { schema: "text-input", bucket: marian.chapter, content: { text: "Planted." } };
  const post = (headers: Record<string, string>) =>
    at("/api/blobs", {
      method: "POST",
      headers: { cookie, ...headers },
      body: JSON.stringify(draft),
    });
  const before = await rowCounts(studio.databaseUrl);
  for (const foreign of [
    { origin: "https://elsewhere.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: "http://other.example" },
  ] as Record<string, string>[])
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json"])
      expect((await post({ ...foreign, "content-type": type })).status).toBe(403);
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  expect((await post({ origin: new URL(studio.url).origin })).status).toBe(201);
  expect((await post({ "sec-fetch-site": "same-origin" })).status).toBe(201);
});

test("a program may leave the content type out, and the body where none is due", async () => {
  const draft = { schema: "text-input", bucket: marian.chapter, content: { text: "Typed." } };
  const headers = bearer();
  for (const type of [undefined, "application/x-www-form-urlencoded"])
    expect(
      (
        await at("/api/blobs", {
          method: "POST",
          headers: { ...headers, ...(type ? { "content-type": type } : {}) },
          body: Buffer.from(JSON.stringify(draft)),
        })
      ).status,
    ).toBe(201);
  const id = Bun.randomUUIDv7();
  expect((await at(`/api/runs/${id}/cancellation`, { method: "POST", headers })).status).toBe(404);
  expect((await at(`/api/runs/${id}/cancellation`, { method: "POST" })).status).toBe(401);
});

test("the caller's trace is in the events, in the run and in the socket", async () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const step = "00f067aa0ba902b7";
  const live = await marian.live();
  const draft = { schema: "text-input", bucket: marian.chapter, content: { text: "Traced." } };
  const headers = { traceparent: `00-${trace}-${step}-01` };
  const { body } = await marian.post<{ id: string }>("/api/blobs", draft, headers);
  const told = await live.until(({ event }) => {
    const { type, data } = (event ?? {}) as { type?: string; data?: Json };
    return type === "run.succeeded" && data?.blob === body.id;
  });
  await live.close();
  expect((told.event as Json).traceparent).toContain(trace);
  const rows = await query<{ traceparent: string }>(
    studio.databaseUrl,
    "select traceparent from events where subject = $1 or data->>'blob' = $1 or data->>'derivedFrom' = $1 union all select traceparent from runs where blob = $1::uuid",
    [body.id],
  );
  expect(rows.length).toBeGreaterThanOrEqual(6);
  for (const { traceparent } of rows) {
    expect(traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    // A step of ours, not the caller's again.
    expect(traceparent).not.toContain(step);
  }
});

test("what is no trace begins one", async () => {
  for (const traceparent of [
    "nonsense",
    `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
    `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`,
  ]) {
    const { body } = await marian.post<{ id: string }>(
      "/api/buckets",
      { type: "folder", name: "x" },
      { traceparent },
    );
    const [row] = await query<{ traceparent: string }>(
      studio.databaseUrl,
      "select traceparent from events where subject = $1",
      [body.id],
    );
    expect(row!.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(row!.traceparent).not.toBe(traceparent);
  }
});

test("it is up and ready, and says which part is not", async () => {
  expect(await (await at("/up")).text()).toBe("up");
  const ready = await at("/ready");
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({ database: true, bus: true });
});

test("a database that is away is 503 on every route, and all is well when it is back", async () => {
  const database = await freshDatabase();
  const cable = await openCable(database.url);
  const own = await openTestStudio({ databaseUrl: cable.url, processors: [] });
  try {
    const client = await signUp(own.url, MARIAN);
    cable.cut();
    const draft = { schema: "text-input", bucket: client.chapter, content: { text: "x" } };
    const asked = [
      () => client.get("/api/blobs"),
      () => client.post("/api/blobs", draft),
      () => client.post("/api/auth/sign-out", {}),
      () => client.post("/api/auth/update-user", { name: "x" }),
      ...["/api/auth/sign-in/email", "/api/auth/sign-up/email"].map(
        (path) => () => client.request("POST", path, MARIAN, { authorization: "" }),
      ),
      () => client.request("GET", "/", undefined, { cookie: "" }),
    ];
    for (const [i, ask] of asked.entries()) {
      const { status, headers, body } = await ask();
      expect({ i, status, body }).toMatchObject({
        status: 503,
        body: { type: "/problems/unavailable", status: 503 },
      });
      expect(headers.get("retry-after")).toBe("1");
    }
    const ready = await client.get("/ready");
    expect(ready).toMatchObject({ status: 503, body: { database: false } });
    expect((await client.get("/up")).status).toBe(200);
    cable.mend();
    await eventually(async () => (await client.get("/ready")).status === 200);
    expect((await client.post("/api/blobs", draft)).status).toBe(201);
  } finally {
    cable.mend();
    await own.stop();
    cable.close();
    await database.drop();
  }
});

/** The way to a Postgres, which can be cut and mended. */
async function openCable(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl);
  type Ends = { other?: Bun.Socket<Ends>; waiting: Buffer[] };
  const sockets = new Set<Bun.Socket<Ends>>();
  let whole = true;
  const server = Bun.listen<Ends>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      async open(near) {
        near.data = { waiting: [] };
        if (!whole) return void near.terminate();
        sockets.add(near);
        const far = await Bun.connect<Ends>({
          hostname,
          port: Number(port),
          data: { other: near, waiting: [] },
          socket: {
            data: (socket, bytes) => void socket.data.other!.write(bytes),
            close: (socket) => void socket.data.other!.end(),
          },
        });
        near.data.other = far;
        for (const bytes of near.data.waiting) far.write(bytes);
      },
      data(near, bytes) {
        if (near.data.other) near.data.other.write(bytes);
        else near.data.waiting.push(Buffer.from(bytes));
      },
      close(near) {
        sockets.delete(near);
        near.data.other?.end();
      },
    },
  });
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(server.port);
  return {
    url: url.href,
    cut() {
      whole = false;
      for (const socket of sockets) socket.terminate();
    },
    mend() {
      whole = true;
    },
    close: () => server.stop(true),
  };
}

test("a second studio on one database, with no broker between them, does not start and says why", async () => {
  const second = openTestStudio({ databaseUrl: studio.databaseUrl });
  expect(second).rejects.toThrow(CannotStart);
  expect(second).rejects.toThrow(/Another studio is running on this database.*NATS_URL/);
  await second.catch(() => {});
  expect((await marian.get("/api/blobs")).status).toBe(200);
});

test("a port that is taken is named in a sentence", async () => {
  const { port } = new URL(studio.url);
  const database = await freshDatabase();
  try {
    const opening = openTestStudio({ databaseUrl: database.url, variables: { PORT: port } });
    expect(opening).rejects.toThrow(CannotStart);
    expect(opening).rejects.toThrow(new RegExp(`Port ${port} is taken`));
    await opening.catch(() => {});
  } finally {
    await database.drop();
  }
});

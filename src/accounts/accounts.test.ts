import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  clientOf,
  eventually,
  type Json,
  MARIAN,
  signIn,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { freePort } from "../../test/support/nats.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { newSetupCode } from "./sign-up.ts";

/** Of the template that the tests' databases are cloned from. */
const SETUP_CODE = "test-test-test-test";

const opened: TestStudio[] = [];
async function open(options: Parameters<typeof openTestStudio>[0] = {}): Promise<TestStudio> {
  const studio = await openTestStudio({ processors: [], ...options });
  opened.push(studio);
  return studio;
}
afterAll(() => Promise.all(opened.map((studio) => studio.stop())));

type Answer = { status: number; headers: Headers; body: Json };

async function post(
  studio: TestStudio,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(new URL(path, studio.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { status, headers: answered } = answer;
  return { status, headers: answered, body: (await answer.json()) as Json };
}

const register = (studio: TestStudio, body: unknown, headers?: Record<string, string>) =>
  post(studio, "/api/auth/sign-up/email", body, headers);

function expectProblem(answer: Answer, status: number, type: string): void {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    status,
    type: `/problems/${type}`,
    title: expect.any(String),
  });
  expect(answer.status).toBe(status);
}

const administrators = (studio: TestStudio) =>
  query<{ email: string }>(
    studio.databaseUrl,
    "select email from accounts where administrator_since is not null",
  );

describe("the first account", () => {
  test("is the administrator, the next is not", async () => {
    const studio = await open();
    await signUp(studio.url, MARIAN);
    await signUp(studio.url, TOM);
    expect(await administrators(studio)).toEqual([{ email: MARIAN.email }]);
  });

  test("of two at the same moment, exactly one is the administrator", async () => {
    const studio = await open();
    const answers = await Promise.all([MARIAN, TOM].map((person) => register(studio, person)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await administrators(studio)).toHaveLength(1);
  });

  test("of two at the same moment, by invitation, one is turned away with nothing stored", async () => {
    const studio = await open({ variables: { REYNA_SIGNUP: "" } });
    const answers = await Promise.all([MARIAN, TOM].map((person) => register(studio, person)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expectProblem(answers.find(({ status }) => status === 403)!, 403, "invitation-needed");
    expect(await administrators(studio)).toHaveLength(1);
    expect(await rowCounts(studio.databaseUrl)).toMatchObject({ accounts: 1, buckets: 2 });
  });

  test("finds a book with a chapter with an empty passage", async () => {
    const studio = await open();
    const marian = await signUp(studio.url);
    const { body } = await marian.get(`/api/buckets/${marian.chapter}`);
    expect(body).toMatchObject({ type: "chapter", parent: marian.book, root: marian.book });
    const document = await marian.get<{ passages: unknown[] }>(`/api/documents/${marian.chapter}`);
    expect(document.body.passages).toHaveLength(1);
    expect(document.body).toMatchObject({ words: { notes: 0, prose: 0 } });
  });
});

describe("the setup code", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await open();
  });

  const afar: Record<string, Record<string, string>> = {
    "under another name": { host: "studio.example" },
    "under a name that only looks local": { host: "localhost.example.org:3000" },
    "through a proxy": { "x-forwarded-for": "127.0.0.1" },
    "through a proxy that says only how": { "x-forwarded-proto": "https" },
    "through a proxy that follows the standard": { forwarded: "for=127.0.0.1" },
    "through a gateway": { via: "1.1 gateway" },
    "with the name of somebody's address": { "x-real-ip": "127.0.0.1" },
  };
  for (const [how, headers] of Object.entries(afar))
    test(`is asked of whoever comes ${how}`, async () => {
      const before = await rowCounts(studio.databaseUrl);
      for (const setupCode of [undefined, "", "wrong-wrong-wrong-wron", 7]) {
        const answer = await register(studio, { ...MARIAN, setupCode }, headers);
        expectProblem(answer, 403, "setup-code");
      }
      expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    });

  test("is asked where the studio has a public address", async () => {
    const port = String(await freePort());
    const variables = { PORT: port, REYNA_PUBLIC_URL: "http://studio.example" };
    const known = { ...(await open({ variables })), url: `http://127.0.0.1:${port}` };
    expectProblem(await register(known, MARIAN), 403, "setup-code");
    expect((await register(known, { ...MARIAN, setupCode: SETUP_CODE })).status).toBe(200);
  });

  test("is taken in any case and spacing", async () => {
    const typed = ` ${SETUP_CODE.toUpperCase().replaceAll("-", "  ")} `;
    const answer = await register(
      studio,
      { ...MARIAN, setupCode: typed },
      { host: "studio.example" },
    );
    expect(answer.status).toBe(200);
    expect(await administrators(studio)).toEqual([{ email: MARIAN.email }]);
  });

  test("is not asked of the second", async () => {
    expect((await register(studio, TOM, { host: "studio.example" })).status).toBe(200);
  });

  test("is four groups of four, and never the same", () => {
    const codes = Array.from({ length: 100 }, newSetupCode);
    for (const code of codes) expect(code).toMatch(/^([a-z3-9]{4}-){3}[a-z3-9]{4}$/);
    expect(new Set(codes).size).toBe(100);
  });
});

describe("signing up", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await open();
    await signUp(studio.url, MARIAN);
  });

  const person = { name: "Ann", email: "ann@example.org", password: "long-enough-a-word" };
  const bad: [what: string, body: unknown, status: number, pointer?: string][] = [
    ["a short password", { ...person, password: "short" }, 422, "/password"],
    ["an endless password", { ...person, password: "x".repeat(1_000) }, 422, "/password"],
    ["no address", { ...person, email: "ann" }, 422, "/email"],
    ["an address that is taken", { ...person, email: MARIAN.email }, 422, "/email"],
    [
      "one that is taken, in capitals",
      { ...person, email: MARIAN.email.toUpperCase() },
      422,
      "/email",
    ],
    ["an endless address", { ...person, email: `${"a".repeat(5_000)}@b.org` }, 422, "/email"],
    ["no name", { ...person, name: undefined }, 422, "/name"],
    ["a blank name", { ...person, name: "  " }, 422, "/name"],
    ["an endless name", { ...person, name: "x".repeat(10_000) }, 422, "/name"],
    ["U+0000 in a name", { ...person, name: "a\u0000b" }, 422, "/name"],
    ["a number for a password", { ...person, password: 12345678 }, 422, "/password"],
    ["nothing", {}, 422, "/name"],
    ["null", "null", 422],
    ["what is not JSON", "name=Ann", 400],
    ["more than 4 MiB", { ...person, name: "x".repeat(5 * 1024 * 1024) }, 413],
  ];
  for (const [what, body, status, pointer] of bad)
    test(`with ${what} is ${status} and leaves nothing`, async () => {
      const before = await rowCounts(studio.databaseUrl);
      const answer = await register(studio, body);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.body).toMatchObject({ status, title: expect.any(String) });
      expect(answer.status).toBe(status);
      if (pointer) expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
      expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    });

  test("nobody makes oneself an administrator", async () => {
    const sly = {
      ...person,
      email: "sly@example.org",
      administratorSince: new Date().toISOString(),
    };
    await register(studio, sly);
    const tom = await signUp(studio.url, TOM);
    await tom.post("/api/auth/update-user", { administratorSince: new Date().toISOString() });
    expect(await administrators(studio)).toEqual([{ email: MARIAN.email }]);
  });

  test("carries the caller's trace into the first book's events", async () => {
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
    await register(studio, { ...person, email: "traced@example.org" }, headers);
    const events = await query(
      studio.databaseUrl,
      "select type from events where traceparent like $1",
      [`00-${trace}-%-01`],
    );
    expect(events).toEqual([{ type: "bucket.created" }, { type: "bucket.created" }]);
  });
});

describe("a session", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await open();
    await signUp(studio.url, MARIAN);
  });

  const signingIn = (body: unknown, headers?: Record<string, string>) =>
    post(studio, "/api/auth/sign-in/email", body, headers);

  test("is a cookie for a browser and a token for a program", async () => {
    const answer = await signingIn({ email: MARIAN.email, password: MARIAN.password });
    expect(answer.status).toBe(200);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^reyna\.session_token=.*HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    const token = answer.headers.get("set-auth-token")!;
    for (const headers of [
      { cookie: cookie!.split(";")[0]! },
      { authorization: `Bearer ${token}` },
      { authorization: `bearer ${token}` },
    ] as Record<string, string>[])
      expect((await fetch(new URL("/api/buckets", studio.url), { headers })).status).toBe(200);
  });

  test("is opened by an address in any case, and by nothing else", async () => {
    const { email, password } = MARIAN;
    expect((await signingIn({ email: email.toUpperCase(), password })).status).toBe(200);
    expectProblem(
      await signingIn({ email, password: "not-the-one-at-all" }),
      401,
      "invalid-email-or-password",
    );
    expectProblem(
      await signingIn({ email: "nobody@example.org", password }),
      401,
      "invalid-email-or-password",
    );
  });

  test("is not opened by what is no sign-in, and that is said as problem details", async () => {
    const { email, password } = MARIAN;
    const bad: [unknown, number][] = [
      ["{", 400],
      ["email=x", 400],
      [{}, 422],
      [{ email }, 422],
      [{ email: 7, password }, 422],
      [{ email: "marian", password }, 422],
      [{ email: `${email}\u0000`, password }, 422],
      [{ email, password: "\ud800" }, 422],
      ["null", 422],
      ["[".repeat(10_000) + "]".repeat(10_000), 422],
      [{ email, password: "x".repeat(5 * 1024 * 1024) }, 413],
    ];
    for (const [body, status] of bad) {
      const answer = await signingIn(body);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect({ body: String(body).slice(0, 40), status: answer.status }).toMatchObject({ status });
    }
    const missing = await signingIn({ email });
    expect(missing.body.errors).toMatchObject([{ pointer: "/password" }]);
  });

  test("tokens that are none are 401, whatever they hold", async () => {
    for (const token of [
      "x",
      "a.b",
      "a%00b",
      "%00.%00",
      "%",
      "..",
      "ü".normalize("NFD").slice(0, 1),
    ]) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(new URL("/api/buckets", studio.url), { headers });
      expect({ token, status: answer.status }).toEqual({ token, status: 401 });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }
    const cookie = "reyna.session_token=a%00b.c";
    const answer = await fetch(new URL("/api/buckets", studio.url), { headers: { cookie } });
    expect(answer.status).toBe(401);
  });

  test("belongs to its cookie, whatever a proxy in front says to let people through", async () => {
    const { email, password } = MARIAN;
    const cookie = (await signingIn({ email, password })).headers.getSetCookie()[0]!.split(";")[0]!;
    const authorization = "Basic ZXZlcnlib2R5OnNhbWU=";
    const statusOf = async (headers: Record<string, string>) =>
      (await fetch(new URL("/api/buckets", studio.url), { headers })).status;
    expect(await statusOf({ authorization, cookie })).toBe(200);
    expect(await statusOf({ authorization })).toBe(401);
    expect(await statusOf({ authorization, cookie: "reyna.session_token=another.one" })).toBe(401);
  });

  test("ends with the sign-out, and its sockets with it; others go on", async () => {
    const [ends, stays] = [await signIn(studio.url), await signIn(studio.url)];
    const [closing, open_] = [await ends.live(), await stays.live()];
    const out = await ends.post("/api/auth/sign-out", {});
    expect(out.status).toBe(200);
    expect(await closing.closed).toMatchObject({ code: 1008 });
    expect((await ends.get("/api/buckets")).status).toBe(401);
    expect((await stays.get("/api/buckets")).status).toBe(200);
    open_.send({ type: "ping", ref: "1" });
    await open_.until(({ type }) => type === "pong");
    await open_.close();
  });

  test("that is revoked closes its sockets too", async () => {
    const [mine, other] = [await signIn(studio.url), await signIn(studio.url)];
    const [open_, closing] = [await mine.live(), await other.live()];
    expect((await mine.post("/api/auth/revoke-other-sessions", {})).status).toBe(200);
    expect(await closing.closed).toMatchObject({ code: 1008 });
    expect((await other.get("/api/buckets")).status).toBe(401);
    expect((await mine.get("/api/buckets")).status).toBe(200);
    await open_.close();
  });

  test("links in better-auth's answers never lead elsewhere", async () => {
    for (const next of [
      "https://elsewhere.example",
      "//elsewhere.example",
      "/%09/elsewhere.example",
    ])
      for (const path of ["verify-email?token=a&", "reset-password/a?"]) {
        const url = new URL(`/api/auth/${path}callbackURL=${next}`, studio.url);
        const answer = await fetch(url, { redirect: "manual" });
        expect(answer.headers.get("location")).toBeNull();
        expect(answer.status).toBe(403);
      }
  });

  test("paths that better-auth does not know are 404 as problem details", async () => {
    expectProblem(await post(studio, "/api/auth/no-such-thing", {}), 404, "not-found");
  });
});

test("who signs in too often is asked to wait, in seconds", async () => {
  const studio = await open({ tuning: { rateLimited: true } });
  const wrong = { email: "nobody@example.org", password: "not-the-one-at-all" };
  const limited = await eventually(async () => {
    const answer = await post(studio, "/api/auth/sign-in/email", wrong);
    return answer.status === 429 && answer;
  });
  expectProblem(limited, 429, "too-many-requests");
  expect(limited.headers.get("retry-after")).toMatch(/^\d+$/);
  // The page says so as well.
  await query(
    studio.databaseUrl,
    "insert into accounts (id, name, email) values (gen_random_uuid(), 'x', 'x@example.org')",
  );
  const page = await form(studio, "/sign-in", wrong);
  expect(page.status).toBe(429);
  expect(page.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await page.text()).toContain("<form");
});

/** As a browser sends a form, with no script at all. */
function form(
  studio: TestStudio,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(new URL(path, studio.url), {
    method: "POST",
    redirect: "manual",
    headers: { origin: new URL(studio.url).origin, accept: "text/html", ...headers },
    body: new URLSearchParams(fields),
  });
}

const page = (studio: TestStudio, path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, studio.url), {
    redirect: "manual",
    headers: { accept: "text/html", ...headers },
  });

describe("the pages, without script", () => {
  let studio: TestStudio;
  beforeAll(async () => {
    studio = await open();
  });

  test("everything leads to the welcome while nobody is there", async () => {
    expect((await page(studio, "/")).headers.get("location")).toBe("/sign-in");
    expect((await page(studio, "/sign-in")).headers.get("location")).toBe("/welcome");
    const welcome = await page(studio, "/welcome");
    expect(welcome.status).toBe(200);
    const html = await welcome.text();
    expect(html).toContain('action="/welcome"');
    expect(html).not.toContain('name="setupCode"');
  });

  test("the welcome asks for the setup code whoever comes from elsewhere, and keeps what was typed", async () => {
    const headers = { "x-forwarded-for": "192.0.2.7" };
    expect(await (await page(studio, "/welcome", headers)).text()).toContain('name="setupCode"');
    const fields = { ...MARIAN, setupCode: "not <it>" };
    const answer = await form(studio, "/welcome", fields, headers);
    expect(answer.status).toBe(403);
    const html = await answer.text();
    expect(html).toContain(`value="${MARIAN.email}"`);
    expect(html).toContain('value="not &lt;it&gt;"');
    expect(html).toContain("is not the one printed at start");
    expect(html).not.toContain(MARIAN.password);
  });

  test("the welcome says what is wrong, keeps what was typed and stores nothing", async () => {
    const before = await rowCounts(studio.databaseUrl);
    const bad: Record<string, string>[] = [
      { ...MARIAN, name: " " },
      { ...MARIAN, email: "marian" },
      { ...MARIAN, password: "short" },
      {},
    ];
    for (const fields of bad) {
      const answer = await form(studio, "/welcome", fields);
      expect(answer.status).toBe(422);
      const html = await answer.text();
      expect(html).toContain('class="refused"');
      if (fields.email) expect(html).toContain(`value="${fields.email}"`);
      expect(html).not.toContain(`value="${MARIAN.password}"`);
    }
    expect((await form(studio, "/welcome", { ...MARIAN, name: "\u0000" })).status).toBe(422);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  });

  test("a form of another site is refused, and stores nothing", async () => {
    const before = await rowCounts(studio.databaseUrl);
    for (const headers of [
      { origin: "https://elsewhere.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1.example" },
      { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: "https://other.example" },
    ] as Record<string, string>[])
      for (const path of ["/welcome", "/sign-in", "/sign-out"])
        expect((await form(studio, path, MARIAN, headers)).status).toBe(403);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  });

  test("the welcome opens the studio and leads to the first chapter", async () => {
    const answer = await form(studio, "/welcome", MARIAN);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/begin");
    const cookie = answer.headers.getSetCookie()[0]!.split(";")[0]!;
    const begin = await page(studio, "/begin", { cookie });
    const [, first] = /href="(\/chapters\/[0-9a-f-]{36})"/.exec(await begin.text())!;
    expect((await page(studio, first!, { cookie })).status).toBe(200);
    expect((await page(studio, "/", { cookie })).status).toBe(200);
    expect((await page(studio, "/welcome")).headers.get("location")).toBe("/");
  });

  test("signing in sets a cookie and leads on; wrong words keep the address", async () => {
    const wrong = await form(studio, "/sign-in", {
      email: MARIAN.email,
      password: "not-it-at-all",
      next: "/chapters/x?y=1",
    });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.getSetCookie()).toEqual([]);
    const html = await wrong.text();
    expect(html).toContain(`value="${MARIAN.email}"`);
    expect(html).toContain('name="next" value="/chapters/x?y=1"');
    expect(html).toContain('role="alert"');
    expect(html).not.toContain("not-it-at-all");
    const right = await form(studio, "/sign-in", { ...MARIAN, next: "/chapters/x?y=1" });
    expect(right.status).toBe(303);
    expect(right.headers.get("location")).toBe("/chapters/x?y=1");
    expect(right.headers.getSetCookie()[0]).toContain("reyna.session_token=");
  });

  test("signing in never leads elsewhere", async () => {
    for (const next of [
      "https://elsewhere.example",
      "//elsewhere.example",
      "/\\elsewhere.example",
      "/\t/elsewhere.example",
      "/\n/elsewhere.example",
      "/.//elsewhere.example",
      "/..//elsewhere.example",
      "javascript:alert(1)",
      "elsewhere",
      "",
    ]) {
      const answer = await form(studio, "/sign-in", { ...MARIAN, next });
      expect(answer.status).toBe(303);
      const location = answer.headers.get("location")!;
      expect(new URL(location, studio.url).origin).toBe(new URL(studio.url).origin);
      const html = await (await page(studio, `/sign-in?next=${encodeURIComponent(next)}`)).text();
      expect(html).not.toContain("elsewhere.example");
    }
  });

  test("signing out ends the session and its sockets, and leads to the sign-in", async () => {
    const signed = await form(studio, "/sign-in", MARIAN);
    const cookie = signed.headers.getSetCookie()[0]!.split(";")[0]!;
    const token = decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1));
    const client = await clientOf(studio.url, token, "");
    const live = await client.live();
    const out = await form(studio, "/sign-out", {}, { cookie });
    expect(out.status).toBe(303);
    expect(out.headers.get("location")).toBe("/sign-in");
    expect(await live.closed).toMatchObject({ code: 1008 });
    expect((await page(studio, "/", { cookie })).headers.get("location")).toBe("/sign-in");
  });

  test("whoever is not signed in is led back to where they wanted to go", async () => {
    const id = Bun.randomUUIDv7();
    const answer = await page(studio, `/chapters/${id}`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe(`/sign-in?next=%2Fchapters%2F${id}`);
  });
});

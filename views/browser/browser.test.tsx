/**
 * The writer page in a real browser, under the strict content security policy, against a stand-in for the
 * studio that keeps notes, answers asks and speaks over the socket as told.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import type { Server, ServerWebSocket } from "bun";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Assets, loadAssets } from "../../src/assets.ts";
import { ChapterPage } from "../chapters/page.tsx";
import { PassageAdded, PassageUpdate } from "../chapters/passage.tsx";
import type { PassageView } from "../chapters/passage-view.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const CHROMIUM = process.env.CHROMIUM ?? Bun.which("chromium") ?? Bun.which("google-chrome");
/** How long a condition may take to come true. */
const PATIENCE_MS = 15_000;

type Heard = { method: string; path: string; body: string; headers: Headers };

let assets: Assets;
let browser: Browser;
let server: Server<undefined>;
let page: Page;
let passages: PassageView[];
let requests: Heard[];
let addresses: URL[];
let away: boolean;
let complaints: string[];
let runs: Map<string, object>;
const sockets = new Set<ServerWebSocket<undefined>>();

const passage = (id: string, number: number, over: Partial<PassageView> = {}): PassageView => ({
  id,
  number,
  notes: `Notes ${number}.`,
  revision: 1,
  run: null,
  take: null,
  notesChanged: false,
  ...over,
});

const running = (id: string, partial = "") => ({
  id,
  status: "running" as const,
  attempt: 1,
  partial,
  problem: null,
  dueAt: null,
});

function html(body: unknown, status = 200): Response {
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  return new Response(String(body), { status, headers });
}

async function answer(request: Request): Promise<Response | undefined> {
  const { pathname: path } = new URL(request.url);
  const asset = assets.respond(request);
  if (asset) return asset;
  if (path === "/live") {
    if (away) return new Response(null, { status: 503 });
    addresses.push(new URL(request.url));
    return server.upgrade(request, { data: undefined })
      ? undefined
      : new Response(null, { status: 400 });
  }
  if (path.startsWith("/api/runs/"))
    return Response.json(runs.get(path.slice("/api/runs/".length)));
  if (request.method === "GET") return html(await writer());
  const body = await request.text();
  requests.push({ method: request.method, path, body, headers: request.headers });
  if (away) return new Response(null, { status: 503 });
  const found = passages.find(({ id }) => path.startsWith(`/passages/${id}/`));
  if (found && request.method === "PUT") return saveNotes(found, request, body);
  if (found && path.endsWith("/asks")) {
    found.run = running(`run-of-${found.id}`);
    return html(<PassageUpdate passage={found} />, 202);
  }
  if (path === "/chapters/c1/passages") {
    const added = passage(`p${passages.length + 1}`, passages.length + 1, { notes: "" });
    passages.push(added);
    say({
      type: "event",
      offset: 50,
      event: {},
      content: String(<PassageAdded passage={added} />),
    });
    return html(<PassageAdded passage={added} focus />, 201);
  }
  return Response.json({ title: "Conflict", detail: "It had ended already." }, { status: 409 });
}

function saveNotes(found: PassageView, request: Request, body: string): Response {
  const { notes, revision } = found;
  if (request.headers.get("if-match") !== `"${revision}"`) {
    return Response.json({ revision, notes }, { status: 412 });
  }
  found.notes = JSON.parse(body).notes;
  found.revision += 1;
  return Response.json({ revision: found.revision, savedAt: new Date().toISOString() });
}

const writer = () => (
  <ChapterPage
    assets={assets}
    account={{ id: "a1", name: "Marian Oake", email: "marian@oake.example" }}
    book={{ title: "The Salt Ledger" }}
    chapters={[{ id: "c1", number: 1, title: "The Relief Boat", mark: "to-write" }]}
    chapter={{ id: "c1", number: 1, title: "The Relief Boat" }}
    passages={passages}
    since="e1:10"
    savedAt={null}
    model={null}
  />
);

function say(frame: object): void {
  for (const socket of sockets) socket.send(JSON.stringify(frame));
}

function update(view: PassageView, offset: number): void {
  passages = passages.map((old) => (old.id === view.id ? view : old));
  say({ type: "event", offset, event: {}, content: String(<PassageUpdate passage={view} />) });
}

async function until(condition: () => unknown): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Never came true: ${condition}`);
    await Bun.sleep(20);
  }
}

const text = async (selector: string) => (await page.locator(selector).textContent()) ?? "";
const notes = (id: string) => page.locator(`#notes-${id}`);
const chip = () => text("#save-chip");

async function open(): Promise<void> {
  await page.goto(server.url.href);
  await until(() => sockets.size === 1);
}

async function write(id: string, words: string): Promise<void> {
  await notes(id).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(words);
}

beforeAll(async () => {
  assets = await loadAssets();
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: answer,
    websocket: {
      open(socket: ServerWebSocket<undefined>) {
        sockets.add(socket);
        socket.send(JSON.stringify({ type: "welcome", epoch: "e1", offset: 10, recovered: true }));
      },
      close: (socket: ServerWebSocket<undefined>) => void sockets.delete(socket),
      message() {},
    },
  }) as Server<undefined>;
  browser = await chromium.launch({
    executablePath: CHROMIUM ?? undefined,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop(true);
});

beforeEach(async () => {
  passages = [passage("p1", 1), passage("p2", 2, { run: running("r2", "The lamp ") })];
  requests = [];
  addresses = [];
  complaints = [];
  runs = new Map();
  away = false;
  page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
  });
  await open();
});

afterEach(async () => {
  await page.context().close();
  await until(() => sockets.size === 0);
  expect(complaints).toEqual([]);
});

test("a take grows by its pieces, with its words counted", async () => {
  say({ type: "delta", run: "r2", attempt: 1, at: 9, text: "was lit.\n\nNobody" });
  await until(async () => (await page.locator('[data-run="r2"] p').count()) === 2);
  expect(await text('[data-run="r2"] p:last-child')).toBe("Nobody");
  expect(await text("#prose-p2 [data-words]")).toBe("5 words");
});

test("a missing piece is read from the studio", async () => {
  runs.set("r2", { attempt: 1, partial: "The lamp was lit. ", status: "running" });
  say({ type: "delta", run: "r2", attempt: 1, at: 18, text: "Nobody came." });
  await until(async () => (await text('[data-run="r2"]')) === "The lamp was lit. Nobody came.");
});

test("pieces that come before their element are not lost, and the caret stays in the notes", async () => {
  await notes("p1").focus();
  say({ type: "delta", run: "early", attempt: 1, at: 0, text: "Early words" });
  update(passage("p1", 1, { run: running("early", "Ear") }), 11);
  await until(async () => (await text('[data-run="early"]')) === "Early words");
  expect(await text("#spine-p1")).toBe("expanding");
  expect(await text("#announcements")).toBe("Expanding passage 1.");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("notes-p1");
});

test("a take that is done replaces its stream and says so", async () => {
  const take = { text: "The lamp was lit.", model: "practice", practice: true };
  update(passage("p2", 2, { run: { ...running("r2"), status: "succeeded" }, take }), 11);
  await until(async () => (await text("#prose-p2 .take")) === "The lamp was lit.");
  expect(await text("#prose-p2 .takebar")).toContain("Practice model");
  expect(await text("#announcements")).toBe("Done, passage 2.");
});

test("notes save themselves, and say so only then", async () => {
  away = true;
  await write("p1", " More.");
  await until(() => requests.length > 0);
  expect(await chip()).toBe("Saving…");
  away = false;
  await until(async () => /^Saved \d\d:\d\d$/.test(await chip()));
  expect(passages[0]!.notes).toBe("Notes 1. More.");
});

test("expanding saves the notes first, sends them along, and asks once", async () => {
  await write("p1", " More.");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Control+Enter");
  await until(async () => (await page.locator('[data-run="run-of-p1"]').count()) === 1);
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "PUT /passages/p1/notes",
    "POST /passages/p1/asks",
  ]);
  const [, ask] = requests;
  expect(new URLSearchParams(ask!.body).get("notes")).toBe("Notes 1. More.");
  expect(ask!.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
});

test("pressing again after no answer came is the same ask, since the first may have arrived", async () => {
  await page.context().setOffline(true);
  await page.locator("#expand-p1").click();
  await until(async () => (await text("#prose-p1 [data-problem]")).includes("did not answer"));
  const keys: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/asks")) keys.push(request.headers()["idempotency-key"]);
  });
  await page.locator("#expand-p1").click();
  await until(() => keys.length === 1);
  await page.context().setOffline(false);
  await until(async () => (await page.getAttribute("#expand-p1", "aria-busy")) === null);
  await page.locator("#expand-p1").click();
  await until(async () => (await page.locator('[data-run="run-of-p1"]').count()) === 1);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]!);
});

test("a double click on Expand does not stop what it began", async () => {
  await page.locator("#expand-p1").dblclick();
  await until(async () => (await page.locator('[data-run="run-of-p1"]').count()) === 1);
  expect(requests.filter(({ path }) => path.includes("cancellation"))).toEqual([]);
  expect(requests.filter(({ path }) => path.endsWith("/asks"))).toHaveLength(1);
});

test("a refusal is said beside its button", async () => {
  await page.locator("#stop-p2").click();
  await until(async () => (await text("#prose-p2 [data-problem]")) === "It had ended already.");
});

test("a new passage comes once, from answer and socket, and takes the caret", async () => {
  await page.getByRole("button", { name: "New passage" }).click();
  await until(() => page.evaluate(() => document.activeElement?.id === "notes-p3"));
  expect(await page.locator(".passage").count()).toBe(3);
  await page.keyboard.type("Dusk.");
  await until(() => passages[2]!.notes === "Dusk.");
});

test("notes saved elsewhere show here", async () => {
  say({ type: "notes", passage: "p1", revision: 9, notes: "From the phone." });
  await until(async () => (await notes("p1").inputValue()) === "From the phone.");
});

test("a lost socket opens again where it was", async () => {
  say({ type: "position", offset: 77 });
  say({ type: "notes", passage: "p1", revision: 2, notes: "Heard after the position." });
  await until(async () => (await notes("p1").inputValue()).startsWith("Heard"));
  for (const socket of sockets) socket.close(1012);
  await until(() => addresses.length === 2);
  expect(addresses.map(({ searchParams }) => searchParams.get("since"))).toEqual([
    "e1:10",
    "e1:77",
  ]);
  expect(addresses[1]!.searchParams.get("view")).toBe("chapter/c1");
});

test("what could not be saved comes back after a reload", async () => {
  away = true;
  await write("p1", " Offline.");
  await until(() => requests.length > 0);
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  expect(await notes("p1").inputValue()).toBe("Notes 1. Offline.");
  away = false;
  await until(() => passages[0]!.notes === "Notes 1. Offline.");
});

test("another's text is not overwritten, and ours can be copied", async () => {
  passages[0] = passage("p1", 1, { notes: "Theirs.", revision: 7 });
  await write("p1", " Mine.");
  await until(async () => (await chip()) === "Not saved, copy");
  expect(passages[0].notes).toBe("Theirs.");
  expect(await notes("p1").inputValue()).toBe("Notes 1. Mine.");
  await page.locator("#save-chip").click();
  await until(async () => (await chip()) === "Copied, not saved");
  await page.reload();
  expect(await notes("p1").inputValue()).toBe("Theirs.");
});

test("a reset saves what is unsaved and reads the page again", async () => {
  await write("p1", " More.");
  const loaded = page.waitForEvent("load");
  say({ type: "reset" });
  await loaded;
  expect(await notes("p1").inputValue()).toBe("Notes 1. More.");
});

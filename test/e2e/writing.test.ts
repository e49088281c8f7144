/**
 * Writing, through what happens to machines: each story ends with the exact text. On two web processes over real NATS,
 * where this machine has one.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openPostgres } from "../../src/database.ts";
import { readDocument } from "../../src/documents/log.ts";
import { complaintsOf, startBrowser } from "../support/browser.ts";
import { spawnChromium } from "../support/chromium.ts";
import { type Client, clientOf, MARIAN, signUp } from "../support/client.ts";
import { caret, cell, chip, rowsIn, until } from "../support/desk.ts";
import { freePort } from "../support/nats.ts";
import { type Cable, startCable } from "../support/proxy.ts";
import { freshDatabase, ownNats } from "../support/services.ts";
import { type StudioProcess, spawnStudio } from "../support/studio.ts";

let browser: Browser;
let marian: Client;
let databaseUrl: string;
let chapter: string;
const webs: { url: string; studio: StudioProcess; start(): Promise<StudioProcess> }[] = [];
const contexts: BrowserContext[] = [];
const cables: Cable[] = [];
const complaints: string[][] = [];
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const started = await startBrowser();
  if (!started) throw new Error("These tests need Chromium.");
  browser = started;
  const nats = await ownNats();
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-writing-"));
  databaseUrl = database.url;
  cleanups.push(database.drop, () => rm(folder, { recursive: true, force: true }));
  if (nats) cleanups.push(() => nats.stop());
  for (let i = 0; i < (nats ? 2 : 1); i++) {
    const port = await freePort();
    const start = () =>
      spawnStudio({
        DATABASE_URL: database.url,
        REYNA_DATA: folder,
        HOST: "127.0.0.1",
        PORT: String(port),
        ...(nats ? { NATS_URL: nats.url } : {}),
      });
    const web = { url: `http://127.0.0.1:${port}/`, studio: await start(), start };
    webs.push(web);
    cleanups.push(() => web.studio.kill("SIGKILL"));
  }
  marian = await signUp(webs[0]!.url);
}, 120_000);

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await Promise.all(cables.splice(0).map((cable) => cable.stop()));
  expect(complaints.splice(0).flat()).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  for (const clean of cleanups.reverse()) await clean();
});

const far = () => webs.at(-1)!;

/** A new chapter of one passage, of which the id is told. */
async function begin(prose: string): Promise<string> {
  const draft = { type: "chapter", name: "The Fog Signal", parent: marian.book };
  chapter = (await marian.post<{ id: string }>("/api/buckets", draft)).body.id;
  const path = `/api/documents/${chapter}`;
  const { body } = await marian.get<{ passages: { id: string }[] }>(path);
  const passage = body.passages[0]!.id;
  await marian.post(`${path}/edits`, { edits: [{ edit: "replace", passage, prose }] });
  return passage;
}

async function cableTo(url: string): Promise<Cable> {
  const cable = await startCable(url);
  cables.push(cable);
  return cable;
}

async function device(url: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  contexts.push(context);
  return signedIn(context, url);
}

async function signedIn(context: BrowserContext, url: string): Promise<BrowserContext> {
  complaints.push(complaintsOf(context));
  const { email, password } = MARIAN;
  const path = new URL("/api/auth/sign-in/email", url).href;
  // A cookie of an earlier life comes along, and with it the studio asks where this comes from.
  const headers = { origin: new URL(path).origin };
  const answer = await context.request.post(path, { data: { email, password }, headers });
  expect(answer.status()).toBe(200);
  return context;
}

async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(new URL(`/chapters/${chapter}`, url).href);
  await page.locator("#passages[data-ready]").waitFor();
  await until(() => isSaved(page));
  return page;
}

const isSaved = async (page: Page) => /^Saved \d\d:\d\d$/.test(await chip(page));
const proseOn = (page: Page, passage: string) => cell(page, passage, "prose").textContent();

/** What the database alone has. */
async function stored(): Promise<string[]> {
  const postgres = await openPostgres(databaseUrl, { connections: 1 });
  try {
    return rowsIn((await readDocument(postgres.db, chapter)).doc);
  } finally {
    await postgres.close();
  }
}

test("the cable is pulled in mid-sentence and the tab closed before it returns", async () => {
  const passage = await begin("The lamp was burning.");
  const cable = await cableTo(webs[0]!.url);
  const context = await device(cable.url);
  const page = await open(context, cable.url);
  await caret(page, passage, "prose");
  await page.keyboard.type(" She had carried");
  cable.pull();
  await page.keyboard.type(" the matches up for nothing.");
  await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
  await page.close();
  expect((await stored())[0]).not.toContain("for nothing");
  cable.plugIn();
  const later = await open(context, cable.url);
  const wanted = "The lamp was burning. She had carried the matches up for nothing.";
  await until(async () => (await stored())[0] === ` | ${wanted}`);
  expect(await proseOn(later, passage)).toBe(wanted);
}, 60_000);

test("the server is killed while somebody types, again and again", async () => {
  const passage = await begin("One.");
  const page = await open(await device(webs[0]!.url), webs[0]!.url);
  await caret(page, passage, "prose");
  const words = ["two", "three", "four", "five", "six", "seven", "eight", "nine"];
  for (const [i, word] of words.entries()) {
    const typing = page.keyboard.type(` ${word}`, { delay: 15 });
    if (i % 3 === 1) {
      await webs[0]!.studio.kill("SIGKILL");
      await typing;
      webs[0]!.studio = await webs[0]!.start();
    }
    await typing;
  }
  await until(() => isSaved(page));
  const wanted = "One. two three four five six seven eight nine";
  expect(await stored()).toEqual([` | ${wanted}`]);
  expect(await proseOn(page, passage)).toBe(wanted);
}, 120_000);

test("a server that stands still is no server: the words are on the device, and go on when it wakes", async () => {
  const passage = await begin("Still.");
  const page = await open(await device(far().url), far().url);
  await caret(page, passage, "prose");
  far().studio.signal("SIGSTOP");
  await page.keyboard.type(" Nothing moves.");
  await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
  far().studio.signal("SIGCONT");
  await until(() => isSaved(page));
  expect(await stored()).toEqual([" | Still. Nothing moves."]);
}, 60_000);

test("server and browser are killed together: what was called saved is there", async () => {
  const passage = await begin("Saved:");
  const profile = await mkdtemp(join(tmpdir(), "reyna-writing-profile-"));
  cleanups.push(() => rm(profile, { recursive: true, force: true }));
  const web = far();
  let promised = "Saved:";
  for (let round = 1; round <= 3; round++) {
    const chromium = await spawnChromium(profile);
    const page = await open(await signedIn(chromium.context, web.url), web.url);
    await caret(page, passage, "prose");
    await page.keyboard.type(` ${round}`);
    await until(() => isSaved(page));
    promised = (await proseOn(page, passage))!;
    await page.keyboard.type(" and");
    await Promise.all([web.studio.kill("SIGKILL"), chromium.kill()]);
    expect((await stored())[0]).toStartWith(` | ${promised}`);
    web.studio = await web.start();
  }
  // As much of each "and" as the device had.
  expect(promised).toMatch(/^Saved: 1( a?n?d?)? 2( a?n?d?)? 3$/);
}, 120_000);

test("two type in one paragraph, at two processes", async () => {
  const passage = await begin("middle");
  const one = await open(await device(webs[0]!.url), webs[0]!.url);
  const two = await open(await device(far().url), far().url);
  await caret(one, passage, "prose", "start");
  await caret(two, passage, "prose", "end");
  await Promise.all([
    one.keyboard.type("The first writer. ", { delay: 7 }),
    two.keyboard.type(" The second writer.", { delay: 5 }),
  ]);
  const wanted = "The first writer. middle The second writer.";
  for (const page of [one, two]) {
    await until(async () => (await proseOn(page, passage)) === wanted);
    await until(() => isSaved(page));
  }
  expect(await stored()).toEqual([` | ${wanted}`]);
  for (const { url } of webs) {
    const client = await clientOf(url, marian.token, marian.account);
    const { body } = await client.get<{ passages: { prose: unknown }[] }>(
      `/api/documents/${chapter}`,
    );
    expect(JSON.stringify(body.passages)).toContain(wanted);
  }
}, 60_000);

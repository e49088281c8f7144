/** The Schemas page by its front door: what is on it, for whom, what its forms do; and in a browser, a refusal. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { expectNothingFound } from "../../test/support/axe.ts";
import { complaintsOf, startBrowser } from "../../test/support/browser.ts";
import { type Client, signUp, TOM } from "../../test/support/client.ts";
import { rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

const FIRST = {
  title: "Keeper's entry",
  type: "object",
  properties: {
    name: { type: "string", minLength: 1, maxLength: 120 },
    kind: { enum: ["person", "place"] },
    aliases: { type: "array", items: { type: "string" } },
    colour: { type: "string" },
  },
  required: ["name", "kind", "aliases"],
};
/** Narrows twice, widens once, drops a field. */
const NARROW = {
  ...FIRST,
  properties: {
    name: FIRST.properties.name,
    kind: { enum: ["person", "place", "event"] },
    aliases: { type: "array", items: { type: "string" }, minItems: 1 },
    seenIn: { type: "array", items: { type: "string" } },
  },
  required: ["name", "kind", "aliases", "seenIn"],
};
const WIDE = {
  ...FIRST,
  properties: { ...FIRST.properties, name: { type: "string", minLength: 1, maxLength: 200 } },
};

let studio: TestStudio;
/** The administrator, for hers is the first account. */
let marian: Client;
/** Who made the schema. */
let tom: Client;
let ann: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
  ann = await signUp(studio.url, { ...TOM, name: "Ann Lee", email: "ann@lee.example" });
  const { status } = await tom.post("/api/schemas/keeper-entry/versions", { schema: FIRST });
  expect(status).toBe(201);
  const bucket = { type: "folder", name: "Keepers", parent: tom.book };
  const { id } = (await tom.post<{ id: string }>("/api/buckets", bucket)).body;
  for (const [aliases, more] of [
    [[], {}],
    [[], { colour: "grey" }],
    [["Old Abel"], {}],
  ] as const) {
    const content = { name: "Abel", kind: "person", aliases, ...more };
    const blob = { schema: "keeper-entry-v1", bucket: id, content };
    expect((await tom.post("/api/blobs", blob)).status).toBe(201);
  }
});
afterAll(() => studio?.stop());

/** Without tags, so that a sentence is found with the names in it. */
const wordsOf = (html: string) => html.replaceAll(/<[^>]+>/g, "").replaceAll("&#39;", "'");

async function page(path: string, client = tom) {
  const { status, body } = await client.get<{ text?: string }>(path);
  return { status, html: body.text ?? "", words: wordsOf(body.text ?? "") };
}

async function form(
  path: string,
  fields: Record<string, string>,
  client = tom,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(new URL(path, studio.url), {
    method: "POST",
    redirect: "manual",
    headers: { authorization: `Bearer ${client.token}`, ...headers },
    body: new URLSearchParams(fields),
  });
  const html = await answer.text();
  return { status: answer.status, to: answer.headers.get("location"), html, words: wordsOf(html) };
}

const attempt = (schema: unknown, more: Record<string, string> = {}, client = tom) =>
  form(
    "/schemas/keeper-entry/draft",
    { schema: JSON.stringify(schema), level: "BACKWARD", against: "latest", deed: "try", ...more },
    client,
  );

describe("without a script", () => {
  test("all schemas are listed, with the documents of one's own, and found by name", async () => {
    const { status, html, words } = await page("/schemas");
    expect(status).toBe(200);
    for (const name of ["text-input", "bucket-book", "keeper-entry"])
      expect(html).toContain(`href="/schemas/${name}"`);
    expect(words).toContain("Keeper's entry 3 documents, v1, in use");
    expect((await page("/schemas", ann)).words).toContain("Keeper's entry v1, no documents yet");
    const found = (await page("/schemas?q=keeper")).html;
    expect(found).toContain('href="/schemas/keeper-entry?q=keeper"');
    expect(found).not.toContain('href="/schemas/text-input');
    expect(html).not.toMatch(/<[^>]+ style=/);
  });

  test("what is no schema, no version or no number is answered so", async () => {
    expect((await page("/schemas/poem")).status).toBe(404);
    expect((await page("/schemas/bucket-book?from=1&to=99")).status).toBe(404);
    expect((await page("/schemas/bucket-book?from=x")).status).toBe(422);
    const anonymous = await fetch(new URL("/schemas", studio.url), {
      redirect: "manual",
      headers: { accept: "text/html" },
    });
    expect(anonymous.headers.get("location")).toStartWith("/sign-in");
  });

  test("two versions stand side by side, by fields and by lines", async () => {
    const { html, words } = await page("/schemas/bucket-chapter?from=1&to=2");
    expect(html).toMatch(/data-sign="added".{0,300}>expandOnPause</s);
    expect(words).toContain("New field expandOnPause; old documents read it as no");
    expect(words).toContain("v2 accepts every document that v1 does.");
    const lines = await page("/schemas/bucket-chapter?from=1&to=2&view=json");
    expect(lines.html).toMatch(/data-sign="added".{0,200}&quot;expandOnPause&quot;: {/s);
    const back = await page("/schemas/bucket-chapter?from=2&to=1");
    expect(back.words).toContain("expandOnPause is removed; a document that has it is refused");
    expect(back.words).toContain("v1 does not accept a document that v2 does.");
  });

  test("a version alone shows its fields in words", async () => {
    const { words } = await page("/schemas/text-input");
    expect(words).toContain("text, 1 to 20,000");
    expect(words).toContain("The notes, as they stood.");
  });

  test("a draft that narrows is refused with a document, and each rule says how many it refuses", async () => {
    const before = await rowCounts(studio.databaseUrl);
    const { status, html, words } = await attempt(NARROW);
    expect(status).toBe(200);
    expect(words).toContain("v2 would not accept a document that v1 does.");
    expect(html).toContain('<em class="fault">&quot;aliases&quot;: []</em>');
    expect(words).toContain("/seenInis missing");
    expect(words).toContain("kind may now be eventwidens");
    expect(words).toContain("aliases may not be empty, was any numbernarrows, 2 documents");
    expect(words).toContain("New field seenIn is required and has no defaultnarrows, all 3");
    expect(words).toContain("colour is removed; kept in the document, held to nothing1 document");
    expect(html).toMatch(/<button[^>]*aria-disabled="true"[^>]*>Register v2/);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  });

  test("of another's documents nothing is counted", async () => {
    const { words } = await attempt(NARROW, {}, ann);
    expect(words).toContain("aliases may not be empty, was any numbernarrows, no document");
    expect(words).toContain("No document of it yet.");
  });

  test("a draft may be tried at another level", async () => {
    expect((await attempt(NARROW, { level: "NONE" })).words).toContain("Nothing is owed");
    const forward = await attempt(WIDE, { level: "FORWARD", against: "all" });
    expect(forward.words).toContain("v1 would not accept a document that v2 does.");
  });

  test("what is no schema says where and why, and keeps what was typed", async () => {
    const broken = await form("/schemas/keeper-entry/draft", { schema: '{"type": "object",' });
    expect(broken.status).toBe(422);
    expect(broken.words).toContain("is not JSON");
    expect(broken.html).toContain("{&quot;type&quot;: &quot;object&quot;,</textarea>");
    const wrong = await attempt({ type: "object", properties: { name: { type: "poem" } } });
    expect(wrong.status).toBe(422);
    expect(wrong.words).toContain("/properties/name/type");
  });

  test("its owner registers a draft, others do not, and one that is refused is not kept", async () => {
    expect((await attempt(WIDE, { deed: "register" }, ann)).status).toBe(403);
    const refused = await attempt(NARROW, { deed: "register" });
    expect(refused.status).toBe(409);
    expect(refused.words).toContain("v2 would not accept a document that v1 does.");
    const kept = await attempt(WIDE, { deed: "register" });
    expect([kept.status, kept.to]).toEqual([303, "/schemas/keeper-entry?to=2&done=registered"]);
    const { words } = await page(kept.to!);
    expect(words).toContain("It is registered.");
    expect(words).toContain("name may be longer, 200 characters, was 120widens");
    expect(words).toContain("3 documents on v1, no document on v2");
    const builtin = await form(
      "/schemas/text-input/draft",
      { schema: JSON.stringify(WIDE), deed: "register" },
      marian,
    );
    expect(builtin.status).toBe(403);
    expect(builtin.words).toContain("changes only by files");
  });

  test("a document is valid, or its errors are told by their places", async () => {
    const path = "/schemas/keeper-entry/validation";
    const valid = { document: '{"name":"Abel","kind":"person","aliases":[]}', version: "1" };
    expect((await form(path, valid)).words).toContain("Valid: v1 takes it.");
    const wrong = { document: '{"name":"","kind":"person"}', version: "2" };
    const { html, words } = await form(path, wrong, tom, { "hx-request": "true" });
    expect(html).toStartWith('<div class="answer" id="document-answer"');
    expect(words).toContain("v2 refuses it.");
    expect(words).toContain("/namemust not be empty");
    expect(words).toContain("/aliasesis missing");
    expect((await form(path, { document: "{" })).words).toContain("This is not JSON");
  });

  test("its owner and an administrator set what new versions owe, and deprecate", async () => {
    const config = "/schemas/keeper-entry/config";
    const set = { compatibility: "FULL", policy: "lenient", deed: "set" };
    expect((await form(config, set, ann)).status).toBe(403);
    expect((await form(config, set)).status).toBe(303);
    const { body } = await tom.get("/api/schemas/keeper-entry/config");
    expect(body).toEqual({ compatibility: "FULL", policy: "lenient" });
    expect((await form(config, { deed: "clear" }, marian)).status).toBe(303);
    const old = "/schemas/keeper-entry/versions/1/deprecation";
    expect((await form(old, {}, ann)).status).toBe(403);
    expect((await form(old, {})).status).toBe(303);
    expect((await page("/schemas/keeper-entry")).words).toContain("deprecated");
  });

  test("anybody makes a schema, whose name is free and whose words are one", async () => {
    const make = (name: string, schema: string, client = ann) =>
      form("/schemas/new", { name, schema }, client);
    expect((await page("/schemas?new", ann)).words).toContain("New schema");
    const taken = await make("keeper-entry", "{}");
    expect([taken.status, taken.words.includes("There is a schema called keeper-entry")]).toEqual([
      409,
      true,
    ]);
    expect((await make("Weather Note", '{"type":"string"}')).words).toContain("small letters");
    expect((await make("weather-note", '{"type":"poem"}')).words).toContain("/type");
    const made = await make("weather-note", '{"type":"string","title":"Weather note"}');
    expect([made.status, made.to]).toEqual([303, "/schemas/weather-note"]);
    expect((await page("/schemas?q=weather", tom)).words).toContain("Weather note");
  });

  test("an administrator sets what holds for all schemas", async () => {
    const set = { compatibility: "FULL", policy: "strict" };
    expect((await form("/schemas/config", set)).status).toBe(403);
    expect((await form("/schemas/config", set, marian)).status).toBe(303);
    expect((await page("/schemas/keeper-entry")).html).toContain('value="FULL" selected');
    const back = { compatibility: "BACKWARD", policy: "strict" };
    expect((await form("/schemas/config", back, marian)).status).toBe(303);
  });

  test("a rule that never ends holds nobody up, and says that it was not counted", async () => {
    const schema = { type: "string", title: "Fog" };
    await tom.post("/api/schemas/fog-signal/versions", { schema });
    const content = `${"a".repeat(40_000)}!`;
    const bucket = { type: "folder", name: "Fog", parent: tom.book };
    const { id } = (await tom.post<{ id: string }>("/api/buckets", bucket)).body;
    await tom.post("/api/blobs", { schema: "fog-signal", bucket: id, content });
    const endless = { ...schema, pattern: "^a*a*a*a*b$" };
    const answer = form("/schemas/fog-signal/draft", { schema: JSON.stringify(endless) });
    const up = Array.from({ length: 10 }, () => fetch(new URL("/up", studio.url)));
    expect((await Promise.all(up)).every(({ ok }) => ok)).toBe(true);
    expect((await answer).words).toContain("could not be counted in time");
  });
});

describe("in a browser", () => {
  let browser: Browser;
  let complaints: string[] = [];
  beforeAll(async () => {
    const started = await startBrowser();
    if (!started) throw new Error("These tests need Chromium.");
    browser = started;
  });
  afterEach(() => expect(complaints).toEqual([]));
  afterAll(() => browser?.close());

  async function open(path: string, width = 1440): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    complaints = complaintsOf(context);
    const { email, password } = TOM;
    const signIn = new URL("/api/auth/sign-in/email", studio.url).href;
    expect((await context.request.post(signIn, { data: { email, password } })).status()).toBe(200);
    const tab = await context.newPage();
    await tab.goto(new URL(path, studio.url).href);
    return tab;
  }

  test("a draft is tried by the keyboard, refused with its document, changed, and a document tried in place", async () => {
    const tab = await open("/schemas/keeper-entry");
    const draft = tab.getByLabel("JSON Schema of the next version");
    await draft.fill(JSON.stringify(NARROW, null, 2));
    await draft.press("Tab");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await tab.getByText("v3 would not accept a document that v2 does.").waitFor();
    expect(await tab.locator("em.fault").allTextContents()).toContain('"aliases": []');
    expect(await draft.inputValue()).toContain("seenIn");
    await expectNothingFound(tab);
    await tab.getByRole("link", { name: "Change the draft" }).press("Enter");
    expect(await tab.evaluate(() => document.activeElement?.id)).toBe("draft-schema");

    await tab.getByLabel("A document, as JSON").fill('{"name":""}');
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await tab.locator("#document-answer", { hasText: "/kind" }).waitFor();
    // It was in place: the draft beside it is still tried.
    expect(await tab.locator(".verdict").count()).toBe(1);
    await expectNothingFound(tab);
  });

  test("on a phone the list comes first, a schema is a page of its own, and nothing is wider", async () => {
    const tab = await open("/schemas", 390);
    await tab.getByRole("link", { name: /Keeper's entry/ }).click();
    await tab.getByRole("heading", { name: "Keeper's entry" }).waitFor();
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    // What somebody registers meanwhile is told.
    await ann.post("/api/schemas/tide-table/versions", { schema: { title: "Tide table" } });
    await tab.locator("#schema-news", { hasText: "Tide table: v1 was registered." }).waitFor();
    await expectNothingFound(tab);
    await tab.getByRole("link", { name: "Schemas", exact: true }).last().click();
    await tab.getByRole("link", { name: /Keeper's entry/ }).waitFor();
  });
});

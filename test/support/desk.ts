/**
 * A writer's desk: a real studio with a model to ask, a real browser on a cable that can be pulled, and a second writer
 * who sees and changes the same document over the real socket.
 */
import { expect } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type * as Y from "yjs";
import { readRows } from "../../src/documents/model/rows.ts";
import { textOf } from "../../src/documents/model/text.ts";
import type { Words } from "../../src/documents/model/words-at.ts";
import type { Tuning } from "../../src/studio.ts";
import { complaintsOf, startBrowser } from "./browser.ts";
import { type Client, eventually, MARIAN, signUp } from "./client.ts";
import { openDocument, type Writer } from "./documents.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";
import { type Cable, startCable } from "./proxy.ts";
import { query } from "./rows.ts";
import { openTestStudio, type TestStudio } from "./studio.ts";

export type Desk = {
  studio: TestStudio;
  /** Whose desk it is. */
  marian: Client;
  model: ModelServer;
  /** Between the browser and the studio; plugged in again between tests. */
  cable: Cable;
  browser: Browser;
  /** The chapter on the desk. */
  chapter(): string;
  /** Its document, as another writer has it: what is read here came through the studio. */
  doc(): Y.Doc;
  writer(): Writer;
  /** Lays a new chapter of such passages, in Markdown, on the desk. Answers their ids. */
  begin(...rows: { notes?: string; prose?: string }[]): Promise<string[]>;
  /** The book's language, for the pages that are opened from here on. */
  speak(language: string | undefined): Promise<void>;
  /** A device that is signed in as Marian. */
  device(options?: {
    dark?: boolean;
    width?: number;
    script?: boolean;
    touch?: boolean;
    /** Without its service worker what a page asks for can be held (`holdRequests`). */
    worker?: boolean;
  }): Promise<BrowserContext>;
  /** The chapter's page, ready to write in; on a device of its own unless one is given. */
  open(options?: {
    context?: BrowserContext;
    dark?: boolean;
    width?: number;
    script?: boolean;
    worker?: boolean;
  }): Promise<Page>;
  /** Asks for a passage's expansion, of its notes as they stand unless other words are given. Answers the ask's id. */
  ask(passage: string, asked?: Asked): Promise<string>;
  /** Asks, and waits for the take, with this text. Answers the take's id. */
  take(passage: string, text: string, asked?: Asked): Promise<string>;
  /** The next ask is answered as it is told here. */
  dictate(): Dictation;
  /** Between tests: nobody has anything open, and no page complained. */
  leave(): Promise<void>;
  stop(): Promise<void>;
};

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>["cookies"];

export type Asked = {
  notes?: string;
  /** Words of the prose that are to be rewritten. */
  rewrites?: Words;
};

export type Dictation = { say(text: string): void; end(): void };

export async function openDesk(options: { tuning?: Tuning } = {}): Promise<Desk> {
  const model = await startModelServer();
  const studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
    tuning: options.tuning,
  });
  const marian = await signUp(studio.url);
  const cable = await startCable(studio.url);
  const browser = await startBrowser();
  if (!browser) throw new Error("These tests need Chromium.");
  const contexts = new Set<BrowserContext>();
  /** Of devices of tests before; each is one device's at a time. */
  const sessions: { cookies: Cookies; origins: [] }[] = [];
  let complaints: string[][] = [];
  let chapter = "";
  let writer: Writer | undefined;

  const desk: Desk = {
    studio,
    marian,
    model,
    cable,
    browser,
    chapter: () => chapter,
    doc: () => writer!.doc,
    writer: () => writer!,
    async begin(...rows) {
      const bucket = { type: "chapter", name: "The Fog Signal", parent: marian.book };
      chapter = (await marian.post<{ id: string }>("/api/buckets", bucket)).body.id;
      const path = `/api/documents/${chapter}`;
      const first = (await marian.get<{ passages: { id: string }[] }>(path)).body.passages[0]!;
      const inserts = rows.map((row) => ({ edit: "insert", place: "end", ...row }));
      const edits = [...inserts, { edit: "remove", passage: first.id }];
      const { status, body } = await marian.post<{ passages: string[] }>(`${path}/edits`, {
        edits,
      });
      expect({ status, body }).toMatchObject({ status: 200 });
      writer?.close();
      writer = await openDocument(marian, chapter);
      return body.passages.slice(0, rows.length);
    },
    async speak(language) {
      const metadata = JSON.stringify(language ? { language } : {});
      await query(studio.databaseUrl, "update buckets set metadata = $1::jsonb where id = $2", [
        metadata,
        marian.book,
      ]);
    },
    async device({ dark, width = 1440, script, touch, worker } = {}) {
      const session = sessions.pop();
      const context = await browser.newContext({
        ...(session ? { storageState: session } : {}),
        viewport: { width, height: 900 },
        colorScheme: dark ? "dark" : "light",
        javaScriptEnabled: script !== false,
        hasTouch: touch === true,
        serviceWorkers: worker === false ? "block" : "allow",
        permissions: ["clipboard-read", "clipboard-write"],
      });
      contexts.add(context);
      complaints.push(complaintsOf(context));
      const mine = new URL("/api/auth/get-session", cable.url).href;
      const found = session && (await context.request.get(mine));
      if (found?.ok() && (await found.json())?.user?.id === marian.account) return context;
      // That session was ended by a test; with its cookie the sign-in would count as another site's.
      await context.clearCookies();
      const { email, password } = MARIAN;
      const path = new URL("/api/auth/sign-in/email", cable.url).href;
      const answer = await context.request.post(path, { data: { email, password } });
      expect(answer.status()).toBe(200);
      return context;
    },
    async open(options = {}) {
      const context = options.context ?? (await desk.device(options));
      const page = await context.newPage();
      await page.goto(new URL(`/chapters/${chapter}`, cable.url).href);
      if (options.script !== false) await page.locator("#passages[data-ready]").waitFor();
      return page;
    },
    async ask(passage, { notes, rewrites } = {}) {
      const row = readRows(writer!.doc).find(({ id }) => id === passage)!;
      const { text, ...around } = rewrites ?? { text: notes ?? textOf(row.notes) };
      const { status, body } = await marian.post<{ id: string }>("/api/blobs", {
        schema: "text-input",
        bucket: chapter,
        content: { text },
        metadata: { passage, ...(rewrites ? { rewrites: around } : {}) },
      });
      expect({ status, body }).toMatchObject({ status: 201 });
      return body.id;
    },
    dictate() {
      const { readable, writable } = new TransformStream<string, string>();
      const pieces = writable.getWriter();
      model.behave({ kind: "dictated", pieces: readable });
      return {
        say: (text) => void pieces.write(text).catch(() => {}),
        end: () => void pieces.close().catch(() => {}),
      };
    },
    async take(passage, text, asked) {
      model.behave({ kind: "answer", text });
      const ask = await desk.ask(passage, asked);
      let take: string | undefined;
      await eventually(async () => {
        const path = `/api/blobs?schema=expanded-text&derivedFrom=${ask}`;
        take = (await marian.get<{ items: { id: string }[] }>(path)).body.items[0]?.id;
        return take !== undefined;
      });
      return take!;
    },
    async leave() {
      cable.plugIn();
      await Promise.all(
        [...contexts].map(async (context) => {
          const { cookies } = await context.storageState();
          if (cookies.length > 0) sessions.push({ cookies, origins: [] });
          await context.close();
        }),
      );
      contexts.clear();
      writer?.close();
      writer = undefined;
      const all = complaints.flat();
      complaints = [];
      expect(all).toEqual([]);
    },
    async stop() {
      await browser.close();
      await cable.stop();
      await studio.stop();
      await model.stop();
    },
  };
  return desk;
}

/** How long a condition may take to come true. */
const PATIENCE_MS = 30_000;

export async function until(condition: () => unknown): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Never came true: ${condition}`);
    await Bun.sleep(20);
  }
}

export type Sent = { method: string; path: string; body: string; headers: Record<string, string> };

/** What a page asks of the studio from here on, beside what it only reads. */
export function watchSent(page: Page): Sent[] {
  const sent: Sent[] = [];
  page.on("request", (request) => {
    const method = request.method();
    if (method === "GET") return;
    const { pathname: path } = new URL(request.url());
    sent.push({ method, path, body: request.postData() ?? "", headers: request.headers() });
  });
  return sent;
}

/** Requests to paths that end so wait until the answer is called. */
export async function holdRequests(page: Page, ending: string): Promise<() => void> {
  // A worker has scripts at hand, and what it passes on cannot always be held.
  const isBlocked = await page.evaluate(async () => !(await navigator.serviceWorker.register("/")));
  expect(isBlocked).toBe(true);
  const held = Promise.withResolvers<void>();
  await page.route(`**${ending}`, async (route) => {
    await held.promise;
    await route.continue();
  });
  return held.resolve;
}

/** What is loaded on use from here on waits until the answer is called. */
export const holdScripts = (page: Page) => holdRequests(page, "/assets/*.js");

/** As it is over plain HTTP, but for reading. */
export const withoutClipboard = (page: Page): Promise<void> =>
  page.evaluate(() => void Object.assign(navigator.clipboard, { writeText: undefined }));

/** Rows of a document as "notes | prose". */
export const rowsIn = (doc: Y.Doc): string[] =>
  readRows(doc).map(({ notes, prose }) => `${textOf(notes)} | ${textOf(prose)}`);

export const cell = (page: Page, passage: string, half: "notes" | "prose") =>
  page.locator(`[data-passage="${passage}"] > [data-half="${half}"]`);

/** Puts the caret at an edge of a cell, by its own block. */
export async function caret(
  page: Page,
  passage: string,
  half: "notes" | "prose",
  edge: "start" | "end" = "end",
): Promise<void> {
  await page.evaluate(
    ([id, name, at]) => {
      const element = document.querySelector(`[data-passage="${id}"] > [data-half="${name}"]`)!;
      const line = at === "start" ? element.firstElementChild! : element.lastElementChild!;
      document.getElementById("passages")!.focus();
      const range = document.createRange();
      range.selectNodeContents(line);
      range.collapse(at === "start");
      const selection = getSelection()!;
      selection.removeAllRanges();
      selection.addRange(range);
    },
    [passage, half, edge] as const,
  );
  // The editor takes a selection in with its own event, which comes before the next frame.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

/** Where the caret is: passage, half, and the text of its line. */
export const whereIs = (page: Page) =>
  page.evaluate(() => {
    const { anchorNode, anchorOffset } = getSelection()!;
    const element = anchorNode instanceof Element ? anchorNode : anchorNode?.parentElement;
    const half = element?.closest<HTMLElement>("[data-half]");
    return {
      passage: half?.closest<HTMLElement>("[data-passage]")?.dataset.passage,
      half: half?.dataset.half,
      line: anchorNode?.textContent,
      offset: anchorOffset,
    };
  });

/** Its words as they are seen: others lie beneath them. */
export const chip = async (page: Page) =>
  (await page.locator("#save-chip .says > *").locator("visible=true").allTextContents()).join("");

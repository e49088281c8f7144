/**
 * A stand-in for the studio, for tests of the writer's page in a real browser: the page under its strict policy, a
 * document in memory behind a real Hocuspocus, and the socket of fragments; all of it does as it is told.
 */
import { expect } from "bun:test";
import { type Connection, Hocuspocus } from "@hocuspocus/server";
import type { Server, ServerWebSocket } from "bun";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import * as Y from "yjs";
import { type Assets, loadAssets } from "../../../src/assets.ts";
import { changedWords } from "../../../src/documents/changed-words.ts";
import { compare } from "../../../src/documents/compare.ts";
import { insertPassage } from "../../../src/documents/model/commands.ts";
import { documentOptions, newDocument } from "../../../src/documents/model/document.ts";
import { htmlOf } from "../../../src/documents/model/html.ts";
import { parseMarkdown } from "../../../src/documents/model/markdown-read.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { countWords, hashOf, hashOfText, textOf } from "../../../src/documents/model/text.ts";
import { keptFor, type Refusal, refusedMessage } from "../../../src/documents/protocol.ts";
import { ChapterPage } from "../../chapters/page.tsx";
import { PassageUpdate } from "../../chapters/passage.tsx";
import type { CompareLook, PassageView } from "../../chapters/passage-view.ts";
import { Prose } from "../../chapters/prose.tsx";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const CHROMIUM = process.env.CHROMIUM ?? Bun.which("chromium") ?? Bun.which("google-chrome");
/** How long a condition may take to come true. */
const PATIENCE_MS = 20_000;
const CHAPTER = "c1";

type Data = { kind: "live" } | { kind: "document"; request: Request; client?: Client };
type Client = { handleMessage(data: Uint8Array): void; handleClose(): void };
export type Heard = { method: string; path: string; body: string; headers: Headers };

export type StandIn = Awaited<ReturnType<typeof standIn>>;

export async function standIn() {
  const assets: Assets = await loadAssets();
  const views = new Map<string, Partial<PassageView>>();
  const blobs = new Map<string, Record<string, unknown>>();
  const live = new Set<ServerWebSocket<Data>>();
  const sockets = new Set<ServerWebSocket<Data>>();
  const connections = new Set<Connection>();
  const requests: Heard[] = [];
  const complaints: string[] = [];
  let base = newDocument();
  const told = {
    /** Requests and sockets fail. */
    away: false,
    signedOut: false,
    /** Marks are not answered. */
    silent: false,
    readOnly: false,
    language: undefined as string | undefined,
    refusal: null as Refusal | null,
  };
  let marks: (() => void)[] = [];

  const hocuspocus = new Hocuspocus({
    quiet: true,
    yDocOptions: documentOptions as { gc: boolean; gcFilter: () => boolean },
    async onAuthenticate({ connectionConfig }) {
      connectionConfig.readOnly = told.readOnly;
    },
    async onLoadDocument({ document }) {
      Y.applyUpdate(document, Y.encodeStateAsUpdate(base));
    },
    async connected({ connection }) {
      connections.add(connection);
    },
    async beforeSync({ connection, type }) {
      if (!told.refusal || type === 0) return;
      connection.readOnly = true;
      connection.sendStateless(refusedMessage(told.refusal));
    },
    async onStateless({ connection, payload }) {
      const kept = keptFor(payload);
      if (!kept || connection.readOnly) return;
      if (told.silent) marks.push(() => connection.sendStateless(kept));
      else connection.sendStateless(kept);
    },
  });
  const doc = (): Y.Doc => hocuspocus.documents.get(CHAPTER) ?? base;

  function passages(): PassageView[] {
    return readRows(doc()).map((row, at) => ({
      id: row.id,
      number: at + 1,
      notes: textOf(row.notes),
      run: null,
      take: null,
      chapter: CHAPTER,
      row: {
        parts: row.parts.map(({ id, notes, prose }) => ({
          id,
          notes: htmlOf(notes),
          prose: htmlOf(prose),
        })),
        attributes: row.attributes,
        notesHash: hashOf(row.notes),
        proseHash: hashOf(row.prose),
        hasNotes: countWords(row.notes) > 0,
        hasProse: countWords(row.prose) > 0,
      },
      shown: null,
      ...views.get(row.id),
    }));
  }

  const writer = () => (
    <ChapterPage
      assets={assets}
      account={{ id: "a1", name: "Marian Oake", email: "marian@oake.example" }}
      book={{ title: "The Salt Ledger", language: told.language }}
      outline={{
        book: { id: "b1", name: "The Salt Ledger", target: null, stretches: [] },
        trashed: [],
        current: CHAPTER,
      }}
      chapter={{
        ...{ id: CHAPTER, number: 7, title: "The Fog Signal", isTrashed: false },
        ...{ prose: 0, accepted: 0, target: null },
      }}
      mayWrite={!told.readOnly}
      passages={passages()}
      since="e1:10"
      savedAt="2026-11-22T14:06:00Z"
      model={null}
    />
  );

  function html(body: unknown, status = 200): Response {
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
    };
    return new Response(String(body), { status, headers });
  }

  async function answer(request: Request): Promise<Response | undefined> {
    const { pathname: path } = new URL(request.url);
    const asset = assets.respond(request);
    if (asset) return asset;
    if (path === "/favicon.ico") return new Response(null, { status: 204 });
    if (request.headers.get("upgrade")) {
      if (told.away || told.signedOut) return new Response(null, { status: told.away ? 503 : 401 });
      const data: Data = path === "/live" ? { kind: "live" } : { kind: "document", request };
      return server.upgrade(request, { data }) ? undefined : new Response(null, { status: 400 });
    }
    if (path === "/sign-in") return html("<!doctype html><title>Sign in</title>");
    if (path === "/sign-out") return html("<!doctype html><title>Signed out</title>");
    if (path === `/chapters/${CHAPTER}`) return html(writer());
    const body = await request.text();
    requests.push({ method: request.method, path, body, headers: request.headers });
    if (told.away) return new Response(null, { status: 503 });
    if (told.signedOut) return new Response(null, { status: 401 });
    if (path.startsWith("/api/buckets/")) return Response.json({});
    if (path.endsWith("/versions")) return Response.json({}, { status: 201 });
    if (path.startsWith("/api/blobs/")) return blob(request.method, path.slice(11), body);
    const offered = takeRoutes(request.method, new URL(request.url));
    if (offered) return offered;
    const asked = /^\/chapters\/c1\/passages\/([^/]+)\/asks$/.exec(path)?.[1];
    if (asked) {
      views.set(asked, { ...views.get(asked), run: running(`run-of-${asked}`) });
      return html(<PassageUpdate passage={viewOf(asked)} />, 201);
    }
    return Response.json({ title: "Conflict", detail: "It had ended already." }, { status: 409 });
  }

  /** What stands beside the prose, as it is asked for; texts of takes are in `blobs`, their notes in `ask-<id>`. */
  function takeRoutes(method: string, { pathname, searchParams }: URL): Response | undefined {
    const [, passage, rest = ""] =
      /^\/chapters\/c1\/passages\/([^/]+)\/(offer|takes\/.*)$/.exec(pathname) ?? [];
    if (pathname.endsWith("/changed-words")) return Response.json({ items: changed(searchParams) });
    if (!passage) return undefined;
    const [, take] = /^takes\/([^/]+)\/discard$/.exec(rest) ?? [];
    if (take) {
      const { metadata = {}, ...blob } = (blobs.get(take) ?? {}) as { metadata?: object };
      const discardedAt = method === "PUT" ? new Date().toISOString() : undefined;
      blobs.set(take, { ...blob, metadata: { ...metadata, discardedAt } });
      const now = method === "PUT" ? { discardedNow: take } : { take };
      return html(<Prose passage={lookedAt(passage, now)} />);
    }
    const { compare: look, ...looking } = Object.fromEntries(searchParams);
    return html(
      <Prose passage={lookedAt(passage, { ...looking, look: look as CompareLook | undefined })} />,
    );
  }

  const contentOf = (id: string) =>
    blobs.get(id)?.content as { text: string; model: string } | undefined;
  const isDiscarded = (id: string) =>
    (blobs.get(id)?.metadata as { discardedAt?: string } | undefined)?.discardedAt !== undefined;

  function lookedAt(
    passage: string,
    looking: { take?: string; look?: CompareLook; against?: string; discardedNow?: string },
  ): PassageView {
    const view = viewOf(passage);
    const all = view.shown?.ids ?? [];
    const [kept, discarded] = [all.filter((id) => !isDiscarded(id)), all.filter(isDiscarded)];
    const id = looking.take || kept.at(-1);
    const { discardedNow, look, against = "prose" } = looking;
    if (!id) return { ...view, take: null, shown: null, discarded, discardedNow };
    const take = { model: "attic-32b", ...(contentOf(id) ?? view.take) } as typeof view.take;
    const asked = contentOf(`ask-${id}`);
    const shown = {
      ...view.shown,
      ids: isDiscarded(id) ? discarded : kept,
      id,
      askHash: asked ? hashOfText(asked.text) : (view.shown?.askHash ?? null),
      isDiscarded: isDiscarded(id),
    };
    const { prose } = readRows(doc()).find((row) => row.id === passage)!;
    const before = contentOf(against)?.text ?? shown.rewrites?.text ?? prose;
    const compared = look && {
      ...compare(before, take!.text),
      ...{ look, against, proseHash: hashOf(prose), at: "2026-11-22T14:06:00Z" },
    };
    return { ...view, take, shown, discarded, discardedNow, compared: compared || null };
  }

  function changed(query: URLSearchParams) {
    return (query.get("since") ?? "").split(" ").map((one) => {
      const [passage = "", take = ""] = one.split(":");
      const { notes } = readRows(doc()).find(({ id }) => id === passage)!;
      const ranges = changedWords(contentOf(`ask-${take}`)?.text ?? textOf(notes), notes);
      return { passage, notesHash: hashOf(notes), ranges };
    });
  }

  function blob(method: string, id: string, body: string): Response {
    if (method === "PUT") blobs.set(id, { ...blobs.get(id), ...JSON.parse(body) });
    return Response.json(blobs.get(id) ?? null, { headers: { etag: '"1"' } });
  }

  const viewOf = (id: string) => passages().find((one) => one.id === id)!;

  const server: Server<Data> = Bun.serve<Data>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: answer,
    websocket: {
      open(socket) {
        if (socket.data.kind === "live") {
          live.add(socket);
          const welcome = { type: "welcome", epoch: "e1", offset: 10, recovered: true };
          socket.send(JSON.stringify(welcome));
          return;
        }
        sockets.add(socket);
        const incoming = {
          send: (message: Uint8Array) => void socket.send(message),
          close: (code?: number, reason?: string) => socket.close(code, reason),
          get readyState() {
            return socket.readyState;
          },
        };
        socket.data.client = hocuspocus.handleConnection(
          incoming as unknown as WebSocket,
          socket.data.request,
        );
      },
      message(socket, message) {
        if (socket.data.kind === "document" && typeof message !== "string")
          socket.data.client?.handleMessage(new Uint8Array(message));
      },
      close(socket) {
        live.delete(socket);
        sockets.delete(socket);
        if (socket.data.kind === "document") socket.data.client?.handleClose();
      },
    },
  });
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM ?? undefined,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const contexts = new Set<BrowserContext>();

  return {
    told,
    blobs,
    requests,
    doc,
    /** A chapter of such passages, in Markdown; nobody has it open. Returns their ids. */
    begin(...rows: { notes?: string; prose?: string }[]): string[] {
      base = newDocument();
      views.clear();
      blobs.clear();
      requests.length = 0;
      complaints.length = 0;
      marks = [];
      Object.assign(told, { away: false, signedOut: false, silent: false, readOnly: false });
      Object.assign(told, { language: undefined, refusal: null });
      return rows.map(({ notes = "", prose = "" }) =>
        insertPassage(base, "end", {
          notes: parseMarkdown(notes, "notes"),
          prose: parseMarkdown(prose, "prose"),
        }),
      );
    },
    /** What the page of a passage shows beside its words. */
    set: (id: string, view: Partial<PassageView>) => void views.set(id, view),
    /** …and tells the pages that are open. */
    tell(id: string, view: Partial<PassageView>): void {
      views.set(id, view);
      const content = String(<PassageUpdate passage={viewOf(id)} />);
      this.say({ type: "event", offset: 20, event: {}, content });
    },
    say(frame: object): void {
      for (const socket of live) socket.send(JSON.stringify(frame));
    },
    /** Answers the marks that were left without an answer. */
    answerMarks(): void {
      told.silent = false;
      for (const go of marks.splice(0)) go();
    },
    cut(): void {
      told.away = true;
      for (const socket of [...sockets, ...live]) socket.close(1012);
    },
    /** Ends the document's connection and leaves the socket open. */
    closeDocument(): void {
      for (const connection of connections) connection.close({ code: 4205, reason: "test" });
      connections.clear();
    },
    closeSockets(code: number): void {
      for (const socket of sockets) socket.close(code);
    },
    async open(
      options: { context?: BrowserContext; dark?: boolean; width?: number; script?: boolean } = {},
    ): Promise<Page> {
      const context =
        options.context ??
        (await browser.newContext({
          viewport: { width: options.width ?? 1440, height: 900 },
          colorScheme: options.dark ? "dark" : "light",
          javaScriptEnabled: options.script !== false,
          permissions: ["clipboard-read", "clipboard-write"],
        }));
      if (!contexts.has(context)) {
        contexts.add(context);
        context.on("weberror", (error) => complaints.push(String(error.error())));
        context.on("console", (message) => {
          if (/Content Security Policy|Refused to/.test(message.text()))
            complaints.push(message.text());
        });
      }
      const page = await context.newPage();
      await page.goto(new URL(`/chapters/${CHAPTER}`, server.url).href);
      if (options.script !== false) await page.locator("#passages[data-ready]").waitFor();
      return page;
    },
    /** Between tests: nobody has anything open, and nobody complained. */
    async leave(): Promise<void> {
      await Promise.all([...contexts].map((context) => context.close()));
      contexts.clear();
      await until(() => sockets.size === 0 && live.size === 0);
      hocuspocus.closeConnections();
      await until(async () => {
        for (const document of hocuspocus.documents.values())
          await hocuspocus.unloadDocument(document);
        return hocuspocus.documents.size === 0;
      });
      expect(complaints).toEqual([]);
    },
    async stop(): Promise<void> {
      await browser.close();
      await server.stop(true);
    },
  };
}

export const running = (id: string, partial = "") => ({
  id,
  status: "running" as const,
  attempt: 1,
  partial,
  problem: null,
  dueAt: null,
});

export async function until(condition: () => unknown): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Never came true: ${condition}`);
    await Bun.sleep(20);
  }
}

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
  // The editor takes a selection in with its own event.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 30)));
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

export const chip = async (page: Page) => (await page.locator("#save-chip").textContent()) ?? "";

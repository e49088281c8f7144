/**
 * The service worker: keeps chapter pages (the network first, the last copy when it is away) and what pages are made
 * of (under names that never change their meaning, so the copy first). Words live in the editor's own store;
 * this only sees to it that there is a page to show them in.
 *
 * Copies of pages are apart for each account. Which account's turn it is, the last page from the studio said; signing out
 * deletes both (`device-forgotten.ts`).
 */
import { type Message, pagesOf, TURN } from "./offline.ts";

/** Paths of the build that this worker came with; put in by `src/offline/routes.tsx`. */
declare const ASSETS: readonly string[];
/** The page that says that there is no copy. */
declare const AWAY_PATH: string;

/** A studio that has not answered for so long is away, where there is a copy; in milliseconds. */
const AWAY_AFTER_MS = 5_000;
/** Pages kept for each account; the oldest goes. */
const PAGES = 50;
/** From an answer to asking for the copy that is kept: by then its page has come to rest; in milliseconds. */
const KEPT_AFTER_MS = 1_500;
/** Whose page it is, in its answer (`src/documents/routes.tsx`). */
const WHOSE = "reyna-account";

const BUILD = "reyna-build:";
const CHAPTER = /^\/(chapters|pitches)\/[\w-]{36}$/;

/** What the type library of pages leaves out. */
type Extendable = Event & { waitUntil(work: Promise<unknown>): void };
type Installing = Extendable & { addRoutes?(rule: object): Promise<void> };
type Fetching = Extendable & {
  request: Request;
  preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
};
type Worker = {
  registration: { navigationPreload?: { enable(): Promise<void> } };
  addEventListener(type: "install", heard: (event: Installing) => void): void;
  addEventListener(type: "activate", heard: (event: Extendable) => void): void;
  addEventListener(type: "fetch", heard: (event: Fetching) => void): void;
  addEventListener(type: "message", heard: (event: Extendable & { data: Message }) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
};
const worker = globalThis as unknown as Worker;
const { origin } = location;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const build = await caches.open(nameOfBuild());
      await build.addAll([...ASSETS, AWAY_PATH]);
      // Where browsers know how, assets come from the cache without this script.
      const rule = {
        condition: { urlPattern: { pathname: "/assets/*" }, requestMethod: "GET" },
        source: "cache",
      };
      await event.addRoutes?.(rule).catch(() => {});
      await worker.skipWaiting();
    })(),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      await dropOldBuilds();
      // A page is asked for while this script is still being started.
      await worker.registration.navigationPreload?.enable();
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (typeof event.data?.keep !== "string") return;
  const url = new URL(event.data.keep, origin);
  if (url.origin !== origin || !CHAPTER.test(url.pathname)) return;
  event.waitUntil(fetchAndKeep(url.href));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin: from, pathname } = new URL(request.url);
  if (request.method !== "GET" || from !== origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && CHAPTER.test(pathname)) event.respondWith(chapter(event));
  else if (request.mode === "navigate") event.respondWith(other(event, pathname));
});

async function asset(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** The answer passes through untouched: reading a copy of it on its way would hold up the page. */
async function chapter(event: Fetching): Promise<Response> {
  const url = withoutHash(event.request.url);
  const network = fromNetwork(event).then((answer) => {
    event.waitUntil(hold(url, answer));
    return answer;
  });
  const copy = copyOf(url).catch(() => undefined);
  const late = new Promise<undefined>((done) => setTimeout(done, AWAY_AFTER_MS));
  try {
    const answer = await Promise.race([network, late]);
    if (answer && (answer.status < 500 || !(await copy))) return answer;
    if (!(await copy)) return await network;
  } catch {
    // Away.
  }
  network.catch(() => {});
  return (await copy) ?? away();
}

const fromNetwork = async ({ request, preloadResponse }: Fetching): Promise<Response> =>
  (await preloadResponse) ?? fetch(request);

/** Addresses whose copies are about to be made. */
const held = new Set<string>();

/** Whose turn it is is known at once; the copy is asked for when the page has what it needs. */
async function hold(url: string, answer: Response): Promise<void> {
  const account = answer.headers.get(WHOSE);
  if (account) await (await caches.open(TURN)).put("/", new Response(account));
  if (held.has(url)) return;
  held.add(url);
  await new Promise((done) => setTimeout(done, KEPT_AFTER_MS));
  held.delete(url);
  await fetchAndKeep(url);
}

const fetchAndKeep = (url: string): Promise<void> =>
  fetch(url, { headers: { accept: "text/html" } })
    .then((answer) => keep(url, answer))
    .catch(() => {});

/** The studio's first page leads to a chapter; so does this. */
async function other(event: Fetching, path: string): Promise<Response> {
  try {
    return await fromNetwork(event);
  } catch (error) {
    const pages = path === "/" ? await (await pagesOfTurn())?.keys() : undefined;
    const last = pages?.at(-1);
    if (last) return Response.redirect(last.url);
    // What the studio alone can do is told as browsers tell it.
    if (path.startsWith("/api/")) throw error;
    return away();
  }
}

const away = async (): Promise<Response> => (await caches.match(AWAY_PATH)) ?? Response.error();

/** The newest last. */
async function keep(url: string, answer: Response): Promise<void> {
  if (answer.status === 403 || answer.status === 404) {
    await (await pagesOfTurn())?.delete(url);
    return;
  }
  const isPage = answer.headers.get("content-type")?.startsWith("text/html");
  if (!answer.ok || answer.redirected || !isPage) return;
  const account = answer.headers.get(WHOSE);
  if (!account) return;
  const text = await answer.text();
  const turn = await caches.open(TURN);
  await turn.put("/", new Response(account));
  const pages = await caches.open(pagesOf(account));
  await pages.delete(url);
  await pages.put(url, new Response(text, { headers: answer.headers }));
  const kept = await pages.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - PAGES))) await pages.delete(old);
}

async function pagesOfTurn(): Promise<Cache | undefined> {
  const account = await (await caches.match("/", { cacheName: TURN }))?.text();
  return account ? caches.open(pagesOf(account)) : undefined;
}

const copyOf = async (url: string): Promise<Response | undefined> =>
  (await pagesOfTurn())?.match(url, { ignoreVary: true });

function withoutHash(url: string): string {
  const clean = new URL(url);
  clean.hash = "";
  return clean.href;
}

/** A build is named by what is in it. */
const nameOfBuild = (): string => BUILD + ASSETS.join(" ");

/** Builds that no kept page was made with. */
async function dropOldBuilds(): Promise<void> {
  const names = await caches.keys();
  const builds = names.filter((name) => name.startsWith(BUILD) && name !== nameOfBuild());
  if (builds.length === 0) return;
  const used = new Set<string>();
  for (const name of names.filter((one) => one.startsWith(pagesOf("")))) {
    const pages = await caches.open(name);
    for (const page of await pages.matchAll())
      for (const [path] of (await page.text()).matchAll(/\/assets\/main-[\w-]+\.js/g))
        used.add(path);
  }
  for (const name of builds)
    if (
      !name
        .slice(BUILD.length)
        .split(" ")
        .some((path) => used.has(path))
    )
      await caches.delete(name);
}

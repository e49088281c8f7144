/** Who may: on every route of the table, on every frame of the sockets, in every document. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Ask, type Ids, LISTS, ROWS } from "./access-table.ts";
import { type Client, clientOf, type Json, MARIAN, signUp, TOM } from "./support/client.ts";
import { openDocument } from "./support/documents.ts";
import { slow } from "./support/processors.ts";
import { query, rowCounts } from "./support/rows.ts";
import { openTestStudio, type TestStudio } from "./support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
let hers: Ids;
let his: Ids;
/** There is nothing of these ids. */
const none = Object.fromEntries(
  ["book", "chapter", "folder", "blob", "ask", "run", "file", "version", "passage", "take"]
    .concat("token", "invitation", "account", "import", "link", "pitch", "build", "entry")
    .map((name) => [name, Bun.randomUUIDv7()]),
) as Ids;

beforeAll(async () => {
  // Rows are counted: none comes to be meanwhile because a document rests.
  const never = { idleMs: 3_600_000, everyMs: 3_600_000 };
  studio = await openTestStudio({ processors: [slow], tuning: { snapshots: never } });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
  [hers, his] = [await worldOf(marian), await worldOf(tom)];
});
afterAll(() => studio?.stop());

/** One of everything that has an id. */
async function worldOf(client: Client): Promise<Ids> {
  const { book, chapter, account } = client;
  const made = async (path: string, body: unknown) => {
    const answer = await client.post<Json & { id: string }>(path, body);
    expect([path, answer.status < 300]).toEqual([path, true]);
    return answer.body;
  };
  const root = await made("/api/buckets", { type: "folder", name: "Papers" });
  const { id: folder } = await made("/api/buckets", {
    type: "folder",
    name: "Fog",
    parent: root.id,
  });
  const content = { text: "Fog.", model: "by hand" };
  const metadata = { passage: "p1" };
  const { id: blob } = await made("/api/blobs", {
    schema: "expanded-text",
    bucket: folder,
    content,
    metadata,
  });
  const take = await made("/api/blobs", {
    schema: "expanded-text",
    bucket: chapter,
    content,
    metadata,
  });
  const ask = await client.ask("Dusk. ".repeat(200), metadata);
  const run = await made("/api/runs", { processor: "slow", blob: ask.id, config: { ms: 500 } });
  const file = await made(`/api/files?bucket=${chapter}`, "a map");
  const edits = [{ edit: "insert", notes: "Dusk.", prose: "Fog." }];
  await client.post(`/api/documents/${chapter}/edits`, { edits });
  const { body } = await client.get<{ passages: { id: string }[] }>(`/api/documents/${chapter}`);
  const version = await made(`/api/documents/${chapter}/versions`, { name: "First" });
  const token = await made("/api/tokens", { name: "x", scopes: ["write"], roots: [root.id] });
  const invitation = await made("/api/invitations", { root: book, role: "viewer" });
  const manuscript = await made("/api/imports?name=fog.txt", "Fog.");
  const link = await made(`/api/buckets/${book}/links`, { name: "Readers" });
  const pitch = await made("/api/buckets", {
    type: "pitch",
    name: "Query",
    parent: book,
    metadata: { template: "pitch-template-one-page-treatment-v1" },
  });
  const build = await made("/api/blobs", {
    schema: "compile-settings",
    bucket: book,
    content: { name: "All", formats: ["html"] },
  });
  const codex = await made("/api/buckets", { type: "codex", name: "Codex", parent: book });
  const entry = await made("/api/blobs", {
    schema: "codex-entry",
    bucket: codex.id,
    content: { name: "Hester", aliases: [], text: "The keeper." },
  });
  // Its document comes to be with the first who looks.
  await client.get(`/api/documents/${pitch.id}`);
  return {
    build: build.id,
    entry: entry.id,
    pitch: pitch.id,
    book,
    chapter,
    folder,
    blob,
    ask: ask.id,
    run: run.id,
    file: file.id,
    version: version.id,
    passage: body.passages[0]!.id,
    take: take.id,
    token: token.id,
    invitation: invitation.id,
    import: manuscript.id,
    link: link.id,
    account,
  };
}

type Told = { status: number; text: string };

async function ask(client: Client, route: string, asked: Ask): Promise<Told> {
  const { path, json, form, raw, headers = {} } = asked;
  const [method] = route.split(" ");
  const isSocket = headers.upgrade === "websocket";
  const response = await fetch(new URL(path, studio.url), {
    method: method!,
    redirect: "manual",
    headers: {
      authorization: `Bearer ${client.token}`,
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...(isSocket ? HANDSHAKE : {}),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    ...(raw === undefined ? {} : { body: raw }),
  });
  const location = response.headers.get("location") ?? "";
  const { status } = response;
  // The body of a socket that opened never ends.
  return { status, text: status === 101 ? "" : location + (await response.text()) };
}

const HANDSHAKE = {
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

/** Without what the answer says of the address. */
const without = (text: string, ids: Ids) =>
  Object.values(ids).reduce((rest, id) => rest.replaceAll(id, "…"), text);

const routed = () =>
  studio.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);

test("every route has a row in the table, and every row a route", () => {
  expect(Object.keys(ROWS).sort()).toEqual([...new Set(routed())].sort());
});

describe("another account's things", () => {
  test("are answered on every route as if they did not exist, and nothing is stored", async () => {
    const before = await rowCounts(studio.databaseUrl);
    for (const [route, row] of Object.entries(ROWS)) {
      if (!("hidden" in row)) continue;
      const never = row.hidden(none, his);
      for (const [i, asked] of row.hidden(hers, his).entries()) {
        const answer = await ask(tom, route, asked);
        const unknown = await ask(tom, route, never[i]!);
        expect([route, asked.path, answer.status]).toEqual([route, asked.path, 404]);
        expect([route, without(answer.text, hers)]).toEqual([route, without(unknown.text, none)]);
        expect([route, unknown.status]).toEqual([route, 404]);
      }
    }
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  }, 60_000);

  test("do not come along where nothing is named", async () => {
    const own = Object.entries(ROWS).flatMap(([route, row]) =>
      "own" in row ? [{ route, asked: row.own, statuses: row.statuses ?? [200] }] : [],
    );
    const lists = LISTS.map((path) => ({ route: `GET ${path}`, asked: { path }, statuses: [200] }));
    for (const { route, asked, statuses } of [...own, ...lists]) {
      const { status, text } = await ask(tom, route, asked);
      expect([route, statuses.includes(status)]).toEqual([route, true]);
      for (const [name, id] of Object.entries(hers))
        expect([route, name, text.includes(id)]).toEqual([route, name, false]);
    }
  });

  test("are not told over the socket, whatever it asks for", async () => {
    const live = await tom.live();
    const frames: [string, Json, Json][] = [
      ["subscribe", { bucket: hers.book }, { bucket: none.book }],
      ["run.cancel", { run: hers.run }, { run: none.run }],
      [
        "blob.create",
        { key: "k1", schema: "text-input", bucket: hers.chapter, content: { text: "x" } },
        { key: "k2", schema: "text-input", bucket: none.chapter, content: { text: "x" } },
      ],
    ];
    const tell = async (ref: string, type: string, frame: Json) => {
      live.send({ type, ref, ...frame });
      return (await live.until((one) => one.ref === ref)).problem;
    };
    const before = await rowCounts(studio.databaseUrl);
    for (const [type, theirs, nobodys] of frames) {
      const answer = await tell(`${type} theirs`, type, theirs);
      expect(answer).toMatchObject({ status: 404 });
      expect(answer).toEqual(await tell(`${type} nobodys`, type, nobodys));
    }
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    await marian.ask("Nobody else hears of this.");
    const mine = await tom.ask("Only this.");
    await live.until(({ event }) => (event as Json | undefined)?.subject === mine.id);
    const ids = Object.values(hers);
    for (const frame of live.frames)
      expect(ids.filter((id) => JSON.stringify(frame).includes(id))).toEqual([]);
    await live.close();
  });

  test("cannot be typed in", async () => {
    // The socket is of his own chapter, what it speaks of is hers.
    const options = { wait: false, at: his.chapter };
    const writer = await openDocument(tom, hers.chapter, options);
    await new Promise((refused) => writer.provider.on("authenticationFailed", refused));
    expect(writer.provider.synced).toBe(false);
    expect(writer.prose()).toBe("");
    writer.close();
  });
});

describe("a token that is good for one root", () => {
  test("finds nothing of its account's others, on any route", async () => {
    const root = await marian.post<{ id: string }>("/api/buckets", { type: "book", name: "Other" });
    const draft = { name: "One book", scopes: ["write"], roots: [root.body.id] };
    const { body } = await marian.post<{ token: string }>("/api/tokens", draft);
    const limited = await clientOf(studio.url, body.token, marian.account);
    // Of its own it has nothing that these name.
    for (const [route, row] of Object.entries(ROWS)) {
      if (!("hidden" in row)) continue;
      for (const asked of row.hidden(hers, hers)) {
        const { status } = await ask(limited, route, asked);
        // Tokens and invitations are for people; what a token may not do at all is said as such.
        const isPeoples = /\/api\/(tokens|invitations)/.test(route);
        expect([route, asked.path, status]).toEqual([route, asked.path, isPeoples ? 403 : 404]);
      }
    }
    const ids = Object.entries(hers).filter(([name]) => name !== "account");
    for (const path of LISTS) {
      const { text } = await ask(limited, `GET ${path}`, { path });
      for (const [name, id] of ids)
        expect([path, name, text.includes(id)]).toEqual([path, name, false]);
    }
  }, 60_000);
});

describe("who holds a read-only link", () => {
  test("reaches nothing but what it shows, on any route, as whatever it sends the secret", async () => {
    const made = await marian.post<{ url: string }>(`/api/buckets/${hers.folder}/links`, {});
    expect(made.status).toBe(422);
    const { body } = await marian.post<{ url: string }>(`/api/buckets/${hers.chapter}/links`, {});
    const secret = body.url.split("/").at(-1)!;
    const before = await rowCounts(studio.databaseUrl);
    const holder = { ...tom, token: secret };
    const cookie = `better-auth.session_token=${secret}; reyna_read=${secret}`;
    for (const [route, row] of Object.entries(ROWS)) {
      const asked = "hidden" in row ? row.hidden(hers, his) : "own" in row ? [row.own] : [];
      for (const one of asked)
        for (const headers of [{}, { cookie, referer: body.url }] as Record<string, string>[]) {
          const answer = await ask(holder, route, {
            ...one,
            headers: { ...one.headers, ...headers },
          });
          // Sent on to signing in, or told to.
          const isClosed = [302, 401].includes(answer.status);
          expect([route, one.path, answer.status, isClosed]).toEqual([
            route,
            one.path,
            answer.status,
            true,
          ]);
        }
    }
    for (const path of [hers.book, hers.folder, hers.blob, hers.file, his.chapter]) {
      const { status, text } = await ask(holder, "GET", { path: `/read/${secret}/${path}` });
      expect([path, status, text.includes(path)]).toEqual([path, 404, false]);
    }
    expect((await ask(holder, "GET", { path: `/read/${secret}` })).status).toBe(200);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  }, 60_000);
});

describe("who may only read", () => {
  const written = async (client: Client) => {
    const before = await rowCounts(studio.databaseUrl);
    for (const [route, row] of Object.entries(ROWS)) {
      if (!("hidden" in row && row.writes)) continue;
      for (const asked of row.hidden(hers, hers)) {
        const { status } = await ask(client, route, asked);
        expect([route, asked.path, status]).toEqual([route, asked.path, 403]);
      }
    }
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  };

  test("a viewer changes nothing, on any route", async () => {
    const viewer = await signUp(studio.url, { ...TOM, email: "viewer@reed.example" });
    const roots = await query<{ root: string }>(
      studio.databaseUrl,
      "select root from members where account = $1",
      [marian.account],
    );
    for (const { root } of roots)
      await marian.request("PUT", `/api/buckets/${root}/members/${viewer.account}`, {
        role: "viewer",
      });
    await written(viewer);
    const reading = Object.entries(ROWS).flatMap(([route, row]) =>
      "hidden" in row &&
      !row.writes &&
      !/tokens|invitations|imports|live|documents\/:bucket$/.test(route)
        ? row.hidden(hers, hers).map((asked) => ({ route, asked }))
        : [],
    );
    for (const { route, asked } of reading) {
      const { status } = await ask(viewer, route, asked);
      expect([route, asked.path, status < 400]).toEqual([route, asked.path, true]);
    }
  }, 60_000);

  test("a token that reads changes nothing, on any route", async () => {
    const draft = { name: "Reads", scopes: ["read"] };
    const { body } = await marian.post<{ token: string }>("/api/tokens", draft);
    await written(await clientOf(studio.url, body.token, marian.account));
  }, 60_000);
});

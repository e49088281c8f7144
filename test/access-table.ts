/**
 * For every route of the studio: what somebody could ask of it that is another's. `hidden` requests are answered as if
 * it did not exist; who may only read gets `writes` refused. A new route needs a row here.
 */
export type Ids = {
  book: string;
  chapter: string;
  folder: string;
  blob: string;
  /** A blob that processors take. */
  ask: string;
  run: string;
  file: string;
  version: string;
  passage: string;
  take: string;
  token: string;
  invitation: string;
  import: string;
  link: string;
  account: string;
  pitch: string;
  build: string;
  /** Of a codex. */
  entry: string;
};

export type Ask = {
  path: string;
  json?: unknown;
  form?: Record<string, string>;
  raw?: string;
  headers?: Record<string, string>;
};

export type Row =
  /** It names something: another's is 404. */
  | { hidden: (of: Ids, own: Ids) => Ask[]; writes?: true }
  /** It names nothing, and answers from what is one's own. */
  | { own: Ask; statuses?: number[] }
  /** It holds nobody's things, for the reason given. */
  | { open: string };

const read = (path: (of: Ids) => string): Row => ({ hidden: (of) => [{ path: path(of) }] });
const write = (ask: (of: Ids, own: Ids) => Ask | readonly Ask[]): Row => ({
  hidden: (of, own): Ask[] => [ask(of, own)].flat(),
  writes: true,
});
const IF_MATCH = { "if-match": '"1"' };
const MERGE = { ...IF_MATCH, "content-type": "application/merge-patch+json" };
const content = { text: "Mine now.", model: "by hand" };
const EVERYBODYS = "schemas may be read by every account";

export const ROWS: Record<string, Row> = {
  "GET /up": { open: "says that it runs" },
  "GET /ready": { open: "says that it can work" },
  "GET /assets/*": { open: "scripts and styles" },
  "GET /service-worker.js": { open: "a script" },
  "GET /away": { open: "a page without anything of anybody" },
  "GET /api/openapi.json": { open: "what the API is" },
  "GET /api/docs": { open: "what the API is" },
  "POST /api/auth/sign-up/email": { open: "makes an account" },

  "GET /api/tokens": { own: { path: "/api/tokens" }, statuses: [200, 403] },
  "POST /api/tokens": {
    hidden: (of) => [
      { path: "/api/tokens", json: { name: "x", scopes: ["read"], roots: [of.book] } },
    ],
  },
  "DELETE /api/tokens/:id": { hidden: (of) => [{ path: `/api/tokens/${of.token}` }] },
  "GET /api/invitations": { own: { path: "/api/invitations" }, statuses: [200, 403] },
  "POST /api/invitations": write((of) => ({
    path: "/api/invitations",
    json: { root: of.book, role: "owner" },
  })),
  "DELETE /api/invitations/:id": {
    hidden: (of) => [{ path: `/api/invitations/${of.invitation}` }],
  },
  "GET /api/me/state": { own: { path: "/api/me/state" } },
  "PUT /api/me/state": {
    own: { path: "/api/me/state", headers: { "if-match": '"9"' }, json: { content: {} } },
    statuses: [412, 403],
  },

  "GET /api/schemas": { open: EVERYBODYS },
  "GET /api/schemas/:name/versions": { open: EVERYBODYS },
  "GET /api/schemas/:name/versions/:version": { open: EVERYBODYS },
  "POST /api/schemas/:name/versions/:version/validation": { open: EVERYBODYS },
  "POST /api/schemas/:name/versions": { open: EVERYBODYS },
  "DELETE /api/schemas/:name/versions/:version": { open: EVERYBODYS },
  "POST /api/schemas/:name/versions/:version/deprecation": { open: EVERYBODYS },
  "GET /registry": { open: EVERYBODYS },
  "GET /registry/contexts": { open: EVERYBODYS },
  "GET /registry/mode": { open: EVERYBODYS },
  "GET /registry/mode/:subject": { open: EVERYBODYS },
  "GET /registry/schemas/types": { open: EVERYBODYS },
  "GET /registry/schemas/ids/:id": { open: EVERYBODYS },
  "GET /registry/schemas/ids/:id/schema": { open: EVERYBODYS },
  "GET /registry/schemas/ids/:id/subjects": { open: EVERYBODYS },
  "GET /registry/schemas/ids/:id/versions": { open: EVERYBODYS },
  "GET /registry/subjects": { open: EVERYBODYS },
  "POST /registry/subjects/:subject": { open: EVERYBODYS },
  "DELETE /registry/subjects/:subject": { open: EVERYBODYS },
  "GET /registry/subjects/:subject/versions": { open: EVERYBODYS },
  "POST /registry/subjects/:subject/versions": { open: EVERYBODYS },
  "GET /registry/subjects/:subject/versions/:version": { open: EVERYBODYS },
  "DELETE /registry/subjects/:subject/versions/:version": { open: EVERYBODYS },
  "GET /registry/subjects/:subject/versions/:version/schema": { open: EVERYBODYS },
  "GET /registry/subjects/:subject/versions/:version/referencedby": { open: EVERYBODYS },
  "GET /registry/config": { open: EVERYBODYS },
  "PUT /registry/config": { open: "administrators' own, and nobody's things" },
  "GET /registry/config/:subject": { open: EVERYBODYS },
  "PUT /registry/config/:subject": { open: EVERYBODYS },
  "DELETE /registry/config/:subject": { open: EVERYBODYS },
  "POST /registry/compatibility/subjects/:subject/versions": { open: EVERYBODYS },
  "POST /registry/compatibility/subjects/:subject/versions/:version": { open: EVERYBODYS },
  "GET /api/schemas/config": { open: EVERYBODYS },
  "PUT /api/schemas/config": { open: "administrators' own, and nobody's things" },
  "GET /api/schemas/:name/config": { open: EVERYBODYS },
  "PUT /api/schemas/:name/config": { open: EVERYBODYS },
  "DELETE /api/schemas/:name/config": { open: EVERYBODYS },
  "POST /api/schemas/:name/compatibility": { open: EVERYBODYS },

  "POST /api/buckets": write((of) => ({
    path: "/api/buckets",
    json: { type: "folder", name: "x", parent: of.folder },
  })),
  "GET /api/buckets": {
    hidden: (of) => [{ path: `/api/buckets?parent=${of.folder}` }],
  },
  "GET /api/buckets/:id": read((of) => `/api/buckets/${of.book}`),
  "PATCH /api/buckets/:id": write((of, own) => [
    { path: `/api/buckets/${of.folder}`, headers: IF_MATCH, json: { name: "Mine now" } },
    ...(of === own
      ? []
      : [{ path: `/api/buckets/${own.folder}`, headers: IF_MATCH, json: { parent: of.folder } }]),
  ]),
  "DELETE /api/buckets/:id": write((of) => ({ path: `/api/buckets/${of.folder}` })),
  "POST /api/buckets/:id/restoration": write((of) => ({
    path: `/api/buckets/${of.folder}/restoration`,
  })),
  "GET /api/buckets/:id/tree": read((of) => `/api/buckets/${of.book}/tree`),
  "GET /api/buckets/:id/members": read((of) => `/api/buckets/${of.book}/members`),
  "GET /api/buckets/:id/members/:account": read(
    (of) => `/api/buckets/${of.book}/members/${of.account}`,
  ),
  "PUT /api/buckets/:id/members/:account": write((of, own) => ({
    path: `/api/buckets/${of.book}/members/${own.account}`,
    json: { role: "owner" },
  })),
  "DELETE /api/buckets/:id/members/:account": write((of) => ({
    path: `/api/buckets/${of.book}/members/${of.account}`,
  })),

  "POST /api/blobs": write((of) => ({
    path: "/api/blobs",
    json: { schema: "expanded-text", bucket: of.folder, content },
  })),
  "GET /api/blobs": {
    hidden: (of) => [
      { path: `/api/blobs?bucket=${of.folder}` },
      { path: `/api/blobs?subtree=${of.book}` },
      { path: `/api/blobs?derivedFrom=${of.blob}` },
      { path: `/api/blobs?subtree=${of.book}&q=mine&trashed=true` },
    ],
  },
  "GET /api/blobs/:id": read((of) => `/api/blobs/${of.blob}`),
  "PUT /api/blobs/:id": write((of) => ({
    path: `/api/blobs/${of.blob}`,
    headers: IF_MATCH,
    json: { content },
  })),
  "PATCH /api/blobs/:id": write((of, own) => [
    { path: `/api/blobs/${of.blob}`, headers: MERGE, json: { content } },
    ...(of === own
      ? []
      : [{ path: `/api/blobs/${own.blob}`, headers: MERGE, json: { bucket: of.folder } }]),
  ]),
  "DELETE /api/blobs/:id": write((of) => ({ path: `/api/blobs/${of.blob}` })),
  "POST /api/blobs/:id/restoration": write((of) => ({ path: `/api/blobs/${of.blob}/restoration` })),
  "GET /api/blobs/:id/revisions": read((of) => `/api/blobs/${of.blob}/revisions`),
  "GET /api/blobs/:id/revisions/:n": read((of) => `/api/blobs/${of.blob}/revisions/1`),
  "POST /api/blobs/:id/revisions/:n/restoration": write((of) => ({
    path: `/api/blobs/${of.blob}/revisions/1/restoration`,
  })),
  "GET /api/blobs/:id/lineage": read((of) => `/api/blobs/${of.blob}/lineage`),
  "POST /api/files": write((of) => ({ path: `/api/files?bucket=${of.folder}`, raw: "bytes" })),
  "GET /api/blobs/:id/file": read((of) => `/api/blobs/${of.file}/file`),
  "HEAD /api/blobs/:id/file": read((of) => `/api/blobs/${of.file}/file`),

  "GET /api/documents/:bucket": read((of) => `/api/documents/${of.chapter}`),
  "POST /api/documents/:bucket/edits": write((of) => ({
    path: `/api/documents/${of.chapter}/edits`,
    json: { edits: [{ edit: "insert", prose: "Mine." }] },
  })),
  "GET /api/documents/:bucket/versions": read((of) => `/api/documents/${of.chapter}/versions`),
  "POST /api/documents/:bucket/versions": write((of) => ({
    path: `/api/documents/${of.chapter}/versions`,
    json: { name: "Mine" },
  })),
  "GET /api/documents/:bucket/versions/:id": {
    hidden: (of, own) => [
      { path: `/api/documents/${of.chapter}/versions/${of.version}` },
      ...(of === own ? [] : [{ path: `/api/documents/${own.chapter}/versions/${of.version}` }]),
    ],
  },
  "POST /api/documents/:bucket/versions/:id/restoration": write((of, own) => [
    { path: `/api/documents/${of.chapter}/versions/${of.version}/restoration`, json: {} },
    ...(of === own
      ? []
      : [{ path: `/api/documents/${own.chapter}/versions/${of.version}/restoration`, json: {} }]),
  ]),

  "GET /api/events": {
    hidden: (of) => [{ path: `/api/events?bucket=${of.book}` }],
  },
  "POST /api/runs": write((of) => ({
    path: "/api/runs",
    json: { processor: "slow", blob: of.blob },
  })),
  "GET /api/runs": {
    hidden: (of) => [
      { path: `/api/runs?blob=${of.blob}` },
      { path: `/api/runs?bucket=${of.chapter}` },
    ],
  },
  "GET /api/runs/:id": read((of) => `/api/runs/${of.run}`),
  "POST /api/runs/:id/cancellation": write((of) => ({ path: `/api/runs/${of.run}/cancellation` })),
  "POST /api/runs/:id/retry": write((of) => ({ path: `/api/runs/${of.run}/retry` })),
  "POST /api/runs/:id/replays": write((of) => ({
    path: `/api/runs/${of.run}/replays`,
    json: { version: "latest" },
  })),
  "POST /api/runs/redrive": write((of) => ({
    path: "/api/runs/redrive",
    json: { bucket: of.chapter },
  })),
  "POST /api/runs/backfill": write((of) => ({
    path: "/api/runs/backfill",
    json: { processor: "slow", bucket: of.chapter },
  })),
  "PATCH /api/processors/:id": {
    own: { path: "/api/processors/slow", json: { enabled: true } },
    statuses: [200, 403],
  },
  "GET /api/imports": { own: { path: "/api/imports" } },
  "POST /api/imports": { own: { path: "/api/imports", raw: "Fog." }, statuses: [201, 403] },
  // An account's own, whatever roots it shares.
  "GET /api/imports/:id": { hidden: (of) => [{ path: `/api/imports/${of.import}` }] },
  "PATCH /api/imports/:id": {
    hidden: (of) => [{ path: `/api/imports/${of.import}`, json: { title: "Mine" } }],
  },
  "DELETE /api/imports/:id": { hidden: (of) => [{ path: `/api/imports/${of.import}` }] },
  "POST /api/imports/:id/book": {
    hidden: (of) => [{ path: `/api/imports/${of.import}/book`, json: {} }],
  },
  "GET /imports/new": {
    own: { path: "/imports/new" },
  },
  "POST /imports": { own: { path: "/imports" }, statuses: [422, 403] },
  "GET /imports/:id": { hidden: (of) => [{ path: `/imports/${of.import}` }] },
  "POST /imports/:id/rule": {
    hidden: (of) => [{ path: `/imports/${of.import}/rule`, form: { cut: "none" } }],
  },
  "POST /imports/:id/book": {
    hidden: (of) => [{ path: `/imports/${of.import}/book`, form: { title: "Mine" } }],
  },

  // Lists too are an owner's: they hold the addresses.
  "GET /api/buckets/:id/links": write((of) => ({ path: `/api/buckets/${of.book}/links` })),
  "POST /api/buckets/:id/links": write((of) => [
    { path: `/api/buckets/${of.book}/links`, json: {} },
    { path: `/api/buckets/${of.chapter}/links`, json: {} },
  ]),
  "DELETE /api/links/:id": write((of) => ({ path: `/api/links/${of.link}` })),
  "GET /books/:id/links": write((of) => ({ path: `/books/${of.book}/links` })),
  "POST /books/:id/links": write((of) => ({
    path: `/books/${of.book}/links`,
    form: { what: of.chapter },
  })),
  "POST /books/:id/links/:link/revocation": write((of) => ({
    path: `/books/${of.book}/links/${of.link}/revocation`,
  })),
  // Who is in a book is its owners' to see, with their addresses.
  "GET /books/:id/people": write((of) => ({ path: `/books/${of.book}/people` })),
  "POST /books/:id/people/:account": write((of) => ({
    path: `/books/${of.book}/people/${of.account}`,
    form: { role: "viewer" },
  })),
  "POST /books/:id/people/:account/removal": write((of) => ({
    path: `/books/${of.book}/people/${of.account}/removal`,
  })),
  "POST /books/:id/invitations": write((of) => ({
    path: `/books/${of.book}/invitations`,
    form: { role: "editor" },
  })),
  "POST /books/:id/invitations/:invitation/withdrawal": write((of) => ({
    path: `/books/${of.book}/invitations/${of.invitation}/withdrawal`,
  })),
  "GET /read/:token": { open: "answers who holds a link, and shows what that link shows" },
  "GET /read/:token/live": { open: "answers who holds a link" },
  "GET /read/:token/:chapter": { open: "answers who holds a link" },
  "POST /read/:token/password": { open: "answers who holds a link" },

  "GET /api/processors": { open: "processors are everybody's to see" },
  "GET /api/processors/:id": { open: "processors are everybody's to see" },
  "POST /api/processors": {
    own: {
      path: "/api/processors",
      json: { id: "slow", version: "1.0.0", transport: { kind: "builtin" } },
    },
    statuses: [200, 403],
  },
  "DELETE /api/processors/:id": { own: { path: "/api/processors/slow" }, statuses: [409, 403] },
  "POST /api/processors/:id/preview": {
    hidden: (of) => [
      { path: "/api/processors/slow/preview", json: { blob: of.ask, config: { ms: 0 } } },
      {
        path: "/api/processors/slow/preview",
        json: { draft: { schema: "text-input", bucket: of.chapter, content: { text: "Dusk." } } },
      },
    ],
  },
  "GET /api/processors/:id/versions": { open: "processors are everybody's to see" },
  "GET /api/buckets/:root/processors": read((of) => `/api/buckets/${of.book}/processors`),
  "PUT /api/buckets/:root/processors/:id": write((of) => ({
    path: `/api/buckets/${of.book}/processors/slow`,
    json: { enabled: true },
  })),

  "GET /live": {
    hidden: (of) => [
      { path: `/live?bucket=${of.book}`, headers: { upgrade: "websocket" } },
      { path: `/live?view=chapter/${of.chapter}`, headers: { upgrade: "websocket" } },
    ],
  },
  "GET /documents/:bucket": {
    hidden: (of) => [{ path: `/documents/${of.chapter}`, headers: { upgrade: "websocket" } }],
  },

  "GET /": read((of) => `/?book=${of.book}`),
  "GET /begin": { own: { path: "/begin" }, statuses: [200, 403] },
  "GET /dashboard/changes": { own: { path: "/dashboard/changes" } },
  "POST /dashboard/goal": {
    own: { path: "/dashboard/goal", form: { words: "1000" } },
    statuses: [303, 403],
  },
  "POST /dashboard/runs/:id/cancellation": write((of) => ({
    path: `/dashboard/runs/${of.run}/cancellation`,
  })),
  "GET /search": { own: { path: "/search?q=fog" } },
  "GET /palette/found": { own: { path: "/palette/found?q=fog" } },
  "GET /palette/shortcuts": { open: "what keys do" },
  "POST /books": { own: { path: "/books", form: { from: "sample" } }, statuses: [303, 403] },
  "POST /books/:id/chapters": write((of) => ({ path: `/books/${of.book}/chapters` })),
  "POST /books/:id/name": write((of) => ({
    path: `/books/${of.book}/name`,
    form: { title: "Mine" },
  })),
  "POST /books/:id/copies": { hidden: (of) => [{ path: `/books/${of.book}/copies` }] },
  "POST /books/:id/shelf": write((of) => ({
    path: `/books/${of.book}/shelf`,
    form: { archived: "on" },
  })),
  "POST /books/:id/trash": write((of) => ({ path: `/books/${of.book}/trash` })),
  "POST /books/:id/restoration": write((of) => ({ path: `/books/${of.book}/restoration` })),
  "GET /welcome": { open: "the first run" },
  "POST /welcome": { open: "the first run" },
  "GET /sign-in": { open: "signing in" },
  "POST /sign-in": { open: "signing in" },
  "POST /sign-out": { open: "ends one's own session" },
  "GET /invitations/:secret": { open: "whoever has the link is meant" },
  "POST /invitations/:secret": { open: "whoever has the link is meant" },
  "POST /invitations/:secret/acceptance": { open: "whoever has the link is meant" },

  "GET /chapters/:id": read((of) => `/chapters/${of.chapter}`),
  "GET /chapters/:id/today": read((of) => `/chapters/${of.chapter}/today`),
  "POST /chapters/:id/passages/:passage/asks": write((of) => ({
    path: `/chapters/${of.chapter}/passages/${of.passage}/asks`,
    form: { notes: "Mine." },
  })),
  "GET /chapters/:id/passages/:passage/offer": read(
    (of) => `/chapters/${of.chapter}/passages/${of.passage}/offer`,
  ),
  "GET /chapters/:id/passages/:passage/price": read(
    (of) => `/chapters/${of.chapter}/passages/${of.passage}/price`,
  ),
  "POST /chapters/:id/passages/:passage/acceptance": write((of) => ({
    path: `/chapters/${of.chapter}/passages/${of.passage}/acceptance`,
  })),
  "PUT /chapters/:id/passages/:passage/takes/:take/discard": write((of) => ({
    path: `/chapters/${of.chapter}/passages/${of.passage}/takes/${of.take}/discard`,
  })),
  "DELETE /chapters/:id/passages/:passage/takes/:take/discard": write((of) => ({
    path: `/chapters/${of.chapter}/passages/${of.passage}/takes/${of.take}/discard`,
  })),
  "POST /chapters/:id/passages/:passage/rewrites": write((of) => ({
    path: `/chapters/${of.chapter}/passages/${of.passage}/rewrites`,
    form: { text: "Dusk.", instruction: "Mine." },
  })),
  "GET /chapters/:id/changed-words": read((of) => `/chapters/${of.chapter}/changed-words`),
  "POST /runs/:id/cancellation": write((of) => ({ path: `/runs/${of.run}/cancellation` })),
  "POST /runs/:id/retry": write((of) => ({ path: `/runs/${of.run}/retry` })),
  "GET /runs": read((of) => `/runs?book=${of.book}`),
  "GET /runs/figures": { own: { path: "/runs/figures" }, statuses: [200] },
  "GET /runs/:id": read((of) => `/runs/${of.run}`),
  "POST /runs/shown/:id/cancellation": write((of) => ({
    path: `/runs/shown/${of.run}/cancellation`,
  })),
  "POST /runs/shown/:id/retry": write((of) => ({ path: `/runs/shown/${of.run}/retry` })),
  "POST /runs/redrive": write((of) => ({ path: "/runs/redrive", form: { book: of.book } })),
  "GET /schemas": { open: EVERYBODYS },
  "GET /schemas/:name": { open: EVERYBODYS },
  "POST /schemas/new": { open: EVERYBODYS },
  "POST /schemas/config": { open: "administrators' own, and nobody's things" },
  "POST /schemas/:name/draft": { open: EVERYBODYS },
  "POST /schemas/:name/validation": { open: EVERYBODYS },
  "POST /schemas/:name/config": { open: EVERYBODYS },
  "POST /schemas/:name/versions/:version/deprecation": { open: EVERYBODYS },
  "GET /chapters/:id/versions": read((of) => `/chapters/${of.chapter}/versions`),
  "POST /chapters/:id/versions": write((of) => ({
    path: `/chapters/${of.chapter}/versions`,
    form: { name: "Mine" },
  })),
  "GET /chapters/:id/comparison": {
    hidden: (of, own) => [
      { path: `/chapters/${of.chapter}/comparison?from=${of.version}` },
      ...(of === own ? [] : [{ path: `/chapters/${own.chapter}/comparison?from=${of.version}` }]),
    ],
  },
  "POST /chapters/:id/versions/:version/restoration": write((of) => ({
    path: `/chapters/${of.chapter}/versions/${of.version}/restoration`,
    form: {},
  })),
  "GET /chapters/:id/stale": read((of) => `/chapters/${of.chapter}/stale`),
  "POST /chapters/:id/stale": write((of) => ({
    path: `/chapters/${of.chapter}/stale`,
    form: { passages: of.passage },
  })),
  "POST /chapters/:id/pause": write((of) => ({
    path: `/chapters/${of.chapter}/pause`,
    form: { on: "on" },
  })),
  "GET /outline/ahead.json": { open: "which links may be fetched ahead" },
  "POST /chapters": write((of): Ask[] => [
    { path: "/chapters", form: { book: of.book } },
    { path: "/chapters", form: { after: of.chapter } },
  ]),
  "PATCH /chapters/:id": write((of, own): Ask[] => [
    { path: `/chapters/${of.chapter}`, form: { name: "Mine" } },
    ...(of === own ? [] : [{ path: `/chapters/${own.chapter}`, form: { after: of.chapter } }]),
  ]),
  "DELETE /chapters/:id": write((of) => ({ path: `/chapters/${of.chapter}` })),
  "POST /chapters/:id/restoration": write((of) => ({
    path: `/chapters/${of.chapter}/restoration`,
  })),
  "GET /chapters/:id/menu": write((of) => ({ path: `/chapters/${of.chapter}/menu` })),
  "GET /books/:id/settings": read((of) => `/books/${of.book}/settings`),
  "POST /books/:id/settings": write((of) => ({
    path: `/books/${of.book}/settings`,
    form: { title: "Mine", revision: "1" },
  })),
  "GET /books/:id/builds": read((of) => `/books/${of.book}/builds`),
  "POST /books/:id/builds": write((of) => ({ path: `/books/${of.book}/builds`, form: {} })),
  "GET /books/:id/builds/:build": read((of) => `/books/${of.book}/builds/${of.build}`),
  "POST /books/:id/builds/:build": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}`,
    form: { name: "Mine", revision: "1" },
  })),
  "POST /books/:id/builds/:build/runs": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/runs`,
  })),
  "POST /books/:id/builds/:build/cancellation": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/cancellation`,
  })),
  "POST /books/:id/builds/:build/copy": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/copy`,
  })),
  "POST /books/:id/builds/:build/cover": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/cover`,
  })),
  "POST /books/:id/builds/:build/cover/removal": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/cover/removal`,
  })),
  "POST /books/:id/builds/:build/trash": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/trash`,
  })),
  "POST /books/:id/builds/:build/restoration": write((of) => ({
    path: `/books/${of.book}/builds/${of.build}/restoration`,
  })),
  "GET /books/:id/codex": read((of) => `/books/${of.book}/codex`),
  "POST /books/:id/codex": write((of) => ({
    path: `/books/${of.book}/codex`,
    form: { name: "Mine", text: "" },
  })),
  "GET /books/:id/codex/:entry": read((of) => `/books/${of.book}/codex/${of.entry}`),
  "POST /books/:id/codex/:entry": write((of) => ({
    path: `/books/${of.book}/codex/${of.entry}`,
    form: { name: "Mine", text: "", revision: "1" },
  })),
  "POST /books/:id/codex/:entry/trash": write((of) => ({
    path: `/books/${of.book}/codex/${of.entry}/trash`,
  })),
  "POST /books/:id/codex/:entry/restoration": write((of) => ({
    path: `/books/${of.book}/codex/${of.entry}/restoration`,
  })),
  "GET /chapters/:id/context": read(
    (of) => `/chapters/${of.chapter}/context?passage=${of.passage}`,
  ),
  "POST /chapters/:id/summaries": write((of) => ({ path: `/chapters/${of.chapter}/summaries` })),
  "GET /pitches": { own: { path: "/pitches" } },
  "POST /pitches": { own: { path: "/pitches", form: { template: "none" } }, statuses: [422, 403] },
  "GET /pitches/new": { own: { path: "/pitches/new" } },
  "GET /books/:id/pitches": read((of) => `/books/${of.book}/pitches`),
  "POST /books/:id/pitches": write((of) => ({
    path: `/books/${of.book}/pitches`,
    form: { template: "pitch-template-fiction-query-v1" },
  })),
  "GET /books/:id/pitches/new": write((of) => ({ path: `/books/${of.book}/pitches/new` })),
  "POST /pitches/:id/name": write((of) => ({
    path: `/pitches/${of.pitch}/name`,
    form: { name: "Mine" },
  })),
  "POST /pitches/:id/trash": write((of) => ({ path: `/pitches/${of.pitch}/trash` })),
  "POST /pitches/:id/restoration": write((of) => ({ path: `/pitches/${of.pitch}/restoration` })),
  "GET /pitches/:id": read((of) => `/pitches/${of.pitch}`),
  "POST /pitches/:id/drafts": write((of) => ({
    path: `/pitches/${of.pitch}/drafts`,
    form: { which: "all" },
  })),
  "POST /pitches/:id/sections": write((of) => ({
    path: `/pitches/${of.pitch}/sections`,
    form: { title: "Mine" },
  })),
  "GET /pitches/:id/export": read((of) => `/pitches/${of.pitch}/export`),
  "POST /pitches/:id/export": write((of) => ({
    path: `/pitches/${of.pitch}/export`,
    form: { docx: "on" },
  })),
  "GET /settings": { own: { path: "/settings" }, statuses: [302] },
  "GET /settings/model": { own: { path: "/settings/model" }, statuses: [200, 403] },
  "POST /settings/model/:owner": {
    own: { path: "/settings/model/installation", form: { model: "mine" } },
    statuses: [403, 422],
  },
  "POST /settings/model/:owner/test": {
    own: { path: "/settings/model/installation/test", form: { model: "mine" } },
    statuses: [200, 403, 422],
  },
};

/** Also asked without naming anything: none of another's comes along. */
export const LISTS = [
  "/api/buckets?limit=200",
  "/api/buckets?trashed=true",
  "/api/blobs?limit=200",
  "/api/blobs?q=fog",
  "/api/blobs?metadata.passage=p1",
  "/api/runs?limit=200",
  "/api/events?limit=200",
  "/api/schemas",
];

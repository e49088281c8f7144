/**
 * The shape of the database. Migrations in `drizzle/migrations` are generated from this file
 * (`bun run migration`) and run at start. Ids are UUIDv7 made in the program; every row that
 * belongs to a writer carries `root`, the top bucket above it, and never changes it.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  customType,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";

const time = () => timestamp({ withTimezone: true, precision: 3 });
const createdAt = () => time().notNull().defaultNow();

type Json = Record<string, unknown>;

/** Any JSON value: drizzle's own `jsonb` reads a string that looks like JSON as what it looks like. */
const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => "jsonb",
  toDriver: (value) => JSON.stringify(value),
});

const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => "bytea",
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
});

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

/** One row: what is true of this installation as a whole. `epoch` changes when a backup is restored. */
export const studio = pgTable("studio", {
  id: smallint().primaryKey().default(1),
  epoch: uuid().notNull().default(sql`gen_random_uuid()`),
  /** The highest offset given to an event. Kept here: events are pruned, offsets go on. */
  lastOffset: bigint({ mode: "number" }).notNull().default(0),
  /** The bus has taken every event up to here at least once. */
  publishedOffset: bigint({ mode: "number" }).notNull().default(0),
  /** Events up to here are gone. */
  prunedOffset: bigint({ mode: "number" }).notNull().default(0),
  /** Asked of whoever makes the first account over a network. */
  setupCode: text().notNull(),
});

// Accounts. The columns are better-auth's; the names are ours.

export const accounts = pgTable("accounts", {
  id: uuid().primaryKey(),
  name: text().notNull(),
  email: text().notNull().unique(),
  emailVerified: boolean().notNull().default(false),
  image: text(),
  /** Set for the first account, and for those an administrator makes one. */
  administratorSince: time(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
});

export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey(),
    token: text().notNull().unique(),
    userId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    expiresAt: time().notNull(),
    ipAddress: text(),
    userAgent: text(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (t) => [index().on(t.userId)],
);

export const credentials = pgTable(
  "credentials",
  {
    id: uuid().primaryKey(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    userId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: time(),
    refreshTokenExpiresAt: time(),
    scope: text(),
    password: text(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (t) => [index().on(t.userId)],
);

export const verifications = pgTable(
  "verifications",
  {
    id: uuid().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: time().notNull(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (t) => [index().on(t.identifier)],
);

/** How an account has the studio set up (`user-state`), from its first change on. */
export const userState = pgTable("user_state", {
  account: uuid()
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  content: json().notNull(),
  schemaVersion: integer().notNull(),
  revision: integer().notNull().default(1),
  updatedAt: createdAt(),
});

/** Tokens of programs; their secrets are kept as hashes only. */
export const tokens = pgTable(
  "tokens",
  {
    id: uuid().primaryKey(),
    account: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    name: text().notNull(),
    scopes: text().array().$type<("read" | "write" | "administer")[]>().notNull(),
    /** Only below these; null: wherever the account may. */
    roots: uuid().array(),
    /** SHA-256 of the secret, in hexadecimal. */
    hash: text().notNull().unique(),
    createdAt: createdAt(),
    expiresAt: time(),
    /** To the minute. */
    usedAt: time(),
  },
  (t) => [index().on(t.account, t.id)],
);

/** Links that let somebody in: to the studio, to a root, or both. */
export const invitations = pgTable(
  "invitations",
  {
    id: uuid().primaryKey(),
    /** SHA-256 of the secret in the link, in hexadecimal. */
    hash: text().notNull().unique(),
    createdBy: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    /** Whether it admits a new account; an administrator's does. */
    admits: boolean().notNull(),
    /** A root, and the role there, that who accepts gets; null: none. */
    root: uuid().references(() => buckets.id, { onDelete: "cascade" }),
    role: text().$type<"owner" | "editor" | "commenter" | "viewer">(),
    createdAt: createdAt(),
    expiresAt: time().notNull(),
    acceptedAt: time(),
    acceptedBy: uuid().references(() => accounts.id, { onDelete: "set null" }),
  },
  (t) => [index().on(t.createdBy, t.id)],
);

// Schemas.

/**
 * Read-only links: whoever has the secret reads one bucket and what lies below it. The secret is found by its hash,
 * and sealed (`src/secret.ts`), so that its owner may copy the link again.
 */
export const links = pgTable(
  "links",
  {
    id: uuid().primaryKey(),
    root: uuid().notNull(),
    bucket: uuid()
      .notNull()
      .references(() => buckets.id, { onDelete: "cascade" }),
    /** For whom it is, in its maker's words. */
    name: text().notNull().default(""),
    hash: text().notNull().unique(),
    sealed: bytes().notNull(),
    /** Argon2id; null: asks for none. */
    passwordHash: text(),
    createdBy: text().notNull(),
    createdAt: createdAt(),
    /** Null: until it is revoked. */
    expiresAt: time(),
    revokedAt: time(),
    revokedBy: text(),
  },
  (t) => [index().on(t.bucket, t.id), index().on(t.root)],
);

/** Passwords tried on a link from one address, since the window began. */
export const linkTries = pgTable(
  "link_tries",
  {
    link: uuid()
      .notNull()
      .references(() => links.id, { onDelete: "cascade" }),
    /** A hash of the address. */
    peer: text().notNull(),
    count: integer().notNull(),
    startedAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.link, t.peer] })],
);

/** Manuscripts that were read and wait to become a book. The upload itself is gone by then. */
export const imports = pgTable(
  "imports",
  {
    id: uuid().primaryKey(),
    account: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    /** Of the file. */
    name: text().notNull(),
    format: text().$type<"docx" | "markdown" | "text" | "html">().notNull(),
    /** Of the upload, in bytes. */
    size: bigint({ mode: "number" }).notNull(),
    /** What the book is to be called. */
    title: text().notNull(),
    author: text(),
    /** What was read (`src/imports/manuscript.ts`): JSON, compressed with gzip. */
    manuscript: bytes().notNull(),
    losses: jsonb().$type<{ kind: string; count: number }[]>().notNull(),
    rule: jsonb().$type<Json>().notNull(),
    /** What the rule makes of it (`src/imports/split.ts`). */
    outline: jsonb().$type<Json>().notNull(),
    /** Once it was made. */
    book: uuid(),
    made: uuid().array(),
    madeAt: time(),
    createdAt: createdAt(),
  },
  (t) => [index().on(t.account, t.id)],
);

export const schemaVersions = pgTable(
  "schema_versions",
  {
    name: text().notNull(),
    version: integer().notNull(),
    /** As it was registered: jsonb would reorder its keys. */
    source: text().notNull(),
    /** SHA-256 of the canonical JSON: equal schemas have equal hashes. */
    hash: text().notNull(),
    title: text(),
    /** Null for the built-in ones, which change only by files. */
    owner: uuid().references(() => accounts.id),
    createdAt: createdAt(),
    deprecatedAt: time(),
    deprecatedBy: text(),
    /** What its references to other registered schemas mean, by the reference as written: an id. */
    pins: jsonb().$type<Record<string, string>>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] }), index().on(t.hash)],
);

/** The number that each content of a schema has for good, whatever names it is registered under. */
export const schemaContents = pgTable("schema_contents", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  hash: text().notNull().unique(),
});

/** Versions that were deleted: their numbers are never given again. */
export const schemaDeletions = pgTable(
  "schema_deletions",
  {
    name: text().notNull(),
    version: integer().notNull(),
    /** Null once it was deleted for good. */
    source: text(),
    hash: text().notNull(),
    pins: jsonb().$type<Record<string, string>>().notNull().default({}),
    owner: uuid().references(() => accounts.id),
    deletedAt: createdAt(),
    deletedBy: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] }), index().on(t.hash)],
);

/** What new versions of a schema owe older ones, where it differs from what holds for all. */
export const schemaConfigs = pgTable("schema_configs", {
  /** The schema's; `*` for all that have none of their own. */
  name: text().primaryKey(),
  /** `BACKWARD` and the other levels. */
  compatibility: text().notNull(),
  /** `strict` or `lenient`. */
  policy: text().notNull(),
  setBy: uuid().references(() => accounts.id),
  setAt: createdAt(),
});

// The tree and what lies in it.

export const buckets = pgTable(
  "buckets",
  {
    id: uuid().primaryKey(),
    root: uuid().notNull(),
    parent: uuid(),
    /** From the root down to and with this one. */
    path: uuid().array().notNull(),
    type: text().notNull(),
    /** The version of `bucket-<type>` that its metadata validates against. */
    typeVersion: integer().notNull(),
    name: text().notNull(),
    /** Fractional index among its siblings. */
    position: text().notNull(),
    metadata: jsonb().$type<Json>().notNull(),
    /** Of a root: whether processors that use a model may run below it. */
    ai: boolean().notNull().default(true),
    revision: integer().notNull().default(1),
    createdBy: text().notNull(),
    createdAt: createdAt(),
    updatedAt: createdAt(),
    trashedAt: time(),
    trashedBy: text(),
    /** Of what went to the trash with something above it: that bucket. It comes back with it. */
    trashedWith: uuid(),
  },
  (t) => [
    foreignKey({ columns: [t.parent], foreignColumns: [t.id] }),
    index().on(t.parent, t.position, t.id),
    index().on(t.root, t.id),
    index().using("gin", t.path),
  ],
);

export const members = pgTable(
  "members",
  {
    root: uuid()
      .notNull()
      .references(() => buckets.id, { onDelete: "cascade" }),
    account: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    role: text().$type<"owner" | "editor" | "commenter" | "viewer">().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.root, t.account] }), index().on(t.account)],
);

export const blobs = pgTable(
  "blobs",
  {
    id: uuid().primaryKey(),
    root: uuid().notNull(),
    bucket: uuid()
      .notNull()
      .references(() => buckets.id),
    schema: text().notNull(),
    schemaVersion: integer().notNull(),
    revision: integer().notNull().default(1),
    content: json().notNull(),
    metadata: jsonb().$type<Json>().notNull(),
    derivedFrom: uuid(),
    /** The run that made it: a run makes one blob. */
    run: uuid().unique(),
    createdBy: text().notNull(),
    createdAt: createdAt(),
    updatedBy: text().notNull(),
    updatedAt: createdAt(),
    trashedAt: time(),
    trashedBy: text(),
  },
  (t) => [
    index().on(t.bucket, t.id),
    index().on(t.bucket, t.schema, t.id),
    index().on(t.root, t.id),
    index().on(t.root, t.schema, t.id),
    index().on(t.derivedFrom, t.id).where(sql`derived_from is not null`),
    index("blobs_trashed_index").on(t.trashedAt).where(sql`trashed_at is not null`),
    index("blobs_file_index").on(sql`(content->>'sha256')`).where(sql`schema = 'file'`),
  ],
);

/**
 * What blobs are found by, beside their columns. A trigger keeps both (`index_blob`, in the migration that made
 * them): whoever writes a blob, by whatever way, they are right. Of metadata, each string by its
 * hash; a list of blobs reads it in the order of ids, however many have the value.
 */
export const blobKeys = pgTable(
  "blob_keys",
  {
    root: uuid().notNull(),
    key: text().notNull(),
    /** `hashtextextended(value, 0)`. */
    value: bigint({ mode: "bigint" }).notNull(),
    blob: uuid()
      .notNull()
      .references(() => blobs.id, { onDelete: "cascade" }),
  },
  (t) => [primaryKey({ columns: [t.root, t.key, t.value, t.blob] }), index().on(t.blob)],
);

/** The words of a blob's content, as far as they are indexed. */
export const blobTexts = pgTable(
  "blob_texts",
  {
    blob: uuid()
      .primaryKey()
      .references(() => blobs.id, { onDelete: "cascade" }),
    words: tsvector().notNull(),
  },
  (t) => [index().using("gin", t.words)],
);

/** Revisions that were replaced; the newest is in `blobs`. */
export const blobRevisions = pgTable(
  "blob_revisions",
  {
    blob: uuid()
      .notNull()
      .references(() => blobs.id, { onDelete: "cascade" }),
    revision: integer().notNull(),
    schema: text().notNull(),
    schemaVersion: integer().notNull(),
    content: json().notNull(),
    metadata: jsonb().$type<Json>().notNull(),
    createdBy: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.blob, t.revision] })],
);

/** Bytes in the file store, by their SHA-256 in hexadecimal. Which blobs name them, the blobs say. */
export const files = pgTable("files", {
  sha256: text().primaryKey(),
  /** Of the object that holds them. */
  key: text().notNull().unique(),
  /** In bytes. */
  size: bigint({ mode: "number" }).notNull(),
  createdAt: createdAt(),
});

/** Objects of the file store that are nobody's: uploads under way, and what is to be removed. */
export const fileUploads = pgTable("file_uploads", {
  key: text().primaryKey(),
  startedAt: createdAt(),
});

// Documents: the words themselves. Their log is the truth; states shorten it, blobs are snapshots.

/**
 * One row a bucket that has a document. `seq` numbers the updates of the log per document without
 * gaps: it is raised in the statement that appends, so that whoever reads the log by it misses nothing.
 */
export const documents = pgTable(
  "documents",
  {
    bucket: uuid()
      .primaryKey()
      .references(() => buckets.id, { onDelete: "cascade" }),
    root: uuid().notNull(),
    seq: bigint({ mode: "number" }).notNull().default(0),
    updatedAt: createdAt(),
    /** Since when there are updates that no snapshot has; null: the newest has them all. */
    dirtySince: time(),
    /** The blob that is its snapshot, and the log's number up to which that goes. */
    snapshot: uuid(),
    snapshotSeq: bigint({ mode: "number" }).notNull().default(0),
    /** What the snapshot counts, beside it: an outline of a whole book reads no chapter for it. */
    counts: jsonb().$type<{ notes: number; prose: number; accepted: number; changed: number }>(),
  },
  (t) => [index("documents_dirty_index").on(t.dirtySince).where(sql`dirty_since is not null`)],
);

/** The log: updates as they came (Yjs, version 1), also those whose parents are still missing. */
export const documentUpdates = pgTable(
  "document_updates",
  {
    document: uuid()
      .notNull()
      .references(() => documents.bucket, { onDelete: "cascade" }),
    seq: bigint({ mode: "number" }).notNull(),
    update: bytes().notNull(),
    actor: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.document, t.seq] })],
);

/** The log up to `seq` as one update; what it holds is gone from `document_updates`. */
export const documentStates = pgTable("document_states", {
  document: uuid()
    .primaryKey()
    .references(() => documents.bucket, { onDelete: "cascade" }),
  seq: bigint({ mode: "number" }).notNull(),
  state: bytes().notNull(),
  createdAt: createdAt(),
});

/** What a document was at a moment: named by somebody, or kept by the studio (`name` null). */
export const documentVersions = pgTable(
  "document_versions",
  {
    id: uuid().primaryKey(),
    document: uuid()
      .notNull()
      .references(() => documents.bucket, { onDelete: "cascade" }),
    root: uuid().notNull(),
    name: text(),
    /** Why it was kept: `named`, `rest`, `accept`, `restore`. */
    reason: text().$type<"named" | "rest" | "accept" | "restore">().notNull(),
    /** The log's number up to which it goes. */
    seq: bigint({ mode: "number" }).notNull(),
    words: integer().notNull(),
    state: bytes().notNull(),
    createdBy: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [index().on(t.document, t.id)],
);

/**
 * Takes that go into empty prose by themselves, as their book says: written with the take, settled in the
 * transaction that changes the document. One row a take, so it lands once.
 */
export const takeLandings = pgTable(
  "take_landings",
  {
    take: uuid()
      .primaryKey()
      .references(() => blobs.id, { onDelete: "cascade" }),
    document: uuid()
      .notNull()
      .references(() => buckets.id, { onDelete: "cascade" }),
    passage: text().notNull(),
    createdAt: createdAt(),
    settledAt: time(),
    /** What became of it; null until then. */
    outcome: text().$type<"landed" | "not-empty" | "gone" | "ai-off" | "refused" | "accepted">(),
  },
  (t) => [
    index("take_landings_open_index").on(t.createdAt).where(sql`settled_at is null`),
    index().on(t.document),
  ],
);

/**
 * What an account wrote: a row a document and hour, from one snapshot to the next, written with the snapshot. By the
 * hour, since a day begins where its writer is. It outlives the document it is of.
 */
export const writing = pgTable(
  "writing",
  {
    account: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    /** The hour, UTC, at its beginning. */
    hour: time().notNull(),
    document: uuid().notNull(),
    root: uuid().notNull(),
    /** Words of prose, by hand: net, so below zero where more was taken away. */
    typed: integer().notNull().default(0),
    /** Words of prose that came with accepted takes, net. */
    accepted: integer().notNull().default(0),
    /** Where it was written last: a passage, and how far into the text of its prose, in UTF-16 units. */
    passage: text(),
    caret: integer(),
    writtenAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.account, t.hour, t.document] })],
);

/** How many words of prose an account means to write in a day; no row: it has said nothing of it. */
export const writingGoals = pgTable("writing_goals", {
  account: uuid()
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  words: integer().notNull(),
  setAt: createdAt(),
});

/** Answers kept for a day, so that a repeated POST gets the first one's answer. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    account: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    method: text().notNull(),
    path: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of the canonical JSON of the body. */
    bodyHash: text().notNull(),
    status: integer().notNull(),
    answer: json().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.account, t.method, t.path, t.key] }), index().on(t.createdAt)],
);

// What happened.

export const events = pgTable(
  "events",
  {
    /** Order of insertion: a transaction that began after another's commit comes after it. */
    seq: bigserial({ mode: "number" }).primaryKey(),
    /** Gap-free, given by the relay; null until then. */
    offset: bigint({ mode: "number" }),
    id: uuid().notNull(),
    root: uuid(),
    /** The path of the bucket it happened in, as it was then. */
    path: uuid().array().notNull(),
    type: text().notNull(),
    subject: text().notNull(),
    actor: text().notNull(),
    data: jsonb().$type<Json>().notNull(),
    traceparent: text(),
    time: createdAt(),
  },
  (t) => [
    uniqueIndex().on(t.offset),
    index("events_unnumbered_index").on(t.seq).where(sql`"offset" is null`),
  ],
);

// Work.

/** Which model is asked: the installation's (`installation`), and an account's own by its id. */
export const modelSettings = pgTable("model_settings", {
  id: text().primaryKey(),
  /** Null: this one only sets limits and prices. Used exactly as typed. */
  baseUrl: text(),
  model: text(),
  /** Sealed with the studio's secret (`src/secret.ts`). */
  apiKey: bytes(),
  /** US dollars for a million tokens; null: unknown. */
  inputPrice: doublePrecision(),
  outputPrice: doublePrecision(),
  /** US dollars in one calendar month, UTC; null: no limit. */
  monthlyLimit: doublePrecision(),
  updatedAt: createdAt(),
  updatedBy: text().notNull(),
});

/** What models were used by month: written in the transactions that end attempts. */
export const spending = pgTable(
  "spending",
  {
    account: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: "cascade" }),
    root: uuid().notNull(),
    /** The first day of the month, UTC: `2026-11-01`. */
    month: text().notNull(),
    attempts: integer().notNull().default(0),
    inputTokens: bigint({ mode: "number" }).notNull().default(0),
    outputTokens: bigint({ mode: "number" }).notNull().default(0),
    /** US dollars, as far as prices were known. */
    cost: doublePrecision().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.account, t.month, t.root] })],
);

/** Processors this installation knows; their code is in the workers. */
export const processors = pgTable("processors", {
  id: text().primaryKey(),
  version: text().notNull(),
  title: text().notNull(),
  description: text().notNull(),
  inputs: text().array().notNull(),
  output: text().notNull(),
  trigger: text().$type<"on-create" | "on-request">().notNull(),
  permissions: text().array().notNull(),
  config: jsonb().$type<Json>(),
  attempts: integer().notNull(),
  /** How many runs may trigger one another before one of this. */
  maxHops: integer().notNull().default(8),
  /** Whether its manifest says so itself: then it may feed itself, that often. */
  statesHops: boolean().notNull().default(false),
  /** It acts below roots whose owner has said nothing. */
  open: boolean().notNull().default(false),
  // What administrators set for the whole installation; null: as its manifest says.
  setTrigger: text().$type<"on-create" | "on-request">(),
  setConfig: json().$type<Json>().notNull().default({}),
  disabledAt: time(),
  disabledBy: text(),
  /** Its runs are queued and wait. */
  pausedAt: time(),
  pausedBy: text(),
  installedAt: createdAt(),
});

/** The manifests of all versions that were ever installed: a run stays with its own. */
export const processorVersions = pgTable(
  "processor_versions",
  {
    processor: text().notNull(),
    version: text().notNull(),
    manifest: json().$type<Json>().notNull(),
    installedAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.processor, t.version] })],
);

/** What the owner of a root said of a processor there; null: as for the installation. */
export const processorConsents = pgTable(
  "processor_consents",
  {
    root: uuid()
      .notNull()
      .references(() => buckets.id, { onDelete: "cascade" }),
    processor: text().notNull(),
    enabled: boolean().notNull(),
    trigger: text().$type<"on-create" | "on-request">(),
    config: json().$type<Json>().notNull().default({}),
    setBy: text().notNull(),
    setAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.root, t.processor] })],
);

/** Providers that asked not to be asked for a while (Retry-After), for all workers. */
export const providerPauses = pgTable("provider_pauses", {
  /** A hash of its address and the key it knows us by. */
  provider: text().primaryKey(),
  until: time().notNull(),
  sentence: text().notNull(),
});

export const runs = pgTable(
  "runs",
  {
    id: uuid().primaryKey(),
    root: uuid().notNull(),
    bucket: uuid().notNull(),
    processor: text().notNull(),
    processorVersion: text().notNull(),
    blob: uuid()
      .notNull()
      .references(() => blobs.id, { onDelete: "cascade" }),
    revision: integer().notNull(),
    /** What asked for it: `create`, or the id of a request. One request makes one run. */
    request: text().notNull(),
    config: jsonb().$type<Json>().notNull(),
    status: text()
      .$type<"queued" | "running" | "succeeded" | "cancelled" | "dead">()
      .notNull()
      .default("queued"),
    /** The fence: how often it was claimed. Whoever writes names the attempt it claimed. */
    attempt: integer().notNull().default(0),
    maxAttempts: integer().notNull(),
    /** Higher first: 1, somebody waits for it; 0, in the background. */
    priority: smallint().notNull().default(1),
    dueAt: createdAt(),
    /** While it runs: which of its account's places it has. */
    slot: smallint(),
    /** It was due while its account had no place: since when it waits for one. */
    heldAt: time(),
    claimedBy: text(),
    leaseUntil: time(),
    /** How often the sweeper announced it, and when last. */
    sweep: integer().notNull().default(0),
    sweptAt: time(),
    progress: jsonb().$type<Json>(),
    usage: jsonb().$type<Json>(),
    error: jsonb().$type<{ type: string; sentence: string }>(),
    /** What its processor says of how it worked. */
    record: jsonb().$type<Json>(),
    /** Blobs it read beside its input: [{id, revision}]. */
    read: jsonb().$type<{ id: string; revision: number }[]>().notNull().default([]),
    cancelRequestedAt: time(),
    cancelRequestedBy: text(),
    /** Whose doing it is, also where another run triggered it: their model, their budget. Null: the studio's own. */
    account: uuid(),
    /** How many runs triggered one another before it. */
    hop: integer().notNull().default(0),
    /** US dollars of all its attempts, as far as prices were known; null: unknown. */
    cost: doublePrecision(),
    queuedBy: text().notNull(),
    queuedAt: createdAt(),
    startedAt: time(),
    endedAt: time(),
    traceparent: text(),
  },
  (t) => [
    unique("runs_once").on(t.processor, t.processorVersion, t.blob, t.revision, t.request),
    index().on(t.blob, t.id),
    index().on(t.root, t.id),
    index("runs_open_index").on(t.dueAt).where(sql`status in ('queued', 'running')`),
    uniqueIndex("runs_slots").on(t.account, t.slot).where(sql`status = 'running'`),
    index("runs_held_index").on(t.account).where(sql`held_at is not null`),
    index("runs_dead_index").on(t.root, t.id).where(sql`status = 'dead'`),
  ],
);

export const runAttempts = pgTable(
  "run_attempts",
  {
    run: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    attempt: integer().notNull(),
    worker: text().notNull(),
    /** The processor's that worked on it, which may be another of the same major than the run's. */
    version: text(),
    startedAt: createdAt(),
    endedAt: time(),
    /** `lost`: its worker vanished and the lease ran out. */
    outcome: text().$type<"succeeded" | "failed" | "cancelled" | "lost">(),
    error: jsonb().$type<{ type: string; sentence: string }>(),
    /** {inputTokens, outputTokens, model?}, and the cost in US dollars where the price was known. */
    usage: jsonb().$type<Json>(),
    cost: doublePrecision(),
  },
  (t) => [primaryKey({ columns: [t.run, t.attempt] })],
);

/** The text a run has streamed so far, apart from the hot rows; the newest attempt's only. */
export const runPartials = pgTable("run_partials", {
  run: uuid()
    .primaryKey()
    .references(() => runs.id, { onDelete: "cascade" }),
  attempt: integer().notNull(),
  text: text().notNull(),
  model: text(),
  practice: boolean().notNull().default(false),
  savedAt: createdAt(),
});

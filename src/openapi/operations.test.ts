/** Every operation, as the document says it: what it answers, and how it refuses. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ApiClient, apiClient, type Input } from "../../test/support/api-client.ts";
import { eventually, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { failing, slow } from "../../test/support/processors.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let api: ApiClient;
let book: string;
let chapter: string;
let tom: string;
/** Made on the way. */
const made: Record<string, string> = {};

beforeAll(async () => {
  studio = await openTestStudio({ processors: [slow, failing] });
  const marian = await signUp(studio.url, MARIAN);
  tom = (await signUp(studio.url, TOM)).account;
  api = await apiClient(studio.url, marian.token);
  ({ book, chapter } = marian);
  await query(
    studio.databaseUrl,
    "insert into schema_versions (name, version, source, hash, owner) values ('leaf', 1, '{}', 'leaf', $1)",
    [marian.account],
  );
});
afterAll(() => studio?.stop());

/** A call that succeeds. Before it, the same is refused in every way that the document names. */
type Step = [id: string, input: () => Input, status: number, keep?: (body: never) => void];

const keep = (name: string) => (body: { id: string }) => {
  made[name] = body.id;
};
const draft = (text: string, schema = "text-input") => ({
  schema,
  bucket: chapter,
  content: schema === "text-input" ? { text } : { text, model: "by hand" },
  metadata: { passage: "p1" },
});
const NEVER = { content: { text: "?" } };
const revised = { "If-Match": '"1"' };

const STEPS: Step[] = [
  ["up", () => ({}), 200],
  ["ready", () => ({}), 200],
  ["describe", () => ({}), 200],
  ["docs", () => ({}), 200],
  ["signUp", () => ({ body: { ...MARIAN, email: "new@oake.example" } }), 200],
  ["signIn", () => ({ body: { email: TOM.email, password: TOM.password } }), 200],
  ["signOut", () => ({ nobody: true }), 200],
  ["createToken", () => ({ body: { name: "x", scopes: ["read"] } }), 201, keep("token")],
  ["listTokens", () => ({}), 200],
  ["deleteToken", () => ({ with: { id: made.token! } }), 204],
  ["createInvitation", () => ({ body: { root: book, role: "editor" } }), 201, keep("invitation")],
  ["listInvitations", () => ({ with: { limit: 1 } }), 200],
  ["withdrawInvitation", () => ({ with: { id: made.invitation! } }), 204],
  ["readState", () => ({}), 200],
  ["putState", () => ({ with: { "If-Match": '"0"' }, body: { content: {} } }), 200],
  ["listSchemas", () => ({}), 200],
  ["listSchemaVersions", () => ({ with: { name: "text-input" } }), 200],
  ["readSchemaVersion", () => ({ with: { name: "text-input", version: "latest" } }), 200],
  [
    "registerSchemaVersion",
    () => ({ with: { name: "scene" }, body: { schema: { type: "string" } } }),
    201,
  ],
  [
    "registerSchemaVersion",
    () => ({ with: { name: "scene" }, body: { schema: { type: "string" } } }),
    200,
  ],
  ["deprecateSchemaVersion", () => ({ with: { name: "scene", version: 1 } }), 200],
  ["deleteSchemaVersion", () => ({ with: { name: "scene", version: 1 } }), 204],
  [
    "validateContent",
    () => ({ with: { name: "text-input", version: 1 }, body: { content: { text: 7 } } }),
    200,
  ],
  [
    "compareSchema",
    () => ({ with: { name: "text-input" }, body: { schema: { type: "string" } } }),
    200,
  ],
  ["readDefaultConfig", () => ({}), 200],
  ["putDefaultConfig", () => ({ body: { compatibility: "BACKWARD" } }), 200],
  ["readConfig", () => ({ with: { name: "text-input" } }), 200],
  ["putConfig", () => ({ with: { name: "leaf" }, body: { policy: "lenient" } }), 200],
  ["clearConfig", () => ({ with: { name: "leaf" } }), 204],
  ["createBucket", () => ({ body: { type: "folder", name: "x" } }), 201, keep("root")],
  [
    "createBucket",
    () => ({ body: { type: "folder", name: "y", parent: made.root } }),
    201,
    keep("folder"),
  ],
  ["listBuckets", () => ({ with: { parent: made.root!, limit: 1 } }), 200],
  ["readBucket", () => ({ with: { id: made.root! } }), 200],
  ["changeBucket", () => ({ with: { id: made.folder!, ...revised }, body: { name: "z" } }), 200],
  ["readTree", () => ({ with: { id: made.root!, depth: 2 } }), 200],
  ["putMember", () => ({ with: { id: made.root!, account: tom }, body: { role: "viewer" } }), 201],
  ["putMember", () => ({ with: { id: made.root!, account: tom }, body: { role: "editor" } }), 200],
  ["listMembers", () => ({ with: { id: made.root! } }), 200],
  ["readMember", () => ({ with: { id: made.root!, account: tom } }), 200],
  ["removeMember", () => ({ with: { id: made.root!, account: tom } }), 204],
  ["trashBucket", () => ({ with: { id: made.folder! } }), 200],
  ["listBuckets", () => ({ with: { trashed: "true" } }), 200],
  ["restoreBucket", () => ({ with: { id: made.folder! } }), 200],
  ["createBlob", () => ({ body: draft("Fog.", "expanded-text") }), 201, keep("blob")],
  ["listBlobs", () => ({ with: { bucket: chapter, "metadata.passage": "p1" } }), 200],
  ["readBlob", () => ({ with: { id: made.blob! } }), 200],
  [
    "replaceBlob",
    () => ({
      with: { id: made.blob!, ...revised },
      body: { content: draft("Rain.", "x").content },
    }),
    200,
  ],
  [
    "patchBlob",
    () => ({ with: { id: made.blob!, "If-Match": '"2"' }, body: { metadata: { mood: "grey" } } }),
    200,
  ],
  ["listRevisions", () => ({ with: { id: made.blob!, limit: 1 } }), 200],
  ["readRevision", () => ({ with: { id: made.blob!, n: 1 } }), 200],
  ["restoreRevision", () => ({ with: { id: made.blob!, n: 1 } }), 200],
  ["trashBlob", () => ({ with: { id: made.blob! } }), 200],
  ["restoreBlob", () => ({ with: { id: made.blob! } }), 200],
  ["uploadFile", () => ({ with: { bucket: chapter }, raw: "a map" }), 201, keep("file")],
  ["downloadFile", () => ({ with: { id: made.file! } }), 200],
  ["downloadFile", () => ({ with: { id: made.file!, Range: "bytes=2-" } }), 206],
  ["downloadFile", () => ({ with: { id: made.file!, Range: "bytes=99-" } }), 416],
  ["seeFile", () => ({ with: { id: made.file! } }), 200],
  [
    "editDocument",
    () => ({ with: { bucket: chapter }, body: { edits: [{ edit: "insert", notes: "Dusk." }] } }),
    200,
  ],
  ["readDocument", () => ({ with: { bucket: chapter } }), 200],
  [
    "readDocument",
    () => ({ with: { bucket: chapter }, headers: { accept: "text/markdown" } }),
    200,
  ],
  [
    "createVersion",
    () => ({ with: { bucket: chapter }, body: { name: "First" } }),
    201,
    keep("version"),
  ],
  ["listVersions", () => ({ with: { bucket: chapter } }), 200],
  ["readVersion", () => ({ with: { bucket: chapter, id: made.version! } }), 200],
  ["restoreVersion", () => ({ with: { bucket: chapter, id: made.version! } }), 200],
  ["createBlob", () => ({ body: draft("fail 9 finally") }), 201, keep("doomed")],
  ["requestRun", () => ({ body: { processor: "failing", blob: made.doomed } }), 202, keep("dead")],
  ["createBlob", () => ({ body: draft("many words to come ".repeat(50)) }), 201, keep("long")],
  [
    "requestRun",
    () => ({ body: { processor: "slow", blob: made.long, config: { ms: 500 } } }),
    202,
    keep("run"),
  ],
  ["listRuns", () => ({ with: { blob: made.long! } }), 200],
  ["cancelRun", () => ({ with: { id: made.run! } }), 202],
  ["cancelRun", () => ({ with: { id: made.dead! } }), 200],
  ["retryRun", () => ({ with: { id: made.dead! } }), 202],
  ["readRun", () => ({ with: { id: made.run! } }), 200],
  ["replayRun", () => ({ with: { id: made.run! }, body: { version: "latest" } }), 202],
  ["redriveRuns", () => ({ body: { bucket: book } }), 202],
  ["backfillRuns", () => ({ body: { processor: "slow", bucket: chapter } }), 202],
  ["createImport", () => ({ with: { name: "a.md" }, raw: "# One\n\nFog." }), 201, keep("import")],
  ["listImports", () => ({ with: { limit: 1 } }), 200],
  ["readImport", () => ({ with: { id: made.import! } }), 200],
  ["changeImport", () => ({ with: { id: made.import! }, body: { rule: { cut: "none" } } }), 200],
  ["createImportedBook", () => ({ with: { id: made.import! }, body: {} }), 201],
  ["deleteImport", () => ({ with: { id: made.import! } }), 204],
  ["createLink", () => ({ with: { id: book }, body: { name: "Readers" } }), 201, keep("link")],
  ["listLinks", () => ({ with: { id: book, limit: 1 } }), 200],
  ["revokeLink", () => ({ with: { id: made.link! } }), 204],
  ["listProcessors", () => ({}), 200],
  ["readProcessor", () => ({ with: { id: "slow" } }), 200],
  [
    "installProcessor",
    () => ({ body: { id: "slow", version: "1.0.0", transport: { kind: "builtin" } } }),
    200,
  ],
  ["removeProcessor", () => ({ with: { id: "slow" } }), 409],
  ["removeProcessor", () => ({ with: { id: "gone" } }), 204],
  ["previewRun", () => ({ with: { id: "failing" }, body: { blob: made.blob } }), 422],
  [
    "previewRun",
    () => ({ with: { id: "slow" }, body: { draft: draft("Dusk."), config: { ms: 0 } } }),
    200,
  ],
  ["changeProcessor", () => ({ with: { id: "slow" }, body: { config: { ms: 10 } } }), 200],
  ["listProcessorVersions", () => ({ with: { id: "slow" } }), 200],
  ["listConsents", () => ({ with: { root: book } }), 200],
  ["putConsent", () => ({ with: { root: book, id: "slow" }, body: { enabled: true } }), 200],
  ["readLineage", () => ({ with: { id: made.long! } }), 200],
  ["listEvents", () => ({ with: { bucket: chapter, limit: 20 } }), 200],
  // An upgrade is what these wait for; the sockets have tests of their own.
  ["live", () => ({}), 426],
  ["typeInDocument", () => ({ with: { bucket: chapter } }), 426],
];

/** States that a step needs and that come about by themselves. */
const BEFORE: Record<string, () => Promise<unknown>> = {
  cancelRun: async () => {
    await until("run", ["running", "cancelled"]);
    await until("dead", ["dead"]);
  },
  // One whose code this studio does not have.
  removeProcessor: () =>
    query(
      studio.databaseUrl,
      `insert into processors select (jsonb_populate_record(null::processors,
        to_jsonb(p) || '{"id": "gone"}')).* from processors p where id = 'slow'
        on conflict do nothing`,
    ),
};

const until = (run: string, statuses: string[]) =>
  eventually(async () => {
    const { body } = await api.call<{ status: string }>("readRun", { with: { id: made[run]! } });
    return statuses.includes(body.status);
  });

const isPathId = (id: string, name: string) =>
  (api.operations.get(id)!.parameters ?? []).some(
    (one) => one.in === "path" && one.name === name && !["n", "version"].includes(name),
  );

/** The same call without who asks, of what there is not, with a body that is none. */
async function refuse(id: string, input: Input): Promise<void> {
  const { responses, requestBody, security, parameters = [] } = api.operations.get(id)!;
  const status = async (changed: Input) => (await api.call(id, { ...input, ...changed })).status;
  if (security?.length !== 0) expect([id, await status({ nobody: true })]).toEqual([id, 401]);
  // Registering makes what is not there yet.
  const ids =
    id === "registerSchemaVersion"
      ? []
      : Object.keys(input.with ?? {}).filter((name) => isPathId(id, name));
  for (const name of ids) {
    const other = { ...input.with, [name]: crypto.randomUUID() };
    const expected = id === "typeInDocument" ? 426 : 404;
    expect([id, name, await status({ with: other })]).toEqual([id, name, expected]);
  }
  if (requestBody && "application/json" in requestBody.content && id !== "signOut")
    expect([id, await status({ body: { unknown: 1 } })]).toEqual([id, 422]);
  if (requestBody && !("*/*" in requestBody.content))
    expect([id, await status({ raw: '{"content":' })]).toEqual([id, 400]);
  if (parameters.some(({ name, required }) => name === "If-Match" && required)) {
    const { "If-Match": _, ...rest } = input.with!;
    expect([id, await status({ with: rest })]).toEqual([id, 428]);
    const stale = { ...rest, "If-Match": '"99"' };
    const answer = await api.call(id, { ...input, with: stale });
    expect(answer).toMatchObject({ status: 412, body: { revision: expect.any(Number) } });
  }
  if (parameters.some(({ name }) => name === "limit"))
    expect([id, await status({ with: { ...input.with, limit: 0 } })]).toEqual([id, 422]);
  expect(Object.keys(responses)).toContain("503");
}

describe("as the document says", () => {
  test("each operation answers and refuses", async () => {
    for (const [id, input, status, kept] of STEPS) {
      await BEFORE[id]?.();
      const given = input();
      if (status < 300) await refuse(id, given);
      const answer = await api.call(id, given);
      expect([id, answer.status]).toEqual([id, status]);
      kept?.(answer.body as never);
    }
  }, 120_000);

  test("none was left out", () => {
    const called = [...api.seen].filter(([, seen]) =>
      [...seen].some((one) => one < 300 || one === 426),
    );
    expect(called.map(([id]) => id).sort()).toEqual([...api.operations.keys()].sort());
  });

  test("what a role does not allow, or a state, is refused with a type", async () => {
    const reader = await signUp(studio.url, { ...TOM, email: "reader@reed.example" });
    await api.call("putMember", {
      with: { id: book, account: reader.account },
      body: { role: "viewer" },
    });
    const viewing = api.as(reader.token);
    const refused = await viewing.call("createBlob", { body: draft("Mine.") });
    expect(refused).toMatchObject({ status: 403, body: { type: "/problems/forbidden" } });
    const immutable = await api.call("replaceBlob", {
      with: { id: made.long!, ...revised },
      body: NEVER,
    });
    expect(immutable).toMatchObject({ status: 409, body: { type: "/problems/immutable" } });
    const untyped = await api.call("patchBlob", {
      with: { id: made.blob!, "If-Match": '"4"' },
      body: {},
      headers: { "content-type": "text/plain" },
    });
    expect(untyped.status).toBe(415);
    const gone = { with: { since: `${crypto.randomUUID()}:1` } };
    expect((await api.call("listEvents", gone)).status).toBe(410);
  });
});

/** What the API says of blobs: the shapes that bodies are held to, and its operations. */
import { Type } from "typebox";
import {
  IDEMPOTENCY_KEY,
  IF_MATCH,
  IF_MATCH_OPTIONAL,
  inQuery,
  json,
  jsonBody,
  PAGED,
  type Section,
} from "../openapi/operation.ts";
import {
  ActorName,
  closed,
  Id,
  Metadata,
  named,
  orNull,
  pageOf,
  Revision,
  SchemaId,
  Time,
} from "../openapi/shapes.ts";

export const BlobDraftShape = Type.Object(
  {
    schema: Type.String(),
    bucket: Type.String(),
    content: Type.Unknown(),
    metadata: Type.Optional(Metadata),
  },
  closed,
);

export const BlobChangeShape = Type.Object(
  {
    content: Type.Unknown(),
    metadata: Type.Optional(Metadata),
    schema: Type.Optional(Type.String()),
  },
  closed,
);

/** A merge patch, so any member may be null; what comes out is held to its rules. */
export const BlobPatchShape = Type.Object(
  {
    content: Type.Optional(Type.Unknown()),
    metadata: Type.Optional(Type.Unknown()),
    bucket: Type.Optional(Type.Unknown()),
  },
  closed,
);

const Blob = Type.Object({
  id: Id,
  schema: SchemaId,
  bucket: Id,
  root: Id,
  revision: Revision,
  content: Type.Unknown(),
  metadata: Metadata,
  derivedFrom: orNull(Id),
  run: orNull(Id),
  createdBy: ActorName,
  createdAt: Time,
  updatedBy: ActorName,
  updatedAt: Time,
  trashedAt: Type.Optional(Time),
  trashedBy: Type.Optional(ActorName),
  schemaMissing: Type.Optional(
    Type.Literal(true, {
      description: "Its schema is gone: it is readable, and no processor gets it.",
    }),
  ),
  schemaDeprecated: Type.Optional(
    Type.Literal(true, { description: "Its schema is deprecated: no processor gets it." }),
  ),
});

const BlobRevision = Type.Object({
  blob: Id,
  schema: SchemaId,
  revision: Revision,
  metadata: Metadata,
  createdBy: ActorName,
  createdAt: Time,
});

const BlobNode = Type.Object({
  kind: Type.Literal("blob"),
  id: Id,
  schema: SchemaId,
  revision: Revision,
  bucket: Id,
  metadata: Metadata,
  createdAt: Time,
  trashedAt: orNull(Time),
});

const RunNode = Type.Object({
  kind: Type.Literal("run"),
  id: Id,
  processor: Type.String(),
  processorVersion: Type.String(),
  status: named("RunStatus"),
  attempt: Type.Integer({ minimum: 0 }),
  queuedAt: Time,
  endedAt: orNull(Time),
});

const Lineage = Type.Object({
  nodes: Type.Array(Type.Union([BlobNode, RunNode])),
  edges: Type.Array(
    Type.Object({
      from: Id,
      to: Id,
      as: Type.Enum(["input", "read", "output"]),
      revision: Type.Optional(Revision),
    }),
  ),
  truncated: Type.Boolean({ description: "What lies further away was left out." }),
});

const blob = (says: string) => json(says, named("Blob"), "ETag");
const NUMBER = {
  name: "n",
  in: "path",
  required: true,
  says: "A revision, from 1.",
  shape: Revision,
} as const;
const ASK = {
  schema: "text-input",
  bucket: "01932c07-0000-7000-8000-000000000000",
  content: { text: "Dusk. The lamp is lit, and nobody has been there to light it." },
};

export const blobs: Section = {
  name: "Blobs",
  says: "JSON values that validate against a version of a schema and lie in a bucket.",
  components: { Blob, BlobRevision, Lineage },
  operations: [
    {
      id: "createBlob",
      method: "post",
      path: "/api/blobs",
      summary: "Store a blob",
      details:
        "`schema` is an id (`text-input-v1`) or a name (`text-input`, its latest version). Its processors are started in the same transaction.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(BlobDraftShape, ASK),
      answers: { 201: blob("The blob.") },
      refusals: [403, 404, 409],
    },
    {
      id: "listBlobs",
      method: "get",
      path: "/api/blobs",
      summary: "Find blobs, newest first",
      details:
        "`metadata.KEY=value` finds those whose metadata has that string under KEY; several such are all held to.",
      parameters: [
        inQuery("bucket", "What lies in this bucket."),
        inQuery("subtree", "What lies in this bucket or below it."),
        inQuery("schema", "An id for one version, a name for all of them."),
        inQuery("derivedFrom", "What was made from this blob."),
        inQuery("q", 'Words its text holds, as a search engine takes them: "quoted", or, -not.'),
        inQuery(
          "trashed",
          "true: what is in the trash, and nothing else.",
          Type.Enum(["true", "false"]),
        ),
        inQuery("metadata.passage", "An example of metadata.KEY: the passage it belongs to."),
        ...PAGED,
      ],
      answers: { 200: json("A page of blobs.", pageOf(named("Blob"))) },
      refusals: [404],
    },
    {
      id: "readBlob",
      method: "get",
      path: "/api/blobs/{id}",
      summary: "Read a blob",
      answers: { 200: blob("The blob; trashedAt, where it is in the trash.") },
    },
    {
      id: "replaceBlob",
      method: "put",
      path: "/api/blobs/{id}",
      summary: "Replace a blob's content",
      details:
        "Makes a new revision and keeps the one before. The schema version stays unless schema is given, the metadata unless metadata is.",
      parameters: [IF_MATCH],
      body: jsonBody(BlobChangeShape, { content: { text: "Dusk.", model: "by hand" } }),
      answers: { 200: blob("The blob as it is now.") },
      refusals: [403, 409],
    },
    {
      id: "patchBlob",
      method: "patch",
      path: "/api/blobs/{id}",
      summary: "Merge into a blob, or move it",
      details:
        "A JSON Merge Patch (RFC 7396) over content, metadata and bucket; null removes a member.",
      parameters: [IF_MATCH],
      body: {
        content: { "application/merge-patch+json": BlobPatchShape },
        example: { content: { text: "Rain." }, metadata: { mood: null } },
      },
      answers: { 200: blob("The blob as it is now.") },
      refusals: [403, 409, 415],
    },
    {
      id: "trashBlob",
      method: "delete",
      path: "/api/blobs/{id}",
      summary: "Put a blob in the trash",
      details: "Its runs that wait are cancelled. After 30 days it is gone for good.",
      parameters: [IF_MATCH_OPTIONAL],
      answers: { 200: blob("The blob, in the trash.") },
      refusals: [403, 409],
    },
    {
      id: "restoreBlob",
      method: "post",
      path: "/api/blobs/{id}/restoration",
      summary: "Bring a blob back from the trash",
      parameters: [IDEMPOTENCY_KEY],
      answers: { 200: blob("The blob, back in its place.") },
      refusals: [403, 409],
    },
    {
      id: "listRevisions",
      method: "get",
      path: "/api/blobs/{id}/revisions",
      summary: "List a blob's revisions, newest first",
      parameters: PAGED,
      answers: { 200: json("Without their content.", pageOf(named("BlobRevision"))) },
    },
    {
      id: "readRevision",
      method: "get",
      path: "/api/blobs/{id}/revisions/{n}",
      summary: "Read one revision",
      parameters: [NUMBER],
      answers: {
        200: json(
          "The revision, with its content.",
          Type.Object({ ...BlobRevision.properties, content: Type.Unknown() }),
        ),
      },
    },
    {
      id: "restoreRevision",
      method: "post",
      path: "/api/blobs/{id}/revisions/{n}/restoration",
      summary: "Bring a revision back",
      details: "Writes its content and metadata back, as a new revision.",
      parameters: [NUMBER, IF_MATCH_OPTIONAL, IDEMPOTENCY_KEY],
      answers: { 200: blob("The blob as it is now.") },
      refusals: [403, 409],
    },
    {
      id: "readLineage",
      method: "get",
      path: "/api/blobs/{id}/lineage",
      summary: "See what a blob was made of, and what was made of it",
      answers: { 200: json("Blobs and the runs between them, both ways.", named("Lineage")) },
    },
  ],
};

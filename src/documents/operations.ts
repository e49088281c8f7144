/** What the API says of documents: the shapes that bodies are held to, and its operations. */
import { Type } from "typebox";
import {
  IDEMPOTENCY_KEY,
  JSON_TYPE,
  json,
  jsonBody,
  PAGED,
  type Section,
} from "../openapi/operation.ts";
import { ActorName, Count, closed, Id, named, orNull, pageOf, Time } from "../openapi/shapes.ts";

/** Edits in one request. */
const EDITS_LIMIT = 500;

const PassageId = Type.String({ maxLength: 100 });
const Markdown = Type.Optional(Type.String());
const Place = Type.Union([
  Type.Literal("start"),
  Type.Literal("end"),
  Type.Object({ before: PassageId }, closed),
  Type.Object({ after: PassageId }, closed),
]);
const Edit = Type.Union([
  Type.Object(
    {
      edit: Type.Literal("insert"),
      place: Type.Optional(Place),
      notes: Markdown,
      prose: Markdown,
    },
    closed,
  ),
  Type.Object(
    { edit: Type.Literal("replace"), passage: PassageId, notes: Markdown, prose: Markdown },
    closed,
  ),
  Type.Object({ edit: Type.Literal("move"), passage: PassageId, place: Place }, closed),
  Type.Object({ edit: Type.Literal("remove"), passage: PassageId }, closed),
]);

export const EditsShape = Type.Object(
  { edits: Type.Array(Edit, { minItems: 1, maxItems: EDITS_LIMIT }) },
  closed,
);

export const VersionShape = Type.Object(
  {
    /** Absent: an automatic version, as before a take is accepted. */
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
);

export const RestorationShape = Type.Object({ passage: Type.Optional(PassageId) }, closed);

/** ProseMirror nodes. */
const Blocks = Type.Array(Type.Object({ type: Type.String() }, { additionalProperties: true }));

const Passage = Type.Object({
  id: Type.String(),
  under: Type.Optional(Type.String({ description: "The passage in whose row it is drawn." })),
  notes: Blocks,
  prose: Blocks,
  take: Type.Optional(Type.String({ description: "The blob of the take that was accepted." })),
  askHash: Type.Optional(Type.String()),
  proseHash: Type.Optional(Type.String()),
  also: Type.Optional(Type.String()),
});

const Words = Type.Object({ notes: Count, prose: Count, accepted: Type.Optional(Count) });

/** As `chapter-v1`. */
const Content = Type.Object({
  passages: Type.Array(Passage),
  words: Words,
  changed: Type.Optional(Count),
});

const Version = Type.Object({
  id: Id,
  bucket: Id,
  name: orNull(Type.String({ description: "null: the studio kept it by itself." })),
  reason: Type.Enum(["named", "rest", "accept", "restore"]),
  seq: Count,
  words: Count,
  createdBy: ActorName,
  createdAt: Time,
});

export const documents: Section = {
  name: "Documents",
  says: "The words of chapters: passages, each with notes and prose. People type in them over the WebSocket `/documents/{bucket}`; these are for programs.",
  components: { Version, ChapterContent: Content },
  operations: [
    {
      id: "readDocument",
      method: "get",
      path: "/api/documents/{bucket}",
      summary: "Read a chapter's words",
      details: "As Markdown with `Accept: text/markdown`.",
      answers: {
        200: {
          says: "The passages in their order.",
          headers: ["ETag"],
          content: {
            [JSON_TYPE]: Type.Object({ bucket: Id, name: Type.String(), ...Content.properties }),
            "text/markdown": Type.String(),
          },
        },
      },
    },
    {
      id: "editDocument",
      method: "post",
      path: "/api/documents/{bucket}/edits",
      summary: "Edit a chapter",
      details: "All of them or none. Notes and prose are Markdown.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(EditsShape, {
        edits: [{ edit: "insert", notes: "Dusk.", prose: "The lamp was lit." }],
      }),
      answers: {
        200: json(
          "The passage of each edit, in their order.",
          Type.Object({ passages: Type.Array(Type.String()) }),
        ),
      },
      refusals: [403, 409],
    },
    {
      id: "listVersions",
      method: "get",
      path: "/api/documents/{bucket}/versions",
      summary: "List a chapter's versions, newest first",
      parameters: PAGED,
      answers: { 200: json("Without their words.", pageOf(named("Version"))) },
    },
    {
      id: "createVersion",
      method: "post",
      path: "/api/documents/{bucket}/versions",
      summary: "Keep a version of a chapter",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(VersionShape, { name: "Before the storm" }),
      answers: { 201: json("The version.", named("Version")) },
      refusals: [403, 409],
    },
    {
      id: "readVersion",
      method: "get",
      path: "/api/documents/{bucket}/versions/{id}",
      summary: "Read a version",
      answers: {
        200: json(
          "The version, with its words.",
          Type.Object({ ...Version.properties, content: named("ChapterContent") }),
        ),
      },
    },
    {
      id: "restoreVersion",
      method: "post",
      path: "/api/documents/{bucket}/versions/{id}/restoration",
      summary: "Make a chapter say what a version said, or one passage of it",
      parameters: [IDEMPOTENCY_KEY],
      body: { ...jsonBody(RestorationShape, {}), isOptional: true },
      answers: {
        200: json("What stood before is a version too.", Type.Object({ before: named("Version") })),
      },
      refusals: [403, 409],
    },
  ],
};

/** What the API says of imports. */
import { Type } from "typebox";
import { Bytes } from "../openapi/openapi.ts";
import {
  IDEMPOTENCY_KEY,
  inQuery,
  json,
  jsonBody,
  PAGED,
  type Section,
} from "../openapi/operation.ts";
import { Count, closed, Id, named, orNull, pageOf, Time } from "../openapi/shapes.ts";
import { LOSSES } from "./manuscript.ts";
import { CUTS } from "./rule.ts";

const TITLE = { minLength: 1, maxLength: 500 };

const RuleShape = {
  cut: Type.Enum([...CUTS], {
    description:
      "What begins a chapter: a heading of the first level, or also of the second; a new page; a line such as “Chapter Two”; a scene break; nothing.",
  }),
  gaps: Type.Boolean({ description: "An empty line between paragraphs is a scene break." }),
  passages: Type.Enum(["scenes", "stretches"], {
    description: "What begins a passage: a scene, or also every 300 words or so within one.",
  }),
};

export const ImportChangeShape = Type.Object(
  {
    title: Type.Optional(Type.String(TITLE)),
    rule: Type.Optional(Type.Partial(Type.Object(RuleShape, closed))),
  },
  closed,
);

export const ImportedBookShape = Type.Object(
  { book: Type.Optional(Type.String({ description: "A book that stands; absent: a new one." })) },
  closed,
);

const Import = Type.Object({
  id: Id,
  name: Type.String({ description: "Of the file." }),
  format: Type.Enum(["docx", "markdown", "text", "html"]),
  size: Count,
  title: Type.String({ description: "What a new book is called." }),
  author: orNull(Type.String()),
  losses: Type.Array(Type.Object({ kind: Type.Enum([...LOSSES]), count: Count })),
  rule: Type.Object(RuleShape),
  outline: Type.Object({
    words: Count,
    gaps: Count,
    chapters: Type.Array(
      Type.Object({
        part: orNull(Type.String()),
        title: Type.String(),
        words: Count,
        passages: Count,
        opening: Type.String(),
      }),
    ),
  }),
  book: orNull(Id),
  chapters: orNull(Type.Array(Id)),
  madeAt: orNull(Time),
  createdAt: Time,
  expiresAt: Time,
});

const Made = Type.Object({ book: Id, chapters: Type.Array(Id) });
const preview = json("What was found.", named("Import"));

export const importOperations: Section = {
  name: "Imports",
  says: "Manuscripts on their way in: DOCX, Markdown, HTML, plain text. What is found is shown before anything is made; an import is kept for a day.",
  components: { Import },
  operations: [
    {
      id: "createImport",
      method: "post",
      path: "/api/imports",
      summary: "Read a manuscript",
      details:
        "The bytes are the body, or the first file of a form, at most 64 MiB. Nothing is made of them yet.",
      parameters: [inQuery("name", "Its name, by which Markdown is told from plain text.")],
      body: { content: { "*/*": Bytes } },
      answers: { 201: json("What was found.", named("Import")) },
      refusals: [403, 409],
    },
    {
      id: "listImports",
      method: "get",
      path: "/api/imports",
      summary: "List one's imports, newest first",
      parameters: PAGED,
      answers: { 200: json("What is kept.", pageOf(named("Import"))) },
    },
    {
      id: "readImport",
      method: "get",
      path: "/api/imports/{id}",
      summary: "Look at an import again",
      answers: { 200: preview },
    },
    {
      id: "changeImport",
      method: "patch",
      path: "/api/imports/{id}",
      summary: "Cut it otherwise",
      body: jsonBody(ImportChangeShape, { rule: { cut: "chapter-line" } }),
      answers: { 200: preview },
      refusals: [403, 409],
    },
    {
      id: "deleteImport",
      method: "delete",
      path: "/api/imports/{id}",
      summary: "Drop an import",
      answers: { 204: { says: "It is forgotten. A book that was made of it stays." } },
      refusals: [403],
    },
    {
      id: "createImportedBook",
      method: "post",
      path: "/api/imports/{id}/book",
      summary: "Make a book of it, or chapters of a book that stands",
      details: "All of it or nothing. A second call answers with what the first made.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(ImportedBookShape, {}),
      answers: { 201: json("What was made.", Made) },
      refusals: [403, 409],
    },
  ],
};

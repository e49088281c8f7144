/** What the API says of schemas: the shapes that bodies are held to, and its operations. */
import { Type } from "typebox";
import { IDEMPOTENCY_KEY, inQuery, json, jsonBody, type Section } from "../openapi/operation.ts";
import { closed, named, orNull, pageOf, Revision, SchemaId, Time } from "../openapi/shapes.ts";
import { LEVELS } from "./compatibility/check.ts";

/** The longest title, in characters. */
const TITLE_LIMIT = 200;

export const RegistrationShape = Type.Object(
  {
    schema: Type.Unknown(),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: TITLE_LIMIT })),
  },
  closed,
);

export const ValidationShape = Type.Object({ content: Type.Unknown() }, closed);

const Level = Type.Union(LEVELS.map((level) => Type.Literal(level)));
const Policy = Type.Union([Type.Literal("strict"), Type.Literal("lenient")], {
  description:
    "lenient takes it that documents have no properties which only the other version names, so that a new optional property is compatible with an open older version; strict takes nothing for granted.",
});

export const ConfigShape = Type.Object(
  { compatibility: Type.Optional(Level), policy: Type.Optional(Policy) },
  { ...closed, minProperties: 1 },
);

const Against = Type.Union([
  Type.Integer({ minimum: 1 }),
  Type.Literal("latest"),
  Type.Literal("all"),
]);

export const ComparisonShape = Type.Object(
  { schema: Type.Unknown(), level: Type.Optional(Level), against: Type.Optional(Against) },
  closed,
);

const SchemaConfig = Type.Object({ compatibility: Level, policy: Policy });

const Schema = Type.Object({
  id: SchemaId,
  name: Type.String(),
  version: Revision,
  globalId: orNull(
    Type.Integer({ description: "Equal contents have equal ones, whatever their names." }),
  ),
  title: orNull(Type.String()),
  owner: orNull(Type.String({ description: "An account; null for the studio's own." })),
  createdAt: Time,
  deprecated: Type.Boolean(),
  deprecatedAt: Type.Optional(Time),
});

const FieldError = Type.Object({
  pointer: Type.String(),
  rule: Type.String(),
  message: Type.String(),
});

const SchemaVersion = Type.Object({
  ...Schema.properties,
  references: Type.Record(Type.String(), SchemaId, {
    description: "By the reference as written: the version that it means, pinned at registration.",
  }),
  schema: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Boolean()]),
});

const NAME = {
  name: "name",
  in: "path",
  required: true,
  says: "The schema's name.",
  shape: Type.String(),
  example: "text-input",
} as const;
const VERSION = {
  name: "version",
  in: "path",
  required: true,
  says: "A number, or latest.",
  shape: Type.String({ pattern: "^([1-9]\\d*|latest)$" }),
  example: "latest",
} as const;

const config = json("The configuration that holds.", named("SchemaConfig"));

export const schemas: Section = {
  name: "Schemas",
  says: "Named JSON Schemas (2020-12) in versions. What a blob holds, and what a bucket's metadata is. Under /registry they are spoken to in the REST API of the Confluent Schema Registry.",
  components: { Schema, SchemaVersion, SchemaConfig },
  operations: [
    {
      id: "listSchemas",
      method: "get",
      path: "/api/schemas",
      summary: "List schemas, each in its latest version",
      answers: { 200: json("All of them.", pageOf(named("Schema"))) },
    },
    {
      id: "listSchemaVersions",
      method: "get",
      path: "/api/schemas/{name}/versions",
      summary: "List a schema's versions, newest first",
      parameters: [NAME],
      answers: { 200: json("All of them.", pageOf(named("Schema"))) },
    },
    {
      id: "readSchemaVersion",
      method: "get",
      path: "/api/schemas/{name}/versions/{version}",
      summary: "Read a version of a schema",
      parameters: [NAME, VERSION],
      answers: {
        200: json("The version, with its JSON Schema.", named("SchemaVersion")),
      },
    },
    {
      id: "registerSchemaVersion",
      method: "post",
      path: "/api/schemas/{name}/versions",
      summary: "Register the next version of a schema, or the first of a new one",
      details:
        "Whoever registers the first version owns the schema; its owner and administrators add versions. A $ref to a registered schema (text-input-v1, or text-input for its latest version now) resolves to it; nothing is fetched. What does not keep the compatibility of the schema is refused (409) with each rule that breaks, its pointer and, where one was found, a document that one version takes and the other refuses.",
      parameters: [NAME, IDEMPOTENCY_KEY],
      body: jsonBody(RegistrationShape, {
        schema: { type: "object", properties: { text: { type: "string" } } },
        title: "Scene",
      }),
      answers: {
        200: json("The version that has this content already.", named("SchemaVersion")),
        201: json("The new version.", named("SchemaVersion")),
      },
      refusals: [403, 409, 503],
    },
    {
      id: "deprecateSchemaVersion",
      method: "post",
      path: "/api/schemas/{name}/versions/{version}/deprecation",
      summary: "Mark a version as not to be used any more",
      details: "Its blobs stay readable and say so; no processor gets them.",
      parameters: [NAME, VERSION],
      answers: { 200: json("The deprecated version.", named("SchemaVersion")) },
      refusals: [403],
    },
    {
      id: "deleteSchemaVersion",
      method: "delete",
      path: "/api/schemas/{name}/versions/{version}",
      summary: "Delete a version that nothing uses",
      details:
        "What is in use is refused (409 schema-in-use, with what uses it). An administrator may force the deletion of a version that only blobs and their revisions use: they stay readable with schemaMissing. Its number is never given again.",
      parameters: [
        NAME,
        VERSION,
        inQuery("force", "true deletes it under its blobs.", Type.Enum(["true", "false"])),
      ],
      answers: { 204: { says: "It is gone." } },
      refusals: [403, 409],
    },
    {
      id: "compareSchema",
      method: "post",
      path: "/api/schemas/{name}/compatibility",
      summary: "See whether a schema could become the next version",
      details:
        "Asked of the latest version, or of all, as the level says; `example` is a document that one takes and the other refuses.",
      parameters: [NAME],
      body: jsonBody(ComparisonShape, {
        schema: { type: "object", properties: { text: { type: "string" } } },
        level: "BACKWARD",
      }),
      answers: {
        200: json(
          "What it would break.",
          Type.Object({
            compatible: Type.Boolean(),
            level: Level,
            against: Against,
            errors: Type.Array(
              Type.Object({
                ...FieldError.properties,
                against: Type.Integer({ description: "The version that it breaks with." }),
                direction: Type.Enum(["backward", "forward"]),
                example: Type.Optional(Type.Unknown()),
              }),
            ),
          }),
        ),
      },
    },
    {
      id: "readDefaultConfig",
      method: "get",
      path: "/api/schemas/config",
      summary: "Read what holds for schemas without a configuration of their own",
      answers: { 200: config },
    },
    {
      id: "putDefaultConfig",
      method: "put",
      path: "/api/schemas/config",
      summary: "Set what holds for schemas without a configuration of their own",
      details: "An administrator may.",
      body: jsonBody(ConfigShape, { compatibility: "FULL" }),
      answers: { 200: config },
      refusals: [403],
    },
    {
      id: "readConfig",
      method: "get",
      path: "/api/schemas/{name}/config",
      summary: "Read which compatibility a schema keeps, and how strictly",
      parameters: [NAME],
      answers: { 200: config },
    },
    {
      id: "putConfig",
      method: "put",
      path: "/api/schemas/{name}/config",
      summary: "Set which compatibility a schema keeps, and how strictly",
      details: "Its owner and administrators may; a built-in one changes only by files.",
      parameters: [NAME],
      body: jsonBody(ConfigShape, { compatibility: "BACKWARD_TRANSITIVE", policy: "lenient" }),
      answers: { 200: config },
      refusals: [403],
    },
    {
      id: "clearConfig",
      method: "delete",
      path: "/api/schemas/{name}/config",
      summary: "Let what holds for all schemas hold for this one",
      parameters: [NAME],
      answers: { 204: { says: "It has no configuration of its own any more." } },
      refusals: [403],
    },
    {
      id: "validateContent",
      method: "post",
      path: "/api/schemas/{name}/versions/{version}/validation",
      summary: "Hold content to a schema, without storing it",
      parameters: [NAME, VERSION],
      body: jsonBody(ValidationShape, { content: { text: "Dusk." } }),
      answers: {
        200: json(
          "Whether it validates, and where not.",
          Type.Object({ valid: Type.Boolean(), errors: Type.Array(FieldError, { maxItems: 100 }) }),
        ),
      },
    },
  ],
};

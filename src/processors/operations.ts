/** What the API says of processors: the shape that a body is held to, and its operations. */
import { Type } from "typebox";
import { json, jsonBody, type Section } from "../openapi/operation.ts";
import { Count, closed, Metadata, named, orNull, pageOf } from "../openapi/shapes.ts";

export const PreviewShape = Type.Object(
  {
    blob: Type.Optional(Type.String({ description: "A blob that is there; or a draft of one." })),
    draft: Type.Optional(
      Type.Object(
        {
          schema: Type.String(),
          bucket: Type.String(),
          content: Type.Unknown(),
          metadata: Type.Optional(Metadata),
        },
        closed,
      ),
    ),
    config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);

const Trigger = Type.Enum(["on-create", "on-request"]);
const Permission = Type.Enum(["model", "network"]);
const Transport = Type.Enum(["builtin", "nats", "http"]);

export const ManifestShape = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", maxLength: 100 }),
    version: Type.String({ pattern: "^\\d+\\.\\d+\\.\\d+([-+].+)?$", maxLength: 100 }),
    transport: Type.Object(
      { kind: Transport, url: Type.Optional(Type.String({ maxLength: 2_000 })) },
      closed,
    ),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    author: Type.Optional(Type.String()),
    licence: Type.Optional(Type.String()),
    inputs: Type.Optional(Type.Array(Type.String())),
    output: Type.Optional(Type.String()),
    config: Type.Optional(orNull(Type.Object({}, { additionalProperties: true }))),
    trigger: Type.Optional(Trigger),
    permissions: Type.Optional(Type.Array(Permission)),
    retry: Type.Optional(
      Type.Object({ attempts: Type.Integer(), backoff: Type.Integer() }, closed),
    ),
    concurrency: Type.Optional(Type.Integer()),
    timeout: Type.Optional(Type.Integer()),
    maxHops: Type.Optional(Type.Integer()),
    examples: Type.Optional(
      Type.Array(Type.Object({ input: Type.Unknown(), output: Type.Unknown() }, closed)),
    ),
  },
  closed,
);

const Processor = Type.Object({
  id: Type.String(),
  version: Type.String(),
  title: Type.String(),
  description: Type.String(),
  inputs: Type.Array(Type.String(), { description: "Ids of schemas." }),
  output: Type.String(),
  config: orNull(
    Type.Object({}, { additionalProperties: true, description: "JSON Schema of its settings." }),
  ),
  trigger: Trigger,
  permissions: Type.Array(Permission),
  transport: Type.Object({ kind: Transport }),
  retry: Type.Object({
    attempts: Type.Integer(),
    backoff: Type.Integer({ description: "The first wait, in milliseconds; doubled each time." }),
  }),
  concurrency: Type.Integer(),
  timeout: Type.Integer({ description: "Of one attempt, in milliseconds." }),
  maxHops: Type.Integer(),
  enabled: Type.Boolean({ description: "No administrator has switched it off." }),
  paused: Type.Boolean(),
});

const Message = Type.Object({
  role: Type.Enum(["system", "user", "assistant"]),
  content: Type.String(),
});

const Preview = Type.Object({
  messages: Type.Array(Message),
  tokens: Type.Integer({ description: "Of what goes out, about." }),
  limit: orNull(Type.Integer({ description: "Of what goes out and comes back together." })),
  context: Type.Array(Type.Unknown(), {
    description: "What goes along: {what, tokens, state: included | trimmed | dropped, from?}.",
  }),
  estimate: Type.Object({
    inputTokens: Count,
    outputTokens: Count,
    cost: orNull(Type.Number({ description: "In US dollars; null where prices are not known." })),
  }),
});

export const processorList: Section = {
  name: "Processors",
  says: "What turns blobs of one schema into blobs of another.",
  components: { Processor, Preview },
  operations: [
    {
      id: "listProcessors",
      method: "get",
      path: "/api/processors",
      summary: "List the processors that are installed",
      answers: { 200: json("All of them.", pageOf(named("Processor"))) },
    },
    {
      id: "readProcessor",
      method: "get",
      path: "/api/processors/{id}",
      summary: "Read the manifest of a processor",
      answers: { 200: json("The processor.", named("Processor")) },
    },
    {
      id: "installProcessor",
      method: "post",
      path: "/api/processors",
      summary: "Install or update a processor from its manifest",
      details:
        "An administrator's. What comes with the studio is installed by its code when it starts: its manifest may say the same, and nothing else. The transports nats and http come later, and are refused with 422.",
      body: jsonBody(ManifestShape, {
        id: "text-expansion",
        version: "1.1.0",
        transport: { kind: "builtin" },
      }),
      answers: { 200: json("The processor.", named("Processor")) },
      refusals: [403],
    },
    {
      id: "removeProcessor",
      method: "delete",
      path: "/api/processors/{id}",
      summary: "Remove a processor",
      details:
        "An administrator's. One that comes with the studio stays, and can be switched off. What a removed one made stays.",
      answers: { 204: { says: "It is removed." } },
      refusals: [403, 409],
    },
    {
      id: "previewRun",
      method: "post",
      path: "/api/processors/{id}/preview",
      summary: "See what a model would be sent, and about what that would cost",
      details:
        "For a blob, or for a draft of one that is not stored. The processor runs until it asks a model, and is ended there: nothing is sent, and nothing is written. What is shown is what a run of the same would send first.",
      body: jsonBody(PreviewShape, {
        draft: { schema: "text-input", bucket: "…", content: { text: "Dusk. Hester climbs." } },
      }),
      answers: { 200: json("What would be sent.", named("Preview")) },
      refusals: [409],
    },
  ],
};

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
  permissions: Type.Array(Type.Enum(["model", "network"])),
  transport: Type.Object({ kind: Type.Enum(["builtin", "nats", "http"]) }),
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

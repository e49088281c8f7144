/** What the API says of the studio itself: whether it runs, its sockets, and this description. */
import { Type } from "typebox";
import { inQuery, type Operation, type Section } from "./operation.ts";

const text = (says: string, type = "text/plain") => ({ says, content: { [type]: Type.String() } });

const Ready = Type.Object({ database: Type.Boolean(), bus: Type.Boolean() });

/** OpenAPI 3.1 knows no WebSockets: an upgrade is all of them that it can tell. */
const socket = (
  operation: Pick<Operation, "id" | "path" | "summary" | "details" | "parameters">,
): Operation => ({
  ...operation,
  method: "get",
  answers: { 101: { says: "A WebSocket from here on." } },
  refusals: [400, 403, 404, 422, 426],
});

export const studio: Section = {
  name: "Studio",
  says: "The studio itself, and its two sockets.",
  operations: [
    {
      id: "up",
      method: "get",
      path: "/up",
      summary: "See whether it runs",
      answers: { 200: text("It does.") },
      isOpen: true,
    },
    {
      id: "ready",
      method: "get",
      path: "/ready",
      summary: "See whether it can work: its database and its bus",
      answers: {
        200: { says: "It can.", content: { "application/json": Ready } },
        503: { says: "It cannot, and what is away.", content: { "application/json": Ready } },
      },
      isOpen: true,
    },
    socket({
      id: "live",
      path: "/live",
      summary: "Hear events as they happen, and send commands",
      details:
        "Frames are JSON: first `welcome` with the offset; then `event` in strictly rising offsets, `position`, `delta` for text that a run is writing, and `spent` for about what it has cost so far. A client sends `subscribe`, `unsubscribe`, `blob.create`, `run.cancel`, `ping`; each is answered by `ack` or `error` with its `ref`.",
      parameters: [
        inQuery("since", "<epoch>:<offset> from which to go on."),
        inQuery("bucket", "What happens in this bucket or below it."),
        inQuery("types", "Patterns such as blob.*.expanded-text-v1, parted by commas."),
        inQuery("view", "A page, such as chapter/<id>, whose fragments come along."),
      ],
    }),
    socket({
      id: "typeInDocument",
      path: "/documents/{bucket}",
      summary: "Type in a chapter, together",
      details: "The Hocuspocus protocol over Yjs updates. Viewers read only.",
    }),
    {
      id: "describe",
      method: "get",
      path: "/api/openapi.json",
      summary: "Read this description",
      answers: {
        200: {
          says: "An OpenAPI 3.1 document.",
          content: { "application/json": Type.Object({}, { additionalProperties: true }) },
          headers: ["ETag"],
        },
        304: { says: "It is as If-None-Match has it." },
      },
      isOpen: true,
    },
    {
      id: "docs",
      method: "get",
      path: "/api/docs",
      summary: "Read this description as a page",
      answers: { 200: text("The page.", "text/html") },
      isOpen: true,
    },
  ],
};

/** What the API says of runs: the shape that bodies are held to, and its operations. */
import { Type } from "typebox";
import {
  IDEMPOTENCY_KEY,
  inQuery,
  json,
  jsonBody,
  PAGED,
  type Section,
} from "../openapi/operation.ts";
import { ActorName, Count, Id, named, orNull, pageOf, Revision, Time } from "../openapi/shapes.ts";

export const RunRequestShape = Type.Object(
  {
    processor: Type.String(),
    blob: Type.String(),
    revision: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })),
    config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
);

const Version = Type.Enum(["pinned", "latest"]);

export const RedriveShape = Type.Object(
  { processor: Type.Optional(Type.String()), bucket: Type.Optional(Type.String()) },
  { additionalProperties: false },
);

export const BackfillShape = Type.Object(
  { processor: Type.String(), bucket: Type.String(), version: Type.Optional(Version) },
  { additionalProperties: false },
);

export const ReplayShape = Type.Object(
  { version: Type.Optional(Version) },
  { additionalProperties: false },
);

const RunStatus = Type.Enum(["queued", "running", "succeeded", "cancelled", "dead"]);
const Open = Type.Object({}, { additionalProperties: true });
const Failure = Type.Object({ type: Type.String(), sentence: Type.String() });

const Usage = Type.Object(
  {
    inputTokens: Count,
    outputTokens: Count,
    cost: orNull(Type.Number({ description: "US dollars; null where a price is unknown." })),
  },
  { additionalProperties: true },
);

const Run = Type.Object({
  id: Id,
  processor: Type.String(),
  processorVersion: Type.String(),
  input: Type.Object({ blob: Id, revision: Revision }),
  bucket: Id,
  root: Id,
  config: Open,
  status: named("RunStatus"),
  attempt: Count,
  maxAttempts: Count,
  background: Type.Boolean({ description: "Nobody waits for it: others go first." }),
  dueAt: Time,
  progress: orNull(Open),
  usage: Usage,
  hop: Type.Integer({ minimum: 0, description: "How many runs triggered one another before it." }),
  error: orNull(Failure),
  queuedBy: ActorName,
  queuedAt: Time,
  startedAt: orNull(Time),
  endedAt: orNull(Time),
  cancelRequestedAt: Type.Optional(Time),
  cancelRequestedBy: Type.Optional(ActorName),
});

const Attempt = Type.Object({
  attempt: Count,
  worker: Type.String(),
  version: orNull(Type.String({ description: "Of the processor that worked on it." })),
  startedAt: Time,
  endedAt: orNull(Time),
  outcome: orNull(Type.Enum(["succeeded", "failed", "cancelled", "lost"])),
  error: orNull(Failure),
  usage: orNull(Open),
  cost: orNull(Type.Number()),
});

const RunSeen = Type.Object({
  ...Run.properties,
  attempts: Type.Array(Attempt),
  partial: orNull(Type.String({ description: "The text so far; null once it is in a blob." })),
  partialAttempt: orNull(Count),
  output: orNull(Id),
  read: Type.Array(Type.Object({ id: Id, revision: Revision })),
  record: orNull(Open),
});

export const runs: Section = {
  name: "Runs",
  says: "Work of processors: a run turns one revision of a blob into a new blob.",
  components: { Run, RunSeen, RunStatus },
  operations: [
    {
      id: "requestRun",
      method: "post",
      path: "/api/runs",
      summary: "Ask a processor to work on a blob",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(RunRequestShape, {
        processor: "text-expansion",
        blob: "01932c07-0000-7000-8000-000000000000",
      }),
      answers: { 202: json("The run, queued.", named("Run")) },
      refusals: [403, 404, 409],
    },
    {
      id: "listRuns",
      method: "get",
      path: "/api/runs",
      summary: "Find runs, newest first",
      parameters: [
        inQuery("status", "In this state.", RunStatus),
        inQuery("processor", "Of this processor."),
        inQuery("blob", "On this blob."),
        inQuery("bucket", "On what lies in this bucket."),
        ...PAGED,
      ],
      answers: { 200: json("A page of runs.", pageOf(named("Run"))) },
      refusals: [404],
    },
    {
      id: "readRun",
      method: "get",
      path: "/api/runs/{id}",
      summary: "Read a run, with its attempts and its text so far",
      answers: { 200: json("The run.", named("RunSeen")) },
    },
    {
      id: "cancelRun",
      method: "post",
      path: "/api/runs/{id}/cancellation",
      summary: "Stop a run; what was written so far is kept",
      parameters: [IDEMPOTENCY_KEY],
      answers: {
        200: json("The run, ended.", named("Run")),
        202: json("It was running, and is asked to stop.", named("Run")),
      },
      refusals: [403],
    },
    {
      id: "retryRun",
      method: "post",
      path: "/api/runs/{id}/retry",
      summary: "Queue a dead run again",
      parameters: [IDEMPOTENCY_KEY],
      answers: { 202: json("The run, queued.", named("Run")) },
      refusals: [403, 409],
    },
    {
      id: "replayRun",
      method: "post",
      path: "/api/runs/{id}/replays",
      summary: "Queue once more what a run did",
      details:
        "A new run on the same revision with the same settings, of the version that it had (pinned, unless told) or of the installed one (latest).",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(ReplayShape, { version: "latest" }),
      answers: { 202: json("The new run, queued.", named("Run")) },
      refusals: [403, 409],
    },
    {
      id: "redriveRuns",
      method: "post",
      path: "/api/runs/redrive",
      summary: "Queue dead runs again, in the background",
      details:
        "At most 500 in one request, the oldest first; ask again while any are left. Only where one may write; what could not begin (in the trash, switched off, a circle) stays.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(RedriveShape, { processor: "text-expansion" }),
      answers: {
        202: json("How many were queued.", Type.Object({ redriven: Count, left: Count })),
      },
      refusals: [403, 404],
    },
    {
      id: "backfillRuns",
      method: "post",
      path: "/api/runs/backfill",
      summary: "Queue a run for every blob of which a processor made nothing yet",
      details:
        "Of what lies in and below the bucket, in the background, at most 500 in one request; ask again while any are left. latest (unless told): nothing in the installed version; pinned: nothing in the version of the blob's newest run.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(BackfillShape, {
        processor: "text-expansion",
        bucket: "01932c07-0000-7000-8000-000000000000",
      }),
      answers: { 202: json("How many were queued.", Type.Object({ queued: Count, left: Count })) },
      refusals: [403, 404, 409],
    },
  ],
};

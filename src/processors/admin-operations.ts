/** What the API says of how processors are set: the shapes that bodies are held to, and its operations. */
import { Type } from "typebox";
import { json, jsonBody, type Section } from "../openapi/operation.ts";
import { ActorName, closed, named, orNull, pageOf, Time } from "../openapi/shapes.ts";

const Trigger = Type.Enum(["on-create", "on-request"]);
const Config = Type.Record(Type.String(), Type.Unknown());

export const ProcessorChangeShape = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean()),
    paused: Type.Optional(Type.Boolean()),
    trigger: Type.Optional(orNull(Trigger)),
    config: Type.Optional(Config),
  },
  closed,
);

export const ConsentShape = Type.Object(
  {
    enabled: Type.Boolean(),
    trigger: Type.Optional(orNull(Trigger)),
    config: Type.Optional(Config),
  },
  closed,
);

const Held = {
  enabled: Type.Boolean(),
  trigger: Trigger,
  config: Config,
  secrets: Type.Array(Type.String(), {
    description: "Members of config that are set, and never shown.",
  }),
};

const ProcessorSettings = Type.Object({
  id: Type.String(),
  version: Type.String(),
  title: Type.String(),
  paused: Type.Boolean({ description: "Its runs are queued and wait." }),
  ...Held,
  disabledAt: Type.Optional(Time),
  disabledBy: Type.Optional(ActorName),
  pausedAt: Type.Optional(Time),
  pausedBy: Type.Optional(ActorName),
});

const ProcessorConsent = Type.Object({
  processor: Type.String(),
  version: Type.String(),
  title: Type.String(),
  permissions: Type.Array(Type.String()),
  ...Held,
  setBy: orNull(ActorName),
  setAt: orNull(Time),
});

const ProcessorVersion = Type.Object({
  version: Type.String(),
  manifest: Type.Object({}, { additionalProperties: true }),
  installedAt: Time,
});

export const processorSettings: Section = {
  name: "Settings of processors",
  says: "Where and how processors act: an administrator says so for the installation, an owner for a root, a run for itself; the later wins.",
  components: { ProcessorSettings, ProcessorConsent, ProcessorVersion },
  operations: [
    {
      id: "changeProcessor",
      method: "patch",
      path: "/api/processors/{id}",
      summary: "Set a processor for the whole installation",
      details:
        "An administrator's. What is not named stays. enabled: false starts no new run, and paused: true lets new ones queue; either way queued runs wait and running ones end. A secret in config (writeOnly in its schema) that is not named stays; null takes it away.",
      body: jsonBody(ProcessorChangeShape, { paused: true }),
      answers: { 200: json("What is set now.", named("ProcessorSettings")) },
      refusals: [403, 409],
    },
    {
      id: "listProcessorVersions",
      method: "get",
      path: "/api/processors/{id}/versions",
      summary: "List the versions that were ever installed, with their manifests",
      answers: { 200: json("All of them, oldest first.", pageOf(named("ProcessorVersion"))) },
    },
    {
      id: "listConsents",
      method: "get",
      path: "/api/buckets/{root}/processors",
      summary: "List the processors and whether they act below a root",
      answers: { 200: json("All of them.", pageOf(named("ProcessorConsent"))) },
      refusals: [409],
    },
    {
      id: "putConsent",
      method: "put",
      path: "/api/buckets/{root}/processors/{id}",
      summary: "Say whether and how a processor acts below a root",
      details:
        "An owner's. One that is not built in, or that uses a model or the network, acts on a root only once it is enabled there; text-expansion is from the start.",
      body: jsonBody(ConsentShape, { enabled: true }),
      answers: { 200: json("What holds there now.", named("ProcessorConsent")) },
      refusals: [403, 409],
    },
  ],
};

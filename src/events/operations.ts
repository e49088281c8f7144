/** What the API says of events. */
import { Type } from "typebox";
import { inQuery, json, PAGED, type Section } from "../openapi/operation.ts";
import { ActorName, Count, Id, named, orNull, Time } from "../openapi/shapes.ts";

const Event = Type.Object({
  specversion: Type.Literal("1.0"),
  id: Id,
  source: Type.String({ description: "/reyna/<root>, or /reyna/system" }),
  type: Type.String({ examples: ["blob.created.text-input-v1"] }),
  subject: Type.String({ description: "The id of what it happened to." }),
  time: Time,
  datacontenttype: Type.Literal("application/json"),
  actor: ActorName,
  traceparent: Type.Optional(Type.String()),
  data: Type.Object({}, { additionalProperties: true }),
});

const Position = Type.String({ description: "<epoch>:<offset>" });

export const events: Section = {
  name: "Events",
  says: "What happened, in one order, as CloudEvents 1.0. They are kept for 30 days; `/live` tells them as they happen.",
  components: { Event },
  operations: [
    {
      id: "listEvents",
      method: "get",
      path: "/api/events",
      summary: "Read the log, oldest first",
      parameters: [
        inQuery("since", "The next or position of an earlier answer; without it, from the oldest."),
        inQuery("bucket", "What happened in this bucket or below it."),
        inQuery("type", "Types or patterns such as blob.*.expanded-text-v1, parted by commas."),
        PAGED[0]!,
      ],
      answers: {
        200: json(
          "A page of the log.",
          Type.Object({
            items: Type.Array(Type.Object({ offset: Count, event: named("Event") })),
            next: orNull(Position),
            position: Position,
          }),
        ),
      },
      refusals: [404, 410],
    },
  ],
};

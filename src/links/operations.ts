/** What the API says of read-only links. */
import { Type } from "typebox";
import { IDEMPOTENCY_KEY, json, jsonBody, PAGED, type Section } from "../openapi/operation.ts";
import { ActorName, closed, Id, named, orNull, pageOf, Time } from "../openapi/shapes.ts";

export const LinkShape = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    password: Type.Optional(Type.String({ minLength: 4, maxLength: 128 })),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  },
  closed,
);

const Link = Type.Object({
  id: Id,
  bucket: Id,
  root: Id,
  name: Type.String({ description: "For whom it is, in its maker's words." }),
  hasPassword: Type.Boolean(),
  createdBy: ActorName,
  createdAt: Time,
  expiresAt: orNull(Time),
  revokedAt: orNull(Time),
  revokedBy: orNull(ActorName),
  url: orNull(Type.String({ description: "Its address; null once it has ended." })),
});

export const linkOperations: Section = {
  name: "Read-only links",
  says: "Addresses under which a book, a chapter or a pitch may be read by whoever has them. Owners make them.",
  components: { Link },
  operations: [
    {
      id: "createLink",
      method: "post",
      path: "/api/buckets/{id}/links",
      summary: "Make a read-only link to a book, a chapter or a pitch",
      details:
        "It shows prose and nothing else: no notes, no takes. It is found by no search engine, and stops at once when it is revoked.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(LinkShape, { name: "Beta readers", expiresAt: "2099-01-01T00:00:00Z" }),
      answers: { 201: json("The link, with its address.", named("Link")) },
      refusals: [403, 409],
    },
    {
      id: "listLinks",
      method: "get",
      path: "/api/buckets/{id}/links",
      summary: "List the links to a bucket and to what lies below it, newest first",
      parameters: PAGED,
      answers: { 200: json("Those that ended too.", pageOf(named("Link"))) },
      refusals: [403],
    },
    {
      id: "revokeLink",
      method: "delete",
      path: "/api/links/{id}",
      summary: "Revoke a link",
      details: "Pages that are open under it are emptied.",
      answers: { 204: { says: "It shows nothing any more." } },
      refusals: [403],
    },
  ],
};

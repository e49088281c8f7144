/** What the API says of buckets: the shapes that bodies are held to, and its operations. */
import { Type } from "typebox";
import {
  IDEMPOTENCY_KEY,
  IF_MATCH,
  IF_MATCH_OPTIONAL,
  inQuery,
  json,
  jsonBody,
  PAGED,
  type Section,
} from "../openapi/operation.ts";
import {
  ActorName,
  closed,
  Id,
  Metadata,
  named,
  orNull,
  pageOf,
  Revision,
  Role,
  SchemaId,
  Time,
} from "../openapi/shapes.ts";

const Name = Type.String({ maxLength: 500 });
/** Where among its siblings: one of the three. */
const Spot = {
  position: Type.Optional(Type.String({ pattern: "^[0-9a-z]{0,199}[1-9a-z]$" })),
  before: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
};

export const BucketDraftShape = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 90 }),
    name: Name,
    parent: Type.Optional(Type.String()),
    metadata: Type.Optional(Metadata),
    ...Spot,
  },
  closed,
);

export const BucketChangeShape = Type.Object(
  {
    name: Type.Optional(Name),
    metadata: Type.Optional(Metadata),
    ai: Type.Optional(Type.Boolean()),
    parent: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    ...Spot,
  },
  closed,
);

export const MemberShape = Type.Object({ role: Role }, closed);

const Bucket = Type.Object({
  id: Id,
  type: Type.String(),
  schema: SchemaId,
  name: Type.String(),
  root: Id,
  parent: orNull(Id),
  position: Type.String({ description: "Orders it among its siblings, as text." }),
  metadata: Metadata,
  ai: Type.Optional(
    Type.Boolean({ description: "Of a root: whether a model may be used below it." }),
  ),
  revision: Revision,
  createdBy: ActorName,
  createdAt: Time,
  updatedAt: Time,
  trashedAt: Type.Optional(Time),
  trashedBy: Type.Optional(ActorName),
  trashedWith: Type.Optional(orNull(Id)),
});

const BucketTree = Type.Object({
  ...Bucket.properties,
  children: Type.Array(named("BucketTree")),
});

const Member = Type.Object({ account: Id, role: Role, createdAt: Time });

const bucket = (says: string) => json(says, named("Bucket"), "ETag");

export const buckets: Section = {
  name: "Buckets",
  says: "The tree that organises content. Roles are held on roots, and hold for all below.",
  components: { Bucket, BucketTree, Member },
  operations: [
    {
      id: "createBucket",
      method: "post",
      path: "/api/buckets",
      summary: "Make a bucket",
      details:
        "One without a parent is a root, and its maker the owner. The schema `bucket-<type>` says what its metadata is and what it may hold.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(BucketDraftShape, { type: "book", name: "The Lamp at Hollow Ness" }),
      answers: { 201: bucket("The bucket.") },
      refusals: [403, 404, 409],
    },
    {
      id: "listBuckets",
      method: "get",
      path: "/api/buckets",
      summary: "Find buckets, newest first",
      parameters: [
        inQuery("parent", "What lies right in this bucket."),
        inQuery("type", "Of this type."),
        inQuery(
          "trashed",
          "true: what is in the trash, and nothing else.",
          Type.Enum(["true", "false"]),
        ),
        ...PAGED,
      ],
      answers: { 200: json("A page of buckets.", pageOf(named("Bucket"))) },
      refusals: [404],
    },
    {
      id: "readBucket",
      method: "get",
      path: "/api/buckets/{id}",
      summary: "Read a bucket",
      answers: {
        200: json(
          "The bucket, and the role that one has there.",
          Type.Object({ ...Bucket.properties, role: Role }),
          "ETag",
        ),
      },
    },
    {
      id: "changeBucket",
      method: "patch",
      path: "/api/buckets/{id}",
      summary: "Rename, move or change a bucket",
      details:
        "metadata is merged: null removes a member. parent moves it, within its root; position, before and after place it among its siblings. ai is a root owner's to change.",
      parameters: [IF_MATCH],
      body: jsonBody(BucketChangeShape, { name: "Fog" }),
      answers: { 200: bucket("The bucket as it is now.") },
      refusals: [403, 409],
    },
    {
      id: "trashBucket",
      method: "delete",
      path: "/api/buckets/{id}",
      summary: "Put a bucket in the trash, with all below it",
      details: "Of a root only an owner may. After 30 days it is gone for good.",
      parameters: [IF_MATCH_OPTIONAL],
      answers: { 200: bucket("The bucket, in the trash.") },
      refusals: [403],
    },
    {
      id: "restoreBucket",
      method: "post",
      path: "/api/buckets/{id}/restoration",
      summary: "Bring a bucket back, with all that went with it",
      parameters: [IDEMPOTENCY_KEY],
      answers: { 200: bucket("The bucket, back in its place.") },
      refusals: [403, 409],
    },
    {
      id: "readTree",
      method: "get",
      path: "/api/buckets/{id}/tree",
      summary: "Read a bucket with what lies below it, in order",
      parameters: [
        inQuery(
          "depth",
          "Levels below it; all without.",
          Type.Integer({ minimum: 0, maximum: 32 }),
        ),
      ],
      answers: { 200: json("The tree.", named("BucketTree")) },
    },
    {
      id: "listMembers",
      method: "get",
      path: "/api/buckets/{id}/members",
      summary: "List who may see a root, the longest there first",
      answers: { 200: json("All of them.", pageOf(named("Member"))) },
      refusals: [409],
    },
    {
      id: "readMember",
      method: "get",
      path: "/api/buckets/{id}/members/{account}",
      summary: "Read one member",
      answers: { 200: json("The member.", named("Member")) },
      refusals: [409],
    },
    {
      id: "putMember",
      method: "put",
      path: "/api/buckets/{id}/members/{account}",
      summary: "Give an account a role on a root",
      body: jsonBody(MemberShape, { role: "editor" }),
      answers: {
        200: json("It had a role there before.", named("Member")),
        201: json("It is new there.", named("Member")),
      },
      refusals: [403, 409],
    },
    {
      id: "removeMember",
      method: "delete",
      path: "/api/buckets/{id}/members/{account}",
      summary: "Take a role away; everybody may give up their own",
      answers: { 204: { says: "It is gone." } },
      refusals: [403, 409],
    },
  ],
};

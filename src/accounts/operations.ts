/** What the API says of accounts, tokens, invitations and user state: shapes of bodies, and its operations. */
import { Type } from "typebox";
import {
  IDEMPOTENCY_KEY,
  IF_MATCH,
  json,
  jsonBody,
  PAGED,
  type Section,
} from "../openapi/operation.ts";
import {
  Count,
  closed,
  Id,
  named,
  orNull,
  pageOf,
  Role,
  SchemaId,
  Time,
} from "../openapi/shapes.ts";
import { DAYS } from "./invitations.ts";

export const TokenShape = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    scopes: Type.Array(
      Type.Union([Type.Literal("read"), Type.Literal("write"), Type.Literal("administer")]),
      { minItems: 1, maxItems: 3, uniqueItems: true },
    ),
    roots: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 100 })),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  },
  closed,
);

export const InvitationShape = Type.Object(
  {
    root: Type.Optional(Type.String()),
    role: Type.Optional(Role),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: DAYS.most })),
  },
  closed,
);

export const StateChangeShape = Type.Object(
  { content: Type.Unknown(), schema: Type.Optional(Type.String()) },
  closed,
);

const Token = Type.Object({
  id: Id,
  name: Type.String(),
  scopes: Type.Array(Type.Enum(["read", "write", "administer"])),
  roots: orNull(Type.Array(Id)),
  createdAt: Time,
  expiresAt: orNull(Time),
  usedAt: orNull(Time),
});

const Invitation = Type.Object({
  id: Id,
  admits: Type.Boolean({ description: "Whether it lets a new account in." }),
  root: orNull(Id),
  role: orNull(Role),
  createdAt: Time,
  expiresAt: Time,
  acceptedAt: orNull(Time),
  acceptedBy: orNull(Id),
});

const UserState = Type.Object({
  schema: SchemaId,
  content: Type.Object({}, { additionalProperties: true }),
  revision: Count,
  updatedAt: orNull(Time),
});

/** As better-auth answers; it may say more of an account. */
const SignedIn = Type.Object(
  {
    token: orNull(Type.String()),
    user: Type.Object(
      { id: Id, name: Type.String(), email: Type.String(), createdAt: Time, updatedAt: Time },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
);

const SignUpShape = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  email: Type.String({ format: "email", maxLength: 254 }),
  password: Type.String({ minLength: 8, maxLength: 128 }),
  setupCode: Type.Optional(
    Type.String({ description: "Of the first account, made over a network: printed at start." }),
  ),
});

const SignInShape = Type.Object(
  { email: Type.String(), password: Type.String() },
  { additionalProperties: true },
);

const state = json("The state, and its revision.", named("UserState"), "ETag");

export const accounts: Section = {
  name: "Accounts",
  says: "Signing in, and what lets programs and other people in.",
  components: { Token, Invitation, UserState, SignedIn },
  operations: [
    {
      id: "signUp",
      method: "post",
      path: "/api/auth/sign-up/email",
      summary: "Make an account, and its first book",
      details: "The first account is the administrator. Later ones follow REYNA_SIGNUP.",
      body: jsonBody(SignUpShape, {
        name: "Marian Oake",
        email: "marian@oake.example",
        password: "nine-nights-of-fog",
      }),
      answers: { 200: json("Signed in.", named("SignedIn"), "set-auth-token") },
      refusals: [403, 429],
      isOpen: true,
    },
    {
      id: "signIn",
      method: "post",
      path: "/api/auth/sign-in/email",
      summary: "Sign in",
      body: jsonBody(SignInShape, { email: "marian@oake.example", password: "nine-nights-of-fog" }),
      answers: { 200: json("Signed in.", named("SignedIn"), "set-auth-token") },
      refusals: [401, 403, 429],
      isOpen: true,
    },
    {
      id: "signOut",
      method: "post",
      path: "/api/auth/sign-out",
      summary: "Sign out",
      body: { ...jsonBody(Type.Object({}, { additionalProperties: true })), isOptional: true },
      answers: {
        200: json("The session is over.", Type.Object({ success: Type.Boolean() })),
      },
      refusals: [403, 429],
      isOpen: true,
    },
    {
      id: "listTokens",
      method: "get",
      path: "/api/tokens",
      summary: "List one's tokens, newest first",
      parameters: PAGED,
      answers: { 200: json("Without their secrets.", pageOf(named("Token"))) },
      refusals: [403],
    },
    {
      id: "createToken",
      method: "post",
      path: "/api/tokens",
      summary: "Make a token for a program",
      details: "Only who is signed in with a password makes one. roots limits it to some roots.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(TokenShape, { name: "Backup", scopes: ["read"] }),
      answers: {
        201: json(
          "The token, with its secret: told here and never again.",
          Type.Object({ ...Token.properties, token: Type.String() }),
        ),
      },
      refusals: [403, 404, 409],
    },
    {
      id: "deleteToken",
      method: "delete",
      path: "/api/tokens/{id}",
      summary: "End a token",
      answers: { 204: { says: "It is good for nothing any more." } },
      refusals: [403],
    },
    {
      id: "listInvitations",
      method: "get",
      path: "/api/invitations",
      summary: "List one's invitations, newest first",
      parameters: PAGED,
      answers: { 200: json("Without their links.", pageOf(named("Invitation"))) },
      refusals: [403],
    },
    {
      id: "createInvitation",
      method: "post",
      path: "/api/invitations",
      summary: "Invite somebody",
      details:
        "With root and role, to a root one owns; an administrator's also admits a new account.",
      parameters: [IDEMPOTENCY_KEY],
      body: jsonBody(InvitationShape, { days: 7 }),
      answers: {
        201: json(
          "The invitation, with its link: told here and never again.",
          Type.Object({ ...Invitation.properties, url: Type.String({ format: "uri" }) }),
        ),
      },
      refusals: [403, 404, 409],
    },
    {
      id: "withdrawInvitation",
      method: "delete",
      path: "/api/invitations/{id}",
      summary: "Withdraw an invitation",
      answers: { 204: { says: "Its link is good for nothing any more." } },
      refusals: [403],
    },
    {
      id: "readState",
      method: "get",
      path: "/api/me/state",
      summary: "Read how one has the studio set up",
      answers: { 200: state },
    },
    {
      id: "putState",
      method: "put",
      path: "/api/me/state",
      summary: "Replace how one has the studio set up",
      details: "Held to user-state. The revision is 0 before the first change.",
      parameters: [IF_MATCH],
      body: jsonBody(StateChangeShape, { content: { theme: "dark" } }),
      answers: { 200: state },
      refusals: [403],
    },
  ],
};

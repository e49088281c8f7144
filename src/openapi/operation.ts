/**
 * How a noun describes its operations. The entries lie beside the nouns (`src/blobs/operations.ts`) with the shapes
 * that their routes hold bodies to; `document.ts` makes one OpenAPI 3.1 document of them all.
 */
import type { TSchema } from "typebox";
import { Type } from "typebox";

export type Method = "get" | "head" | "post" | "put" | "patch" | "delete";

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  says: string;
  shape: TSchema;
  example?: string | number;
};

/** Bodies by media type. */
export type Content = Record<string, TSchema>;

export type Answer = { says: string; content?: Content; headers?: string[] };

export type Operation = {
  /** What a program calls it: `createBlob`. */
  id: string;
  method: Method;
  /** With `{name}` for what is a parameter. */
  path: string;
  summary: string;
  details?: string;
  /** Those of the path are found in it. */
  parameters?: Parameter[];
  body?: { content: Content; isOptional?: boolean; example?: unknown };
  answers: Record<number, Answer>;
  /** Statuses it refuses with, beside what follows from who may ask, its body and its headers. */
  refusals?: number[];
  /** Answers also who is not signed in. */
  isOpen?: boolean;
};

/** What operations of one noun are called together, and the shapes that they share by name. */
export type Section = {
  name: string;
  says: string;
  operations: Operation[];
  components?: Record<string, TSchema>;
};

export const JSON_TYPE = "application/json";

export const json = (says: string, shape: TSchema, ...headers: string[]): Answer => ({
  says,
  content: { [JSON_TYPE]: shape },
  ...(headers.length > 0 ? { headers } : {}),
});

export const jsonBody = (shape: TSchema, example?: unknown) => ({
  content: { [JSON_TYPE]: shape },
  ...(example === undefined ? {} : { example }),
});

export const inQuery = (name: string, says: string, shape: TSchema = Type.String()): Parameter => ({
  name,
  in: "query",
  required: false,
  says,
  shape,
});

export const required = (parameter: Parameter): Parameter => ({ ...parameter, required: true });

const inHeader = (name: string, says: string, example: string): Parameter => ({
  name,
  in: "header",
  required: false,
  says,
  shape: Type.String(),
  example,
});

/** Of what is changed only as it was read. */
export const IF_MATCH = required(
  inHeader("If-Match", "The ETag that was read: the revision in quotes.", '"1"'),
);
export const IF_MATCH_OPTIONAL = inHeader(
  "If-Match",
  "The revision in quotes; sent, it is held to.",
  '"1"',
);
export const IDEMPOTENCY_KEY = inHeader(
  "Idempotency-Key",
  "The same key with the same body has one effect, and the first answer again, for 24 hours.",
  "b2c8…",
);

/** `?limit` and `?cursor`. */
export const PAGED: Parameter[] = [
  inQuery(
    "limit",
    "Items in one answer; above 200 counts as 200.",
    Type.Integer({ minimum: 1, default: 50 }),
  ),
  inQuery("cursor", "The `next` of the answer before."),
];

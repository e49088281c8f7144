/** Shapes that answers of several nouns share. */
import { type TSchema, Type } from "typebox";

export const closed = { additionalProperties: false };

export const Id = Type.String({ format: "uuid" });
export const Time = Type.String({ format: "date-time" });
export const Count = Type.Integer({ minimum: 0 });
export const Revision = Type.Integer({ minimum: 1 });
/** `account:<id>`, `processor:<id>` or `system`. */
export const ActorName = Type.String({ description: "account:<id>, processor:<id> or system" });
export const SchemaId = Type.String({ examples: ["text-input-v1"] });
export const Metadata = Type.Record(Type.String(), Type.Unknown());
export const Role = Type.Enum(["owner", "editor", "commenter", "viewer"]);

export const orNull = <Shape extends TSchema>(shape: Shape) => Type.Union([shape, Type.Null()]);

/** A shape of the document's components, by its name. */
export const named = (name: string) => Type.Ref(`#/components/schemas/${name}`);

export const pageOf = (item: TSchema) =>
  Type.Object({
    items: Type.Array(item),
    next: orNull(Type.String({ description: "The cursor of the next page; null at the end." })),
  });

const FieldError = Type.Object({
  pointer: Type.String({
    description: "JSON Pointer (RFC 6901) into the body; /query/… for the query.",
  }),
  rule: Type.String(),
  message: Type.String(),
});

/** RFC 9457. Refusals may carry further members, such as `revision` where that is stale. */
export const Problem = Type.Object(
  {
    type: Type.String({ pattern: "^/problems/[a-z0-9-]+$" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldError, { maxItems: 100 })),
    revision: Type.Optional(
      Type.Integer({ description: "The current revision, where another was expected." }),
    ),
  },
  { additionalProperties: true },
);

/** What a schema may say of itself under `x-reyna`: held to its shape, since the studio acts on it. */
import Ajv2020 from "ajv/dist/2020.js";
import type { FieldError } from "../../problem.ts";
import { isObject } from "../compatibility/lift.ts";
import { told } from "../told.ts";

const NAMES = { type: "array", items: { type: "string" }, maxItems: 1_000 };

const isHints = new Ajv2020({ strict: false, allErrors: true }).compile({
  type: "object",
  properties: {
    label: { type: "string" },
    icon: { type: "string" },
    immutable: { type: "boolean" },
    childTypes: NAMES,
    blobSchemas: NAMES,
    // Of the studio's own: what they mean is in its code.
    documentOwned: false,
    uploaded: false,
  },
});

export function hintErrors(schema: unknown): FieldError[] {
  if (!isObject(schema) || schema["x-reyna"] === undefined || isHints(schema["x-reyna"])) return [];
  return told(isHints.errors).map((error) => ({ ...error, pointer: `/x-reyna${error.pointer}` }));
}

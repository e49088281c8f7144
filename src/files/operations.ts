/** What the API says of files. */

import { Type } from "typebox";
import { Bytes } from "../openapi/openapi.ts";
import {
  type Answer,
  IDEMPOTENCY_KEY,
  inQuery,
  json,
  required,
  type Section,
} from "../openapi/operation.ts";
import { named } from "../openapi/shapes.ts";

const ANY = "*/*";
const HEADERS = ["ETag", "Accept-Ranges", "Content-Disposition"];
const bytes = (says: string, ...more: string[]): Answer => ({
  says,
  content: { [ANY]: Bytes },
  headers: [...HEADERS, ...more],
});
const RANGE = {
  name: "Range",
  in: "header",
  required: false,
  says: "Some of the bytes only.",
  shape: Type.String(),
  example: "bytes=0-1023",
} as const;

export const files: Section = {
  name: "Files",
  says: "Bytes. A `file-v1` blob describes each file; the same bytes are kept once.",
  operations: [
    {
      id: "uploadFile",
      method: "post",
      path: "/api/files",
      summary: "Upload a file",
      details: "The bytes are the body, or the first file of a form. They are streamed.",
      parameters: [
        required(inQuery("bucket", "Where its blob comes to lie.")),
        inQuery("name", "Its name."),
        IDEMPOTENCY_KEY,
      ],
      body: { content: { [ANY]: Bytes } },
      answers: { 201: json("The blob that describes it.", named("Blob"), "ETag") },
      refusals: [403, 404],
    },
    {
      id: "downloadFile",
      method: "get",
      path: "/api/blobs/{id}/file",
      summary: "Download a file",
      parameters: [RANGE],
      answers: {
        200: bytes("The bytes."),
        206: bytes("Some of them.", "Content-Range"),
        304: { says: "They are as If-None-Match has them." },
      },
      refusals: [416],
    },
    {
      id: "seeFile",
      method: "head",
      path: "/api/blobs/{id}/file",
      summary: "See what a file is",
      parameters: [RANGE],
      answers: {
        200: { says: "As downloading it, without the bytes.", headers: HEADERS },
        206: { says: "As downloading some of it, without the bytes.", headers: HEADERS },
        304: { says: "It is as If-None-Match has it." },
      },
      refusals: [416],
    },
  ],
};

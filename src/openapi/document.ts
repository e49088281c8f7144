/** The whole API in one OpenAPI 3.1 document. What is missing here is missed by its test. */
import { accounts } from "../accounts/operations.ts";
import { blobs } from "../blobs/operations.ts";
import { buckets } from "../buckets/operations.ts";
import { documents } from "../documents/operations.ts";
import { events } from "../events/operations.ts";
import { files } from "../files/operations.ts";
import { importOperations } from "../imports/operations.ts";
import { linkOperations } from "../links/operations.ts";
import { processorSettings } from "../processors/admin-operations.ts";
import { processorList } from "../processors/operations.ts";
import { runs } from "../runs/operations.ts";
import { schemas } from "../schemas/operations.ts";
import { type OpenApi, openApiOf } from "./openapi.ts";
import type { Section } from "./operation.ts";
import { studio } from "./operations.ts";

const SECTIONS: Section[] = [
  accounts,
  schemas,
  buckets,
  blobs,
  files,
  documents,
  importOperations,
  linkOperations,
  runs,
  processorList,
  processorSettings,
  events,
  studio,
];

const DESCRIPTION = `JSON over HTTP, at most 4 MiB a body. Refusals are problem details (RFC 9457) with a stable \`type\`, and \`errors\` where input is at fault.

Lists take \`limit\` (50, at most 200) and \`cursor\`, and answer \`{items, next}\`, newest first by id. Ids are UUIDv7, times RFC 3339 in UTC.

What one may not see is answered as if it did not exist. Checks run in the order 401, 404, 403, 428, 412, 409, 422.

Answers may gain members; what is here stays and keeps its meaning within a major version.`;

export const describeApi = (version: string): OpenApi =>
  openApiOf(SECTIONS, { version, description: DESCRIPTION });

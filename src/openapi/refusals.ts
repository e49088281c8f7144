/** What each status means, wherever it is answered. */
import type { Operation } from "./operation.ts";

export const MEANINGS: Record<number, string> = {
  400: "Not JSON, or a request that cannot be read.",
  401: "Not signed in.",
  403: "The role, or the token, does not allow it on something that may be seen.",
  404: "It does not exist, or is not the asker's to see.",
  409: "It cannot be done as things stand; the type says why.",
  410: "It is kept no longer.",
  412: "Somebody changed it meanwhile; the current revision comes with it.",
  413: "Too large.",
  415: "Not the media type that it takes, or packed.",
  416: "The file has no such bytes.",
  422: "It does not validate; errors says where.",
  426: "A WebSocket, asked for without an upgrade.",
  428: "If-Match is missing.",
  429: "Too often; Retry-After says when again.",
  503: "The database is away; Retry-After says when to try again.",
};

/** The statuses an operation refuses with: what it states, and what follows from what it takes. */
export function refusalsOf({
  path,
  parameters = [],
  body,
  refusals = [],
  isOpen,
}: Operation): number[] {
  const found = new Set([...refusals, 503]);
  if (!isOpen) found.add(401);
  if (path.includes("{")) found.add(404);
  if (body) for (const status of [400, 413, 415, 422]) found.add(status);
  if (parameters.some((one) => one.in === "query")) found.add(422);
  for (const { name, required } of parameters) {
    if (name === "If-Match") found.add(412);
    if (name === "If-Match" && required) found.add(428);
    if (name === "Idempotency-Key") for (const status of [409, 422]) found.add(status);
  }
  return [...found].sort((a, b) => a - b);
}

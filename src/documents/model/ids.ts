/** Ids of passages: UUIDv7 (RFC 9562), made where the passage is made. */
import { sha256 } from "./sha256.ts";

export function newId(now = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  return uuid(hex(now), Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}

/** An id that everybody makes of the same text, with the time of another id. */
export const derivedId = (parent: string, text: string): string =>
  uuid(parent.replaceAll("-", "").slice(0, 12), sha256(`${parent} ${text}`).slice(0, 20));

/** The form of an id: what is no id is no passage. */
export const isPassageId = (text: unknown): text is string =>
  typeof text === "string" &&
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);

const hex = (time: number): string => time.toString(16).padStart(12, "0");

/** 48 bits of time, 80 bits of which six become version and variant. */
function uuid(time: string, rest: string): string {
  const variant = ((Number.parseInt(rest[4]!, 16) & 3) | 8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(1, 4)}-${variant}${rest.slice(5, 8)}-${rest.slice(8)}`;
}

/** What both adapters must agree on: which subjects exist, what a pattern hears, what a tail gets. */
import type { Message } from "./bus.ts";

export const EVENT_SUBJECTS = "reyna.events.>";
export const WORK_SUBJECTS = "reyna.work.>";
const WORK_PREFIX = "reyna.work.";

export function workSubject(queue: string): string {
  return WORK_PREFIX + queue;
}

/** The queue of a work subject; undefined for an event's. @throws RangeError for what no broker stores. */
export function queueOf(subject: string): string | undefined {
  if (subject.startsWith(WORK_PREFIX)) return subject.slice(WORK_PREFIX.length);
  if (matches(EVENT_SUBJECTS, subject)) return undefined;
  throw new RangeError(`No broker stores "${subject}": publish reyna.events.… or reyna.work.…`);
}

/** `*` is any one token, `>` one or more at the end (https://docs.nats.io/nats-concepts/subjects). */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  for (const [at, want] of wanted.entries()) {
    if (want === ">") return tokens.length > at;
    if (want !== "*" && want !== tokens[at]) return false;
    if (at >= tokens.length) return false;
  }
  return wanted.length === tokens.length;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Converts when asked only: a document's updates are never text, an event is seldom bytes. */
export function messageOf(subject: string, body: string | Uint8Array, id?: string): Message {
  return {
    subject,
    id,
    get text() {
      return typeof body === "string" ? body : decoder.decode(body);
    },
    get bytes() {
      return typeof body === "string" ? encoder.encode(body) : body;
    },
  };
}

/** Who hears what: pure rules over events, subscriptions and what an account may see. */
import { type AccountActor, nameOf, reaches } from "../access.ts";
import type { NumberedEvent } from "../events/event.ts";

export type Subscription = {
  /** Only what happens in this bucket or below it. */
  bucket?: string | undefined;
  /** Patterns of event types; absent, all. `*` stands for one word, a last `>` for the rest. */
  types?: string[] | undefined;
};

/** What everybody who is signed in may hear, of the events that belong to no root. */
const PUBLIC_TYPES = ["schema.>", "processor.>"];

export function maySee(roots: ReadonlySet<string>, event: NumberedEvent): boolean {
  if (event.root !== null) return roots.has(event.root);
  return PUBLIC_TYPES.some((pattern) => matchesType(pattern, event.event.type));
}

export function wants(subscription: Subscription, event: NumberedEvent): boolean {
  if (subscription.bucket && !event.path.includes(subscription.bucket)) return false;
  return subscription.types?.some((pattern) => matchesType(pattern, event.event.type)) ?? true;
}

/** `blob.*.expanded-text-v1` matches `blob.derived.expanded-text-v1`. */
export function matchesType(pattern: string, type: string): boolean {
  const words = type.split(".");
  const parts = pattern.split(".");
  for (const [i, part] of parts.entries()) {
    if (part === ">" && i === parts.length - 1) return words.length > i;
    if (part !== "*" && part !== words[i]) return false;
  }
  return parts.length === words.length;
}

/** `<epoch>:<offset>`, or undefined when it is not of that form. */
export function parseSince(since: string): { epoch: string; offset: number } | undefined {
  const match = /^(.+):(\d{1,15})$/.exec(since);
  return match ? { epoch: match[1]!, offset: Number(match[2]) } : undefined;
}

/** What an event changes in the set of roots that an account, as far as its token reaches, may see. */
export function applyMembership(roots: Set<string>, who: AccountActor, event: NumberedEvent): void {
  const { type, actor, data, subject } = event.event;
  if (event.root === null || !reaches(who, event.root)) return;
  const { account } = who;
  if (type === "bucket.created" && subject === event.root && actor === nameOf(who))
    roots.add(event.root);
  if (type === "bucket.member_added" && data.account === account) roots.add(event.root);
  if (type === "bucket.member_removed" && data.account === account) roots.delete(event.root);
}

import { events } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { announce } from "../announce.ts";
import type { Tx } from "../database.ts";

/** A fact, not yet numbered. */
export type NewEvent = {
  /** `blob.created.text-input-v1`, `run.started`, … */
  type: string;
  /** Where it happened; the system's own events (schemas, processors) have none. */
  place: { root: string; path: string[] } | null;
  /** The id of what it is about. */
  subject: string;
  data: Record<string, unknown>;
};

/**
 * Appends facts to the log, in the transaction that makes them true. The relay, woken after the
 * commit, gives them their offsets.
 */
export async function append(tx: Tx, actor: Actor, ...facts: NewEvent[]): Promise<void> {
  await tx.insert(events).values(facts.map((fact) => eventRow(actor, fact)));
  announce(tx, { appended: true });
}

/** For statements that insert their events themselves. */
export function eventRow(actor: Actor, fact: NewEvent) {
  return {
    id: Bun.randomUUIDv7(),
    root: fact.place?.root ?? null,
    path: fact.place?.path ?? [],
    type: fact.type,
    subject: fact.subject,
    actor: nameOf(actor),
    data: fact.data,
    traceparent: actor.traceparent ?? null,
  };
}

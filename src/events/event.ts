import type { events } from "../../drizzle/tables.ts";

/** CloudEvents 1.0 in JSON, with `actor` and `traceparent` as extension attributes. */
export type CloudEvent = {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  datacontenttype: "application/json";
  actor: string;
  traceparent?: string;
  data: Record<string, unknown>;
};

/** An event with its place in the log, as it travels on the bus. */
export type NumberedEvent = {
  offset: number;
  root: string | null;
  /** The path of the bucket it happened in, root first. */
  path: string[];
  event: CloudEvent;
};

export function numbered(row: typeof events.$inferSelect): NumberedEvent {
  return {
    offset: row.offset!,
    root: row.root,
    path: row.path,
    event: {
      specversion: "1.0",
      id: row.id,
      source: `/reyna/${row.root ?? "system"}`,
      type: row.type,
      subject: row.subject,
      time: row.time.toISOString(),
      datacontenttype: "application/json",
      actor: row.actor,
      ...(row.traceparent ? { traceparent: row.traceparent } : {}),
      data: row.data,
    },
  };
}

/** The JetStream subject of an event. */
export function subjectOf({ root, event }: NumberedEvent): string {
  return `reyna.events.${root ?? "system"}.${event.type}`;
}

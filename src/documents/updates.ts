/**
 * Updates between the processes that have a document open. A signal may get lost; the numbers tell,
 * and the log has what it said.
 */
import type { Bus } from "../bus/bus.ts";

/** The most that one signal carries, in bytes; NATS takes 1 MiB by default, header included. */
export const SIGNAL_LIMIT_BYTES = 1_000_000;

export const subjectOf = (document: string) => `reyna.signal.document.${document}`;

export type Told = {
  /** Which process appended them. */
  sender: string;
  /** Their numbers in the log, without gaps. */
  first: number;
  last: number;
  /** Absent where they were too large: the log has them. */
  updates?: Uint8Array[];
};

type Header = Omit<Told, "updates"> & { sizes?: number[] };

export function tellUpdates(bus: Bus, document: string, told: Told): void {
  bus.signal(subjectOf(document), encode(told));
}

/** A line of JSON, then the updates one behind the other. */
export function encode({ updates = [], ...told }: Told): Uint8Array {
  const sizes = updates.map((update) => update.byteLength);
  const whole = Buffer.concat([line({ ...told, sizes }), ...updates]);
  return whole.byteLength > SIGNAL_LIMIT_BYTES ? line(told) : whole;
}

const line = (header: Header) => Buffer.from(`${JSON.stringify(header)}\n`);

export function decode(bytes: Uint8Array): Told {
  const end = bytes.indexOf(LINE_FEED);
  const { sizes, ...told } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Header;
  if (!sizes) return told;
  let at = end + 1;
  const updates = sizes.map((size) => {
    at += size;
    return bytes.slice(at - size, at);
  });
  return { ...told, updates };
}

const LINE_FEED = 0x0a;

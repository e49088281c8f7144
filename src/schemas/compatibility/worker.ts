/** The thread that compares schemas: what comes in is untrusted, and may never end. */
import { checkCompatibility, type Question } from "./check.ts";

export type Asked = Omit<Question, "resolve" | "budget"> & {
  /** Schemas that `$ref`s may mean, by name or URI. */
  known?: Record<string, unknown>;
};
export type Order = { id: number; asked: Asked; milliseconds: number };

/** Bounds the memory of one comparison; its deadline comes first as a rule. */
const STEPS = 5_000_000;

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<Order>) => {
  const { id, asked, milliseconds } = data;
  const end = performance.now() + milliseconds;
  const known = asked.known ?? {};
  try {
    const verdict = checkCompatibility({
      ...asked,
      resolve: (uri) => (Object.hasOwn(known, uri) ? known[uri] : undefined),
      budget: { steps: STEPS, expired: () => performance.now() > end },
    });
    self.postMessage({ id, verdict });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};

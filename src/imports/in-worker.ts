/**
 * Manuscripts off the event loop: a thread for each, one at a time, so that the memory of one bounds that of all and is
 * given back when it ends. One that takes too long is terminated.
 */
import { Problem } from "../problem.ts";
import type { Answers, Order, Reply } from "./worker.ts";

/** What one order may take, in milliseconds: a DOCX of 500,000 words takes 2 to 5 s. */
export const DEADLINE_MS = 30_000;
/** Orders that wait at once. */
const LONGEST_QUEUE = 20;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** @throws 422 `not-a-manuscript` with a sentence, 503 when too many wait */
export function inWorker<Do extends Order["do"]>(
  order: Extract<Order, { do: Do }>,
  deadlineMs = DEADLINE_MS,
): Promise<Answers[Do]> {
  if (waiting >= LONGEST_QUEUE)
    throw new Problem(503, "busy", "Too many manuscripts are being read", {
      detail: "Try again in a minute.",
      headers: { "retry-after": "60" },
    });
  waiting++;
  const turn = last.then(() => inThread(order, deadlineMs)).finally(() => waiting--);
  last = turn.catch(() => {});
  return turn as Promise<Answers[Do]>;
}

function inThread(order: Order, deadlineMs: number): Promise<unknown> {
  const thread = new Worker(new URL("./worker.ts", import.meta.url).href);
  let late: ReturnType<typeof setTimeout>;
  return new Promise((settle, fail) => {
    late = setTimeout(
      () => fail(notAManuscript(`Reading it took longer than ${deadlineMs / 1_000} seconds.`)),
      deadlineMs,
    );
    const pieces: unknown[] = [];
    thread.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ("piece" in data) pieces.push(data.piece);
      else if ("answer" in data) settle(order.do === "chapters" ? pieces : data.answer);
      else if ("refused" in data) fail(notAManuscript(data.refused));
      else fail(new Error(`Reading a manuscript failed: ${data.failed}`));
    };
    thread.onerror = (event) => {
      event.preventDefault?.();
      fail(new Error(`The thread that reads manuscripts failed: ${event.message}`));
    };
    // Handed over, not copied: an upload has up to 64 MiB.
    thread.postMessage(order, order.do === "read" ? [order.bytes.buffer as ArrayBuffer] : []);
  }).finally(() => {
    clearTimeout(late);
    thread.terminate();
  });
}

const notAManuscript = (detail: string) =>
  new Problem(422, "not-a-manuscript", "This file cannot be imported", { detail });

/**
 * `data-live` on the element that holds the socket (`hx-ws:connect`). htmx keeps the connection and swaps
 * what `content` holds; this keeps the place in the event log, hands on what is no swap, and says aloud when a
 * passage begins and ends.
 */
import { flushAll, hearNotes, unsavedTexts } from "./autosave.ts";
import { hearDelta } from "./grow.ts";
import { onHtmx, type SocketDetail, type SwapDetail } from "./htmx-events.ts";
import { announce, connectionIs } from "./save-chip.ts";
import { moved } from "./since.ts";
import type { Delta } from "./stream.ts";

type Frame =
  | { type: "welcome"; epoch: string; offset: number; recovered?: boolean }
  | { type: "event" | "position"; offset: number }
  | ({ type: "delta"; run: string } & Delta)
  | { type: "notes"; passage: string; revision: number; notes: string }
  | { type: "reset" }
  | { type: "passage" | "ack" | "error" };

export function startLive(): void {
  onHtmx<SocketDetail>("htmx:ws:before:message:incoming", (detail) => {
    const frame = parsed(detail.message?.data);
    if (!frame) return;
    detail.connection.url = moved(detail.connection.url, frame);
    // Fragments are htmx's to swap; a frame without any is done with here.
    detail.cancelled = !("content" in frame);
    if (frame.type === "delta") hearDelta(frame.run, frame);
    if (frame.type === "notes") hearNotes(frame.passage, frame.revision, frame.notes);
    if (frame.type === "reset") void readAnew();
  });
  onHtmx("htmx:ws:after:connection", () => connectionIs(true));
  onHtmx("htmx:ws:close", () => connectionIs(false));
  // A page out of the back-forward cache has lost its socket and its place.
  addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) void readAnew();
  });
  guardSwaps();
}

function parsed(data: unknown): Frame | null {
  if (typeof data !== "string") return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** How long a page whose notes cannot be saved waits before it looks again whether it may reload. */
const UNSAVED_AGAIN_MS = 2_000;

/** What was missed cannot be told in events: the page is read again, once nothing on it is unsaved. */
async function readAnew(): Promise<void> {
  await flushAll();
  if (unsavedTexts().length > 0) setTimeout(() => void readAnew(), UNSAVED_AGAIN_MS);
  else location.reload();
}

function guardSwaps(): void {
  let within: string | undefined;
  let growing = new Map<string, string>();

  onHtmx<SwapDetail>("htmx:before:swap", ({ tasks }) => {
    dropRepeats(tasks);
    within = document.activeElement?.closest(".prose")?.id;
    growing = growingPassages();
  });

  onHtmx("htmx:after:swap", () => {
    // The button that had the focus may be gone; its passage's prose takes it over.
    if (within && document.activeElement === document.body) {
      document.getElementById(within)?.focus({ preventScroll: true });
    }
    tell(growing, growingPassages());
  });
}

/** A row may come twice, as the answer to its button and over the socket; the second is left out. */
function dropRepeats(tasks: SwapDetail["tasks"]): void {
  for (const task of [...tasks]) {
    const { id } = task.fragment.firstElementChild ?? {};
    if (task.swapSpec.style !== "beforeend" || !id) continue;
    const there = document.getElementById(id);
    if (!there) continue;
    tasks.splice(tasks.indexOf(task), 1);
    if (task.fragment.querySelector("[autofocus]")) there.querySelector("textarea")?.focus();
  }
}

function growingPassages(): Map<string, string> {
  const found = [...document.querySelectorAll<HTMLElement>("[data-passage]:has([data-run])")];
  return new Map(found.map(({ id, dataset }) => [id, dataset.number ?? ""]));
}

function tell(before: Map<string, string>, now: Map<string, string>): void {
  for (const [id, number] of now) if (!before.has(id)) announce(`Expanding passage ${number}.`);
  for (const [id, number] of before) {
    if (now.has(id)) continue;
    const refused = document.querySelector(`#${CSS.escape(id)} .refused:not([hidden])`);
    announce(refused?.textContent || `Done, passage ${number}.`);
  }
}

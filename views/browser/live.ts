/**
 * `data-live` on the element that holds the socket (`hx-ws:connect`). htmx keeps the connection and swaps
 * what `content` holds; this keeps the place in the event log, hands on what is no swap, and says aloud when a
 * passage begins and ends.
 */
import { announce } from "./announce.ts";
import type { Editor } from "./editor/editor.ts";
import { onHtmx, type RequestDetail, type SocketDetail, type SwapDetail } from "./htmx-events.ts";
import { onUse } from "./on-use.ts";
import { moved } from "./since.ts";
import type { Delta } from "./stream.ts";

type Frame =
  | { type: "welcome"; epoch: string; offset: number; recovered?: boolean }
  | { type: "event" | "position"; offset: number }
  | ({ type: "delta"; run: string } & Delta)
  | { type: "reset" }
  | { type: "ack" | "error" };

/** What draws text as it is streamed. */
export const growing = onUse(() => import("./grow.ts"));
/** It did not come; what it would have drawn comes whole when the run has ended. */
export const lost = () => {};

export function startLive(editor: Editor | null): void {
  onHtmx<SocketDetail>("htmx:ws:before:message:incoming", (detail) => {
    const frame = parsed(detail.message?.data);
    if (!frame) return;
    detail.connection.url = moved(detail.connection.url, frame);
    // Fragments are htmx's to swap; a frame without any is done with here.
    detail.cancelled = !("content" in frame);
    if (frame.type === "delta")
      void growing().then(({ hearDelta }) => hearDelta(frame.run, frame), lost);
    if (frame.type === "reset") readAnew(editor);
  });
  // A page out of the back-forward cache has lost its socket and its place.
  addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) readAnew(editor);
  });
  guardSwaps(editor);
  keepInOrder();
}

function parsed(data: unknown): Frame | null {
  if (typeof data !== "string") return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** How long a page with unsaved words waits before it looks again whether it may reload. */
const UNSAVED_AGAIN_MS = 2_000;

/** What was missed cannot be told in events: the page is read again, once nothing on it can be lost. */
export function readAnew(editor: Editor | null): void {
  if (editor?.isSafe() === false) setTimeout(() => readAnew(editor), UNSAVED_AGAIN_MS);
  else location.reload();
}

/**
 * What the socket tells of a part of the page while a change is asked for may be newer than that change's answer, which
 * leaves this part alone then: what is newer in the answer is told by the socket too.
 */
function keepInOrder(): void {
  let frames = 0;
  /** By id, which frame drew a part last. */
  const drawn = new Map<string, number>();
  const asked = new WeakMap<object, number>();

  onHtmx<RequestDetail>("htmx:before:request", ({ ctx }) => {
    if (ctx.request.method !== "GET") asked.set(ctx, frames);
  });
  onHtmx<SwapDetail>("htmx:before:swap", ({ ctx, tasks }) => {
    if (!ctx.request) {
      frames++;
      for (const { target } of tasks) if (target) drawn.set(target.id, frames);
    } else if (asked.has(ctx) && ctx.response!.status < 400) {
      const isOlder = ({ target }: SwapDetail["tasks"][number]) =>
        target && drawn.get(target.id)! > asked.get(ctx)!;
      tasks.splice(0, tasks.length, ...tasks.filter((task) => !isOlder(task)));
    }
  });
}

function guardSwaps(editor: Editor | null): void {
  let within: string | undefined;
  let growing = new Map<string, string>();

  onHtmx("htmx:before:swap", () => {
    within = document.activeElement?.closest(".offer")?.id;
    growing = growingPassages();
  });

  onHtmx("htmx:after:swap", () => {
    // The button that had the focus may be gone; what stands in its place takes it over.
    if (within && document.activeElement === document.body) {
      document.getElementById(within)?.focus({ preventScroll: true });
    }
    editor?.look();
    tell(growing, growingPassages());
  });
}

function growingPassages(): Map<string, string> {
  const found = [...document.querySelectorAll<HTMLElement>("[data-passage]:has([data-run])")];
  return new Map(found.map(({ id, dataset }) => [id, dataset.number ?? ""]));
}

function tell(before: Map<string, string>, now: Map<string, string>): void {
  for (const [id, number] of now) if (!before.has(id)) announce(`Expanding passage ${number}.`);
  for (const [id, number] of before) {
    if (now.has(id)) continue;
    const within = (selector: string) => document.querySelector(`#${CSS.escape(id)} ${selector}`);
    const how = within("[data-stopped]") ? "Stopped" : "Done";
    announce(within(".refused:not([hidden])")?.textContent || `${how}, passage ${number}.`);
  }
}

/**
 * `data-run` on an element: shows the text of that run as it is streamed. Pieces are kept for runs whose element
 * is not there yet, and an element that was rendered anew with less than is known gets the rest.
 * Text only ever goes in as text.
 */
import { countWords, paragraphs, wordsLabel } from "../prose.ts";
import { onHtmx, type SocketDetail } from "./htmx-events.ts";
import { catchUp, type Delta, hasGap, NOTHING, receive, type Stream } from "./stream.ts";

/** Streams are remembered for so many runs; the oldest goes. Far more than one page shows at once. */
const REMEMBERED_RUNS = 64;
/** First wait before the server's copy is asked for again; doubled each time. */
const ASK_FIRST_MS = 300;
/** How often it is asked for one gap; after that the next piece or swap has to fill it. */
const ASK_TIMES = 6;

/** About what runs have cost so far. */
const spent = new Map<string, { attempt: number; cost: string }>();
onHtmx<SocketDetail>("htmx:ws:before:message:incoming", ({ message }) => hearSpent(message?.data));

type Spent = { run: string; attempt: number; cost: string };

function hearSpent(data: unknown): void {
  if (typeof data !== "string" || !data.startsWith('{"type":"spent"')) return;
  const { run, attempt, cost } = JSON.parse(data) as Spent;
  if (attempt < (spent.get(run)?.attempt ?? 0)) return;
  keepNewest(spent, run, { attempt, cost });
  sayCost(run);
}

function sayCost(run: string): void {
  const cost = spent.get(run)?.cost;
  if (cost === undefined) return;
  for (const place of document.querySelectorAll(`[data-spent="${CSS.escape(run)}"]`)) {
    if (place.textContent !== cost) place.textContent = cost;
    place.parentElement!.hidden = false;
  }
}

const streams = new Map<string, Stream>();
const asking = new Set<string>();
const unpainted = new Set<string>();

export function hearDelta(run: string, delta: Delta): void {
  remember(run, receive(streams.get(run) ?? NOTHING, delta));
  if (hasGap(streams.get(run)!)) void fillGap(run);
}

/** Takes in elements that came with the page or a swap. */
export function attachGrowing(root: ParentNode): void {
  countSeconds();
  for (const element of root.querySelectorAll<HTMLElement>("[data-run]")) {
    const { run = "", attempt, partial = "" } = element.dataset;
    remember(run, catchUp(streams.get(run) ?? NOTHING, { attempt: Number(attempt), partial }));
    // Before the next frame: text that was there is never seen to go.
    paint(run);
    sayCost(run);
  }
}

/** When what an element counts from was, on the clock of `performance.now()`, and what it said of that. */
const begun = new WeakMap<HTMLElement, { said: string; at: number }>();
let counting: ReturnType<typeof setInterval> | undefined;
const SECOND_MS = 1_000;

/** `data-elapsed`: milliseconds since something began, when the element was drawn; goes on from there. */
function countSeconds(): void {
  const elements = document.querySelectorAll<HTMLElement>("[data-elapsed]");
  if (elements.length === 0) {
    clearInterval(counting);
    counting = undefined;
    return;
  }
  counting ??= setInterval(countSeconds, SECOND_MS);
  const now = performance.now();
  for (const element of elements) {
    const { elapsed: said = "0" } = element.dataset;
    let known = begun.get(element);
    if (known?.said !== said) {
      known = { said, at: now - Number(said) };
      begun.set(element, known);
    }
    const words = `${Math.round((now - known.at) / SECOND_MS)} s`;
    if (element.textContent !== words) element.textContent = words;
  }
}

function remember(run: string, stream: Stream): void {
  if (streams.get(run) === stream) return;
  keepNewest(streams, run, stream);
  if (unpainted.size === 0) requestAnimationFrame(paintAll);
  unpainted.add(run);
}

function keepNewest<Value>(map: Map<string, Value>, run: string, value: Value): void {
  map.delete(run);
  map.set(run, value);
  if (map.size > REMEMBERED_RUNS) map.delete(map.keys().next().value!);
}

function paintAll(): void {
  const runs = [...unpainted];
  unpainted.clear();
  runs.forEach(paint);
}

function paint(run: string): void {
  const stream = streams.get(run);
  if (!stream) return;
  const places = document.querySelectorAll<HTMLElement>(`[data-run="${CSS.escape(run)}"]`);
  for (const element of places) paintInto(element, stream);
}

function paintInto(element: HTMLElement, stream: Stream): void {
  const shown = paragraphs(stream.text);
  (shown.length ? shown : [""]).forEach((text, at) => {
    const paragraph = element.children[at] ?? element.appendChild(document.createElement("p"));
    write(paragraph, text);
  });
  while (element.children.length > Math.max(shown.length, 1)) element.lastElementChild!.remove();
  const words = element.parentElement?.querySelector("[data-words]");
  if (words) words.textContent = wordsLabel(countWords(stream.text));
}

/** Appends where it can, so that a selection in what is there already stays. */
function write(paragraph: Element, text: string): void {
  const node = paragraph.firstChild;
  if (!(node instanceof Text)) paragraph.textContent = text;
  else if (text.startsWith(node.data)) node.appendData(text.slice(node.length));
  else node.data = text;
}

async function fillGap(run: string): Promise<void> {
  if (asking.has(run)) return;
  asking.add(run);
  try {
    for (let time = 0; time < ASK_TIMES && hasGap(streams.get(run) ?? NOTHING); time++) {
      if (time > 0) await new Promise((go) => setTimeout(go, ASK_FIRST_MS * 2 ** (time - 1)));
      const response = await fetch(`/api/runs/${run}`, { headers: { accept: "application/json" } });
      if (!response.ok) continue;
      const { attempt, partial } = await response.json();
      const known = { attempt: Number(attempt), partial: String(partial ?? "") };
      remember(run, catchUp(streams.get(run) ?? NOTHING, known));
    }
  } catch {
    // The studio is away; the socket comes back with the whole text.
  } finally {
    asking.delete(run);
  }
}

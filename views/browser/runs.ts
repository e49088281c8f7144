/**
 * The Runs page: a run opens beside the list, arrows move through it, meters follow what is written. Without this
 * every row is a link to a page of its own.
 */
import { RUN_LIST_ID, RUN_PLACE_ID, runRowId } from "../runs/ids.ts";
import { farLabel } from "../runs/run-view.ts";
import { toClipboard } from "./clipboard.ts";
import { onHtmx, type SocketDetail } from "./htmx-events.ts";

/** As wide as the list and a run beside it need; `runs.css` says the same. */
const SIDE_BY_SIDE = "(width >= 960px)";

type Ajax = (verb: "GET", path: string, options: { target: string; swap: string }) => Promise<void>;
const htmx = (window as unknown as { htmx: { ajax: Ajax } }).htmx;

const list = () => document.getElementById(RUN_LIST_ID);
const place = () => document.getElementById(RUN_PLACE_ID);

export function startRuns(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const link = target.closest<HTMLAnchorElement>("[data-opens-run]");
    if (link) openBeside(link, event);
    const copies = target.closest<HTMLElement>("[data-copies]");
    if (copies) void copy(copies);
  });
  document.addEventListener("keydown", moveThroughList);
  addEventListener("popstate", () => void show(location.pathname + location.search));
  onHtmx<SocketDetail>("htmx:ws:before:message:incoming", ({ message }) => hear(message?.data));
  onHtmx("htmx:before:swap", keepFocus);
  onHtmx("htmx:after:swap", attach);
  const rows = list();
  if (rows)
    new MutationObserver(followWords).observe(rows, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  attach();
}

function openBeside(link: HTMLAnchorElement, event: MouseEvent): void {
  const aside = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (aside || event.defaultPrevented) return;
  // The list stays as it is: a row that came live knows nothing of what the list is narrowed to.
  const path = link.pathname + location.search;
  if (!matchMedia(SIDE_BY_SIDE).matches) {
    link.search = location.search;
    return;
  }
  event.preventDefault();
  history.pushState(null, "", path);
  void show(path);
}

/** A page without a run in its address shows whichever the server chooses. */
async function show(path: string): Promise<void> {
  if (!/^\/runs\/./.test(path)) location.reload();
  else await htmx.ajax("GET", path, { target: `#${RUN_PLACE_ID}`, swap: "innerHTML" });
  place()?.scrollTo({ top: 0 });
}

function moveThroughList(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const active = document.activeElement;
  const isFree = active === document.body || active?.closest(`#${RUN_LIST_ID}`);
  const links = [...(list()?.querySelectorAll<HTMLElement>("[data-opens-run]") ?? [])];
  if (!isFree || links.length === 0) return;
  event.preventDefault();
  const at = links.indexOf(active as HTMLElement);
  const chosen = links.findIndex((link) => link.ariaCurrent === "true");
  const next = at < 0 ? Math.max(chosen, 0) : at + step;
  links[Math.min(Math.max(next, 0), links.length - 1)]!.focus();
}

let focusWithin = false;

function keepFocus(): void {
  focusWithin = place()?.contains(document.activeElement) === true;
}

function attach(): void {
  // The button that had the focus may be gone: then it goes to the title of the same run.
  if (focusWithin && document.activeElement === document.body)
    place()?.querySelector<HTMLElement>("#run-title")?.focus({ preventScroll: true });
  focusWithin = false;
  const shown = place()?.querySelector<HTMLElement>("[data-shows-run]")?.dataset.showsRun;
  for (const link of document.querySelectorAll<HTMLElement>("[data-opens-run]"))
    link.ariaCurrent = link.dataset.opensRun === shown ? "true" : null;
  for (const button of document.querySelectorAll<HTMLElement>("[data-copies]"))
    button.hidden = false;
  for (const time of document.querySelectorAll<HTMLTimeElement>("[data-date-clock]")) {
    const words = DATE.format(new Date(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}

/** As the server writes it (`date-clock.tsx`), where the reader is. */
const DATE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** The words are counted beside the meter (`grow.ts`). */
function followWords(): void {
  for (const meter of document.querySelectorAll<HTMLProgressElement>("progress[data-follows]")) {
    const said = meter.parentElement?.querySelector("[data-words]")?.textContent ?? "";
    meter.value = Math.min(Number(said.replaceAll(/\D/g, "")), meter.max);
  }
}

type Progress = { type: string; run: string; done: number; total?: number; note?: string };

/** A processor that counts what it does says how far it is. */
function hear(data: unknown): void {
  if (typeof data !== "string" || !data.startsWith('{"type":"progress"')) return;
  const { run, done, total = null, note = null } = JSON.parse(data) as Progress;
  const row = document.getElementById(runRowId(run));
  const far = row?.querySelector<HTMLElement>(".far");
  if (!row || !far) return;
  const meter = far.querySelector("progress")!;
  meter.max = total ?? 1;
  meter.value = done;
  meter.hidden = total === null;
  far.lastElementChild!.textContent = farLabel({ done, total, note });
  far.hidden = false;
  row.querySelector<HTMLElement>(".words")!.hidden = true;
}

/** How long the button says that it was done, in milliseconds. */
const SAID_MS = 2_000;

async function copy(button: HTMLElement): Promise<void> {
  const parts = document.querySelectorAll(`#${button.dataset.copies} > div > *`);
  const text = [...parts].map(({ textContent }) => textContent).join("\n");
  if (!(await toClipboard(text))) return;
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => {
    button.textContent = before;
  }, SAID_MS);
}

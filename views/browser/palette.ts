/**
 * The palette and the sheet of shortcuts, loaded on their first use. Both are the browser's own dialogs: they hold the
 * focus, Esc closes them, and the focus goes back to where it was. What they show comes from the server.
 */
import {
  PALETTE_ID,
  PALETTE_INPUT_ID,
  PALETTE_LIST_ID,
  PALETTE_RESULTS_ID,
  palettePath,
  SHEET_ID,
  SHEET_PATH,
} from "../palette/ids.ts";
import { onHtmx, type RequestDetail, type SwapDetail } from "./htmx-events.ts";

type Ajax = (verb: "GET", path: string, options: object) => Promise<void>;
const htmx = (window as unknown as { htmx: { ajax: Ajax } }).htmx;

const AWAY = "The studio does not answer. This needs a connection.";

/** What was heard in `every-page.ts`. */
export function hear(event: Event): void {
  const { key, target } = event as KeyboardEvent;
  if (key !== "?") openPalette();
  else if (!isText(target as HTMLElement)) void openSheet();
}

/** A field that was just closed has the keys until the page is drawn again. */
const isText = (element: HTMLElement): boolean =>
  element.checkVisibility() &&
  (element.isContentEditable || element.matches("input, textarea, select"));

let isReady = false;

function openPalette(): void {
  const dialog = document.getElementById(PALETTE_ID) as HTMLDialogElement | null;
  // Nobody is signed in here.
  if (!dialog) return;
  if (!isReady) getReady(dialog);
  isReady = true;
  if (!dialog.open) dialog.showModal();
  // What was typed before this was loaded stays.
  if (field().value === asked()) field().select();
  void look();
}

const field = () => document.getElementById(PALETTE_INPUT_ID) as HTMLInputElement;
/** What the results are for, which may not be what is typed by now. */
const asked = () => document.getElementById(PALETTE_LIST_ID)?.dataset.for ?? null;
const options = () => [
  ...document.querySelectorAll<HTMLElement>(`#${PALETTE_RESULTS_ID} [role="option"]`),
];

async function look(): Promise<void> {
  // By itself: what else a page asks for without a source waits in one line, and may be dropped from it.
  const results = `#${PALETTE_RESULTS_ID}`;
  const options = { source: results, target: results, swap: "innerHTML" };
  await htmx.ajax("GET", palettePath(field().value), options).catch(away);
}

function away(): void {
  document.getElementById(PALETTE_RESULTS_ID)!.textContent = AWAY;
}

function getReady(dialog: HTMLDialogElement): void {
  // What was found for other words than those that stand there may come last.
  onHtmx<SwapDetail>("htmx:before:swap", ({ tasks }, event) => {
    const results = tasks.find(({ target }) => target?.id === PALETTE_RESULTS_ID)?.fragment;
    const words = results?.querySelector<HTMLElement>(`#${PALETTE_LIST_ID}`)?.dataset.for;
    if (words !== undefined && words !== field().value.trim()) event.preventDefault();
  });
  onHtmx<RequestDetail>("htmx:after:swap", () => {
    if (!dialog.open || asked() === null) return;
    choose(chosen() ?? options()[0]);
    if (!opensThen || asked() !== field().value.trim()) return;
    // Once: other swaps follow before the page has gone, and each would begin one book more.
    opensThen = false;
    chosen()?.click();
  });
  field().addEventListener("input", () => {
    opensThen = false;
  });
  onHtmx<RequestDetail>("htmx:error", ({ ctx }) => {
    if (dialog.open && ctx && !ctx.response) away();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp")
      step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter") open();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    const target = event.target as Element;
    const option = target.closest<HTMLElement>('[role="option"]');
    // Beside it; a link within the page leads there once it is closed.
    if (target === dialog || option?.matches("a, [data-opens-shortcuts]")) dialog.close();
    if (option?.matches("[data-opens-shortcuts]")) void openSheet();
  });
}

/** Enter was pressed before the results of what is typed were there. */
let opensThen = false;

function open(): void {
  opensThen = asked() !== field().value.trim();
  if (!opensThen) chosen()?.click();
}

const chosen = () => options().find(({ ariaSelected }) => ariaSelected === "true");

function step(by: 1 | -1): void {
  const all = options();
  const at = all.indexOf(chosen()!);
  choose(all.at((at + by) % all.length));
}

function choose(option: HTMLElement | undefined): void {
  for (const one of options()) one.ariaSelected = String(one === option);
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

async function openSheet(): Promise<void> {
  let dialog = document.getElementById(SHEET_ID) as HTMLDialogElement | null;
  if (dialog?.open) return;
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = SHEET_ID;
    dialog.className = "sheet";
    dialog.setAttribute("aria-labelledby", `${SHEET_ID}-title`);
    document.body.append(dialog);
    await htmx
      .ajax("GET", SHEET_PATH, { source: dialog, target: `#${SHEET_ID}`, swap: "innerHTML" })
      .catch(() => {});
    const filters = dialog.querySelector<HTMLInputElement>("[data-filters]");
    if (!filters) return dialog.remove();
    filters.addEventListener("input", () => filter(dialog!, filters.value));
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog!.close();
    });
  }
  dialog.showModal();
}

function filter(dialog: HTMLElement, words: string): void {
  const wanted = words.trim().toLowerCase();
  for (const section of dialog.querySelectorAll<HTMLElement>("section")) {
    const rows = [...section.querySelectorAll<HTMLElement>("dl > div")];
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    section.hidden = rows.every(({ hidden }) => hidden);
  }
}

/**
 * The outline of the book, true to what is typed here: the words of this chapter, what the book adds up to, the
 * title. What changes the outline is loaded when somebody comes near it.
 */
import {
  BAR_TITLE_ID,
  bookWords,
  CHAPTER_COUNTS_ID,
  CHAPTER_TITLE_ID,
  CHAPTER_TRASHED_ID,
  COUNTED,
  figure,
  OUTLINE_CHAPTERS_ID,
  OUTLINE_ID,
  share,
} from "../chapters/outline-ids.ts";
import { PASSAGES_ID } from "../chapters/passage-view.ts";
import type { Editor } from "./editor/editor.ts";
import { onHtmx } from "./htmx-events.ts";
import { readAnew } from "./live.ts";
import { holdKeys } from "./on-use.ts";

/** What brings somebody near. */
const NEAR = ["pointerover", "focusin", "pointerdown"] as const;

export function startOutline(editor: Editor | null): void {
  const outline = document.getElementById(OUTLINE_ID);
  if (!outline) return;
  const isTrashed = () => document.getElementById(CHAPTER_TRASHED_ID)?.dataset.trashed;
  const wasTrashed = isTrashed();
  const mayWrite = outline.dataset.outline === "writes";

  document.addEventListener(COUNTED, (event) => {
    // Before the chapter is there, there is nothing to count.
    if (document.getElementById(PASSAGES_ID)?.dataset.ready)
      showCounts(outline, (event as CustomEvent<number>).detail);
  });
  onHtmx("htmx:after:swap", () => {
    showTitle(outline);
    if (mayWrite) openTitle();
    // In the trash a chapter is only read: the page begins anew as what it is now.
    if (isTrashed() !== wasTrashed) readAnew(editor);
  });
  if (!mayWrite) return;
  openTitle();
  const title = document.getElementById(CHAPTER_TITLE_ID)?.closest("h1");
  title?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    document.getElementById(PASSAGES_ID)?.focus();
  });
  watchNear(true);

  function come(event: Event): void {
    watchNear(false);
    // A tap comes near and presses in one; so does a key behind Tab.
    let pressed: HTMLElement | null = null;
    const hold = ({ target }: Event) => {
      pressed = (target as Element).closest("[data-menu]");
    };
    outline!.addEventListener("click", hold);
    const pressAgain = holdKeys(outline!, isForRow);
    import("./outline-acts.ts")
      .then(
        ({ startActs }) => startActs(outline!, event),
        // Without the network it may be had a moment later.
        () => watchNear(true),
      )
      .then(() => {
        outline!.removeEventListener("click", hold);
        pressed?.click();
        pressAgain();
      });
  }

  function watchNear(isOn: boolean): void {
    for (const place of [outline, title])
      for (const near of NEAR)
        if (isOn) place?.addEventListener(near, come, { passive: true });
        else place?.removeEventListener(near, come);
  }
}

/** Whether a key at a row is for what is still to be loaded; behind one that is, all are but Tab. */
function isForRow({ target, key, ctrlKey, metaKey }: KeyboardEvent, isBehind: boolean) {
  if (!(target as Element).closest("[data-chapter] a")) return false;
  const isUndo = (ctrlKey || metaKey) && key === "z";
  return isBehind || isUndo || (/^(Arrow(Up|Down)| |F2)$/.test(key) && !ctrlKey && !metaKey);
}

/** The words of this chapter as they are typed; the others' are of their snapshots. */
function showCounts(outline: HTMLElement, prose: number): void {
  const row = outline.querySelector("[aria-current]")?.closest<HTMLElement>("[data-chapter]");
  if (row) {
    row.dataset.prose = String(prose);
    write(row.querySelector("[data-row-words]"), prose > 0 ? figure(prose) : "");
    draw(row.querySelector("[data-row-share]"), prose, Number(row.dataset.target));
    const rows = outline.querySelectorAll<HTMLElement>(`#${OUTLINE_CHAPTERS_ID} [data-prose]`);
    const all = [...rows].reduce((sum, { dataset }) => sum + Number(dataset.prose), 0);
    const book = outline.querySelector<HTMLElement>("[data-book-words]");
    write(book, bookWords(all, Number(book?.dataset.target)));
  }
  const counts = document.getElementById(CHAPTER_COUNTS_ID);
  if (!counts) return;
  const target = Number(counts.dataset.target);
  const from = Math.min(Number(counts.dataset.accepted), prose);
  write(counts.querySelector("[data-chapter-words]"), figure(prose));
  const accepted = counts.querySelector<HTMLElement>("[data-chapter-accepted]");
  accepted?.toggleAttribute("hidden", from === 0);
  write(accepted?.querySelector("span"), figure(from));
  draw(counts.querySelector(".all"), prose, target);
  draw(counts.querySelector(".typed"), prose - from, target);
}

function write(element: Element | null | undefined, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

function draw(rule: Element | null, count: number, target: number): void {
  // What came with takes is a hatched line, the rest are filled.
  const end = rule?.localName === "line" ? "x2" : "width";
  if (target > 0) rule?.setAttribute(end, String(share(count, target)));
}

function showTitle(outline: HTMLElement): void {
  const name = document.querySelector(`#${BAR_TITLE_ID}`)?.lastChild?.textContent;
  const book = outline.querySelector("h2")?.textContent;
  if (name && book) document.title = `${name}, ${book}`;
}

/** The title in the page can be written in. A swap may have closed it. */
function openTitle(): void {
  const title = document.getElementById(CHAPTER_TITLE_ID);
  if (!title || title.isContentEditable) return;
  title.contentEditable = "plaintext-only";
  title.role = "textbox";
  title.ariaLabel = "Title of this chapter";
  title.spellcheck = true;
}

/** The name of a chapter is written over its row. The field stands beside the rows, so that no update takes it away. */
import { chapterLinkId, chapterRowId, RENAME_ID } from "../chapters/outline-ids.ts";
import { send } from "./outline-send.ts";

export function startRenaming(outline: HTMLElement): {
  begin(chapter: string): void;
  /** After rows were replaced. */
  follow(): void;
} {
  const form = document.getElementById(RENAME_ID) as HTMLFormElement;
  const field = form.querySelector("input")!;
  let chapter: string | null = null;
  let before = "";
  const row = () => (chapter ? document.getElementById(chapterRowId(chapter)) : null);

  function begin(id: string): void {
    if (chapter) end(true);
    chapter = id;
    before = row()?.dataset.name ?? "";
    field.value = before;
    form.hidden = false;
    follow();
    field.focus();
    field.select();
  }

  function end(isKept: boolean): void {
    if (!chapter) return;
    const [id, name] = [chapter, field.value.trim()];
    const hadFocus = document.activeElement === field;
    chapter = null;
    form.hidden = true;
    if (hadFocus) document.getElementById(chapterLinkId(id))?.focus();
    if (isKept && name !== before) void send(form, "PATCH", `/chapters/${id}`, { name });
  }

  function follow(): void {
    if (!chapter) return;
    const over = row();
    if (!over) {
      end(false);
      return;
    }
    form.style.top = `${over.offsetTop + (over.offsetHeight - form.offsetHeight) / 2}px`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    end(true);
  });
  field.addEventListener("blur", () => end(true));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    // It would close the overlay that the outline is on narrow screens.
    event.preventDefault();
    end(false);
  });
  outline.addEventListener("toggle", () => end(true));
  return { begin, follow };
}

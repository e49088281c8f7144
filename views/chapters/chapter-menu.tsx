/** What can be done with one chapter, in the menu that its row opens. */
import type { Chapter } from "../../src/documents/chapters.ts";
import { Button } from "../ui/button.tsx";
import { PlusIcon } from "../ui/icons.tsx";
import { Replace } from "../ui/partial.tsx";
import { STATUS_LABEL, StatusMark } from "./chapter-mark.tsx";
import { CHAPTER_MENU_ID, UNTITLED } from "./outline-ids.ts";

/** The largest target that a chapter may have; as in its schema. */
const MOST_WORDS = 1_000_000;

export type ChapterMenuProps = {
  chapter: Chapter;
  /** What it would go before or behind; null at either end. */
  above: string | null;
  below: string | null;
};

export function ChapterMenuUpdate(props: ChapterMenuProps) {
  return (
    <Replace id={CHAPTER_MENU_ID}>
      <ChapterMenu {...props} />
    </Replace>
  );
}

function ChapterMenu({ chapter, above, below }: ChapterMenuProps) {
  const { id, status, target } = chapter;
  const path = `/chapters/${id}`;
  return (
    <div
      class="menu chapter-menu"
      id={CHAPTER_MENU_ID}
      popover="auto"
      role="dialog"
      aria-label={chapter.name || UNTITLED}
    >
      <Button data-renames={id}>Rename</Button>
      <form hx-post="/chapters" hx-swap="none">
        <input type="hidden" name="after" value={id} />
        <Button type="submit">
          <PlusIcon />
          New chapter after it
        </Button>
      </form>
      <form hx-patch={path} hx-swap="none" hx-trigger="change">
        <fieldset>
          <legend>Status</legend>
          {(Object.keys(STATUS_LABEL) as (keyof typeof STATUS_LABEL)[]).map((one) => (
            <label>
              <input type="radio" name="status" value={one} checked={one === status} />
              <StatusMark name={one} />
              {STATUS_LABEL[one]}
            </label>
          ))}
        </fieldset>
      </form>
      <form hx-patch={path} hx-swap="none" hx-trigger="change, submit" class="chapter-target">
        <label>
          Target, in words
          <input
            type="number"
            name="target"
            min={1}
            max={MOST_WORDS}
            step={1}
            inputmode="numeric"
            value={target ?? ""}
            autocomplete="off"
          />
        </label>
      </form>
      <div class="moves">
        <Move path={path} name="before" to={above} says="Move up" />
        <Move path={path} name="after" to={below} says="Move down" />
      </div>
      <form hx-delete={path} hx-swap="none">
        <Button type="submit">Put in the trash</Button>
      </form>
    </div>
  );
}

function Move({
  path,
  name,
  to,
  says,
}: {
  path: string;
  name: "before" | "after";
  to: string | null;
  says: string;
}) {
  return (
    <form hx-patch={path} hx-swap="none">
      <input type="hidden" name={name} value={to ?? ""} />
      <Button type="submit" aria-disabled={to === null ? "true" : undefined} disabled={to === null}>
        {says}
      </Button>
    </form>
  );
}

/**
 * The outline of a book: its chapters in their order, what is in the trash, and the way to a new one. Beside the
 * page where there is room, else an overlay. Its parts are replaced by live updates, each in place; what one is in
 * the middle of (a name being typed, a row on the move) stands outside of them.
 */
import type {
  BookOutline,
  Chapter,
  Stretch,
  TrashedChapter,
} from "../../src/documents/chapters.ts";
import { BuildsLink } from "../builds/link.tsx";
import { CodexLink } from "../codex/link.tsx";
import { PitchesLink } from "../pitches/link.tsx";
import { Button } from "../ui/button.tsx";
import { MoreIcon, PlusIcon } from "../ui/icons.tsx";
import { Replace } from "../ui/partial.tsx";
import { ChapterMark, markOfChapter } from "./chapter-mark.tsx";
import {
  bookWords,
  CHAPTER_MENU_ID,
  chapterLinkId,
  chapterMoreId,
  chapterRowId,
  DROP_LINE_ID,
  figure,
  OUTLINE_CHAPTERS_ID,
  OUTLINE_HEAD_ID,
  OUTLINE_ID,
  OUTLINE_KEYS_ID,
  OUTLINE_SAID_ID,
  OUTLINE_TRASH_COUNT_ID,
  OUTLINE_TRASH_ID,
  RENAME_FIELD_ID,
  RENAME_ID,
  share,
  UNTITLED,
} from "./outline-ids.ts";

export type OutlineProps = {
  book: BookOutline;
  trashed: TrashedChapter[];
  /** Id of the chapter on screen. */
  current: string;
};

export function Outline({ mayWrite, ...props }: OutlineProps & { mayWrite: boolean }) {
  const { book } = props;
  return (
    <nav
      class="outline"
      id={OUTLINE_ID}
      aria-label="Chapters"
      popover="auto"
      data-outline={mayWrite ? "writes" : "reads"}
    >
      <OutlineHead book={book} />
      <OutlineChapters {...props} />
      {!mayWrite && <CodexLink book={book.id} chapter={props.current} />}
      {!mayWrite && <PitchesLink book={book.id} />}
      {!mayWrite && <BuildsLink book={book.id} />}
      {mayWrite && (
        <>
          <form class="new-chapter" hx-post="/chapters" hx-swap="none">
            <input type="hidden" name="book" value={book.id} />
            <Button type="submit">
              <PlusIcon />
              New chapter
            </Button>
          </form>
          <CodexLink book={book.id} chapter={props.current} />
          <PitchesLink book={book.id} />
          <BuildsLink book={book.id} />
          <details class="trash">
            <summary>
              Trash <TrashCount count={props.trashed.length} />
            </summary>
            <Trash trashed={props.trashed} />
          </details>
          <div class="said" id={OUTLINE_SAID_ID} role="status" />
          <p id={OUTLINE_KEYS_ID} hidden>
            F2 renames. Alt, Shift and an arrow move. Space picks up.
          </p>
          <div class="drop-line" id={DROP_LINE_ID} hidden />
          <form class="rename" id={RENAME_ID} hidden>
            <label for={RENAME_FIELD_ID} class="unseen">
              Name of the chapter
            </label>
            <input
              id={RENAME_FIELD_ID}
              name="name"
              maxlength={500}
              autocomplete="off"
              enterkeyhint="done"
            />
          </form>
          <div class="menu" id={CHAPTER_MENU_ID} popover="auto" />
        </>
      )}
    </nav>
  );
}

function OutlineHead({ book }: { book: BookOutline }) {
  const chapters = book.stretches.flatMap((stretch) => stretch.chapters);
  const words = chapters.reduce((sum, { prose }) => sum + prose, 0);
  return (
    <header id={OUTLINE_HEAD_ID}>
      <h2>{book.name || UNTITLED}</h2>
      <p data-book-words data-target={book.target || undefined}>
        {bookWords(words, book.target)}
      </p>
    </header>
  );
}

function OutlineChapters({ book, current }: OutlineProps) {
  return (
    <div id={OUTLINE_CHAPTERS_ID} class="chapters">
      {book.stretches.map((stretch) => (
        <StretchOf stretch={stretch} current={current} />
      ))}
    </div>
  );
}

function StretchOf({
  stretch: { part, chapters },
  current,
}: {
  stretch: Stretch;
  current: string;
}) {
  return (
    <>
      {part && <h3 data-part={part.id}>{part.name || UNTITLED}</h3>}
      <ol>
        {chapters.map((chapter) => (
          <OutlineRow chapter={chapter} current={chapter.id === current} />
        ))}
      </ol>
    </>
  );
}

export function OutlineRow({ chapter, current }: { chapter: Chapter; current: boolean }) {
  const { id, number, name, prose, target } = chapter;
  const title = name.trim() || UNTITLED;
  const mark = markOfChapter(chapter);
  return (
    <li
      id={chapterRowId(id)}
      class={mark}
      data-chapter={id}
      data-name={name}
      data-prose={prose}
      data-target={target ?? undefined}
    >
      <a
        id={chapterLinkId(id)}
        href={`/chapters/${id}`}
        aria-current={current ? "page" : undefined}
        aria-describedby={OUTLINE_KEYS_ID}
        draggable={false}
        title={name || undefined}
      >
        <span class="number">{number}</span>
        <span class="title">{title}</span>
        <span class="words">
          <span data-row-words>{prose > 0 ? figure(prose) : ""}</span>
          <span class="unseen"> words, </span>
        </span>
        <ChapterMark name={mark} />
        {target && (
          <svg class="target" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
            <rect width={String(share(prose, target))} height="2" data-row-share />
          </svg>
        )}
      </a>
      <button
        type="button"
        class="icon-button more"
        id={chapterMoreId(id)}
        aria-label={`${title}: more`}
        aria-haspopup="dialog"
        data-menu={`/chapters/${id}/menu`}
      >
        <MoreIcon />
      </button>
    </li>
  );
}

function TrashCount({ count }: { count: number }) {
  return <span id={OUTLINE_TRASH_COUNT_ID}>{count || ""}</span>;
}

function Trash({ trashed }: { trashed: TrashedChapter[] }) {
  return (
    <ul id={OUTLINE_TRASH_ID}>
      {trashed.map(({ id, name }) => (
        <li id={`trashed-${id}`}>
          <a href={`/chapters/${id}`}>{name || UNTITLED}</a>
          <form hx-post={`/chapters/${id}/restoration`} hx-swap="none">
            <Button type="submit" aria-label={`Restore ${name || UNTITLED}`}>
              Restore
            </Button>
          </form>
        </li>
      ))}
    </ul>
  );
}

/** All that others see of the outline. */
export function OutlineUpdate(props: OutlineProps) {
  return (
    <>
      <Replace id={OUTLINE_HEAD_ID}>
        <OutlineHead book={props.book} />
      </Replace>
      <Replace id={OUTLINE_CHAPTERS_ID}>
        <OutlineChapters {...props} />
      </Replace>
      <Replace id={OUTLINE_TRASH_COUNT_ID}>
        <TrashCount count={props.trashed.length} />
      </Replace>
      <Replace id={OUTLINE_TRASH_ID}>
        <Trash trashed={props.trashed} />
      </Replace>
    </>
  );
}

/** One chapter of it, and what it adds up to. */
export function OutlineRowUpdate({ book, current, chapter }: OutlineProps & { chapter: Chapter }) {
  return (
    <>
      <Replace id={OUTLINE_HEAD_ID}>
        <OutlineHead book={book} />
      </Replace>
      <Replace id={chapterRowId(chapter.id)}>
        <OutlineRow chapter={chapter} current={chapter.id === current} />
      </Replace>
    </>
  );
}

/** `undo` is the body of the request that takes it back. `rename`: the chapter whose name is asked for next. */
export function OutlineSaid({
  says = "",
  undo,
  rename,
}: {
  says?: string;
  undo?: { method: "patch" | "post"; path: string; fields: Record<string, string> };
  rename?: string;
}) {
  return (
    <Replace id={OUTLINE_SAID_ID}>
      <div class="said" id={OUTLINE_SAID_ID} role="status" data-rename-now={rename}>
        {says}
        {undo && (
          <form {...{ [`hx-${undo.method}`]: undo.path }} hx-swap="none" data-undo>
            {Object.entries(undo.fields).map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
            <Button type="submit">Undo</Button>
          </form>
        )}
      </div>
    </Replace>
  );
}

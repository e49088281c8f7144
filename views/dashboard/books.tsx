/** The books, with covers that are drawn from their titles; what is put aside, and what is in the trash. */

import { Cover } from "../books/cover.tsx";
import { buildsPath } from "../builds/ids.ts";
import { codexPath } from "../codex/paths.ts";
import { Button } from "../ui/button.tsx";
import { MoreIcon, PlusIcon } from "../ui/icons.tsx";
import { Meter } from "../ui/meter.tsx";
import { BOOKS_ID, bookCardId, NEW_BOOK_ID } from "./ids.ts";
import { type Moment, When } from "./when.tsx";

export type BookCard = {
  id: string;
  title: string;
  author: string;
  words: number;
  target: number | null;
  changed: Moment;
  mayWrite: boolean;
  isOwner: boolean;
};

export type BooksView = {
  /** Beside the one that is told above. */
  others: BookCard[];
  /** The one above, for its menu. */
  first: BookCard | null;
  archived: BookCard[];
  trashed: { id: string; title: string; when: Moment }[];
};

export function Books({ books }: { books: BooksView }) {
  const { first, others, archived, trashed } = books;
  return (
    <section id={BOOKS_ID} class="books" aria-labelledby="books-title">
      <header>
        <h2 id="books-title">{first ? "Other books" : "Books"}</h2>
        <a class="button quiet" href="/imports/new">
          Import a manuscript
        </a>
        <Button id="new-book-button" popovertarget={NEW_BOOK_ID}>
          <PlusIcon /> New book
        </Button>
      </header>
      <ul class="shelf">
        {others.map((book) => (
          <Card book={book} />
        ))}
        <li class="blank">
          <button type="button" popovertarget={NEW_BOOK_ID}>
            <span class="unseen">Begin a new book: </span>A blank page, or a manuscript you already
            have
          </button>
        </li>
      </ul>
      {archived.length > 0 && (
        <details class="aside-books">
          <summary>Put aside, {archived.length}</summary>
          <ul class="shelf">
            {archived.map((book) => (
              <Card book={book} isArchived />
            ))}
          </ul>
        </details>
      )}
      {trashed.length > 0 && (
        <details class="aside-books">
          <summary>In the trash, {trashed.length}</summary>
          <ul class="trashed">
            {trashed.map(({ id, title, when }) => (
              <li>
                <span class="title" dir="auto">
                  {title}
                </span>
                <span class="hint">
                  <When {...when} />
                </span>
                <form method="post" action={`/books/${id}/restoration`}>
                  <Button type="submit" aria-label={`Restore ${title}`}>
                    Restore
                  </Button>
                </form>
              </li>
            ))}
          </ul>
          <p class="hint">What is in the trash is gone for good after 30 days.</p>
        </details>
      )}
    </section>
  );
}

function Card({ book, isArchived = false }: { book: BookCard; isArchived?: boolean }) {
  const { id, title, words, target, changed } = book;
  return (
    <li class="book-card" id={bookCardId(id)}>
      <a href={`/?book=${id}`}>
        <Cover book={book} />
        <span class="title" dir="auto">
          {title}
        </span>
      </a>
      <Meter words={words} of={target} />
      <p class="changed">
        <When {...changed} />
      </p>
      <BookMenu book={book} isArchived={isArchived} />
    </li>
  );
}

type MenuProps = { book: BookCard; isArchived?: boolean };

/** Plain forms: they work without a script, and each answers with the page as it stands then. */
export function BookMenu({ book, isArchived = false }: MenuProps) {
  const { id, title, mayWrite, isOwner } = book;
  const menu = `book-menu-${id}`;
  const field = `book-name-${id}`;
  return (
    <>
      <button
        type="button"
        id={`${menu}-button`}
        class="icon-button"
        popovertarget={menu}
        aria-label={`Do with ${title}`}
      >
        <MoreIcon />
      </button>
      <div class="menu book-menu" id={menu} popover="auto" hx-morph-skip>
        {mayWrite && (
          <form class="rename" method="post" action={`/books/${id}/name`}>
            <label for={field}>Title</label>
            <input id={field} name="title" value={title} maxlength={500} required dir="auto" />
            <Button type="submit" look="outlined">
              Rename
            </Button>
          </form>
        )}
        <a class="button quiet" href={`/?book=${id}`}>
          Open
        </a>
        <a class="button quiet" href={`/books/${id}/settings`}>
          Settings of the book
        </a>
        <a class="button quiet" href={buildsPath(id)}>
          Export
        </a>
        <a class="button quiet" href={codexPath(id)}>
          Codex
        </a>
        {isOwner && (
          <a class="button quiet" href={`/books/${id}/links`}>
            Read-only links
          </a>
        )}
        <a class="button quiet" href={`/books/${id}/pitches`}>
          Pitches
        </a>
        <a class="button quiet" href={`/books/${id}/links`}>
          Links for readers
        </a>
        <Do action={`/books/${id}/copies`}>Duplicate</Do>
        {mayWrite && (
          <Do action={`/books/${id}/shelf`} fields={{ archived: isArchived ? "" : "on" }}>
            {isArchived ? "Take up again" : "Put aside"}
          </Do>
        )}
        {isOwner && <Do action={`/books/${id}/trash`}>Move to the trash</Do>}
      </div>
    </>
  );
}

type DoProps = { action: string; fields?: Record<string, string>; children: string };

function Do({ action, fields = {}, children }: DoProps) {
  return (
    <form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Button type="submit">{children}</Button>
    </form>
  );
}

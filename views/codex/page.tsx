/** The codex of a book: its entries, and the one that is read or changed. A page that needs no script. */
import type { Assets } from "../../src/assets.ts";
import type { CodexEntryV1 } from "../../src/schemas/types.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Area } from "../ui/area.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { BackIcon } from "../ui/icons.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { codexPath, entryPath } from "./paths.ts";

type Entry = CodexEntryV1 & { id: string; revision: number; isTrashed: boolean };

export type CodexPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: { id: string; title: string; ai: boolean };
  /** Where one came from; null: from nowhere in particular. */
  back: string | null;
  /** By name. */
  entries: Entry[];
  /** What was searched for. */
  search: string;
  mayWrite: boolean;
  /** The one that is read or changed; null: a new one. */
  open: Entry | null;
  /** The name of what was saved just now. */
  saved?: string | null;
  /** What was put in the trash just now. */
  trashed?: Entry | null;
  /** What was typed and refused, and why. */
  typed?: CodexEntryV1;
  errors?: { name?: string; kind?: string; aliases?: string; text?: string; form?: string };
};

export function CodexPage(props: CodexPageProps) {
  const { assets, account, book, back, entries, search, mayWrite, open } = props;
  const kept = keptOf(props);
  const isEmpty = entries.length === 0 && search === "";
  return (
    <Layout assets={assets} title={`Codex of ${book.title}`} account={account.id} page="codex">
      <Masthead account={account} current="books">
        <a href={back ?? `/?book=${book.id}`}>{book.title}</a> <span aria-hidden="true">/</span>{" "}
        <strong>Codex</strong>
      </Masthead>
      <a class="way-back" href={back ?? `/?book=${book.id}`}>
        <BackIcon />
        {book.title}
      </a>
      <div class="codex-desk" data-open={open ? true : undefined}>
        <nav class="entries" aria-label="Entries">
          <search>
            <form method="get" action={codexPath(book.id)}>
              {back && <input type="hidden" name="back" value={back} />}
              <label class="unseen" for="codex-search">
                Search by name
              </label>
              <input
                id="codex-search"
                name="q"
                type="search"
                value={search}
                placeholder="Search by name"
                autocomplete="off"
                disabled={isEmpty}
              />
            </form>
          </search>
          {mayWrite && (
            <a class="button quiet" href={`${codexPath(book.id, kept)}#main`}>
              New entry
            </a>
          )}
          <List {...props} />
        </nav>
        <main id="main">
          <Told {...props} />
          <h1>{open ? open.name : mayWrite ? "New entry" : "Codex"}</h1>
          {!open && (
            <p class="lead">
              Who and what your book is about.{" "}
              {book.ai && (
                <>
                  Where a name or an alias comes up in your notes, its entry goes along with them.{" "}
                </>
              )}
              Spell aliases as you write them.
            </p>
          )}
          {open?.isTrashed ? (
            <p class="hint">This entry is in the trash.</p>
          ) : mayWrite ? (
            <EntryForm {...props} />
          ) : (
            open && <ReadEntry entry={open} />
          )}
          {open && !open.isTrashed && mayWrite && (
            <form class="away" method="post" action={entryPath(book.id, `${open.id}/trash`, kept)}>
              <Button type="submit">Put in the trash</Button>
            </form>
          )}
        </main>
      </div>
    </Layout>
  );
}

const keptOf = ({ back }: CodexPageProps): Record<string, string> => (back ? { back } : {});

function List(props: CodexPageProps) {
  const { book, entries, search, open } = props;
  if (entries.length === 0)
    return (
      <p class="hint">{search === "" ? "Nothing yet." : <>Nothing is called “{search}”.</>}</p>
    );
  return (
    <ul>
      {entries.map(({ id, name, kind, pinned }) => (
        <li>
          <a
            href={entryPath(book.id, id, keptOf(props))}
            aria-current={open?.id === id ? "page" : undefined}
          >
            <span>{name}</span>{" "}
            <span class="gloss">{[kind, pinned && "pinned"].filter(Boolean).join(", ")}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Told(props: CodexPageProps) {
  const { book, saved, trashed, errors = {} } = props;
  return (
    <>
      {saved !== null && saved !== undefined && (
        <p class="saved" role="status">
          Saved.
        </p>
      )}
      {trashed?.isTrashed && (
        <form
          class="undo"
          method="post"
          action={entryPath(book.id, `${trashed.id}/restoration`, keptOf(props))}
          role="status"
        >
          “{trashed.name}” is in the trash.{" "}
          <button type="submit" class="act">
            Undo
          </button>
        </form>
      )}
      {errors.form && (
        <p class="refused" role="alert">
          {errors.form}
        </p>
      )}
    </>
  );
}

function EntryForm(props: CodexPageProps) {
  const { book, open, typed, errors = {} } = props;
  const kept = keptOf(props);
  const shown: Partial<CodexEntryV1> = typed ?? open ?? {};
  return (
    <form
      method="post"
      action={open ? entryPath(book.id, open.id, kept) : codexPath(book.id, kept)}
    >
      {open && <input type="hidden" name="revision" value={String(open.revision)} />}
      <Field
        name="name"
        label="Name"
        value={shown.name}
        error={errors.name}
        maxlength={200}
        autocomplete="off"
        required
        autofocus={!open && !typed}
      />
      <Field
        name="aliases"
        label="Also called"
        value={shown.aliases?.join(", ")}
        error={errors.aliases}
        hint="Parted by commas: Hester, the keeper."
        autocomplete="off"
      />
      <Field
        name="kind"
        label="What it is"
        value={shown.kind}
        error={errors.kind}
        maxlength={60}
        hint="A word of your own: person, place, ship."
        autocomplete="off"
      />
      <Area
        name="text"
        label="What is true of it"
        value={shown.text}
        error={errors.text}
        rows={10}
        maxlength={20_000}
      />
      {book.ai ? (
        <div class="choice">
          <input
            type="checkbox"
            id="pinned"
            name="pinned"
            value="on"
            checked={shown.pinned === true}
            aria-describedby="pinned-note"
          />
          <label for="pinned">Pinned</label>
          <p class="hint" id="pinned-note">
            Goes along with every ask of this book, whether it comes up or not.
          </p>
        </div>
      ) : (
        shown.pinned && <input type="hidden" name="pinned" value="on" />
      )}
      <p class="deeds">
        <Button type="submit" look="primary" large>
          {open ? "Save" : "Add to the codex"}
        </Button>
      </p>
    </form>
  );
}

function ReadEntry({ entry }: { entry: Entry }) {
  return (
    <>
      {entry.aliases && entry.aliases.length > 0 && (
        <p class="hint">Also called {entry.aliases.join(", ")}</p>
      )}
      {entry.text.split(/\n{2,}/).map((paragraph) => (
        <p class="entry-text">{paragraph}</p>
      ))}
    </>
  );
}

/** The pitches of a book, or those that stand alone: what each is, and what has changed since it was built. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import type { Account } from "../ui/top-bar.tsx";

export type ListedPitch = {
  id: string;
  name: string;
  template: string;
  words: number;
  blanks: number;
  /** “chapters 1–12”; empty before the first draft. */
  from: string;
  changed: number;
};

export type PitchListProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: { id: string; title: string } | null;
  pitches: ListedPitch[];
  mayWrite: boolean;
  /** Put in the trash just now. */
  trashed?: { id: string; name: string } | null;
};

/** In characters; as buckets have it. */
const NAME_LIMIT = 500;

export function PitchList(props: PitchListProps) {
  const { assets, account, book, pitches, mayWrite, trashed } = props;
  const place = book ? `/books/${book.id}/pitches` : "/pitches";
  return (
    <Layout assets={assets} title="Pitches" account={account.id} page="pitch-pages">
      <Masthead account={account} current="books">
        {book && (
          <>
            <a href={`/?book=${book.id}`}>{book.title || "Untitled"}</a>{" "}
            <span aria-hidden="true">/</span>{" "}
          </>
        )}
        <strong>Pitches</strong>
      </Masthead>
      <main id="main">
        <h1>{book ? `Pitches of ${book.title || "this book"}` : "Pitches on their own"}</h1>
        {trashed && (
          <form
            method="post"
            action={`/pitches/${trashed.id}/restoration`}
            class="lead"
            role="status"
          >
            “{trashed.name}” is in the trash.{" "}
            <button type="submit" class="act">
              Undo
            </button>
          </form>
        )}
        {pitches.length === 0 && (
          <p class="lead">
            Nothing yet. A pitch grows from the same book: query, synopsis, proposal, and it says
            when the chapters it was built from have changed.
          </p>
        )}
        <ul class="pitch-list">
          {pitches.map((pitch) => (
            <li>
              <a href={`/pitches/${pitch.id}`}>{pitch.name || pitch.template}</a>
              <span class="hint">
                {[
                  pitch.template,
                  wordsLabel(pitch.words),
                  pitch.blanks > 0 && `${pitch.blanks} ${pitch.blanks === 1 ? "blank" : "blanks"}`,
                  pitch.from && `built from ${pitch.from}`,
                ]
                  .filter(Boolean)
                  .join(", ")}
                {pitch.changed > 0 && (
                  <>
                    , <span class="since">{pitch.changed} changed since</span>
                  </>
                )}
              </span>
              {mayWrite && <Manage pitch={pitch} />}
            </li>
          ))}
        </ul>
        {mayWrite && (
          <a class="button primary" href={`${place}/new`}>
            New pitch
          </a>
        )}
      </main>
    </Layout>
  );
}

function Manage({ pitch }: { pitch: ListedPitch }) {
  const field = `name-${pitch.id}`;
  return (
    <details class="manage">
      <summary>
        Rename, remove<span class="unseen"> {pitch.name || pitch.template}</span>
      </summary>
      <form method="post" action={`/pitches/${pitch.id}/name`}>
        <label class="unseen" for={field}>
          Name
        </label>
        <input
          id={field}
          name="name"
          value={pitch.name}
          maxlength={NAME_LIMIT}
          autocomplete="off"
        />
        <Button type="submit">Rename</Button>
      </form>
      <form method="post" action={`/pitches/${pitch.id}/trash`}>
        <Button type="submit">Put in the trash</Button>
      </form>
    </details>
  );
}

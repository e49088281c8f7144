/** What was found in a manuscript, and how it is cut: shown, and shown anew, before anything is made. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Masthead } from "../ui/masthead.tsx";
import type { Account } from "../ui/top-bar.tsx";
import { lossSentence } from "./losses.ts";

export type ImportShown = {
  id: string;
  name: string;
  title: string;
  losses: { kind: string; count: number }[];
  rule: { cut: string; gaps: boolean; passages: string };
  outline: {
    words: number;
    gaps: number;
    chapters: { part: string | null; title: string; words: number; opening: string }[];
  };
  /** Once it was made. */
  book: string | null;
};

export type PreviewProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  shown: ImportShown;
  /** Why it cannot be made as it is cut. */
  refusal: string | null;
  /** Books it may go into. */
  books: { id: string; name: string }[];
  /** The one that was asked for. */
  into: string | null;
};

export const FOUND_ID = "found";

const CUTS: [value: string, label: string][] = [
  ["heading-1", "A heading of the first level"],
  ["heading-2", "A heading of the first or second level"],
  ["chapter-line", "A line such as “Chapter Two”"],
  ["page", "A new page"],
  ["scene", "A scene break"],
  ["none", "Nothing: it is one chapter"],
];
const PASSAGES: [value: string, label: string][] = [
  ["stretches", "A scene, or every 300 words"],
  ["scenes", "A scene only"],
];

export function Preview({ assets, account, shown, refusal, books, into }: PreviewProps) {
  return (
    <Layout assets={assets} title={`Import ${shown.title}`} account={account.id} page="import">
      <Masthead account={account} current="books">
        <a href="/imports/new">Import</a> <span aria-hidden="true">/</span>{" "}
        <strong>{shown.name}</strong>
      </Masthead>
      <main id="main" class="preview">
        <h1>{shown.title}</h1>
        <div class="sides">
          <div class="choices">
            <Cutting shown={shown} into={into} />
            <Making shown={shown} books={books} into={into} />
          </div>
          <div>
            <Losses losses={shown.losses} />
            <Found shown={shown} refusal={refusal} />
          </div>
        </div>
      </main>
    </Layout>
  );
}

const query = (into: string | null) => (into ? `?book=${into}` : "");

function Cutting({ shown: { id, rule }, into }: { shown: ImportShown; into: string | null }) {
  const path = `/imports/${id}/rule${query(into)}`;
  return (
    <form
      method="post"
      action={path}
      hx-post={path}
      hx-trigger="change, submit"
      hx-target={`#${FOUND_ID}`}
      hx-swap="outerHTML"
    >
      <Select name="cut" label="A chapter begins with" options={CUTS} value={rule.cut} />
      <Select name="passages" label="A passage is" options={PASSAGES} value={rule.passages} />
      <div class="choice">
        <input type="checkbox" id="gaps" name="gaps" value="on" checked={rule.gaps} />
        <label for="gaps">An empty line between paragraphs is a scene break</label>
      </div>
      <Button type="submit" look="outlined">
        Show it so
      </Button>
    </form>
  );
}

function Select(props: {
  name: string;
  label: string;
  options: readonly (readonly [string, string])[];
  value: string;
}) {
  const { name, label, options, value } = props;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="box">
        <select id={name} name={name}>
          {options.map(([one, says]) => (
            <option value={one} selected={one === value}>
              {says}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function Losses({ losses }: Pick<ImportShown, "losses">) {
  return (
    <section class="losses" aria-labelledby="losses">
      <h2 id="losses">What does not come along</h2>
      <p>
        {losses.map((loss) => `${lossSentence(loss)} `)}
        Fonts, sizes and colours are left to the book.
      </p>
    </section>
  );
}

function Making({ shown, books, into }: Pick<PreviewProps, "shown" | "books" | "into">) {
  const { id, title, book } = shown;
  if (book)
    return (
      <p>
        Its book was made. <a href={`/?book=${book}`}>Open it</a>
      </p>
    );
  return (
    <form method="post" action={`/imports/${id}/book`}>
      <Select
        name="into"
        label="Its chapters go into"
        value={into ?? ""}
        options={[["", "A new book"], ...books.map(({ id, name }) => [id, name] as const)]}
      />
      <Field
        name="title"
        label="Title of a new book"
        value={title}
        maxlength={300}
        autocomplete="off"
      />
      <Button type="submit" look="primary" large>
        Make the chapters
      </Button>
    </form>
  );
}

const counted = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** The chapters as the rule cuts them. */
export function Found({ shown, refusal }: Pick<PreviewProps, "shown" | "refusal">) {
  const { words, gaps, chapters } = shown.outline;
  return (
    <section id={FOUND_ID} aria-label="What was found">
      <p class="sum" role="status">
        {counted(chapters.length, "chapter", "chapters")}, {counted(words, "word", "words")}
        {gaps > 0 && `; ${counted(gaps, "empty line", "empty lines")} between paragraphs`}.
      </p>
      {refusal && <p class="refused">{refusal}</p>}
      <ol>
        {chapters.slice(0, SHOWN).map(({ part, title, words, opening }, at) => (
          <>
            {part !== null && part !== chapters[at - 1]?.part && (
              <li class="part" dir="auto">
                {part}
              </li>
            )}
            <li>
              <span class="number">{at + 1}</span>
              <span class={title ? "title" : "title unnamed"} dir="auto">
                {title || "Untitled"}
              </span>
              <span class="words">{words.toLocaleString("en")}</span>
              <span class="opening" dir="auto">
                {opening}
              </span>
            </li>
          </>
        ))}
      </ol>
      {chapters.length > SHOWN && (
        <p class="hint">{counted(chapters.length - SHOWN, "more", "more")}.</p>
      )}
    </section>
  );
}

/** More chapters tell nothing more. */
const SHOWN = 400;

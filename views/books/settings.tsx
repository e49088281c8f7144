/** The settings of a book: a page of its own, which needs no script. */
import type { Assets } from "../../src/assets.ts";
import type { BucketBookV3 } from "../../src/schemas/types.ts";
import { Layout } from "../layout.tsx";
import { BookDoors } from "../links/book-doors.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { type VoiceErrors, VoiceFields } from "./voice.tsx";

export type BookSettingsProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: {
    id: string;
    title: string;
    metadata: BucketBookV3;
    ai: boolean;
    /** What is changed is changed of this one. */
    revision: number;
  };
  /** Where one came from. */
  back: string;
  mayWrite: boolean;
  /** Only its owner switches AI. */
  isOwner: boolean;
  isSaved?: boolean;
  errors?: VoiceErrors & {
    title?: string;
    author?: string;
    language?: string;
    target?: string;
    form?: string;
  };
};

export function BookSettings(props: BookSettingsProps) {
  const { assets, account, book, back, mayWrite, isOwner, isSaved, errors = {} } = props;
  const { metadata } = book;
  return (
    <Layout assets={assets} title={`Settings of ${book.title}`} account={account.id} page="book">
      <Masthead account={account} current="books">
        <a href={back}>{book.title}</a> <span aria-hidden="true">/</span> <strong>Settings</strong>
      </Masthead>
      <main id="main">
        <h1>{book.title}</h1>
        {isSaved && (
          <p class="saved" role="status">
            Saved. <a href={back}>Back to writing</a>
          </p>
        )}
        {errors.form && (
          <p class="refused" role="alert">
            {errors.form}
          </p>
        )}
        <form method="post" action={`/books/${book.id}/settings`}>
          <input type="hidden" name="revision" value={String(book.revision)} />
          <input type="hidden" name="back" value={back} />
          <fieldset disabled={!mayWrite}>
            <legend>The book</legend>
            <Field
              name="title"
              label="Title"
              value={book.title}
              error={errors.title}
              maxlength={500}
              required
            />
            <Field
              name="author"
              label="Author"
              value={metadata.author}
              error={errors.author}
              maxlength={200}
              hint="As it stands on the cover."
            />
            <Field
              name="language"
              label="Language"
              value={metadata.language}
              error={errors.language}
              maxlength={35}
              hint="A code such as en, en-GB, de or fr. Quotes and dashes follow it."
              autocomplete="off"
            />
            <Field
              name="target"
              label="Target, in words"
              value={metadata.target === undefined ? undefined : String(metadata.target)}
              error={errors.target}
              inputmode="numeric"
              autocomplete="off"
            />
          </fieldset>
          <fieldset disabled={!isOwner}>
            <legend>AI</legend>
            <Choice
              name="ai"
              label="A model may be asked in this book"
              hint={
                isOwner
                  ? "Switched off, nothing in this book is ever sent to a model, and the page shows nothing of it. Notes and prose stay as they are, and so do the takes there are."
                  : "Only an owner of the book may change this."
              }
              isOn={book.ai}
            />
          </fieldset>
          <fieldset disabled={!mayWrite}>
            <legend>Takes</legend>
            <Choice
              name="intoEmpty"
              label="A take goes into empty prose by itself"
              hint="Only where no word of prose stands when it comes. What you typed is never touched. Otherwise takes wait beside the prose until you accept them."
              isOn={metadata.intoEmpty === true}
            />
          </fieldset>
          {book.ai && <VoiceFields metadata={metadata} errors={errors} mayWrite={mayWrite} />}
          {mayWrite ? (
            <p class="deeds">
              <Button type="submit" look="primary" large>
                Save
              </Button>
              <a class="button quiet large" href={back}>
                Back to writing
              </a>
            </p>
          ) : (
            <p class="hint">You may read this book, not change it.</p>
          )}
        </form>
        <BookDoors book={book.id} isOwner={isOwner} mayWrite={mayWrite} />
      </main>
    </Layout>
  );
}

function Choice(props: { name: string; label: string; hint: string; isOn: boolean }) {
  const { name, label, hint, isOn } = props;
  return (
    <div class="choice">
      <input
        type="checkbox"
        id={name}
        name={name}
        value="on"
        checked={isOn}
        aria-describedby={`${name}-note`}
      />
      <label for={name}>{label}</label>
      <p class="hint" id={`${name}-note`}>
        {hint}
      </p>
    </div>
  );
}

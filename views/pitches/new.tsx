/** Choosing the template of a new pitch, of a book or alone; a page that needs no script. */
import type { Assets } from "../../src/assets.ts";
import type { Template } from "../../src/pitches/template.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Masthead } from "../ui/masthead.tsx";
import type { Account } from "../ui/top-bar.tsx";

export type NewPitchProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  /** Null: it is to stand alone. */
  book: { id: string; title: string } | null;
  templates: (Template & { isOwn: boolean })[];
  typed?: { template?: string | undefined; name?: string | undefined };
  error?: string | undefined;
};

export function NewPitch(props: NewPitchProps) {
  const { assets, account, book, templates, typed = {}, error } = props;
  const place = book ? `/books/${book.id}/pitches` : "/pitches";
  const chosen = typed.template ?? templates[0]?.id;
  return (
    <Layout assets={assets} title="New pitch" account={account.id} page="pitch-pages">
      <Masthead account={account} current="books">
        {book && (
          <>
            <a href={place}>{book.title || "Untitled"}</a> <span aria-hidden="true">/</span>{" "}
          </>
        )}
        <strong>New pitch</strong>
      </Masthead>
      <main id="main">
        <h1>{book ? `A pitch for ${book.title || "this book"}` : "A pitch on its own"}</h1>
        <p class="lead">
          {book
            ? "Its sections are drafted from your chapters, your codex and what you note beside them. You accept what you like."
            : "It belongs to no book: its sections are drafted from what you note beside them."}
        </p>
        {error && (
          <p class="refused" role="alert">
            {error}
          </p>
        )}
        <form method="post" action={place}>
          <fieldset>
            <legend>What it is for</legend>
            {templates.map((template, at) => (
              <label class="template">
                <input
                  type="radio"
                  name="template"
                  value={template.id}
                  checked={template.id === chosen}
                  autofocus={at === 0}
                />
                <span class="name">
                  {template.title}
                  {template.isOwn && <span class="gloss"> a template of your own</span>}
                </span>
                <span class="hint">{template.description}</span>
                <span class="hint">{template.sections.map(({ title }) => title).join(", ")}</span>
              </label>
            ))}
          </fieldset>
          <Field
            name="name"
            label="Name"
            hint="Where you have more than one. Empty, it is called as its template."
            value={typed.name ?? ""}
            maxlength={500}
            autocomplete="off"
          />
          <Button type="submit" look="primary" large>
            Make the pitch
          </Button>
        </form>
        <p class="hint">
          A template is a schema whose name begins with pitch-template-; what you register in{" "}
          <a href="/schemas">Schemas</a> stands here too.
        </p>
      </main>
    </Layout>
  );
}

/** Begins a book: empty, from the sample, or out of a file. It needs no script. */
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { NEW_BOOK_ID } from "./ids.ts";

export function NewBook() {
  return (
    <div
      class="menu new-book"
      id={NEW_BOOK_ID}
      popover="auto"
      role="dialog"
      aria-labelledby="new-book-title"
    >
      <h2 id="new-book-title">A new book</h2>
      <form method="post" action="/books">
        <Field
          name="title"
          id="new-book-name"
          label="Title"
          maxlength={500}
          hint="It can wait, and change at any time."
          autocomplete="off"
          autofocus
        />
        <fieldset>
          <legend class="unseen">Begin with</legend>
          <label>
            <input type="radio" name="from" value="blank" checked /> A blank chapter
          </label>
          <label>
            <input type="radio" name="from" value="sample" /> The sample: a few pages of a story,
            half written
          </label>
        </fieldset>
        <p class="deeds">
          <Button type="submit" look="primary" large>
            Begin
          </Button>
          <a class="button quiet large" href="/imports/new">
            Import a manuscript
          </a>
        </p>
      </form>
    </div>
  );
}

/** From the outline of a book to its builds. */
import { buildsPath } from "./ids.ts";

export function BuildsLink({ book }: { book: string }) {
  return (
    <p class="codex-link">
      <a class="button quiet" href={buildsPath(book)}>
        Export
      </a>
    </p>
  );
}

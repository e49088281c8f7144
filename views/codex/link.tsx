/** From the outline of a book to its codex, and back to the chapter one was in. */
import { codexPath } from "./paths.ts";

export function CodexLink({ book, chapter }: { book: string; chapter: string }) {
  return (
    <p class="codex-link">
      <a class="button quiet" href={codexPath(book, { back: `/chapters/${chapter}` })}>
        Codex
      </a>
    </p>
  );
}

/** From the outline of a book to what is made of it for others. */
export function PitchesLink({ book }: { book: string }) {
  return (
    <p class="codex-link">
      <a class="button quiet" href={`/books/${book}/pitches`}>
        Pitches
      </a>
    </p>
  );
}

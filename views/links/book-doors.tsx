/** From a book's settings: to whoever writes in it, to whoever reads it, and to manuscripts on their way in. */
export function BookDoors(props: { book: string; isOwner: boolean; mayWrite: boolean }) {
  const { book, isOwner, mayWrite } = props;
  if (!mayWrite) return null;
  return (
    <p class="book-doors">
      {isOwner && (
        <>
          <a class="act" href={`/books/${book}/people`}>
            People
          </a>
          <a class="act" href={`/books/${book}/links`}>
            Read-only links
          </a>
        </>
      )}
      <a class="act" href={`/imports/new?book=${book}`}>
        Import chapters
      </a>
    </p>
  );
}

/** Where the codex of a book is; `query` is kept along the way, such as where one came from. */
export const codexPath = (book: string, query: Record<string, string> = {}): string =>
  withQuery(`/books/${book}/codex`, query);
export const entryPath = (
  book: string,
  entry: string,
  query: Record<string, string> = {},
): string => withQuery(`/books/${book}/codex/${entry}`, query);

const withQuery = (path: string, query: Record<string, string>): string =>
  Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query)}` : path;

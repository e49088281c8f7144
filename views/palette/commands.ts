/** What the palette does, beside finding. Each is a way that the pages have too. */
import type { Key } from "./shortcuts.ts";

/** Where one is when the palette opens. */
export type At = {
  book: { id: string; title: string; mayWrite: boolean } | null;
};

export type Command = {
  title: string;
  /** What else somebody may call it; not shown. */
  also?: string;
  hint?: string;
  /** It makes something. */
  isNew?: true;
  keys?: readonly Key[];
} & ({ href: string } | { post: string; fields?: Record<string, string> } | { opens: "shortcuts" });

export function commandsAt({ book }: At): Command[] {
  const here = book ? ofBook(book) : [];
  return [
    ...here,
    { title: "Books", also: "home dashboard library go", href: "/", hint: "where you stopped" },
    { title: "New book", isNew: true, also: "create begin", post: "/books" },
    {
      title: "New book from the sample",
      isNew: true,
      also: "create example",
      post: "/books",
      fields: { from: "sample" },
    },
    {
      title: "Import a manuscript",
      isNew: true,
      also: "docx markdown upload",
      href: "/imports/new",
    },
    { title: "Runs", also: "work queue expansions go", href: "/runs" },
    { title: "Schemas", also: "go registry", href: "/schemas" },
    { title: "Model and budget", also: "settings ai key go", href: "/settings/model" },
    { title: "Keyboard", also: "shortcuts keys help", opens: "shortcuts", keys: ["?"] },
    { title: "The API, described", also: "docs openapi", href: "/api/docs" },
    { title: "Sign out", also: "leave log out", post: "/sign-out" },
  ];
}

function ofBook({ id, title, mayWrite }: NonNullable<At["book"]>): Command[] {
  return [
    ...(mayWrite
      ? [
          {
            title: "New chapter",
            isNew: true as const,
            also: "create",
            hint: title,
            post: `/books/${id}/chapters`,
          },
        ]
      : []),
    { title: "Codex", also: "people places things go", hint: title, href: `/books/${id}/codex` },
    {
      title: "Compile",
      also: "builds export epub pdf docx markdown html",
      hint: title,
      href: `/books/${id}/builds`,
    },
    { title: "Pitches", also: "query synopsis go", hint: title, href: `/books/${id}/pitches` },
    {
      title: "New pitch",
      isNew: true,
      also: "create",
      hint: title,
      href: `/books/${id}/pitches/new`,
    },
    {
      title: "Links for readers",
      also: "share read-only beta",
      hint: title,
      href: `/books/${id}/links`,
    },
    {
      title: "Settings of the book",
      also: "ai language target title rename",
      hint: title,
      href: `/books/${id}/settings`,
    },
    {
      title: "Duplicate the book",
      isNew: true,
      also: "copy",
      hint: title,
      post: `/books/${id}/copies`,
    },
  ];
}

/** Those that have all of the words, at the beginning of a word of theirs. */
export function commandsFor(at: At, words: readonly string[]): Command[] {
  return commandsAt(at).filter(({ title, also = "" }) => {
    const said = ` ${title} ${also}`.toLowerCase();
    return words.every((word) => said.includes(` ${word}`));
  });
}

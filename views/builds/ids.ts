/** What the page of builds, its fragments and its script all name. */
export const BUILD_LIST_ID = "build-list";
export const buildId = (build: string) => `build-${build}`;

export const buildsPath = (book: string) => `/books/${book}/builds`;
export const buildPath = (book: string, build: string) => `${buildsPath(book)}/${build}`;

export const FORMAT_NAMES = {
  epub: "EPUB",
  pdf: "PDF",
  docx: "DOCX",
  markdown: "Markdown",
  html: "HTML",
} as const;

export type Format = keyof typeof FORMAT_NAMES;
export const FORMATS = Object.keys(FORMAT_NAMES) as Format[];

/** What each is for, in a few words. */
export const FORMAT_HINTS: Record<Format, string> = {
  epub: "For stores and readers",
  pdf: "For print",
  docx: "For agents and editors",
  markdown: "For other tools, and as a backup",
  html: "One page that stands alone",
};

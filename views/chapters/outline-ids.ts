import { wordsLabel } from "../prose.ts";

/** What the outline's parts are called, for the server's fragments and for the script. */
export const OUTLINE_ID = "outline";
/** What a fragment replaces: the book's words, its chapters, those in the trash. */
export const OUTLINE_HEAD_ID = "outline-head";
export const OUTLINE_CHAPTERS_ID = "outline-chapters";
export const OUTLINE_TRASH_ID = "outline-trash";
export const OUTLINE_TRASH_COUNT_ID = "outline-trash-count";
/** What came of the last thing that was done here, with its undo; never told to others. */
export const OUTLINE_SAID_ID = "outline-said";
export const OUTLINE_KEYS_ID = "outline-keys";
export const RENAME_ID = "chapter-rename";
export const RENAME_FIELD_ID = "chapter-rename-name";
export const DROP_LINE_ID = "drop-line";
export const CHAPTER_MENU_ID = "chapter-menu";
export const CHAPTER_TITLE_ID = "chapter-title";
export const BAR_TITLE_ID = "bar-title";
export const CHAPTER_TRASHED_ID = "chapter-trashed";
export const TODAY_ID = "today";
export const TODAY_ASKS_ID = "today-asks";
export const CHAPTER_COUNTS_ID = "chapter-counts";

/** The event by which the editor tells how many words of prose there are. */
export const COUNTED = "counted";

/** The event by which the page tells that the marks on the spine have been looked at. */
export const STANDING_SEEN = "standing-seen";

export const UNTITLED = "Untitled";

export const chapterRowId = (id: string) => `chapter-${id}`;
export const chapterLinkId = (id: string) => `chapter-link-${id}`;
export const chapterMoreId = (id: string) => `chapter-more-${id}`;

/** "2,114": figures are written for readers of English, as the rest of the page is. */
export const figure = (count: number) => count.toLocaleString("en");

/** "1 word", "2,114 words", "2,114 of 50,000 words". */
export const bookWords = (count: number, target: number | null): string =>
  target ? `${figure(count)} of ${figure(target)} words` : wordsLabel(count);

/** Of a target, in percent, for a rule that is at most full. */
export const share = (count: number, target: number) =>
  Math.min(100, Math.round((count / target) * 1_000) / 10);

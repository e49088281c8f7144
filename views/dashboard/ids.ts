/** What the server and the script of the dashboard both name. */
export const STOPPED_ID = "stopped";
export const BOOKS_ID = "books";
export const PITCHES_ID = "pitches";
export const WEEK_ID = "week";
export const RUNNING_ID = "running";
export const ACTIVITY_ID = "activity";
/** What comes into it tells that something here has changed. */
export const DASHBOARD_PULSE_ID = "dashboard-pulse";
/** Answers every part of the page as it stands. */
export const CHANGES_PATH = "/dashboard/changes";
/** The cookie in which the browser says its time zone. */
export const ZONE_COOKIE = "zone";
export const NEW_BOOK_ID = "new-book";
export const bookCardId = (book: string) => `book-${book}`;

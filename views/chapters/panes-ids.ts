/** How a chapter's page is divided; for the server's HTML and for the script. */
export const HALVES_SHOWN = ["notes", "both", "prose"] as const;
export type HalvesShown = (typeof HALVES_SHOWN)[number];

/** Absent members are as designed. */
export type Panes = {
  halves?: HalvesShown;
  divider?: number;
  /** Of the account's state that they are from. */
  revision?: number;
};

/** Share of the notes in the width of a chapter, in percent; `least` and `most` as in `user-state`. */
export const DIVIDER = { least: 15, most: 60, asDesigned: 25 };

export const SHEET_ID = "sheet";
export const DIVIDER_ID = "divider";
export const FOOT_ID = "foot";

/** The event by which the page tells that other halves are shown. */
export const HALVES_CHANGED = "halves-changed";

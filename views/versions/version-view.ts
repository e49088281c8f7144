/** What a version is to the history of a chapter, and the ids its fragments are found by. */
import { dayIn, timeIn } from "./when.ts";

export type VersionView = {
  id: string;
  createdAt: Date;
  /** Null: the studio kept it by itself. */
  name: string | null;
  reason: "named" | "rest" | "accept" | "restore";
  /** Of prose. */
  words: number;
};

export const HISTORY_ID = "history";
export const COMPARISON_ID = "comparison";
export const RESTORED_ID = "restored";

/** In place of a version's id: the chapter as it stands. */
export const NOW = "now";

/** Why the studio kept it, as a gloss. */
export const WHY: Record<VersionView["reason"], string> = {
  named: "named",
  rest: "at rest",
  accept: "before accepting",
  restore: "before restoring",
};

/** What a version is called in a sentence: its name, or its time. */
export const nameOfVersion = (version: VersionView, zone: string): string =>
  version.name ?? `${dayIn(zone, version.createdAt)}, ${timeIn(zone, version.createdAt)}`;

export const figures = new Intl.NumberFormat("en");

/** What a pitch is to its page: the props of its fragments, and the ids they are found by; for server and script. */

export type Limits = { min?: number | undefined; max?: number | undefined };

export type SectionView = {
  key: string;
  title: string;
  group: string;
  convention: string;
  limits: Limits;
  /** `facts`: it is made of what the writer says of it alone. */
  material: "manuscript" | "facts";
  /** Of its first row. */
  passage: string;
  /** All its rows, the first one first. */
  passages: string[];
  words: number;
  /** What is still to be filled in. */
  blanks: string[];
  isExpanding: boolean;
  /** Chapters have changed since its take was made. */
  isTouched: boolean;
};

export type SectionStatus = "expanding" | "changed" | "blanks" | "off" | "to-write" | "ready";

export const STATUS_SAYS: Record<SectionStatus, string> = {
  expanding: "expanding",
  changed: "chapters changed since",
  blanks: "blanks to fill",
  off: "not within its limits",
  "to-write": "to write",
  ready: "within its limits",
};

/** What awaits the writer comes first. */
export function statusOf(
  section: Pick<SectionView, "isExpanding" | "isTouched" | "limits" | "words"> & { blanks: number },
): SectionStatus {
  if (section.isExpanding) return "expanding";
  if (section.blanks > 0) return "blanks";
  if (section.words === 0) return "to-write";
  if (!isWithin(section.words, section.limits)) return "off";
  return section.isTouched ? "changed" : "ready";
}

export const isWithin = (words: number, { min, max }: Limits): boolean =>
  words >= (min ?? 0) && words <= (max ?? Number.POSITIVE_INFINITY);

/** “of 80 to 90 words”, behind the figure. */
export function limitsSay({ min, max }: Limits): string {
  if (min && max) return `of ${figure(min)} to ${figure(max)} words`;
  if (max) return `of at most ${figure(max)} words`;
  return min ? `of at least ${figure(min)} words` : "words";
}

/** Of the track, at most full, in percent; the upper limit stands short of its end. */
export function shareOf(words: number, { min, max }: Limits): number {
  const whole = (max ?? (min ?? 0) * 2) * 1.16;
  return whole === 0 ? 0 : Math.min(100, Math.round((words / whole) * 1_000) / 10);
}

export const figure = (count: number): string => count.toLocaleString("en");

export const blanksSay = (count: number): string =>
  count === 0 ? "" : `${figure(count)} ${count === 1 ? "blank" : "blanks"} to fill before export`;

export const SECTIONS_ID = "pitch-sections";
export const SECTION_LIST_ID = "pitch-section-list";
export const SOURCES_ID = "pitch-sources";
export const BUILT_ID = "pitch-built";
export const IN_RANGE_ID = "pitch-in-range";
/** Copies of the mark of a section whose chapters changed. */
export const SINCE_MARK_ID = "pitch-since-mark";
export const STATUS_MARKS_ID = "pitch-status-marks";

export const titleId = (passage: string): string => `section-title-${passage}`;
export const factsId = (passage: string): string => `section-facts-${passage}`;
export const footId = (passage: string): string => `section-foot-${passage}`;
export const navId = (passage: string): string => `section-nav-${passage}`;

/** Element ids of what is offered back; the first two are models that the script copies. */
export const REMOVED_IDS = {
  words: "recovered-words",
  passage: "removed-passage",
  passages: "removed",
  /** For words of which even the passage is not known. */
  noPlace: "without-place",
} as const;

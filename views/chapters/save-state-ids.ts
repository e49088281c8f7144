/** Ids of the fragments in which the browser shows how it stands with what was typed. */
export const SAVE_STATE_IDS = {
  /** What the save chip opens. */
  waiting: "waiting",
  /** Signing in again in place. */
  renewal: "signed-out",
} as const;

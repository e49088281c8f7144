/** Element ids of the panel that expands more than one passage. */
export const EXPANSION_IDS = {
  button: "expand-all",
  panel: "expansion",
  deed: "expansion-deed",
  title: "expansion-title",
  /** A checkbox: whether the script asks at a pause. */
  atPause: "expand-on-pause",
} as const;

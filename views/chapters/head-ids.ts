/** What the head of the writer's page and its script both name. */
export const FOCUS_ID = "open-focus";
export const LEAVE_FOCUS_ID = "leave-focus";

/** The event by which any page asks for the palette. */
export const PALETTE_EVENT = "reyna:palette";

export const LINK_IDS = {
  box: "link-editor",
  field: "link-href",
  problem: "link-problem",
} as const;

/** Where the context of an ask is: the ids that its drawer is found by, and what it is asked for with. */

export const CONTEXT_ID = "context-drawer";
export const CONTEXT_TOGGLE_ID = "context-drawer-toggle";
export const PROMPT_ID = "context-prompt";

export const contextPath = (
  chapter: string,
  passage: string | null,
  include: string[] = [],
): string =>
  `/chapters/${chapter}/context?${new URLSearchParams({
    passage: passage ?? "",
    ...(include.length > 0 ? { include: include.join(" ") } : {}),
  })}`;
export const summariesPath = (chapter: string): string => `/chapters/${chapter}/summaries`;

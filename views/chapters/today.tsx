/** What the reader wrote today, wherever it was, at the foot of a chapter: by hand, and what came with takes. */
import { Replace } from "../ui/partial.tsx";
import { figure, TODAY_ASKS_ID, TODAY_ID } from "./outline-ids.ts";

/** In words of prose. */
export type Written = { typed: number; accepted: number };

/** Each reader's own: a frame that all of them get asks each page to look for itself (`AskToday`). */
export function Today({ typed, accepted }: Written) {
  return (
    <span class="today" id={TODAY_ID}>
      <b>{figure(typed)}</b> today
      {accepted > 0 && <span class="came"> +{figure(accepted)} accepted from takes</span>}
    </span>
  );
}

/** Where what asks for it comes to be. */
export const TodayAsks = () => <span id={TODAY_ASKS_ID} hidden />;

export const todayPath = (chapter: string): string => `/chapters/${chapter}/today`;

/** An element of its own each time, so that it asks each time it comes. */
export function AskToday({ chapter }: { chapter: string }) {
  return (
    <hx-partial hx-target={`#${TODAY_ASKS_ID}`} hx-swap="innerHTML">
      <span hx-get={todayPath(chapter)} hx-trigger="load" hx-swap="none" />
    </hx-partial>
  );
}

export function TodayUpdate(props: Written) {
  return (
    <Replace id={TODAY_ID}>
      <Today {...props} />
    </Replace>
  );
}

/** The words of the chapter at the foot of its page: how many, of how many, and how many of them came with takes. */
import { Replace } from "../ui/partial.tsx";
import { CHAPTER_COUNTS_ID, figure, share } from "./outline-ids.ts";

export type Counts = {
  prose: number;
  accepted: number;
  target: number | null;
};

/** The script keeps `prose` true to what is typed; what came with takes the studio counts, at each snapshot. */
export function ChapterCounts({ prose, accepted, target }: Counts) {
  const from = Math.min(accepted, prose);
  return (
    <span
      class="chapter-counts"
      id={CHAPTER_COUNTS_ID}
      data-accepted={accepted}
      data-target={target ?? undefined}
    >
      <span>
        <b data-chapter-words>{figure(prose)}</b>
        {target ? ` of ${figure(target)}` : ""} in chapter
        <span data-chapter-accepted hidden={from === 0}>
          , <span>{figure(from)}</span> of them from takes
        </span>
      </span>
      {target && (
        <svg class="meter" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
          <rect class="track" width="100" height="3" />
          <line class="all" y1="1.5" y2="1.5" x2={String(share(prose, target))} />
          <rect class="typed" width={String(share(prose - from, target))} height="3" />
        </svg>
      )}
    </span>
  );
}

export function ChapterCountsUpdate(props: Counts) {
  return (
    <Replace id={CHAPTER_COUNTS_ID}>
      <ChapterCounts {...props} />
    </Replace>
  );
}

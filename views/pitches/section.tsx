/** What a passage of a pitch has beside a chapter's: the section it is, its convention, its words within their limits. */

import { asks } from "../chapters/takes-ids.ts";
import { Button } from "../ui/button.tsx";
import {
  blanksSay,
  factsId,
  figure,
  footId,
  isWithin,
  limitsSay,
  type SectionView,
  shareOf,
  titleId,
} from "./pitch-view.ts";

/** At the left, over the writer's facts. */
export function SectionHead({ section }: { section: SectionView }) {
  const { passage, title, convention } = section;
  return (
    <header class="section-head" data-section={section.key}>
      <h2 id={titleId(passage)}>{title}</h2>
      <p>{convention}</p>
      <span class="unseen" id={factsId(passage)}>
        Facts for {title}
      </span>
    </header>
  );
}

/** Below its text. The script keeps the figures true to what is typed (`browser/pitch.ts`). */
export function SectionFoot({ section, pitch }: { section: SectionView; pitch: string }) {
  const { passage, limits, words, blanks, isTouched } = section;
  const isOff = words > 0 && !isWithin(words, limits);
  const hasLimits = limits.min !== undefined || limits.max !== undefined;
  const ask = asks({ id: passage, chapter: pitch });
  return (
    <>
      <div class="section-draft answers">
        Write here, or{" "}
        <button type="button" class="act" {...ask}>
          {section.material === "facts" ? "draft it from your facts" : "draft it from the chapters"}
        </button>
        <p class="refused" role="alert" data-problem hidden />
      </div>
      <footer
        class="section-foot answers"
        id={footId(passage)}
        data-min={limits.min}
        data-max={limits.max}
        data-off={isOff ? true : undefined}
        data-touched={isTouched ? true : undefined}
      >
        <p class="section-words">
          {hasLimits && (
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect class="track" y="2.5" width="100" height="3" />
              <rect class="typed" y="2.5" width={String(shareOf(words, limits))} height="3" />
              {[limits.min, limits.max].map(
                (limit) =>
                  limit && (
                    <rect class="limit" x={String(shareOf(limit, limits))} width="0.7" height="8" />
                  ),
              )}
            </svg>
          )}
          <span>
            <b data-section-words>{figure(words)}</b> {limitsSay(limits)}
          </span>
        </p>
        <p class="section-blanks" data-section-blanks>
          {blanksSay(blanks.length)}
        </p>
        <Button class="act section-rebuild" {...ask}>
          Rebuild as a take
        </Button>
        <p class="refused" role="alert" data-problem hidden />
      </footer>
    </>
  );
}

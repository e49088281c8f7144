/** Which halves are on screen, and how wide the notes are. The script makes them work (`browser/panes.ts`). */
import { OutlineIcon } from "../ui/icons.tsx";
import {
  DIVIDER,
  DIVIDER_ID,
  FOOT_ID,
  HALVES_SHOWN,
  type HalvesShown,
  type Panes,
  SHEET_ID,
} from "./panes-ids.ts";

type Labels = Record<HalvesShown, string>;
const LABELS: Labels = { notes: "Notes", both: "Both", prose: "Prose" };

/** In the top bar; on a phone in reach of the thumb, with the way to what stands at the foot elsewhere, if anything does. */
export function HalvesTabs({
  halves = "both",
  labels = LABELS,
  hasFoot = true,
}: Panes & { labels?: Labels; hasFoot?: boolean }) {
  return (
    <div class="tabs">
      <fieldset class="halves" aria-label="Halves on screen">
        {HALVES_SHOWN.map((one, at) => (
          <button
            type="button"
            aria-pressed={one === halves ? "true" : "false"}
            aria-keyshortcuts={`${at + 1} Alt+Shift+${at + 1}`}
            data-shows-halves={one}
          >
            <span>{labels[one]}</span>
          </button>
        ))}
      </fieldset>
      {hasFoot && (
        <button
          type="button"
          class="icon-button on-phone"
          popovertarget={FOOT_ID}
          aria-label="Words and settings"
        >
          <OutlineIcon />
        </button>
      )}
    </div>
  );
}

/** Between notes and spine, as high as the chapter. */
export function Divider({ divider }: Panes) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved; a separator with the focus can
    <div
      class="divider"
      id={DIVIDER_ID}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the notes"
      aria-controls={SHEET_ID}
      aria-valuemin={DIVIDER.least}
      aria-valuemax={DIVIDER.most}
      aria-valuenow={divider ?? DIVIDER.asDesigned}
      aria-valuetext={`${divider ?? DIVIDER.asDesigned} %`}
      tabindex={0}
    />
  );
}

/**
 * A frame is the same for everybody who looks; what differs from one reader to the next is asked for by each. A pulse is
 * the element that asks: it does so when it comes, and another one in its place takes its turn from it.
 */
import {
  FIGURES_PATH,
  RUN_MONTH_ID,
  RUN_PLACE_ID,
  RUN_PULSE_ID,
  runDetailId,
  runDetailPulseId,
  runPath,
} from "./ids.ts";

/** How long the figures wait for the next event. */
const FIGURES_WAIT = "400ms";

/** Whoever looks at this run asks for it anew; whoever shows figures, for those. */
export function Pulses({ run }: { run: string }) {
  return (
    <>
      <hx-partial hx-target={`#${runDetailPulseId(run)}`} hx-swap="innerHTML">
        <span
          hx-get={runPath(run)}
          hx-trigger="load"
          hx-target={`#${runDetailId(run)}`}
          hx-swap="outerMorph"
          hx-sync={`#${RUN_PLACE_ID}:replace`}
        />
      </hx-partial>
      <hx-partial hx-target={`#${RUN_PULSE_ID}`} hx-swap="innerHTML">
        <span
          hx-get={FIGURES_PATH}
          hx-trigger={`load delay:${FIGURES_WAIT}`}
          hx-swap="none"
          hx-sync={`#${RUN_MONTH_ID}:replace`}
        />
      </hx-partial>
    </>
  );
}

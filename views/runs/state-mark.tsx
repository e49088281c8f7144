import type { RunState } from "./run-view.ts";

/** Shapes of their own, so that no state rests on colour. */
const SHAPES: Record<RunState | "lost", () => unknown> = {
  queued: () => <circle cx="5.5" cy="5.5" r="3.9" />,
  running: () => (
    <>
      <circle class="track" cx="5.5" cy="5.5" r="4.6" />
      <path d="M5.5 .9a4.6 4.6 0 0 1 3.3 7.8" stroke-width="1.8" />
    </>
  ),
  stopping: () => <rect x="2" y="2" width="7" height="7" />,
  succeeded: () => <path d="m1.4 5.8 2.9 2.9 5.3-6.2" stroke-width="1.6" />,
  cancelled: () => <rect x="2" y="2" width="7" height="7" />,
  dead: () => <path d="m2 2 7 7M9 2l-7 7" stroke-width="1.6" />,
  lost: () => <path d="m2 2 7 7M9 2l-7 7" stroke-width="1.6" />,
};

/** Beside the words for it, so it is decoration. */
export function StateMark({ state }: { state: RunState | "lost" }) {
  return (
    <svg
      class="state-mark"
      data-state={state}
      width="11"
      height="11"
      viewBox="0 0 11 11"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      aria-hidden="true"
    >
      {SHAPES[state]()}
    </svg>
  );
}

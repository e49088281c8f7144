import { Mark } from "../ui/mark.tsx";
import { type SectionStatus, STATUS_SAYS } from "./pitch-view.ts";

/** How a section stands, at a glance; each has a shape of its own. */
export function StatusOf({ status }: { status: SectionStatus }) {
  if (status === "expanding") return <Mark name="expanding" size={8} named />;
  if (status === "changed") return <Shape status={status} filled={LEFT_HALF} ring />;
  return <Shape status={status} filled={FILLED[status]} ring={status !== "ready"} />;
}

const LEFT_HALF = "M5.5 .9a4.6 4.6 0 0 0 0 9.2z";
const FILLED = {
  blanks: "M.9 5.5a4.6 4.6 0 0 0 9.2 0z",
  off: LEFT_HALF,
  "to-write": "",
  ready: "M5.5 2.1a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8z",
};

function Shape({ status, filled, ring }: { status: SectionStatus; filled: string; ring: boolean }) {
  return (
    <svg
      class={`mark section-${status}`}
      width="8"
      height="8"
      viewBox="0 0 11 11"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      role="img"
      aria-label={STATUS_SAYS[status]}
    >
      {ring && <circle cx="5.5" cy="5.5" r="4.6" />}
      <path d={filled} fill="currentColor" stroke="none" />
    </svg>
  );
}

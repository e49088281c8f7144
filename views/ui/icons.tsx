const FRAME = {
  width: "16",
  height: "16",
  viewBox: "0 0 16 16",
  fill: "none",
  stroke: "currentColor",
  "stroke-width": "1.3",
} as const;

export function OutlineIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M2.5 4h11M2.5 8h11M2.5 12h7" />
    </svg>
  );
}

export function MoreIcon() {
  return (
    <svg aria-hidden="true" {...FRAME} fill="currentColor" stroke="none">
      <circle cx="3" cy="8" r="1.2" />
      <circle cx="8" cy="8" r="1.2" />
      <circle cx="13" cy="8" r="1.2" />
    </svg>
  );
}

export function PlusIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M8 3v10M3 8h10" />
    </svg>
  );
}

export function StopIcon() {
  return (
    <svg
      aria-hidden="true"
      {...FRAME}
      width="12"
      height="12"
      viewBox="0 0 12 12"
      stroke-width="1.5"
    >
      <rect x="2" y="2" width="8" height="8" rx=".6" />
    </svg>
  );
}

export function HistoryIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M8 4.8V8l2.2 1.5" />
    </svg>
  );
}

export function CloseIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="m3.8 3.8 8.4 8.4M12.2 3.8l-8.4 8.4" />
    </svg>
  );
}

export function ChevronDownIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M3.5 6 8 10.5 12.5 6" />
    </svg>
  );
}

export function BackIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M10 3.5 5.5 8l4.5 4.5" />
    </svg>
  );
}

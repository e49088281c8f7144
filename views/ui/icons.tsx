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

export function SearchIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <circle cx="7" cy="7" r="4.4" />
      <path d="m10.4 10.4 3.6 3.6" />
    </svg>
  );
}

export function BookIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M8 3.6C6.4 2.7 4.4 2.6 2.2 3v9.6c2.2-.4 4.2-.3 5.8.6 1.6-.9 3.6-1 5.8-.6V3c-2.2-.4-4.2-.3-5.8.6zM8 3.6v9.6" />
    </svg>
  );
}

export function PenIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="m3 13 .8-3L11 2.8l2.2 2.2L6 12.2z" />
    </svg>
  );
}

export function TagIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7L8 4.3M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.2 9.1a2.6 2.6 0 0 0 3.7 3.7L8 11.7" />
    </svg>
  );
}

export function GoIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M3 8h9.4M8.8 4.2 12.6 8l-3.8 3.8" />
    </svg>
  );
}

export function FocusIcon() {
  return (
    <svg aria-hidden="true" {...FRAME}>
      <path d="M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3" />
    </svg>
  );
}

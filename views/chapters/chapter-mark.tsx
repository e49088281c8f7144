import { Mark } from "../ui/mark.tsx";

/** How a chapter stands, at a glance: what awaits the writer first, then how far it is. */
export type ChapterMarkName = "expanding" | "changed" | "to-write" | "draft" | "revised" | "done";

export const STATUS_LABEL = {
  "to-write": "To write",
  draft: "Draft",
  revised: "Revised",
  done: "Done",
} as const;

/** What its words tell where its writer said nothing. */
export function markOfChapter(chapter: {
  isExpanding: boolean;
  changed: number;
  prose: number;
  status: keyof typeof STATUS_LABEL | null;
}): ChapterMarkName {
  if (chapter.isExpanding) return "expanding";
  if (chapter.changed > 0) return "changed";
  return chapter.status ?? (chapter.prose > 0 ? "draft" : "to-write");
}

export function ChapterMark({ name }: { name: ChapterMarkName }) {
  if (name === "expanding" || name === "changed") return <Mark name={name} size={8} named />;
  return <StatusMark name={name} named />;
}

/** The ring fills up. */
export function StatusMark({ name, named }: { name: keyof typeof STATUS_LABEL; named?: boolean }) {
  return (
    <svg
      class={`mark ${name}`}
      width="8"
      height="8"
      viewBox="0 0 11 11"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      role={named ? "img" : undefined}
      aria-label={named ? STATUS_LABEL[name].toLowerCase() : undefined}
      aria-hidden={named ? undefined : "true"}
    >
      <circle cx="5.5" cy="5.5" r="4.4" />
      <path d={FILLED[name]} fill="currentColor" stroke="none" />
    </svg>
  );
}

const FILLED = {
  "to-write": "",
  draft: "M1.1 5.5a4.4 4.4 0 0 0 8.8 0z",
  revised: "M5.5 1.1v4.4h4.4a4.4 4.4 0 1 1-4.4-4.4z",
  done: "M5.5 1.1a4.4 4.4 0 1 1 0 8.8 4.4 4.4 0 0 1 0-8.8z",
};

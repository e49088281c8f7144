/**
 * How a passage's two halves stand to each other, tied to the spine. Each has a shape of its own and
 * a gloss in words, so none rests on colour.
 */
export type MarkName = "fresh" | "changed" | "by-hand" | "expanding" | "to-write" | "done";

export const GLOSS: Record<MarkName, string> = {
  fresh: "fresh",
  changed: "notes changed since",
  "by-hand": "edited by hand",
  expanding: "expanding",
  "to-write": "to write",
  done: "done",
};

/** Beside its gloss a mark is decoration; alone (`named`) it carries the gloss as its name. */
export function Mark({
  name,
  named,
  size = 11,
}: {
  name: MarkName;
  named?: boolean;
  size?: number;
}) {
  return (
    <svg
      class={`mark ${name}`}
      width={String(size)}
      height={String(size)}
      viewBox="0 0 11 11"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      role={named ? "img" : undefined}
      aria-label={named ? GLOSS[name] : undefined}
      aria-hidden={named ? undefined : "true"}
    >
      {SHAPES[name]()}
    </svg>
  );
}

const SHAPES: Record<MarkName, () => unknown> = {
  fresh: () => <circle cx="5.5" cy="5.5" r="3.2" fill="currentColor" stroke="none" />,
  changed: () => (
    <>
      <circle cx="5.5" cy="5.5" r="4.6" />
      <path d="M5.5 .9a4.6 4.6 0 0 0 0 9.2z" fill="currentColor" stroke="none" />
    </>
  ),
  "by-hand": () => <path d="M1.6 9.4 9.4 1.6" stroke-width="1.9" />,
  expanding: () => (
    <>
      <circle class="track" cx="5.5" cy="5.5" r="4.6" />
      <path d="M5.5 .9a4.6 4.6 0 0 1 3.3 7.8" stroke-width="1.8" />
    </>
  ),
  "to-write": () => <circle cx="5.5" cy="5.5" r="3.9" />,
  done: () => <path d="m1.4 5.8 2.9 2.9 5.3-6.2" stroke-width="1.6" />,
};

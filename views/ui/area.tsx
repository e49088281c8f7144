import type { JSX } from "hono/jsx";

type Props = Omit<JSX.IntrinsicElements["textarea"], "id" | "value"> & {
  name: string;
  label: string;
  value?: string | undefined;
  hint?: string | undefined;
  /** What is wrong with it, as a sentence. */
  error?: string | undefined;
};

/** A labelled field of several lines. */
export function Area({ name, label, value = "", hint, error, ...area }: Props) {
  const note = error || hint ? `${name}-note` : undefined;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="box">
        <textarea
          {...area}
          id={name}
          name={name}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={note}
        >
          {/* HTML drops the first line break of a textarea. */}
          {value.startsWith("\n") ? `\n${value}` : value}
        </textarea>
      </div>
      {(error || hint) && (
        <p class={error ? "refused" : "hint"} id={note}>
          {error || hint}
        </p>
      )}
    </div>
  );
}

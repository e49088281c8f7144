import type { JSX } from "hono/jsx";

type Props = Omit<JSX.IntrinsicElements["input"], "id"> & {
  name: string;
  /** Where a page has two fields of one name. */
  id?: string;
  label: string;
  hint?: string;
  /** What is wrong with it, as a sentence. */
  error?: string;
};

/** A labelled field; a password also gets a button that shows it, once the script runs. */
export function Field({ name, id = name, label, hint, error, type = "text", ...input }: Props) {
  const note = error || hint ? `${id}-note` : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="box">
        <input
          {...input}
          id={id}
          name={name}
          type={type}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={note}
        />
        {type === "password" && (
          <button type="button" class="show" data-shows={id} aria-pressed="false" hidden>
            Show
          </button>
        )}
      </div>
      {error ? (
        <p class="refused" id={note}>
          {error}
        </p>
      ) : (
        hint && (
          <p class="hint" id={note}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

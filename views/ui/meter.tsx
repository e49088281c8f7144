/** How many words there are of how many. The figure is always written; the track only repeats it. */
type Props = { words: number; of: number | null; label?: string };

export function Meter({ words, of, label }: Props) {
  return (
    <p class="word-meter">
      <span>
        <strong>{figure(words)}</strong>
        {of !== null && ` of ${figure(of)}`}{" "}
        {label ?? (words === 1 && of === null ? "word" : "words")}
      </span>
      {of !== null && (
        <progress max={String(of)} value={String(Math.min(words, of))} aria-hidden="true" />
      )}
    </p>
  );
}

const figure = (count: number) => count.toLocaleString("en");

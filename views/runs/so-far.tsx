/**
 * About what a run that is at work has cost: empty until `browser/grow.ts` hears of it, which it does only where the price
 * of its model is known.
 */
type Props = {
  run: string;
  /** Of earlier attempts. */
  cost?: string | null;
  /** Where a column says what it is. */
  isShort?: boolean;
};

export function SoFar({ run, cost = null, isShort }: Props) {
  return (
    <span class="count" hidden={cost === null}>
      {isShort ? "~" : "about "}
      <span data-spent={run}>{cost}</span>
      {!isShort && " so far"}
    </span>
  );
}

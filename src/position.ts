/**
 * Fractional positions: strings over 0-9a-z, compared by character, between any two of which
 * another fits. A move changes one row. Lower case only, so that every collation of Postgres agrees
 * with comparison by code unit. Never ends in "0", or nothing would fit before it.
 */
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;

/** A position after `before` and before `after`; null is the edge. */
export function positionBetween(before: string | null, after: string | null): string {
  if (after === null) return next(before ?? "");
  // Equal neighbours (two appends at the same moment) are ordered by id: stay right behind them.
  if (before !== null && before >= after) return `${before}1`;
  return middle(before ?? "", after);
}

/** Positions for so many, in order, short and with as much room between any two as between others. */
export function evenPositions(count: number): string[] {
  let width = 1;
  // Beside the last digit, which is never "0", three free places between neighbours.
  while (BASE ** width < (count + 1) * 4) width++;
  const gap = BASE ** width / (count + 1);
  return Array.from({ length: count }, (_, i) => {
    const digits = Math.floor(gap * (i + 1))
      .toString(BASE)
      .padStart(width, "0");
    return digits.endsWith("0") ? `${digits}1` : digits;
  });
}

/** Grows by a character every 35 appends. */
function next(before: string): string {
  if (before === "") return DIGITS[BASE / 2]!;
  const digit = DIGITS.indexOf(before[0]!);
  if (digit < BASE - 1) return DIGITS[digit + 1]!;
  return before.length === 1 ? `${before}1` : before[0]! + next(before.slice(1));
}

function middle(a: string, b: string): string {
  const low = a === "" ? 0 : DIGITS.indexOf(a[0]!);
  const high = b === "" ? BASE : DIGITS.indexOf(b[0]!);
  if (low === high) return DIGITS[low]! + middle(a.slice(1), b.slice(1));
  if (high - low > 1) return DIGITS[Math.floor((low + high) / 2)]!;
  return DIGITS[low]! + next(a.slice(1));
}

/**
 * Numbers under bounds and multiples, decided exactly over decimals. Where fractions are multiplied,
 * ajv computes in doubles and differs (0.07 / 0.01 is 7.000000000000001), so a conclusion that rests
 * on fractions is tried against doubles before it counts.
 */
import { EMPTY, found, maybe, type Outcome, type Search } from "./outcome.ts";
import type { LiteralTerm, Term } from "./terms.ts";

/** Multiples that are tried one by one in a bounded range. */
const TRIED_MULTIPLES = 5_000;
/** Multiples of a fraction that are tried in doubles. */
const PROBED_MULTIPLES = 300;

type Bounds = { low: number; lowOpen: boolean; high: number; highOpen: boolean };

export function solveNumber(
  search: Search,
  literals: readonly LiteralTerm[],
  refused: readonly unknown[],
): Outcome {
  const bounds = boundsOf(literals);
  const { low, high, lowOpen, highOpen } = bounds;
  if (low > high || (low === high && (lowOpen || highOpen))) return EMPTY;
  const valid = (value: number) =>
    Number.isFinite(value) &&
    !refused.includes(value) &&
    literals.every((literal) => search.holds(literal as Term, value));
  const multiples = literals.flatMap((one) =>
    one.kind === "multipleOf" ? [{ of: one.of, negated: one.negated }] : [],
  );
  const wanted = multiples.filter(({ negated }) => !negated).map(({ of }) => of);
  const unwanted = multiples.filter(({ negated }) => negated).map(({ of }) => of);
  if (low === high) return valid(low) ? found(low) : EMPTY;
  if (wanted.length === 0) return between(bounds, valid, unwanted.length + refused.length);
  return onLattice(search, bounds, wanted, unwanted, refused, valid);
}

function boundsOf(literals: readonly LiteralTerm[]): Bounds {
  const bounds = { low: -Infinity, lowOpen: true, high: Infinity, highOpen: true };
  const atLeast = (limit: number, open: boolean) => {
    if (limit > bounds.low) Object.assign(bounds, { low: limit, lowOpen: open });
    else if (limit === bounds.low) bounds.lowOpen ||= open;
  };
  const atMost = (limit: number, open: boolean) => {
    if (limit < bounds.high) Object.assign(bounds, { high: limit, highOpen: open });
    else if (limit === bounds.high) bounds.highOpen ||= open;
  };
  for (const one of literals)
    if (one.kind === "minimum") one.negated ? atMost(one.limit, true) : atLeast(one.limit, false);
    else if (one.kind === "exclusiveMinimum")
      one.negated ? atMost(one.limit, false) : atLeast(one.limit, true);
    else if (one.kind === "maximum")
      one.negated ? atLeast(one.limit, true) : atMost(one.limit, false);
    else if (one.kind === "exclusiveMaximum")
      one.negated ? atLeast(one.limit, false) : atMost(one.limit, true);
  return bounds;
}

/** A range with an inside holds more numbers than any list of multiples and exceptions takes away. */
function between(bounds: Bounds, valid: (value: number) => boolean, exceptions: number): Outcome {
  const low = bounds.low === -Infinity ? Math.min(0, bounds.high - 1000) : bounds.low;
  const high = bounds.high === Infinity ? Math.max(0, low) + 1000 : bounds.high;
  const candidates = [0, 1, -1, low, high, Math.ceil(low), Math.floor(high), low + 1, high - 1];
  candidates.push(0.5, low + 0.5, high - 0.5, (low + high) / 2);
  for (let i = 1; i <= 8 + 2 * exceptions; i++)
    candidates.push(low + i, low + ((high - low) * i) / (9 + 2 * exceptions), i + 0.1, low + i / 7);
  const value = candidates.find(valid);
  return value === undefined ? maybe("no number was found between the bounds") : found(value);
}

function onLattice(
  search: Search,
  bounds: Bounds,
  wanted: readonly number[],
  unwanted: readonly number[],
  refused: readonly unknown[],
  valid: (value: number) => boolean,
): Outcome {
  const scale = Math.max(
    0,
    ...[...wanted, ...unwanted, bounds.low, bounds.high].filter(Number.isFinite).map(decimalsOf),
  );
  search.tick(scale + 1);
  const scaled = (value: number) => scaledBy(value, scale);
  const step = wanted.map(scaled).reduce(lcm);
  const isPlain = wanted.concat(unwanted).every(isExactInDoubles);
  const probe = (): Outcome => {
    if (isPlain) return EMPTY;
    for (let k = 1; k <= PROBED_MULTIPLES; k++)
      for (const sign of [1, -1]) {
        search.tick();
        const value = Number(`${BigInt(sign * k) * step}e-${scale}`);
        if (valid(value)) return found(value);
      }
    return EMPTY;
  };
  // Every multiple of the one is a multiple of the other.
  if (unwanted.some((of) => step % scaled(of) === 0n)) return probe();

  const first =
    bounds.low === -Infinity ? undefined : ceilOf(scaled(bounds.low), step, bounds.lowOpen);
  const last =
    bounds.high === Infinity ? undefined : -ceilOf(-scaled(bounds.high), step, bounds.highOpen);
  if (first !== undefined && last !== undefined && first > last) return EMPTY;
  // From the bound that is nearest to nought, outwards.
  const from =
    first !== undefined && first > 0n ? first : last !== undefined && last < 0n ? last : 0n;
  const limit = BigInt(TRIED_MULTIPLES + refused.length);
  let outside = 0;
  for (let i = 0n; i <= limit && outside < 2; i++) {
    outside = 0;
    for (const k of i === 0n ? [from] : [from + i, from - i]) {
      if ((first !== undefined && k < first) || (last !== undefined && k > last)) {
        outside++;
        continue;
      }
      search.tick();
      const value = Number(`${k * step}e-${scale}`);
      if (valid(value)) return found(value);
    }
    if (i === 0n) outside = 0;
  }
  if (outside < 2) return maybe("no multiple was found between the bounds");
  return isPlain ? EMPTY : probe();
}

function decimalsOf(value: number): number {
  const [digits = "", exponent = "0"] = String(Math.abs(value)).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent));
}

function scaledBy(value: number, scale: number): bigint {
  const [digits = "", exponent = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  return BigInt(whole + fraction) * 10n ** BigInt(scale + Number(exponent) - fraction.length);
}

/** Division by it rounds nothing: a whole number, or a whole number of 1/1024ths. */
function isExactInDoubles(value: number): boolean {
  return Number.isSafeInteger(value * 1024) && (Number.isInteger(value) || isPowerOfTwo(value));
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

/** The least k with k·step above (or at) `value`. */
function ceilOf(value: bigint, step: bigint, open: boolean): bigint {
  let k = value / step;
  if (k * step < value) k++;
  while (k > 0n && (k - 1n) * step >= value) k--;
  return open && k * step === value ? k + 1n : k;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}

export type Random = {
  /** In [0, 1). */
  next(): number;
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
  /** One of the names, by weight. */
  weighed<Name extends string>(weights: Record<Name, number>): Name;
};

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function randomOf(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    pick: (from) => from[below(from.length)]!,
    weighed(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let at = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        at -= weight;
        if (at < 0) return name;
      }
      return entries[0]![0];
    },
  };
}

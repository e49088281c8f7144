/** Processors that would trigger one another for ever. Pure: what is enabled is given. */

/** `stops`: its manifest says how often it may come about, so it may be in a circle. */
export type Link = { id: string; inputs: readonly string[]; output: string; stops: boolean };

/**
 * A circle through `start` over outputs and inputs, as the ids along it with `start` first; undefined when
 * there is none, or when one on the way stops it.
 */
export function circleThrough(start: string, links: readonly Link[]): string[] | undefined {
  const endless = links.filter(({ stops }) => !stops);
  const first = endless.find(({ id }) => id === start);
  if (!first) return undefined;
  const seen = new Set<string>();
  const search = (link: Link, way: string[]): string[] | undefined => {
    for (const next of endless) {
      if (!next.inputs.includes(link.output)) continue;
      if (next.id === start) return way;
      if (seen.has(next.id)) continue;
      seen.add(next.id);
      const found = search(next, [...way, next.id]);
      if (found) return found;
    }
    return undefined;
  };
  return search(first, [start]);
}

/**
 * Two queues a processor, one set of places. What somebody waits for travels on `reyna.work.<processor>`, the rest on
 * `reyna.work.<processor>--background`, and a place that becomes free goes to the first queue as long as it has
 * work: so ten thousand background runs that were announced before delay an ask by one run at most. A bus knows
 * no order but that of arrival; with two queues it needs none, and a message still names its run.
 */

/** No processor's id has two hyphens in a row. */
export const backgroundQueue = (processor: string): string => `${processor}--background`;

export type Queue = "waited-for" | "background";

export type Places = {
  /** Resolves with what gives the place back; undefined when none became free in that time, or closed. */
  take(queue: Queue, withinMs: number): Promise<(() => void) | undefined>;
  free(): number;
  /** Who waits for a place gets none. */
  close(): void;
};

type Waiting = (place: (() => void) | undefined) => void;

/** @param onChange hears that another number of places is free. */
export function openPlaces(count: number, onChange = () => {}): Places {
  let free = count;
  let closed = false;
  const waiting: Record<Queue, Set<Waiting>> = { "waited-for": new Set(), background: new Set() };

  const place = () => {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const [next] = [...waiting["waited-for"], ...waiting.background];
      if (next) next(place());
      else {
        free++;
        onChange();
      }
    };
  };
  return {
    free: () => (closed ? 0 : free),
    async take(queue, withinMs) {
      if (closed) return undefined;
      if (free > 0) {
        free--;
        onChange();
        return place();
      }
      return new Promise((resolve) => {
        const tell: Waiting = (given) => {
          waiting[queue].delete(tell);
          clearTimeout(late);
          resolve(given);
        };
        const late = setTimeout(() => tell(undefined), withinMs);
        waiting[queue].add(tell);
      });
    },
    close() {
      closed = true;
      for (const tell of [...waiting["waited-for"], ...waiting.background]) tell(undefined);
    },
  };
}

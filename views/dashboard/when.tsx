import { Clock } from "../ui/clock.tsx";

/** A moment, by the day where its reader is. */
export type Moment = { at: string; day: string; isToday: boolean };

/** The time of day for today, the day for what lies further back. */
export function When({ at, day, isToday }: Moment) {
  return isToday ? <Clock at={at} /> : <time datetime={at}>{day}</time>;
}

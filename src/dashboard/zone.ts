/** Days where the reader is. The browser says which time zone that is; until it has, UTC. */

export type Zone = string;

export const UTC: Zone = "UTC";

/** As a cookie has it; what is no time zone is UTC. */
export function zoneIn(text: string | undefined): Zone {
  if (!text) return UTC;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return UTC;
  }
}

/** Kept by zone: to make one takes longer than to use it a thousand times. */
const formats = new Map<Zone, Intl.DateTimeFormat>();

/** The day of a moment there: `2026-11-22`. */
export function dayOf(moment: Date, zone: Zone): string {
  let format = formats.get(zone);
  if (!format) {
    if (formats.size >= ZONES_KEPT) formats.clear();
    format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
    formats.set(zone, format);
  }
  return format.format(moment);
}

/** There are about six hundred, and most studios have readers in a few. */
const ZONES_KEPT = 50;

/** The day so many days after another; before it where that is negative. */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const DATE_AND_YEAR = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

export const weekdayOf = (day: string): string => WEEKDAY.format(new Date(`${day}T00:00:00Z`));

/** "Today", "Yesterday", "Thursday", "2 October", "3 August 2025". */
export function dayLabel(day: string, today: string): string {
  if (day >= today) return "Today";
  if (day === dayAfter(today, -1)) return "Yesterday";
  if (day > dayAfter(today, -7)) return weekdayOf(day);
  const date = new Date(`${day}T00:00:00Z`);
  return (day.slice(0, 4) === today.slice(0, 4) ? DATE : DATE_AND_YEAR).format(date);
}

/** Days and times where the reader is: the page tells its time zone (IANA) along with what it asks for. */

/** The zone, if it is one; else UTC. */
export function zoneOf(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name ?? "UTC" }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** `2026-11-21`. */
const dateIn = (zone: string, at: Date) =>
  new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(at);

/** Today, Yesterday, Monday 16 November; with the year where it is another. */
export function dayIn(zone: string, at: Date, now = new Date()): string {
  const date = dateIn(zone, at);
  if (date === dateIn(zone, now)) return "Today";
  if (date === dateIn(zone, new Date(now.getTime() - DAY_MS))) return "Yesterday";
  const isThisYear = date.slice(0, 4) === dateIn(zone, now).slice(0, 4);
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(isThisYear ? {} : { year: "numeric" }),
  })
    .format(at)
    .replace(",", "");
}

/** 14:06. */
export function timeIn(zone: string, at: Date): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

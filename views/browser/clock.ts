/** `data-clock` on a `time`: shows the time of day where the reader is, in the form the server wrote it. */
const FORMAT = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

export function attachClocks(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-clock]")) writeClock(time);
}

export function writeClock(time: HTMLTimeElement): void {
  const words = FORMAT.format(new Date(time.dateTime));
  if (time.textContent !== words) time.textContent = words;
}

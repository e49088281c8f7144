/** A day and a time. The server writes its own clock's; the script (`browser/runs.ts`) writes the reader's. */
const FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export function DateClock({ at }: { at: string }) {
  return (
    <time datetime={at} data-date-clock>
      {FORMAT.format(new Date(at))}
    </time>
  );
}

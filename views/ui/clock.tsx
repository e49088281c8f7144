/**
 * A time of day. The server does not know the reader's clock, so it writes its own and the script
 * (`browser/clock.ts`) rewrites it to theirs.
 */
export function Clock({ at }: { at: string | Date }) {
  const date = new Date(at);
  return (
    <time datetime={date.toISOString()} data-clock>
      {date.toTimeString().slice(0, 5)}
    </time>
  );
}

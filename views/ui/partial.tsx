import type { Child } from "hono/jsx";

/**
 * Fragments for elsewhere in the page, as htmx 4 takes them from an answer and from a frame's `content`:
 * each names its own target and swap, and nothing else is swapped.
 */

/** The element with this id becomes `children`, in place: focus, selection and animations stay. */
export function Replace({ id, children }: { id: string; children: Child }) {
  return (
    <hx-partial hx-target={`#${id}`} hx-swap="outerMorph">
      {children}
    </hx-partial>
  );
}

/** `children` come at the end of the element with this id; left out if their id is there already. */
export function Append({ to, children }: { to: string; children: Child }) {
  return (
    <hx-partial hx-target={`#${to}`} hx-swap="beforeend">
      {children}
    </hx-partial>
  );
}

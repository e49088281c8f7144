/** Loads once, when it is first asked for; what did not come, without a network, is asked for again the next time. */
export function onUse<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/**
 * Holds keys that are pressed for what is still on its way; they are pressed again when the answer is called, unless
 * one has gone elsewhere meanwhile: there they would mean something else.
 * @param isFor told also whether others are held already
 */
export function holdKeys(
  within: HTMLElement,
  isFor: (event: KeyboardEvent, isBehind: boolean) => unknown,
): (isStill?: boolean) => void {
  const keys: KeyboardEvent[] = [];
  const hold = (event: KeyboardEvent) => {
    if (event.key === "Tab" || !isFor(event, keys.length > 0)) return;
    event.preventDefault();
    keys.push(event);
  };
  within.addEventListener("keydown", hold);
  return (isStill = true) => {
    within.removeEventListener("keydown", hold);
    for (const key of isStill ? keys : []) {
      const at = document.activeElement as HTMLElement;
      if (at.dispatchEvent(new KeyboardEvent(key.type, key)) && key.key === "Enter") at.click();
    }
  };
}

/** What of a pointer is held, and what tells that one has gone on to something else. */
const HELD = ["pointerdown", "pointermove", "pointerup", "pointercancel", "keydown"] as const;

/**
 * Holds what the pointer does behind a press for what is still on its way. The answer ends that and has it all, the
 * press first; nothing, if one has gone on to something else meanwhile.
 */
export function holdPointer(
  press: PointerEvent,
  isFor: (press: PointerEvent) => unknown,
): () => PointerEvent[] {
  let events = [press];
  const hold = (event: Event) => {
    if (event instanceof KeyboardEvent) {
      if (!/^(Shift|Control|Meta|Alt)$/.test(event.key)) events = [];
    } else if (event.type === "pointerdown" && !isFor(event as PointerEvent)) events = [];
    else if (events.length > 0) events.push(event as PointerEvent);
  };
  for (const type of HELD) addEventListener(type, hold, { capture: true });
  return () => {
    for (const type of HELD) removeEventListener(type, hold, { capture: true });
    return events;
  };
}

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

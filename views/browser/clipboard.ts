/** Text for the clipboard. Its own interface is missing where the studio is reached over plain HTTP. */
export async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement as HTMLElement | null;
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    area.readOnly = true;
    // While a panel is open over the page nothing else can be selected.
    (focused?.closest("dialog, [popover]") ?? document.body).append(area);
    area.focus({ preventScroll: true });
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    focused?.focus({ preventScroll: true });
    return isDone;
  }
}

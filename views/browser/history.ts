/** `data-history` opens the history of the chapter, and so does the chord that names a version. What it does is loaded then. */
import type { Editor } from "./editor/editor.ts";

export function startHistory(editor: Editor | null): void {
  const button = document.querySelector<HTMLElement>("[data-history]");
  if (!button) return;
  const versions = () =>
    import("./versions.ts").then(({ openVersions }) => openVersions(button, editor));
  button.addEventListener("click", async () => (await versions()).toggle());
  document.addEventListener("keydown", async (event) => {
    const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isSave || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    if (!event.repeat) (await versions()).nameNow();
  });
}

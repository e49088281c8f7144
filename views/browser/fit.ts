/** Lets a textarea be as high as its text where the browser cannot (`field-sizing`). */
const NATIVE = CSS.supports("field-sizing", "content");

export function startFitting(): void {
  if (NATIVE) return;
  for (const event of ["input", "replaced"]) {
    document.addEventListener(event, ({ target }) => {
      if (target instanceof HTMLTextAreaElement) fit(target);
    });
  }
  addEventListener("resize", () => attachFitting(document));
}

export function attachFitting(root: ParentNode): void {
  if (!NATIVE) root.querySelectorAll("textarea").forEach(fit);
}

function fit(area: HTMLTextAreaElement): void {
  area.style.height = "0";
  area.style.height = `${area.scrollHeight}px`;
}

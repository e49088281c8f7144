/** The divider between notes and prose: follows the pointer, arrows, Home and End; a double click puts it back. */
import { DIVIDER, SHEET_ID } from "../chapters/panes-ids.ts";

/** How far an arrow moves it, and with Shift, in percent. */
const STEP = { arrow: 1, shift: 5 };

/**
 * @param keep is told where it was left; null where it is put back as designed
 * @param pressed the press that is under way, if there is one: it begins a drag already
 */
export function startDivider(
  divider: HTMLElement,
  pane: HTMLElement,
  keep: (value: number | null) => void,
  pressed: PointerEvent | null,
): void {
  const sheet = document.getElementById(SHEET_ID)!;
  /** Where it is drawn, in percent of the sheet. */
  const shown = () => {
    const { left, width } = sheet.getBoundingClientRect();
    const line = divider.getBoundingClientRect();
    return ((line.left + line.width / 2 - left) / width) * 100;
  };

  function move(value: number): void {
    pane.dataset.divider = String(
      Math.round(Math.min(DIVIDER.most, Math.max(DIVIDER.least, value))),
    );
    tell();
  }
  /** Where a side has no more room it stays, whatever was asked for. */
  function tell(): void {
    const value = Math.min(DIVIDER.most, Math.max(DIVIDER.least, Math.round(shown())));
    divider.setAttribute("aria-valuenow", String(value));
    divider.setAttribute("aria-valuetext", `${value} %`);
  }
  function done(): void {
    const { divider: value } = pane.dataset;
    keep(value ? Number(value) : null);
  }

  divider.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = event.shiftKey ? STEP.shift : STEP.arrow;
    const to = {
      ArrowLeft: Math.round(shown()) - step,
      ArrowRight: Math.round(shown()) + step,
      Home: DIVIDER.least,
      End: DIVIDER.most,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
    done();
  });

  function begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    // Nothing is selected on the way, and the focus comes here.
    event.preventDefault();
    divider.focus();
    divider.setPointerCapture(event.pointerId);
    divider.classList.add("moving");
    const from = { x: event.clientX, value: shown(), kept: pane.dataset.divider };
    const { width } = sheet.getBoundingClientRect();
    const ended = new AbortController();
    const { signal } = ended;
    const end = () => {
      ended.abort();
      divider.classList.remove("moving");
      if (pane.dataset.divider !== from.kept) done();
    };
    divider.addEventListener(
      "pointermove",
      ({ clientX }) => {
        // A press alone leaves it as it is.
        if (clientX === from.x && pane.dataset.divider === from.kept) return;
        move(from.value + ((clientX - from.x) / width) * 100);
      },
      { signal },
    );
    divider.addEventListener("pointerup", end, { signal });
    divider.addEventListener("pointercancel", end, { signal });
  }
  divider.addEventListener("pointerdown", begin);
  divider.addEventListener("dblclick", () => {
    delete pane.dataset.divider;
    tell();
    done();
  });
  tell();
  if (pressed) begin(pressed);
}

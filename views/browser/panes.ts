/**
 * `data-shows-halves` shows one half of the chapter or both; the divider moves with the pointer and with arrows. Both
 * show at once and are kept for the account. What a half hides is the editor's to step out of (`editor/shown.ts`).
 */
import {
  DIVIDER_ID,
  HALVES_CHANGED,
  HALVES_SHOWN,
  type HalvesShown,
} from "../chapters/panes-ids.ts";
import { announce } from "./announce.ts";
import { type Change, keepPanes, newerPanes, sendPanes } from "./panes-kept.ts";

export function startPanes(): void {
  const pane = document.getElementById("main");
  if (!pane?.dataset.halves) return;
  const account = document.body.dataset.account ?? "";
  const newer = newerPanes(account, Number(pane.dataset.panesRevision ?? 0));
  if (newer) apply(pane, newer);
  sendPanes(account);

  const show = (halves: HalvesShown) => {
    if (pane.dataset.halves === halves) return;
    keepingPlace(() => apply(pane, { halves }));
    document.dispatchEvent(new Event(HALVES_CHANGED));
    keepPanes(account, { halves });
  };
  document.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("[data-shows-halves]");
    if (button) show(button.dataset.showsHalves as HalvesShown);
  });
  document.addEventListener("keydown", (event) => {
    const halves = halvesOf(event);
    if (!halves) return;
    event.preventDefault();
    show(halves);
    announce({ notes: "Notes alone.", both: "Notes and prose.", prose: "Prose alone." }[halves]);
  });

  const divider = document.getElementById(DIVIDER_ID);
  if (divider) {
    const change = (value: number | null) => keepPanes(account, { divider: value });
    let isLoading = false;
    let pressed: PointerEvent | null = null;
    const come = (event: Event) => {
      // Pressed before its script is there: then the drag begins where the pointer is by then.
      if (event.type === "pointerdown") pressed = event as PointerEvent;
      if (isLoading) return;
      isLoading = true;
      void import("./divider.ts").then(({ startDivider }) => {
        for (const near of NEAR) divider.removeEventListener(near, come);
        startDivider(divider, pane, change, pressed);
      });
    };
    addEventListener("pointerup", () => {
      pressed = null;
    });
    for (const near of NEAR) divider.addEventListener(near, come);
  }
  const narrow = matchMedia("(width < 720px)");
  const phone = () => {
    if (narrow.matches)
      void import("./phone.ts").then(({ startPhone }) => {
        narrow.removeEventListener("change", phone);
        startPhone(narrow);
      });
  };
  narrow.addEventListener("change", phone);
  phone();
}

/** What brings somebody near the divider; a drag begins with one of them. */
const NEAR = ["pointerenter", "pointerdown", "focus"] as const;

function apply(pane: HTMLElement, { halves, divider }: Change): void {
  if (halves) {
    pane.dataset.halves = halves;
    for (const button of document.querySelectorAll<HTMLElement>("[data-shows-halves]"))
      button.setAttribute("aria-pressed", String(button.dataset.showsHalves === halves));
  }
  if (divider === null) delete pane.dataset.divider;
  else if (divider) pane.dataset.divider = String(divider);
}

/**
 * 1, 2 and 3 beside the text, as do its other plain keys: on a passage that one stepped out to, or on the tabs. With Alt
 * and Shift anywhere, by the key's place, since the two make other characters of digits. (Control and Alt make headings.)
 */
function halvesOf(event: KeyboardEvent): HalvesShown | undefined {
  const { key, code, altKey, shiftKey, ctrlKey, metaKey, target } = event;
  if (event.isComposing || ctrlKey || metaKey || altKey !== shiftKey) return undefined;
  const digit = altKey ? /^Digit([123])$/.exec(code)?.[1] : /^[123]$/.exec(key)?.[0];
  const halves = digit && HALVES_SHOWN[Number(digit) - 1];
  if (!halves || altKey) return halves || undefined;
  const element = target as HTMLElement;
  const isBeside = !element.isContentEditable && element.matches("button");
  return isBeside && element.closest(".tabs, .passages") ? halves : undefined;
}

/** The passage that one looks at stays where it is on the screen, though others above it become lower or higher. */
export function keepingPlace(change: () => void): void {
  const passage = passageInView();
  const before = passage?.getBoundingClientRect().top;
  change();
  if (!passage || before === undefined) return;
  const mend = () => scrollBy(0, passage.getBoundingClientRect().top - before);
  mend();
  // Rows that came to be on the screen are laid out only then.
  requestAnimationFrame(mend);
}

/** The one with the caret where it is on the screen, else the first that is. */
function passageInView(): HTMLElement | null {
  const { clientHeight } = document.documentElement;
  const isInView = (row: Element) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > BAR_PX && top < clientHeight;
  };
  const rows = [...document.querySelectorAll<HTMLElement>(".passages > .passage")];
  const here = rows.find((row) => row.classList.contains("here"));
  return here && isInView(here) ? here : (rows.find(isInView) ?? null);
}

/** About as much of the top as the bar covers. */
const BAR_PX = 52;

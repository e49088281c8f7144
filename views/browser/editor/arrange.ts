/**
 * Whole passages, chosen and carried: what of it is always there. A set of rows outside the selection in the text, drawn
 * as classes of their sections. Esc out of the text or a press on a grip leads to the rest
 * (`arrange-mode.ts`), which is loaded then.
 */
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { gripId } from "../../chapters/passage-view.ts";
import { holdKeys, holdPointer, onUse } from "../on-use.ts";
import type { Arranging } from "./arrange-mode.ts";
import { type ArrangedRow, arrangedRows, rowOfPassage } from "./arrange-rows.ts";
import {
  type Arranged,
  type ArrangeParts,
  gripped,
  key,
  NOTHING_CHOSEN,
  type Shown,
} from "./arrange-state.ts";
import { cellOf } from "./place.ts";

export function arranging(parts: ArrangeParts): Plugin<Shown> {
  let mode: Arranging | undefined;
  let isPressHeld = false;
  const module = onUse(() => import("./arrange-mode.ts"));
  const load = async (view: EditorView): Promise<Arranging> => {
    const { openArranging } = await module();
    mode ??= openArranging(view, parts);
    return mode;
  };

  async function begin(view: EditorView, passage: string): Promise<void> {
    // At once: what is pressed next is no more for the text.
    const grip = document.getElementById(gripId(passage));
    grip?.focus();
    const isStill = () => document.activeElement === grip && !view.isDestroyed;
    const pressAgain = holdKeys(
      view.dom,
      (event) =>
        gripped(event) && (!(event.ctrlKey || event.metaKey) || /^[acxyz]$/i.test(event.key)),
    );
    const mode = await load(view).catch(() => null);
    const isOn = mode !== null && isStill() && view.editable;
    if (isOn) mode.enter(passage);
    // Without the network it may be had a moment later.
    else if (isStill()) view.focus();
    pressAgain(isOn);
  }

  /** What is dragged or pressed before the rest is here is done when it is. */
  async function pressLate(view: EditorView, press: PointerEvent): Promise<void> {
    isPressHeld = true;
    const held = holdPointer(press, gripped);
    const arrange = await load(view).catch(() => null);
    isPressHeld = false;
    for (const event of held()) {
      if (event.type !== "pointerdown") dispatchEvent(new PointerEvent(event.type, event));
      else if (event.button === 0 && view.editable) arrange?.press(event, gripped(event)!);
    }
  }

  return new Plugin<Shown>({
    key,
    state: {
      init: () => ({ ...NOTHING_CHOSEN, drawn: DecorationSet.empty }),
      apply(tr, before, _, { doc }) {
        const next: Arranged = tr.getMeta(key) ?? before;
        if (next === before && !tr.docChanged) return before;
        if (next.chosen.size === 0) return { ...NOTHING_CHOSEN, drawn: DecorationSet.empty };
        return { ...next, drawn: DecorationSet.create(doc, draw(arrangedRows(doc), next)) };
      },
    },
    view(view) {
      const { dom } = view;
      const over = (event: Event) => {
        if (gripped(event)) void load(view).catch(() => {});
      };
      const press = (event: PointerEvent) => {
        const passage = gripped(event);
        if (!passage || event.button !== 0 || !view.editable) return;
        event.preventDefault();
        if (mode) mode.press(event, passage);
        else if (!isPressHeld) void pressLate(view, event);
      };
      const stepOut = (event: KeyboardEvent) => {
        const beside = (event.target as Element).closest(".take-cell");
        const passage = beside?.closest<HTMLElement>("[data-passage]")?.dataset.passage;
        if (event.key !== "Escape" || event.defaultPrevented || !passage || !view.editable) return;
        event.preventDefault();
        void begin(view, passage);
      };
      dom.addEventListener("pointerover", over);
      dom.addEventListener("pointerdown", press);
      dom.addEventListener("keydown", stepOut);
      return {
        update(_, before) {
          if (before.doc !== view.state.doc) mode?.follow();
        },
        destroy() {
          dom.removeEventListener("pointerover", over);
          dom.removeEventListener("pointerdown", press);
          dom.removeEventListener("keydown", stepOut);
          mode?.close();
        },
      };
    },
    props: {
      decorations: (state) => key.getState(state)?.drawn,
      handleKeyDown(view, event) {
        const { key: name, altKey, ctrlKey, metaKey, shiftKey } = event;
        if (name !== "Escape" || altKey || ctrlKey || metaKey || shiftKey) return false;
        const cell = cellOf(view.state.selection.$head);
        const row = cell && rowOfPassage(arrangedRows(view.state.doc), cell.passage);
        if (row) void begin(view, row.id);
        return row !== null;
      },
    },
  });
}

function draw(rows: ArrangedRow[], { chosen, isCarried, drop }: Arranged): Decoration[] {
  return rows.flatMap((row) =>
    row.parts.flatMap(({ from, to }, at) => {
      const isChosen = chosen.has(row.id);
      const edge = drop?.side === "before" ? 0 : row.parts.length - 1;
      const names = [
        isChosen && "chosen",
        isChosen && isCarried && "carried",
        drop?.row === row.id && at === edge && `drops-${drop.side}`,
      ].filter(Boolean);
      return names.length > 0 ? [Decoration.node(from, to, { class: names.join(" ") })] : [];
    }),
  );
}

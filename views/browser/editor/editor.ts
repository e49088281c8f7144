/** The editor of a chapter: takes over the rows that came with the page, in place. */
import { baseKeymap } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { newDocument } from "../../../src/documents/model/document.ts";
import { readChapter, readRows } from "../../../src/documents/model/rows.ts";
import { schema } from "../../../src/documents/model/schema.ts";
import { textOf } from "../../../src/documents/model/text.ts";
import { PASSAGES_ID } from "../../chapters/passage-view.ts";
import { startSaveChip } from "../save-chip.ts";
import { rowsBinding } from "./binding.ts";
import { cells, tabOutOf } from "./cells.ts";
import { format } from "./format.ts";
import { furnish } from "./furniture.ts";
import { pasting } from "./paste.ts";
import { cellOf } from "./place.ts";
import { startStanding } from "./standing.ts";
import { focusCell, newPassage, structure } from "./structure.ts";
import { openSync } from "./sync.ts";
import { startTakes } from "./takes.ts";
import { typing } from "./typing.ts";
import { undoing } from "./undo.ts";

export type Editor = {
  /** The notes of a passage's row as plain text. */
  notesOf(passage: string): string;
  /** The passage that the caret is in. */
  current(): string | null;
  /** Settles when what was typed is kept, or it is known that it will not be soon. */
  flush(withinMs: number): Promise<void>;
  /** All that was typed outlives this page. */
  isSafe(): boolean;
  /** After fragments were swapped. */
  look(): void;
};

/** @param process lets htmx take in elements that came to be here */
export function startEditor(process: (element: HTMLElement) => void): Editor | null {
  const place = document.getElementById(PASSAGES_ID);
  const bucket = place?.dataset.document;
  if (!place || !bucket) return null;
  const account = document.body.dataset.account ?? "";
  const doc = newDocument();
  let view: EditorView | undefined;

  const sync = openSync(doc, { account, bucket }, () => {
    chip.update();
    const isEditable = sync.state().mayWrite;
    if (view && view.editable !== isEditable) view.setProps({ editable: () => isEditable });
  });
  const chip = startSaveChip(sync.state, () => unkeptText(doc, sync.unkept()));
  const standing = startStanding(doc);
  const undo = undoing(doc);

  void sync.ready.then(() => {
    const { plugin, piecesOf } = furnish(process);
    const language = place.closest<HTMLElement>("[lang]")?.lang ?? "en";
    const state = EditorState.create({
      schema,
      doc: readChapter(doc),
      plugins: [
        ...typing(language),
        structure(doc, undo),
        ...cells(),
        format(),
        ...undo.plugins,
        keymap(baseKeymap),
        pasting(),
        plugin,
        rowsBinding(doc),
      ],
    });
    // Taken out first: they come back where the editor puts them, the same elements.
    for (const { id } of readRows(doc)) piecesOf(id);
    view = new EditorView(
      { mount: place },
      {
        state,
        editable: () => sync.state().mayWrite,
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "Chapter" },
      },
    );
    place.addEventListener("keydown", (event) => {
      if ((event.target as Element).closest(".take-cell")) tabOutOf(view!, event);
    });
    standing.look();
    const first = readRows(doc)[0];
    if (place.dataset.begin && first && document.activeElement === document.body)
      focusCell(view, first.id, "notes");
    place.dataset.ready = "true";
  });

  document.querySelector("[data-new-passage]")?.addEventListener("click", () => {
    if (view) newPassage(view, doc, undo, "end");
  });
  startTakes({ doc, bucket, sync, undo, look: standing.look });

  for (const event of ["online", "focus"]) addEventListener(event, sync.hurry);
  document.addEventListener("visibilitychange", sync.hurry);
  const isSafe = () => {
    const { isKept, isStored } = sync.state();
    return isKept || isStored || chip.isCopied();
  };
  addEventListener("beforeunload", (event) => {
    if (!isSafe()) event.preventDefault();
  });

  return {
    notesOf(passage) {
      const row = readRows(doc).find(({ passages }) => passages.includes(passage));
      return row ? textOf(row.notes) : "";
    },
    current: () =>
      view?.hasFocus() ? (cellOf(view.state.selection.$head)?.passage ?? null) : null,
    flush: (withinMs) => sync.kept(withinMs).catch(() => {}),
    isSafe,
    look: standing.look,
  };
}

/** Rows with words that the studio does not have, as plain text. */
function unkeptText(doc: ReturnType<typeof newDocument>, unkept: ReadonlySet<string>): string {
  return readRows(doc)
    .filter(({ passages }) => passages.some((id) => unkept.has(id)))
    .map(({ notes, prose }) => [textOf(notes), textOf(prose)].filter(Boolean).join("\n\n"))
    .filter(Boolean)
    .join("\n\n");
}

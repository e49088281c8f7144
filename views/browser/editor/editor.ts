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
import type { Typography } from "../../chapters/typography.ts";
import { onUse } from "../on-use.ts";
import { startSaveChip } from "../save-chip.ts";
import { leaveForGood } from "../sign-out.ts";
import { arranging } from "./arrange.ts";
import { rowsBinding } from "./binding.ts";
import { cells, tabOutOf } from "./cells.ts";
import { changedWords } from "./changed-words.ts";
import { format } from "./format.ts";
import { furnish } from "./furniture.ts";
import { pasting } from "./paste.ts";
import { watchPauses } from "./pauses.ts";
import { cellOf } from "./place.ts";
import { remembering } from "./remember.ts";
import { watchRemoved } from "./removed.ts";
import { shown } from "./shown.ts";
import { focusCell, newPassage, structure } from "./structure.ts";
import { openSync, type SyncState } from "./sync.ts";
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
  /** The account leaves this device: nothing more is sent or written, and nothing asks to stay. */
  leave(): void;
  /** After fragments were swapped. */
  look(): void;
  /** Tells of each change that is made on this page, by whatever means. */
  onChange(heard: () => void): void;
};

/** @param process lets htmx take in elements that came to be here */
export function startEditor(process: (element: HTMLElement) => void): Editor | null {
  const place = document.getElementById(PASSAGES_ID);
  const bucket = place?.dataset.document;
  if (!place || !bucket) return null;
  const account = document.body.dataset.account ?? "";
  const doc = newDocument();
  let view: EditorView | undefined;

  let hasLeft = false;
  const leave = () => {
    hasLeft = true;
    sync.leave();
  };

  const sync = openSync(
    doc,
    { account, bucket, shown: place.dataset.state },
    () => {
      if (hasLeft) return;
      chip.update();
      renew(sync.state().session);
      const isEditable = sync.state().mayWrite;
      if (!view || view.editable === isEditable) return;
      view.setProps({ editable: () => isEditable });
      // What a writer may do beside writing did not come with the page of a reader.
      if (isEditable && place.closest("[data-reads]")) location.reload();
    },
    // Another page of this account signed out and took its words off the device.
    () => {
      leave();
      leaveForGood();
    },
  );
  const chip = startSaveChip({
    state: sync.state,
    waiting: () => unkeptText(doc, sync.unkept()),
    again: sync.again,
  });
  /** Loaded when a session has ended for the first time. */
  const renewal = onUse(async () => (await import("../renewal.ts")).startRenewal(sync.hurry));
  let hasEnded = false;
  function renew(session: SyncState["session"]): void {
    hasEnded ||= session !== "ours";
    // What did not come without a network is asked for again at the next change.
    if (hasEnded)
      renewal().then(
        ({ update }) => update(sync.state().session),
        () => {},
      );
  }
  const standing = onUse(async () => (await import("./standing.ts")).startStanding(doc));
  const look = () =>
    void standing().then(
      (marks) => marks.look(),
      () => {},
    );
  const undo = undoing(doc);

  void sync.ready.then(() => {
    const { plugin, piecesOf } = furnish(process);
    const language = JSON.parse(place.dataset.typography ?? "null") as Typography | null;
    const state = EditorState.create({
      schema,
      doc: readChapter(doc),
      plugins: [
        ...typing(language),
        structure(doc, undo),
        ...cells(),
        ...format(),
        ...undo.plugins,
        keymap(baseKeymap),
        pasting(),
        plugin,
        arranging({ doc, undo }),
        changedWords({ doc, bucket, sync }),
        rowsBinding(doc),
        remembering(bucket),
        shown(),
      ],
    });
    // Taken out first: they come back where the editor puts them, the same elements.
    for (const { id } of readRows(doc)) piecesOf(id);
    view = new EditorView(
      { mount: place },
      {
        state,
        editable: () => sync.state().mayWrite,
        attributes: {
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": "Chapter",
          spellcheck: "true",
          autocapitalize: "sentences",
          // A browser that translates the page would write its translation into the book.
          translate: "no",
        },
      },
    );
    place.addEventListener("keydown", (event) => {
      if ((event.target as Element).closest(".take-cell")) tabOutOf(view!, event);
    });
    // Behind the first key: the page came with its marks.
    setTimeout(look);
    const first = readRows(doc)[0];
    if (place.dataset.begin && first && document.activeElement === document.body)
      focusCell(view, first.id, "notes");
    place.dataset.ready = "true";
  });

  document.querySelector("[data-new-passage]")?.addEventListener("click", () => {
    if (view) newPassage(view, doc, undo, "end");
  });
  startTakes({ doc, bucket, sync, undo, view: () => view, look });
  watchRemoved({ doc, undo, sync });
  watchPauses({ doc, sync });

  for (const event of ["online", "focus"]) addEventListener(event, sync.hurry);
  document.addEventListener("visibilitychange", sync.hurry);
  const isSafe = () => {
    const { isKept, isStored } = sync.state();
    return hasLeft || isKept || isStored || chip.isCopied();
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
    leave,
    look,
    onChange: (heard) =>
      doc.on("afterTransaction", ({ local, changed }) => {
        if (local && changed.size > 0) heard();
      }),
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

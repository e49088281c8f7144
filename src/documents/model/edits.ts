/** How a program edits a chapter: `POST /api/documents/:bucket/edits`. Text is Markdown. */
import * as Y from "yjs";
import { insertPassage, movePassage, type Place, removePassage, replaceHalf } from "./commands.ts";
import { newDocument, passagesOf, STRUCTURE } from "./document.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { HALVES, type Half } from "./schema.ts";

type Text = Partial<Record<Half, string>>;

export type Edit =
  /** At the end, unless it says where. */
  | ({ edit: "insert"; place?: Place } & Text)
  /** What is not given stays. */
  | ({ edit: "replace"; passage: string } & Text)
  | { edit: "move"; passage: string; place: Place }
  | { edit: "remove"; passage: string };

/** Which edit cannot be made, and why. */
export class EditError extends Error {
  constructor(
    /** From 0. */
    readonly index: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "EditError";
  }
}

/**
 * Makes all edits, each on what those before it left, in one transaction; or none.
 * @returns the passage that each was about.
 * @throws EditError
 */
export function applyEdits(doc: Y.Doc, edits: readonly Edit[], now: Date): string[] {
  const draft = newDocument();
  Y.applyUpdate(draft, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(draft);
  const passages = edits.map((edit, index) => {
    try {
      return apply(draft, edit, now);
    } catch (error) {
      if (error instanceof RangeError) throw new EditError(index, error.message, { cause: error });
      throw error;
    }
  });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(draft, before), STRUCTURE);
  return passages;
}

function apply(doc: Y.Doc, edit: Edit, now: Date): string {
  switch (edit.edit) {
    case "insert": {
      const content = Object.fromEntries(
        HALVES.filter((half) => edit[half] !== undefined).map((half) => [
          half,
          parseMarkdown(edit[half]!, half),
        ]),
      );
      return insertPassage(doc, edit.place ?? "end", content);
    }
    case "replace":
      if (passagesOf(doc).get(edit.passage)?.has("gone") !== false)
        throw new RangeError(`There is no passage ${edit.passage} in the chapter.`);
      for (const half of HALVES)
        if (edit[half] !== undefined)
          replaceHalf(doc, edit.passage, half, parseMarkdown(edit[half], half));
      return edit.passage;
    case "move":
      movePassage(doc, edit.passage, edit.place);
      return edit.passage;
    case "remove":
      removePassage(doc, edit.passage, now);
      return edit.passage;
  }
}

/** A pitch as JSON (`pitch-v1`): what its document said at one moment, section by section. */
import * as Y from "yjs";
import type { Db } from "../database.ts";
import { newDocument } from "../documents/model/document.ts";
import type { ChapterV1, PitchV1 } from "../schemas/types.ts";
import { figuresOf, readSections } from "./sections.ts";
import { templateOf } from "./templates.ts";

/** @param chapter the same document as a chapter's snapshot has it, counted */
export async function pitchSnapshot(
  db: Db,
  bucket: { metadata: Record<string, unknown> },
  { passages, words, changed }: ChapterV1,
  state: Uint8Array,
): Promise<PitchV1> {
  const template = await templateOf(db, bucket);
  const doc = newDocument();
  Y.applyUpdate(doc, state);
  const sections = readSections(doc, template).map(({ section, rows }) => {
    const ids = new Set(rows.flatMap((row) => row.passages));
    return {
      section: section.key,
      title: section.title,
      ...figuresOf({ rows }),
      passages: passages.filter(({ id }) => ids.has(id)),
    };
  });
  return {
    template: template.id,
    sections,
    words,
    blanks: sections.reduce((sum, { blanks }) => sum + blanks.length, 0),
    ...(changed === undefined ? {} : { changed }),
  };
}

/** Asking for a section of a pitch: its template's word on it, and the writer's facts as they stand. */
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { textOf } from "../documents/model/text.ts";
import type { Reading } from "../documents/reading.ts";
import { notFound } from "../problem.ts";
import type { PitchSectionV1 } from "../schemas/types.ts";
import { readSections, type SectionRows } from "./sections.ts";
import { templateOf } from "./templates.ts";

export type SectionAsk = { passage: string; content: PitchSectionV1 };

/**
 * What is asked with for a passage of a pitch.
 * @param facts of that passage as they stand on the asker's page; absent, as they stand in the document
 * @throws 404
 */
export async function sectionAsk(
  db: Db,
  reading: Reading,
  pitch: Pick<Bucket, "id" | "metadata">,
  passage: string,
  { facts, instruction }: { facts?: string | undefined; instruction?: string | undefined } = {},
): Promise<SectionAsk> {
  const template = await templateOf(db, pitch);
  const sections = readSections((await reading.document(db, pitch.id)).doc, template);
  const found = sections.find(({ rows }) =>
    rows.some(({ passages }) => passages.includes(passage)),
  );
  const row = found?.rows.find(({ passages }) => passages.includes(passage));
  if (!found || !row) throw notFound("This passage");
  return {
    passage: row.id,
    content: contentOf(found, sections, facts ?? textOf(row.notes), instruction),
  };
}

function contentOf(
  { section }: SectionRows,
  all: readonly SectionRows[],
  facts: string,
  instruction = "",
): PitchSectionV1 {
  const {
    key,
    title,
    convention,
    words,
    material = "manuscript",
    items,
    frame,
    uses = [],
  } = section;
  const also = all
    .filter(({ section: other }) => uses.includes(other.key))
    .map(({ section: other, rows }) => ({ title: other.title, facts: factsOf(rows) }))
    .filter((other) => other.facts !== "");
  return {
    section: key,
    title,
    convention,
    material,
    facts,
    ...(words ? { words } : {}),
    ...(also.length > 0 ? { also } : {}),
    ...(items ? { items } : {}),
    ...(frame ? { frame } : {}),
    ...(instruction.trim() ? { instruction: instruction.trim() } : {}),
    // Bounded lists are tuples to the generated type.
  } as PitchSectionV1;
}

const factsOf = (rows: SectionRows["rows"]): string =>
  rows
    .map(({ notes }) => textOf(notes))
    .join("\n\n")
    .trim();

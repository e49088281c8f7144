/** Two versions as aligned rows: by their fields, and by the lines of their JSON. */
import { diffArrays } from "diff";
import { type FieldRow, fieldsOf } from "./page-fields.ts";

/** Differing lines that are still aligned; beyond, one is shown below the other. */
const MOST_EDITS = 4_000;
/** Lines of JSON that are shown of one version. */
export const MOST_LINES = 3_000;

export type Sign = "same" | "changed" | "removed" | "added";
export type Aligned<Row> = { sign: Sign; before: Row | null; after: Row | null };

export function alignedFields(before: unknown, after: unknown): Aligned<FieldRow>[] {
  const [left, right] = [fieldsOf(before), fieldsOf(after)];
  return aligned(left, right, (a, b) => a.key === b.key).map((row) =>
    row.before && row.after && !isSame(row.before, row.after) ? { ...row, sign: "changed" } : row,
  );
}

const isSame = (a: FieldRow, b: FieldRow) => a.own === b.own && a.words === b.words;

/** Lines that were replaced by as many stand beside each other. */
export function alignedLines(before: unknown, after: unknown): Aligned<string>[] {
  // A comma more is no change: another line came behind.
  const bare = (line: string) => line.replace(/,$/, "");
  const rows = aligned(linesOf(before), linesOf(after), (a, b) => bare(a) === bare(b));
  const made: Aligned<string>[] = [];
  for (let i = 0; i < rows.length; ) {
    const gone = run(rows, i, "removed");
    const come = run(rows, i + gone.length, "added");
    const paired = Math.min(gone.length, come.length);
    for (let j = 0; j < Math.max(gone.length, come.length); j++)
      made.push({
        sign: j < paired ? "changed" : j < gone.length ? "removed" : "added",
        before: gone[j]?.before ?? null,
        after: come[j]?.after ?? null,
      });
    i += gone.length + come.length;
    if (gone.length + come.length === 0) made.push(rows[i++]!);
  }
  return made;
}

export const linesOf = (schema: unknown): string[] =>
  (JSON.stringify(schema, null, 2) ?? "").split("\n").slice(0, MOST_LINES);

function run(rows: readonly Aligned<string>[], from: number, sign: Sign): Aligned<string>[] {
  let to = from;
  while (rows[to]?.sign === sign) to++;
  return rows.slice(from, to);
}

function aligned<Row>(
  left: Row[],
  right: Row[],
  comparator: (a: Row, b: Row) => boolean,
): Aligned<Row>[] {
  const changes = diffArrays(left, right, { comparator, maxEditLength: MOST_EDITS });
  if (!changes)
    return [
      ...left.map((before) => ({ sign: "removed" as const, before, after: null })),
      ...right.map((after) => ({ sign: "added" as const, before: null, after })),
    ];
  let at = 0;
  return changes.flatMap(({ value, added, removed, count }) => {
    // What both have comes in the words of the newer one.
    const rows = value.map((row, i): Aligned<Row> => {
      if (added) return { sign: "added", before: null, after: row };
      if (removed) return { sign: "removed", before: row, after: null };
      return { sign: "same", before: left[at + i]!, after: row };
    });
    if (!added) at += count;
    return rows;
  });
}

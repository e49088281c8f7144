/** Two versions laid side by side, with each change in words. What is long may take long: runs in the process of `confined/`. */
import { type Change, changesOf } from "./page-changes.ts";
import type { FieldRow } from "./page-fields.ts";
import { type Aligned, alignedFields, alignedLines } from "./page-rows.ts";

/** JSON texts. */
export type ApartInput = { before: string; after: string; asLines: boolean };

export type Apart = {
  fields: Aligned<FieldRow>[];
  /** Of the JSON; null where they were not asked for. */
  lines: Aligned<string>[] | null;
  changes: Change[];
};

export function toldApart({ before, after, asLines }: ApartInput): Apart {
  const [older, newer] = [JSON.parse(before) as unknown, JSON.parse(after) as unknown];
  return {
    fields: alignedFields(older, newer),
    lines: asLines ? alignedLines(older, newer) : null,
    changes: changesOf(older, newer),
  };
}

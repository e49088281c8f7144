/** What an import does not take over, as its writer is told. */
type Kind = "image" | "footnote" | "table" | "change" | "comment" | "formula" | "formatting";

const SAYS: Record<Kind, [one: string, many: string]> = {
  image: ["1 picture is left out.", "pictures are left out."],
  footnote: ["1 footnote is left out, with its text.", "footnotes are left out, with their text."],
  table: ["The words of 1 table become paragraphs.", "tables: their words become paragraphs."],
  change: ["1 tracked change is taken as accepted.", "tracked changes are taken as accepted."],
  comment: ["1 comment is left out.", "comments are left out."],
  formula: ["1 formula is left out.", "formulas are left out."],
  formatting: [
    "Underlining, struck or raised letters, once: the words stay.",
    "places with underlining, struck or raised letters: the words stay.",
  ],
};

export function lossSentence({ kind, count }: { kind: string; count: number }): string {
  const says = SAYS[kind as Kind];
  if (!says) return `${kind}: ${count}`;
  return count === 1 ? says[0] : `${count.toLocaleString("en")} ${says[1]}`;
}

/** What a section is made of: the chapters in short, the codex, and what the studio itself knows of the book. */
import type { BlobIn, Place, RunContext, Schemas } from "../../src/processors/sdk.ts";
import { countOf } from "./words.ts";

type Finds = Pick<RunContext<"pitch-section-v1">, "find" | "places">;

/** How a chapter is told. */
export type Told = {
  id: string;
  number: number;
  name: string;
  text: string;
  by: "summary" | "excerpt";
};

export type Material = {
  book: string;
  author: string;
  /** BCP 47, as the book says it. */
  language: string | undefined;
  /** Of prose. */
  words: number;
  chapters: Told[];
  codex: Schemas["codex-entry-v1"][];
};

/** Of a chapter that nobody told in short: its first and its last words. */
const FIRST_WORDS = 140;
const LAST_WORDS = 140;

export async function gather({ find, places }: Finds, withBook: boolean): Promise<Material> {
  const above = await places();
  const [pitch] = above;
  const book = above.find(({ type }) => type === "book");
  const metadata = { ...pitch?.metadata, ...book?.metadata } as Record<string, unknown>;
  const text = (name: string) => (typeof metadata[name] === "string" ? metadata[name] : "");
  const known = {
    book: book?.name ?? pitch?.name ?? "",
    author: text("author"),
    language: text("language") || undefined,
  };
  if (!withBook || !book) return { ...known, words: 0, chapters: [], codex: [] };
  const [snapshots, summaries, codex] = (await Promise.all([
    find({ schema: "chapter-v1" }),
    find({ schema: "chapter-summary-v1" }),
    find({ schema: "codex-entry-v1" }),
  ])) as [BlobIn<"chapter-v1">[], BlobIn<"chapter-summary-v1">[], BlobIn<"codex-entry-v1">[]];
  const chapters = (book.chapters ?? []).flatMap((chapter, at): Told[] => {
    const snapshot = snapshots.find(({ bucket }) => bucket === chapter.id);
    if (!snapshot) return [];
    const told = tellingOf(chapter, snapshot, summaries);
    return told.text === ""
      ? []
      : [{ ...told, id: chapter.id, number: at + 1, name: chapter.name }];
  });
  const own = new Set((book.chapters ?? []).map(({ id }) => id));
  return {
    ...known,
    words: snapshots
      .filter(({ bucket }) => own.has(bucket))
      .reduce((sum, { content }) => sum + content.words.prose, 0),
    chapters,
    codex: codex.map(({ content }) => content),
  };
}

/** A summary counts while its chapter is as it was told; else what stands there now, the old summary before it. */
function tellingOf(
  { id }: NonNullable<Place["chapters"]>[number],
  snapshot: BlobIn<"chapter-v1">,
  summaries: BlobIn<"chapter-summary-v1">[],
): Pick<Told, "text" | "by"> {
  const summary = summaries.find(({ bucket }) => bucket === id)?.content;
  if (summary?.chapterRevision === snapshot.revision) return { text: summary.text, by: "summary" };
  const excerpt = endsOf(proseOf(snapshot.content));
  if (!summary) return { text: excerpt, by: "excerpt" };
  return { text: `${summary.text}\n[As it begins and ends now:] ${excerpt}`, by: "excerpt" };
}

type Node = { type: string; text?: string; content?: Node[] };

/** Notes stand in for prose that is still to be written. */
function proseOf({ passages }: Schemas["chapter-v1"]): string {
  const of = (half: "prose" | "notes") =>
    passages
      .map((passage) => (passage[half] as Node[]).map(textOf).filter(Boolean).join("\n"))
      .filter(Boolean)
      .join("\n");
  const prose = of("prose");
  if (prose !== "") return prose;
  const notes = of("notes");
  return notes === "" ? "" : `[Planned:] ${notes}`;
}

function textOf({ type, text = "", content = [] }: Node): string {
  if (type === "text") return text;
  if (type === "hard_break") return "\n";
  return content.map(textOf).join(type === "paragraph" || type === "heading" ? "" : "\n");
}

export function endsOf(text: string, first = FIRST_WORDS, last = LAST_WORDS): string {
  if (countOf(text) <= first + last) return text;
  const words = text.split(/\s+/);
  return `${words.slice(0, first).join(" ")} […] ${words.slice(-last).join(" ")}`;
}

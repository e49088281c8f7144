/** What is compiled: a book as the formats see it, made of a build's settings and the snapshots of its chapters. */
import { createHash } from "node:crypto";
import type { BlobIn, Place, RunContext } from "../../src/processors/sdk.ts";
import { type Block, readable, textOfBlocks } from "./blocks.ts";
import { type Cover, coverOf } from "./cover.ts";
import { refused, type Settings } from "./settings.ts";

export type Chapter = {
  /** Of its bucket. */
  id: string;
  title: string;
  /** What stands above the title. */
  label: string | null;
  blocks: Block[];
  blob: string;
  revision: number;
  words: number;
  /** Of its prose, so that anybody can tell whether it is another by now. */
  hash: string;
};

/** A page that is no chapter; paragraphs of plain text. */
export type Leaf = {
  kind: "copyright" | "dedication" | "epigraph" | "acknowledgements" | "about";
  title: string;
  paragraphs: string[];
};

export type Book = {
  /** Of its bucket: the same through every compiling. */
  id: string;
  title: string;
  subtitle: string | null;
  author: string;
  /** BCP 47. */
  language: string;
  direction: "ltr" | "rtl";
  /** When the newest of it was written: what the same book gives is the same to the byte. */
  modified: Date;
  chapters: Chapter[];
  front: Leaf[];
  back: Leaf[];
  cover: Cover;
  words: number;
  settings: Settings;
};

/** Chapters that a book may be compiled of; what a tree may hold in breadth is less. */
const CHAPTERS_LIMIT = 2_000;
const UNTITLED = "Untitled";
/** Of those that are written from the right. */
const RTL = new Set([
  "ar",
  "arc",
  "ckb",
  "dv",
  "fa",
  "he",
  "ks",
  "nqo",
  "ps",
  "sd",
  "syr",
  "ug",
  "ur",
  "yi",
]);
/** A book without anything dated, and the oldest that ZIP can say. */
const EPOCH = new Date(Date.UTC(1980, 0, 1));

/** @throws RunError where there is nothing to compile, or the settings do not hold */
export async function gather(context: RunContext<"compile-settings-v1">): Promise<Book> {
  const settings = context.blob.content;
  const place = (await context.places()).find(({ type }) => type === "book");
  if (!place) throw refused("no-book", "This build lies in no book. Make it in one.");
  const { metadata } = place;
  const language = languageOf(settings.language || text(metadata.language) || "en");
  const chapters = await chaptersOf(context, settings, place);
  const dates = chapters.flatMap(({ updatedAt }) => (updatedAt ? [updatedAt.getTime()] : []));
  const title = settings.title || place.name || UNTITLED;
  const author = settings.author || text(metadata.author);
  return {
    id: place.id,
    title,
    subtitle: settings.subtitle || null,
    author,
    language: language.toString(),
    direction: RTL.has(language.language) ? "rtl" : "ltr",
    // Whole seconds: EPUB knows no finer ones.
    modified: dates.length ? new Date(Math.floor(Math.max(...dates) / 1_000) * 1_000) : EPOCH,
    chapters: chapters.map(({ updatedAt: _, ...chapter }) => chapter),
    front: leaves(settings, ["copyright", "dedication", "epigraph"]),
    back: leaves(settings, ["acknowledgements", "about"]),
    cover: await coverOf(context, settings, { id: place.id, title, author }),
    words: chapters.reduce((sum, { words }) => sum + words, 0),
    settings,
  };
}

type Dated = Chapter & { updatedAt: Date | undefined };

async function chaptersOf(
  context: RunContext<"compile-settings-v1">,
  settings: Settings,
  { chapters = [] }: Place,
): Promise<Dated[]> {
  const { order = [], leftOut = [] } = settings;
  const rank = new Map(order.map((id, at) => [id, at]));
  const wanted = chapters
    .map((chapter, at) => ({ ...chapter, rank: rank.get(chapter.id) ?? order.length + at }))
    .filter(({ id }) => !leftOut.includes(id))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, CHAPTERS_LIMIT);
  const found: Dated[] = [];
  for (const { id, name } of wanted) {
    if (context.signal.aborted) throw context.signal.reason;
    const [snapshot] = (await context.find({
      schema: "chapter-v1",
      bucket: id,
      limit: 1,
    })) as BlobIn<"chapter-v1">[];
    if (!snapshot) continue;
    const { content, revision, updatedAt } = snapshot;
    const blocks = readable(content.passages.flatMap(({ prose }) => prose as Block[]));
    if (blocks.length === 0) continue;
    const number = found.length + 1;
    found.push({
      id,
      title: name.trim() || UNTITLED,
      label: { none: null, number: String(number), chapter: `Chapter ${number}` }[
        settings.numbers ?? "none"
      ],
      blocks,
      blob: snapshot.id,
      revision,
      words: wordsIn(blocks),
      hash: createHash("sha256")
        .update(JSON.stringify(content.passages.map(({ prose }) => prose)))
        .digest("hex"),
      updatedAt,
    });
  }
  if (found.length === 0)
    throw refused(
      "nothing-to-compile",
      "There is no prose in any chapter of this build. Write some, or take chapters in.",
    );
  return found;
}

const wordsIn = (blocks: Block[]): number =>
  [...new Intl.Segmenter("en", { granularity: "word" }).segment(textOfBlocks(blocks))].filter(
    ({ isWordLike }) => isWordLike,
  ).length;

const TITLES: Record<Leaf["kind"], string> = {
  copyright: "Copyright",
  dedication: "Dedication",
  epigraph: "Epigraph",
  acknowledgements: "Acknowledgements",
  about: "About the author",
};

const leaves = (settings: Settings, kinds: Leaf["kind"][]): Leaf[] =>
  kinds.flatMap((kind) => {
    const paragraphs = (settings[kind] ?? "")
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter(Boolean);
    return paragraphs.length ? [{ kind, title: TITLES[kind], paragraphs }] : [];
  });

function languageOf(tag: string): Intl.Locale {
  try {
    return new Intl.Locale(tag);
  } catch {
    throw refused(
      "language",
      `“${tag}” is no language tag. English is en, Brazilian Portuguese pt-BR.`,
    );
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

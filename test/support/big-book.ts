/**
 * A book of any length, the same for the same seed, with everything prose may have: emphasis, headings, quotes, lists,
 * links, scene breaks, letters that run from the right, Chinese and Japanese, emoji, and signs that mean something to
 * formats. It is written through the API, as documents.
 */
import { randomOf } from "../fuzz/random.ts";
import type { Client } from "./client.ts";

export type BigChapter = { name: string; passages: { notes: string; prose: string }[] };
export type BigBook = { name: string; author: string; language: string; chapters: BigChapter[] };

/** Words of one passage, about. */
const PASSAGE_WORDS = 250;
/** Edits of one request: well below what a body may have. */
const EDITS_AT_ONCE = 20;

const WORDS =
  "the lamp was burning when she reached gallery and nobody had lit it fog came over the rock by four in the afternoon Hester counted steps matches fathoms inches of paraffin in the tank until the count stopped coming out there is a log that knows what the weather will do it knows other things besides a careful woman keeps her hands busy with small true measures salt lay on every sill like flour the key turned twice below and the door stood open".split(
    " ",
  );
const HEBREW = "שלום עולם והים היה שקט והמגדלור דלק כל הלילה";
const ARABIC = "كان المصباح مشتعلا حين وصلت إلى الشرفة ولم يكن هناك أحد";
const CHINESE = "然后她走到灯塔的尽头，雾从海上来，没有人点亮那盏灯。";
const JAPANESE = "霧が海から来て、誰も灯りをつけなかった。";

/** @param seed the same seed gives the same book */
export function bigBook({ seed = 1, words = 100_000, chapters = 40 } = {}): BigBook {
  const random = randomOf(seed).next;
  const each = Math.ceil(words / chapters);
  return {
    name: "The Salt Ledger",
    author: "Marian Oake",
    language: "en-GB",
    chapters: Array.from({ length: chapters }, (_, at) => ({
      name: at % 7 === 6 ? `Low <Water> & ${at + 1} “knots”` : `The Fog Signal ${at + 1}`,
      passages: Array.from({ length: Math.ceil(each / PASSAGE_WORDS) }, (_, part) => ({
        notes: `She finds what chapter ${at + 1} hides, part ${part + 1}.`,
        prose: passage(random, at, part),
      })),
    })),
  };
}

type Random = () => number;

function passage(random: Random, chapter: number, part: number): string {
  const pieces: string[] = [];
  let left = PASSAGE_WORDS;
  while (left > 0) {
    const count = Math.min(left, 30 + Math.floor(random() * 60));
    pieces.push(paragraph(random, count));
    left -= count;
  }
  const special = SPECIALS[(chapter * 3 + part) % SPECIALS.length]!;
  pieces.splice(1, 0, special(random));
  return pieces.join("\n\n");
}

/** Sentences, here and there a word that is stressed or linked. */
function paragraph(random: Random, count: number): string {
  const words: string[] = [];
  let since = 0;
  for (let at = 0; at < count; at++) {
    let word = WORDS[Math.floor(random() * WORDS.length)]!;
    const first = since === 0;
    if (first) word = word[0]!.toUpperCase() + word.slice(1);
    const luck = random();
    if (luck < 0.01) word = `*${word}*`;
    else if (luck < 0.015) word = `**${word}**`;
    else if (luck < 0.018) word = `[${word}](https://example.org/${at}?a=1&b=2)`;
    since++;
    const ends = at === count - 1 || (since > 6 && random() < 0.12);
    if (ends) since = 0;
    words.push(ends ? `${word}.` : word);
  }
  return words.join(" ");
}

const SPECIALS: ((random: Random) => string)[] = [
  () => "***",
  (random) => `## ${paragraph(random, 4).replace(/\.$/, "")}`,
  (random) => `> ${paragraph(random, 20)}\n>\n> ${paragraph(random, 12)}`,
  (random) =>
    `- ${paragraph(random, 5)}\n- ${paragraph(random, 6)}\n\n3. ${paragraph(random, 5)}\n4. ${paragraph(random, 4)}`,
  () => `${HEBREW}. ${HEBREW}.`,
  () => `${ARABIC}.`,
  () => `${CHINESE}\n\n${JAPANESE}`,
  () => `It cost #5 & “more” than <that>, said @her_self: 100 % of \\$x$, 🌊 e\u0301 \u00a0.`,
  (random) => `${paragraph(random, 6)}\\\n${paragraph(random, 6)}`,
];

/** Writes it into a studio; answers the ids of the book and of its chapters, in their order. */
export async function writeBook(
  client: Client,
  { name, author, language, chapters }: BigBook,
): Promise<{ book: string; chapters: string[] }> {
  const make = async (draft: object) => {
    const { status, body } = await client.post<{ id: string }>("/api/buckets", draft);
    if (status !== 201) throw new Error(`making a bucket: ${status} ${JSON.stringify(body)}`);
    return body.id;
  };
  const book = await make({ type: "book", name, metadata: { author, language } });
  const ids: string[] = [];
  for (const chapter of chapters) {
    const id = await make({ type: "chapter", name: chapter.name, parent: book });
    ids.push(id);
    for (let at = 0; at < chapter.passages.length; at += EDITS_AT_ONCE) {
      const edits = chapter.passages
        .slice(at, at + EDITS_AT_ONCE)
        .map((passage) => ({ edit: "insert", place: "end", ...passage }));
      const { status, body } = await client.post(`/api/documents/${id}/edits`, { edits });
      if (status >= 300) throw new Error(`writing: ${status} ${JSON.stringify(body)}`);
    }
  }
  return { book, chapters: ids };
}

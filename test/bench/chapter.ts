/** Chapters of a given length, as a writer's would be. */
import type { Client } from "../support/client.ts";

/** Words in each half of a passage, and in a paragraph of it. */
const HALF_WORDS = 250;
const PARAGRAPH_WORDS = 50;
/** Passages in one request. */
const AT_ONCE = 100;

const WORDS =
  "the lamp was burning when she reached the gallery and nobody had been there to light it since the fog came in over the ledge".split(
    " ",
  );

/** A chapter of so many words of notes and as many of prose; its id. */
export async function seedChapter(client: Client, words: number): Promise<string> {
  const bucket = { type: "chapter", name: `${words} words`, parent: client.book };
  const { body } = await client.post<{ id: string }>("/api/buckets", bucket);
  const passages = Math.ceil(words / HALF_WORDS);
  for (let from = 0; from < passages; from += AT_ONCE) {
    const edits = Array.from({ length: Math.min(AT_ONCE, passages - from) }, (_, i) => ({
      edit: "insert",
      notes: half(from + i),
      prose: half(from + i + 1),
    }));
    const { status } = await client.post(`/api/documents/${body.id}/edits`, { edits });
    if (status !== 200) throw new Error(`seeding answered ${status}`);
  }
  return body.id;
}

function half(seed: number): string {
  const paragraphs: string[] = [];
  for (let at = 0; at < HALF_WORDS; at += PARAGRAPH_WORDS) {
    const words = Array.from(
      { length: PARAGRAPH_WORDS },
      (_, i) => WORDS[(seed * 7 + (at + i) * 5 + ((at + i) >> 3)) % WORDS.length]!,
    );
    paragraphs.push(`${words.join(" ")}.`);
  }
  return paragraphs.join("\n\n");
}

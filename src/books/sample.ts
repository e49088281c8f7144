/** A book to try things out in: a few pages of a story, some of them still notes only. */
import type { AccountActor } from "../access.ts";
import { createBlob } from "../blobs/blobs.ts";
import type { Bucket } from "../buckets/buckets.ts";
import { createBucket } from "../buckets/create.ts";
import { type Db, transact } from "../database.ts";
import { bringDocument } from "../documents/brought.ts";
import { insertPassage } from "../documents/model/commands.ts";
import { newDocument } from "../documents/model/document.ts";
import { schema } from "../documents/model/schema.ts";
import { paragraphsOf } from "../documents/model/text.ts";
import { SAMPLE_BOOK, type SamplePassage } from "../operations/sample-book.ts";

/** Answers the book, and the chapter where its writer would go on. */
export async function createSampleBook(
  db: Db,
  actor: AccountActor,
  title = SAMPLE_BOOK.title,
): Promise<{ book: Bucket; chapter: Bucket }> {
  return transact(db, async (tx) => {
    const { language, target, chapters, codex } = SAMPLE_BOOK;
    const book = await createBucket(tx, actor, {
      type: "book",
      name: title,
      metadata: { language, target },
    });
    const made: Bucket[] = [];
    for (const { name, passages } of chapters) {
      const chapter = await createBucket(tx, actor, { type: "chapter", name, parent: book.id });
      await bringDocument(tx, chapter, documentOf(passages));
      made.push(chapter);
    }
    const place = await createBucket(tx, actor, { type: "codex", name: "Codex", parent: book.id });
    for (const content of codex)
      await createBlob(tx, actor, { schema: "codex-entry", bucket: place.id, content });
    return { book, chapter: made.at(-1)! };
  });
}

function documentOf(passages: readonly SamplePassage[]) {
  const doc = newDocument();
  for (const { notes, prose = "" } of passages)
    insertPassage(doc, "end", {
      notes: schema.nodes.notes.create(null, paragraphsOf(notes)),
      ...(prose ? { prose: schema.nodes.prose.create(null, paragraphsOf(prose)) } : {}),
    });
  return doc;
}

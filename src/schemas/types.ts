// Made by `bun run types` from schemas/*.json.

/**
 * The metadata of a book.
 */
export interface BucketBookV1 {
author?: string
/**
 * A BCP 47 tag.
 */
language?: string
}
/**
 * The metadata of a chapter. Its words live in its document.
 */
export interface BucketChapterV1 {

}
/**
 * A place for anything.
 */
export interface BucketFolderV1 {

}
/**
 * A take: the prose a model made of an ask.
 */
export interface ExpandedTextV1 {
/**
 * The prose; paragraphs are parted by an empty line.
 */
text: string
/**
 * The model that wrote it.
 */
model: string
/**
 * True when the practice model wrote it.
 */
practice?: boolean
/**
 * Why it ended early: the writer stopped it, the model's limit, a broken stream.
 */
ended?: ("stopped" | "length" | "cut")
}
/**
 * An ask: a copy of a passage's notes at the moment an expansion was asked for. Never edited.
 */
export interface TextInputV1 {
/**
 * The notes, as they stood.
 */
text: string
/**
 * What the writer asked for beside the notes.
 */
instruction?: string
/**
 * How it should sound.
 */
style?: string
}

/** The content of a blob, or the metadata of a bucket, by schema id. */
export type Schemas = {
  "bucket-book-v1": BucketBookV1;
  "bucket-chapter-v1": BucketChapterV1;
  "bucket-folder-v1": BucketFolderV1;
  "expanded-text-v1": ExpandedTextV1;
  "text-input-v1": TextInputV1;
};

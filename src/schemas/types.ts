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
 * The metadata of a book.
 */
export interface BucketBookV2 {
author?: string
/**
 * A BCP 47 tag.
 */
language?: string
/**
 * The words of prose it is to have.
 */
target?: number
/**
 * Whether a take goes into prose that is still empty by itself.
 */
intoEmpty?: boolean
}
/**
 * The metadata of a book.
 */
export interface BucketBookV3 {
author?: string
/**
 * A BCP 47 tag.
 */
language?: string
/**
 * The words of prose it is to have.
 */
target?: number
/**
 * Whether a take goes into prose that is still empty by itself.
 */
intoEmpty?: boolean
/**
 * How its prose is to sound, in the writer's words.
 */
style?: string
/**
 * The tense it is told in.
 */
tense?: ("past" | "present")
/**
 * Who tells it, and from how near.
 */
pointOfView?: string
tone?: string
/**
 * What a take must never say.
 * 
 * @maxItems 60
 */
bannedPhrases?: string[]
/**
 * A page of the writer's own prose, to be sounded like.
 */
voiceSample?: string
}
/**
 * The metadata of a chapter. Its words live in its document.
 */
export interface BucketChapterV1 {

}
/**
 * The metadata of a chapter. Its words live in its document.
 */
export interface BucketChapterV2 {
/**
 * How far its writer says it is; absent, its words tell.
 */
status?: ("to-write" | "draft" | "revised" | "done")
/**
 * Words of prose it is to have.
 */
target?: number
/**
 * Whether notes that changed are expanded by themselves when their writer pauses.
 */
expandOnPause?: boolean
}
/**
 * What a book's people, places and things are: its entries lie in it.
 */
export interface BucketCodexV1 {

}
/**
 * A place for anything.
 */
export interface BucketFolderV1 {

}
/**
 * A ProseMirror node.
 */
export type Block = (Paragraph | Heading | Blockquote | BulletList | OrderedList | SceneBreak)
export type Inline = ({
type: "text"
text: string
marks?: Mark[]
} | {
type: "hard_break"
marks?: Mark[]
})
export type Mark = ({
type: ("em" | "strong")
} | {
type: "link"
attrs: {
href: string
}
})
export type Inlines = Inline[]
export type Items = ListItem[]
export type Blocks = Block[]

/**
 * A snapshot of a chapter's document. Only the studio writes it.
 */
export interface ChapterV1 {
/**
 * In the order they are read; one that is drawn in another's row follows it.
 */
passages: Passage[]
words: {
notes: number
prose: number
/**
 * Of those in the prose, the ones that came with an accepted take and stand as they came.
 */
accepted?: number
}
/**
 * Rows whose notes have changed since the take in their prose was asked for.
 */
changed?: number
}
export interface Passage {
id: string
/**
 * The id of the passage in whose row it is drawn.
 */
under?: string
notes: Blocks
prose: Blocks
/**
 * The blob of the take that was accepted.
 */
take?: string
/**
 * The hash of the text of the ask whose take was accepted.
 */
askHash?: string
/**
 * The hash of the prose as accepted.
 */
proseHash?: string
/**
 * Blobs of takes of which only a part came in, a paragraph or rewritten words; ids parted by spaces.
 */
also?: string
}
export interface Paragraph {
type: "paragraph"
content?: Inlines
}
export interface Heading {
type: "heading"
attrs: {
level: number
}
content?: Inlines
}
export interface Blockquote {
type: "blockquote"
content?: Blocks
}
export interface BulletList {
type: "bullet_list"
content: Items
}
export interface ListItem {
type: "list_item"
content?: Blocks
}
export interface OrderedList {
type: "ordered_list"
attrs?: {
start: number
}
content: Items
}
export interface SceneBreak {
type: "scene_break"
}
/**
 * What happens in a chapter, in short: what a model is told of it when a later one is written.
 */
export interface ChapterSummaryV1 {
text: string
/**
 * The bucket of the chapter.
 */
chapter: string
/**
 * The revision of the chapter's snapshot that it tells of.
 */
chapterRevision: number
/**
 * The model that wrote it.
 */
model: string
/**
 * True when the practice model wrote it.
 */
practice?: boolean
/**
 * Why it ended early: the model's limit.
 */
ended?: "length"
}
/**
 * Somebody or something of a book, and what is true of it. Sent along where its name or an alias comes up.
 */
export interface CodexEntryV1 {
name: string
/**
 * What else it is called.
 * 
 * @maxItems 30
 */
aliases?: string[]
/**
 * A word of the writer's own: person, place, ship.
 */
kind?: string
/**
 * What is true of it.
 */
text: string
/**
 * Sent along always, whether it comes up or not.
 */
pinned?: boolean
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
 * What is known of a file's bytes, which lie in the file store. Made by uploading, never edited.
 */
export interface FileV1 {
name: string
/**
 * As RFC 9110 writes it.
 */
mediaType: string
/**
 * In bytes.
 */
size: number
sha256: string
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
/**
 * How an account has the studio set up, the same on each of its devices.
 */
export interface UserStateV1 {
/**
 * Which halves of a chapter's passages are on screen; absent, both.
 */
halves?: ("notes" | "both" | "prose")
/**
 * How much of a chapter's width the notes have, in percent; absent, as designed.
 */
divider?: number
}

/** The content of a blob, or the metadata of a bucket, by schema id. */
export type Schemas = {
  "bucket-book-v1": BucketBookV1;
  "bucket-book-v2": BucketBookV2;
  "bucket-book-v3": BucketBookV3;
  "bucket-chapter-v1": BucketChapterV1;
  "bucket-chapter-v2": BucketChapterV2;
  "bucket-codex-v1": BucketCodexV1;
  "bucket-folder-v1": BucketFolderV1;
  "chapter-v1": ChapterV1;
  "chapter-summary-v1": ChapterSummaryV1;
  "codex-entry-v1": CodexEntryV1;
  "expanded-text-v1": ExpandedTextV1;
  "file-v1": FileV1;
  "text-input-v1": TextInputV1;
  "user-state-v1": UserStateV1;
};

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
 * About how many words a take has.
 */
takeWords?: number
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
/**
 * Since when it is put aside: it stands behind the other books, and changes as they do.
 */
archivedAt?: string
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
 * The metadata of a pitch. Its words live in its document, a passage for each section of its template.
 */
export interface BucketPitchV1 {
/**
 * The schema version that says which sections it has, with their conventions and limits.
 */
template: string
/**
 * Whose pitch it is, where no book says so.
 */
author?: string
/**
 * A BCP 47 tag.
 */
language?: string
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
 * What a book is compiled to, and how. It lies in the book's bucket.
 */
export interface CompileSettingsV1 {
name: string
/**
 * @minItems 1
 */
formats: [("epub" | "pdf" | "docx" | "markdown" | "html"), ...(("epub" | "pdf" | "docx" | "markdown" | "html"))[]]
/**
 * Chapters in an order of the build's own; those that it does not name follow in the book's.
 * 
 * @maxItems 2000
 */
order?: string[]
/**
 * Chapters that do not go in.
 * 
 * @maxItems 2000
 */
leftOut?: string[]
/**
 * Where it is not the book's own.
 */
title?: string
subtitle?: string
/**
 * Where it is not the book's own.
 */
author?: string
/**
 * A BCP 47 tag, where it is not the book's own.
 */
language?: string
titlePage?: boolean
/**
 * Whether the PDF has a page of contents.
 */
contents?: boolean
copyright?: string
dedication?: string
epigraph?: string
acknowledgements?: string
/**
 * About the author.
 */
about?: string
/**
 * A file of the book, PNG or JPEG; without one a cover is drawn from the title.
 */
cover?: string
/**
 * What the cover shows.
 */
coverAlt?: string
trim?: ("5x8" | "5.25x8" | "5.5x8.5" | "6x9" | "a5" | "a4" | "letter")
/**
 * What stands above a chapter's title: nothing, 1, or Chapter 1.
 */
numbers?: ("none" | "number" | "chapter")
sceneBreak?: ("asterisks" | "hash" | "line" | "space")
/**
 * Standard manuscript format, or plain.
 */
docx?: ("manuscript" | "plain")
/**
 * For the first page of a manuscript.
 */
contact?: string
}
/**
 * A book as it was compiled: its files, and the chapters they were made from.
 */
export interface CompiledBookV1 {
/**
 * The build's.
 */
name: string
title: string
words: number
files: {
format: ("epub" | "pdf" | "docx" | "markdown" | "html")
/**
 * The blob of the file.
 */
file: string
name: string
/**
 * In bytes.
 */
size: number
sha256: string
}[]
chapters: {
chapter: string
title: string
blob: string
revision: number
words: number
/**
 * SHA-256 of the JSON of its passages' prose: whether the prose is another by now.
 */
hash: string
}[]
/**
 * What a person should know before it is sent anywhere.
 */
remarks: string[]
/**
 * What EPUBCheck said of the EPUB, where there is a Java to run it.
 */
epubCheck?: {
version?: string
errors: number
warnings: number
/**
 * @maxItems 100
 */
messages: {
severity: string
id: string
message: string
path?: string
}[]
}
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
 * A pitch as it was exported: its files, and what of it was still to be filled in.
 */
export interface ExportedPitchV1 {
title: string
words: number
/**
 * Marked blanks that went along unfilled.
 */
blanks: number
files: {
format: ("docx" | "pdf" | "markdown")
/**
 * The blob of the file.
 */
file: string
name: string
/**
 * In bytes.
 */
size: number
sha256: string
}[]
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
 * A ProseMirror node.
 */
export type PitchBlock = (PitchParagraph | PitchHeading | PitchBlockquote | PitchBulletList | PitchOrderedList | PitchSceneBreak)
export type PitchInline = ({
type: "text"
text: string
marks?: PitchMark[]
} | {
type: "hard_break"
marks?: PitchMark[]
})
export type PitchMark = ({
type: ("em" | "strong")
} | {
type: "link"
attrs: {
href: string
}
})
export type PitchInlines = PitchInline[]
export type PitchItems = PitchListItem[]
export type PitchBlocks = PitchBlock[]

/**
 * A snapshot of a pitch's document, section by section. Only the studio writes it.
 */
export interface PitchV1 {
template: string
sections: PitchSection[]
words: {
notes: number
prose: number
accepted?: number
}
/**
 * Marked blanks that are still to be filled.
 */
blanks: number
/**
 * Rows whose notes have changed since the take in their prose was asked for.
 */
changed?: number
}
export interface PitchSection {
/**
 * Its key in the template.
 */
section: string
title: string
/**
 * Of its text, without its blanks.
 */
words: number
/**
 * What is still to be filled in, as it is marked.
 */
blanks: string[]
passages: PitchPassage[]
}
export interface PitchPassage {
id: string
/**
 * The id of the passage in whose row it is drawn.
 */
under?: string
notes: PitchBlocks
prose: PitchBlocks
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
export interface PitchParagraph {
type: "paragraph"
content?: PitchInlines
}
export interface PitchHeading {
type: "heading"
attrs: {
level: number
}
content?: PitchInlines
}
export interface PitchBlockquote {
type: "blockquote"
content?: PitchBlocks
}
export interface PitchBulletList {
type: "bullet_list"
content: PitchItems
}
export interface PitchListItem {
type: "list_item"
content?: PitchBlocks
}
export interface PitchOrderedList {
type: "ordered_list"
attrs?: {
start: number
}
content: PitchItems
}
export interface PitchSceneBreak {
type: "scene_break"
}
/**
 * An ask for one section of a pitch: what the template says of it and the writer's facts, as they stood. Never edited.
 */
export interface PitchSectionV1 {
section: string
title: string
convention?: string
words?: AskedWords
/**
 * What it may be made of: the book and the facts, or the facts alone.
 */
material: ("manuscript" | "facts")
/**
 * What the writer says is true: the notes of the section, as they stood.
 */
facts: string
/**
 * Words of the section that are to be said another way; absent, all of it is to be written.
 */
text?: string
/**
 * The facts of other sections that this one may use.
 * 
 * @maxItems 20
 */
also?: []|[{
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]|[{
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}, {
title: string
facts: string
}]
/**
 * What only the writer can know: each is taken from the facts, or left as a marked blank.
 * 
 * @maxItems 30
 */
items?: AskedItem[]
/**
 * The sentence around the blanks while no fact is given; {1} is the first of them.
 */
frame?: string
/**
 * What the writer asked for beside it.
 */
instruction?: string
}
export interface AskedWords {
min?: number
max?: number
}
export interface AskedItem {
label: string
/**
 * Words by which a line of the facts is known to give it; none: any line gives one.
 * 
 * @maxItems 40
 */
signs?: string[]
}
/**
 * What an agent is sent for a novel: query, synopses, comparable titles, biography.
 */
export interface PitchTemplateFictionQueryV1 {
[k: string]: string
}
/**
 * What an editor is sent for a book that is still to be written.
 */
export interface PitchTemplateNonFictionProposalV1 {
[k: string]: string
}
/**
 * The whole story on one page.
 */
export interface PitchTemplateOnePageTreatmentV1 {
[k: string]: string
}
/**
 * What a producer is sent for a film or a series.
 */
export interface PitchTemplateScreenPitchV1 {
[k: string]: string
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
  "bucket-pitch-v1": BucketPitchV1;
  "chapter-v1": ChapterV1;
  "chapter-summary-v1": ChapterSummaryV1;
  "codex-entry-v1": CodexEntryV1;
  "compile-settings-v1": CompileSettingsV1;
  "compiled-book-v1": CompiledBookV1;
  "expanded-text-v1": ExpandedTextV1;
  "exported-pitch-v1": ExportedPitchV1;
  "file-v1": FileV1;
  "pitch-v1": PitchV1;
  "pitch-section-v1": PitchSectionV1;
  "pitch-template-fiction-query-v1": PitchTemplateFictionQueryV1;
  "pitch-template-non-fiction-proposal-v1": PitchTemplateNonFictionProposalV1;
  "pitch-template-one-page-treatment-v1": PitchTemplateOnePageTreatmentV1;
  "pitch-template-screen-pitch-v1": PitchTemplateScreenPitchV1;
  "text-input-v1": TextInputV1;
  "user-state-v1": UserStateV1;
};

/**
 * A chapter as a Yjs document, and the rules by which no word in it is ever lost:
 *
 * - `getMap("passages")`: id → Y.Map { pos, under?, gone?, notes, prose, take?, askHash?, proseHash?, also? };
 *   `getMap("recovered")`: words that were typed while somebody removed their place (`rescue.ts`).
 * - Moving, merging and removing write keys; no Y type that holds words is ever deleted for them.
 * - A passage comes into the document with `gone` set to {@link UNBORN}, outside the reach of undo; the command
 *   that wanted it then takes `gone` away. So undoing an insertion sets `gone` again, and what others have
 *   typed there meanwhile is in the trash instead of nowhere.
 */
import * as Y from "yjs";
import type { Half } from "./schema.ts";

/** Origins of transactions: what a person did. One Y.UndoManager takes both ({@link undoScope}). */
export const TEXT = "text";
export const STRUCTURE = "structure";
/** Origins of what nobody did: passages that are being born, words that were rescued. */
export const BIRTH = "birth";
export const RESCUE = "rescue";

/** `gone` of a passage whose making was undone, or is not done yet. RFC 3339. */
export const UNBORN = "1970-01-01T00:00:00.000Z";

/** What a passage carries beside its words. Null is absent. */
export type Attributes = {
  /** The blob of the take that was accepted. */
  take: string | null;
  /** The hash (`text.ts`) of the ask whose take was accepted. */
  askHash: string | null;
  /** The hash of the prose as accepted. */
  proseHash: string | null;
  /** Takes of which only a part came in, a paragraph or rewritten words: ids, parted by spaces. */
  also?: string | null;
};
export const ATTRIBUTES = [
  "take",
  "askHash",
  "proseHash",
  "also",
] as const satisfies (keyof Attributes)[];

export type PassageMap = Y.Map<unknown>;

export const passagesOf = (doc: Y.Doc): Y.Map<PassageMap> => doc.getMap("passages");

/** Rescued words by range (`rescue.ts`). */
export const recoveredOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap("recovered");

/** A half's fragment; undefined while the passage is half-built, or if it is none. */
export function fragmentOf(passage: unknown, half: Half): Y.XmlFragment | undefined {
  const fragment = passage instanceof Y.Map ? passage.get(half) : undefined;
  // An element is a fragment too, to instanceof; it would bring a name and attributes along.
  return fragment instanceof Y.XmlFragment && !(fragment instanceof Y.XmlElement)
    ? fragment
    : undefined;
}

/**
 * Deleted blocks keep their empty shell when the garbage is collected: words that arrive later for a
 * removed paragraph then still have a place that tells the passage they were typed in.
 */
const keepsPlaces = (item: Y.Item): boolean => !(item.content instanceof Y.ContentType);

/** Options of every Y.Doc of a chapter, in the browser and on the server (Hocuspocus' `yDocOptions`). */
export const documentOptions = { gc: true, gcFilter: keepsPlaces };

export const newDocument = (): Y.Doc => new Y.Doc(documentOptions);

/** For the one `new Y.UndoManager(undoScope(doc), undoOptions())` of a person's chapter. */
export const undoScope = (doc: Y.Doc) => [passagesOf(doc), recoveredOf(doc)];

/**
 * Undoing a paragraph in which somebody
 * else has written meanwhile takes back one's own words and leaves the paragraph.
 */
export const undoOptions = () => ({
  trackedOrigins: new Set<unknown>([TEXT, STRUCTURE]),
  deleteFilter: (item: Y.Item) =>
    !(item.content instanceof Y.ContentType && holdsWords(item.content.type)),
});

function holdsWords(type: Y.AbstractType<unknown>): boolean {
  const holds = (item: Y.Item) =>
    !item.deleted &&
    (item.content instanceof Y.ContentString ||
      (item.content instanceof Y.ContentType && holdsWords(item.content.type)));
  for (let item = type._start; item !== null; item = item.right) if (holds(item)) return true;
  for (const item of type._map.values()) if (holds(item)) return true;
  return false;
}

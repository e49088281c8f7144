/**
 * What a chapter is made of, for ProseMirror in the browser and for the pure reader on the server.
 *
 *     chapter = passage*        passage = notes prose        notes, prose = block+
 *
 * Containers take `block*`: a schema that insists on more throws away a whole document when two
 * people's changes meet in a form nobody wrote. What is missing is added by the reader
 * (`halves.ts`) in what it returns, never in the document.
 */
import { type DOMOutputSpec, type MarkSpec, type NodeSpec, Schema } from "prosemirror-model";

export const HALVES = ["notes", "prose"] as const;
export type Half = (typeof HALVES)[number];

export const HEADING_LEVELS = 3;

const isText = { default: null, validate: "string|null" };
const isNumber = { default: null, validate: "number|null" };

/** A line runs as its first letter does: Hebrew and Arabic from the right, in any book. */
const DIRECTED = { dir: "auto" };

const half = (name: Half): NodeSpec => ({
  content: "block+",
  isolating: true,
  defining: true,
  selectable: false,
  parseDOM: [{ tag: `div[data-half=${name}]` }],
  toDOM: (): DOMOutputSpec => ["div", { class: `half ${name}`, "data-half": name }, 0],
});

const nodes = {
  chapter: { content: "passage*" },

  /**
   * `number` counts rows from 1; a passage that is drawn in another's row has none and names that
   * row's first passage in `under`. All three are made by the reader, none is kept in the document.
   */
  passage: {
    content: "notes prose",
    attrs: { id: isText, number: isNumber, under: isText },
    isolating: true,
    defining: true,
    selectable: false,
    parseDOM: [{ tag: "section[data-passage]" }],
    toDOM: ({ attrs }): DOMOutputSpec => [
      "section",
      {
        class: attrs.under === null ? "passage" : "passage under",
        "data-passage": attrs.id,
        "data-under": attrs.under,
      },
      0,
    ],
  },
  notes: half("notes"),
  prose: half("prose"),

  paragraph: {
    group: "block",
    content: "inline*",
    parseDOM: [{ tag: "p" }],
    toDOM: (): DOMOutputSpec => ["p", DIRECTED, 0],
  },
  heading: {
    group: "block",
    content: "inline*",
    defining: true,
    attrs: { level: { default: 1, validate: "number" } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
      tag: `h${level}`,
      attrs: { level: Math.min(level, HEADING_LEVELS) },
    })),
    toDOM: ({ attrs }): DOMOutputSpec => [`h${attrs.level}`, DIRECTED, 0],
  },
  blockquote: {
    group: "block",
    content: "block*",
    defining: true,
    parseDOM: [{ tag: "blockquote" }],
    toDOM: (): DOMOutputSpec => ["blockquote", 0],
  },
  bullet_list: {
    group: "block",
    content: "list_item+",
    parseDOM: [{ tag: "ul" }],
    toDOM: (): DOMOutputSpec => ["ul", 0],
  },
  ordered_list: {
    group: "block",
    content: "list_item+",
    attrs: { start: { default: 1, validate: "number" } },
    parseDOM: [
      {
        tag: "ol",
        getAttrs: (dom) => ({ start: Number.parseInt(dom.getAttribute("start") ?? "1", 10) || 1 }),
      },
    ],
    toDOM: ({ attrs }): DOMOutputSpec =>
      attrs.start === 1 ? ["ol", 0] : ["ol", { start: attrs.start }, 0],
  },
  list_item: {
    content: "block*",
    defining: true,
    parseDOM: [{ tag: "li" }],
    toDOM: (): DOMOutputSpec => ["li", 0],
  },
  scene_break: {
    group: "block",
    parseDOM: [{ tag: "hr" }],
    toDOM: (): DOMOutputSpec => ["hr", { class: "scene" }],
  },

  text: { group: "inline" },
  hard_break: {
    group: "inline",
    inline: true,
    selectable: false,
    parseDOM: [{ tag: "br" }],
    toDOM: (): DOMOutputSpec => ["br"],
  },
} satisfies Record<string, NodeSpec>;

const marks = {
  link: {
    attrs: { href: { validate: "string" } },
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (dom) => {
          const href = dom.getAttribute("href") ?? "";
          return isSafeHref(href) && { href };
        },
      },
    ],
    toDOM: ({ attrs }): DOMOutputSpec => [
      "a",
      isSafeHref(attrs.href) ? { href: attrs.href, rel: "noopener noreferrer nofollow" } : {},
      0,
    ],
  },
  em: {
    parseDOM: [
      { tag: "em" },
      { tag: "i", getAttrs: (dom) => dom.style.fontStyle !== "normal" && null },
      { style: "font-style=italic" },
      { style: "font-style=normal", clearMark: (mark) => mark.type.name === "em" },
    ],
    toDOM: (): DOMOutputSpec => ["em", 0],
  },
  strong: {
    parseDOM: [
      { tag: "strong" },
      // Google Docs wraps everything that it copies in a <b> of normal weight.
      { tag: "b", getAttrs: (dom) => dom.style.fontWeight !== "normal" && null },
      { style: "font-weight=400", clearMark: (mark) => mark.type.name === "strong" },
      {
        style: "font-weight",
        getAttrs: (value) => /^(bold(er)?|[5-9]\d{2,})$/.test(value) && null,
      },
    ],
    toDOM: (): DOMOutputSpec => ["strong", 0],
  },
} satisfies Record<string, MarkSpec>;

export const schema: Schema<keyof typeof nodes, keyof typeof marks> = new Schema({
  topNode: "chapter",
  nodes,
  marks,
});

/** The longest address of a link, in UTF-16 units. */
const HREF_LIMIT = 2_048;

/** What a link may open: the web and mail; `javascript:` and its kin are text that runs. */
export function isSafeHref(href: unknown): href is string {
  return (
    typeof href === "string" && href.length <= HREF_LIMIT && /^(https?:\/\/|mailto:)/i.test(href)
  );
}

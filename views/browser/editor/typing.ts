/**
 * What becomes of characters as they are typed: Markdown turns into its form, straight quotes and double hyphens
 * into those of the language. Backspace right after takes the form back and leaves the characters.
 */
import { InputRule, inputRules, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { MarkType } from "prosemirror-model";
import { type EditorState, type Plugin, TextSelection } from "prosemirror-state";
import { findWrapping } from "prosemirror-transform";
import { HEADING_LEVELS, isSafeHref, schema } from "../../../src/documents/model/schema.ts";
import type { Typography } from "../../chapters/typography.ts";

const { nodes, marks } = schema;

/** @param language null: only Markdown */
export function typing(language: Typography | null): Plugin[] {
  const rules = [...markdown(), ...(language ? typography(language) : [])];
  return [inputRules({ rules }), keymap({ Backspace: undoInputRule })];
}

const HEADING = new RegExp(`^(#{1,${HEADING_LEVELS}})\\s$`);

const markdown = (): InputRule[] => [
  new InputRule(HEADING, (state, [, signs], start, end) => {
    if (isInItem(state, start)) return null;
    const tr = state.tr.delete(start, end);
    return tr.setBlockType(start, start, nodes.heading, { level: signs!.length });
  }),
  new InputRule(/^>\s$/, (state, _, start, end) => {
    if (isInItem(state, start)) return null;
    const tr = state.tr.delete(start, end);
    const range = tr.doc.resolve(start).blockRange();
    const wrapping = range && findWrapping(range, nodes.blockquote);
    if (!wrapping) return null;
    tr.wrap(range, wrapping);
    const isBehindQuote = tr.doc.resolve(start - 1).nodeBefore?.type === nodes.blockquote;
    return isBehindQuote ? tr.join(start - 1) : tr;
  }),
  wrappingInputRule(/^[-+*]\s$/, nodes.bullet_list),
  wrappingInputRule(
    /^(\d{1,6})[.)]\s$/,
    nodes.ordered_list,
    ([, number]) => ({ start: Number(number) }),
    ([, number], list) => list.childCount + list.attrs.start === Number(number),
  ),
  // Two of three hyphens are a dash by then.
  new InputRule(/^(?:\*\*\*|\* \* \*|---|[—–]-)$/, (state, [signs], start, end) => {
    const $start = state.doc.resolve(start);
    // Alone on a line of its own; inside lists and quotes three stars are three stars.
    const isAlone = $start.parent.content.size === end - start && signs.length > end - start;
    if ($start.depth !== 3 || !isAlone) return null;
    const line = $start.before();
    const tr = state.tr.replaceWith(line, $start.after(), [
      nodes.scene_break.create(),
      nodes.paragraph.create(),
    ]);
    return tr.setSelection(TextSelection.create(tr.doc, line + 2));
  }),
  marked(/(?:^|[^*])(\*\*([^\s*](?:[^*]*[^\s*])?)\*\*)$/, marks.strong),
  marked(/(?:^|[^\p{L}\p{N}_])(__([^\s_](?:[^_]*[^\s_])?)__)$/u, marks.strong),
  marked(/(?:^|[^*])(\*([^\s*](?:[^*]*[^\s*])?)\*)$/, marks.em),
  marked(/(?:^|[^\p{L}\p{N}_])(_([^\s_](?:[^_]*[^\s_])?)_)$/u, marks.em),
  new InputRule(/\[([^[\]]+)\]\(([^()\s]+)\)$/, (state, [, text, href], start, end) => {
    if (!isSafeHref(href)) return null;
    const link = schema.text(text!, [marks.link.create({ href })]);
    return state.tr.replaceWith(start, end, link).removeStoredMark(marks.link);
  }),
];

/** A list item begins with a paragraph (`model/halves.ts`). */
const isInItem = ({ doc }: EditorState, pos: number): boolean =>
  doc.resolve(pos).node(-1).type === nodes.list_item;

/** `*so*`: the first group is all of it, the second what stands between the signs. */
function marked(pattern: RegExp, type: MarkType): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const [whole, all, inner] = match as unknown as [string, string, string];
    const sign = (all.length - inner.length) / 2;
    const from = start + whole.length - all.length;
    const tr = state.tr;
    // The last sign may still be on its way into the document: `end` is where that ends.
    tr.delete(from + sign + inner.length, end).delete(from, from + sign);
    return tr.addMark(from, from + inner.length, type.create()).removeStoredMark(type);
  });
}

const APOSTROPHE = "’";
/** What an opening quote may follow, beside the start of a line. */
const OPENS_AFTER = /[\s([{<—–«„“‘‚‹›»]$/;

function typography({ quotes, dashes, spaced }: Typography): InputRule[] {
  const [open, close, openSingle, closeSingle] = quotes;
  const [dash, other] = dashes;
  return [
    new InputRule(/(?<!-)--$/, dash),
    new InputRule(new RegExp(`${dash}-$`), other),
    new InputRule(/\.\.\.$/, "…"),
    quote('"', open, close),
    // Between letters it is an apostrophe in every language.
    behindLetter(openSingle, closeSingle),
    quote("'", openSingle, closeSingle),
    ...(spaced ? frenchSpaces(spaced) : []),
  ];
}

/** Behind a dash, what is open is closed: `“Wait—”`. */
function quote(typed: string, open: string, close: string): InputRule {
  return new InputRule(new RegExp(`${typed}$`), (state, _, start, end) => {
    const before = state.doc.textBetween(state.doc.resolve(start).start(), start, "", " ");
    const opens = before === "" || OPENS_AFTER.test(before);
    const closes = /[—–]$/.test(before) && isOpen(before, open, close);
    return state.tr.insertText(opens && !closes ? open : close, start, end);
  });
}

const isOpen = (text: string, open: string, close: string): boolean =>
  open !== close && text.lastIndexOf(open) > text.lastIndexOf(close);

/** Behind a letter it is an apostrophe, unless a single quote is open in this paragraph. */
function behindLetter(open: string, close: string): InputRule {
  return new InputRule(/[\p{L}\p{N}](')$/u, (state, match, start, end) => {
    const from = start + match[0].length - 1;
    const before = state.doc.textBetween(state.doc.resolve(start).start(), from, "", " ");
    const closes = open !== APOSTROPHE && isOpen(before, open, close);
    return state.tr.insertText(closes ? close : APOSTROPHE, from, end);
  });
}

/**
 * Lexique des règles typographiques en usage à l'Imprimerie nationale: high signs stand off by a space that does
 * not break. Before a colon only where a space was typed: `https:` has none. In Canada the others have none either.
 */
function frenchSpaces({ space, always }: NonNullable<Typography["spaced"]>): InputRule[] {
  const spaced = new InputRule(/(?<=\S) ([:;!?])$/, (state, [, sign], start, end) =>
    state.tr.insertText(`${space}${sign}`, start, end),
  );
  if (!always) return [spaced];
  const close = new InputRule(/[\p{L}\p{N}»”’)…]([;!?])$/u, (state, [all, sign], start, end) =>
    state.tr.insertText(`${space}${sign}`, start + all!.length - 1, end),
  );
  return [spaced, close];
}

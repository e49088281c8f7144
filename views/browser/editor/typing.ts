/**
 * What becomes of characters as they are typed: Markdown turns into its form, straight quotes and double hyphens
 * into those of the language. Backspace right after takes the form back and leaves the characters.
 */
import {
  InputRule,
  inputRules,
  smartQuotes,
  textblockTypeInputRule,
  undoInputRule,
  wrappingInputRule,
} from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { MarkType } from "prosemirror-model";
import { type Plugin, TextSelection } from "prosemirror-state";
import { HEADING_LEVELS, isSafeHref, schema } from "../../../src/documents/model/schema.ts";

const { nodes, marks } = schema;

/** @param language a BCP 47 tag */
export function typing(language: string): Plugin[] {
  const rules = [...markdown(), ...typography(language)];
  return [inputRules({ rules }), keymap({ Backspace: undoInputRule })];
}

const HEADING = new RegExp(`^(#{1,${HEADING_LEVELS}})\\s$`);

const markdown = (): InputRule[] => [
  textblockTypeInputRule(HEADING, nodes.heading, ([, signs]) => ({ level: signs!.length })),
  wrappingInputRule(/^>\s$/, nodes.blockquote),
  wrappingInputRule(/^[-+*]\s$/, nodes.bullet_list),
  wrappingInputRule(
    /^(\d{1,6})[.)]\s$/,
    nodes.ordered_list,
    ([, number]) => ({ start: Number(number) }),
    ([, number], list) => list.childCount + list.attrs.start === Number(number),
  ),
  new InputRule(/^(?:\*\*\*|\* \* \*)$/, (state, _match, start) => {
    const $start = state.doc.resolve(start);
    // At the top level of a half; inside lists and quotes three stars are three stars.
    if ($start.depth !== 3) return null;
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

/** Double and single quotes, opening and closing. */
const QUOTES: Record<string, [string, string, string, string]> = {
  en: ["“", "”", "‘", "’"],
  de: ["„", "“", "‚", "‘"],
  "de-CH": ["«", "»", "‹", "›"],
  fr: ["«\u202f", "\u202f»", "“", "”"],
  es: ["«", "»", "“", "”"],
  it: ["«", "»", "“", "”"],
  pt: ["“", "”", "‘", "’"],
  "pt-PT": ["«", "»", "“", "”"],
  nl: ["“", "”", "‘", "’"],
  pl: ["„", "”", "«", "»"],
  cs: ["„", "“", "‚", "‘"],
  sk: ["„", "“", "‚", "‘"],
  hu: ["„", "”", "»", "«"],
  ro: ["„", "”", "«", "»"],
  ru: ["«", "»", "„", "“"],
  uk: ["«", "»", "„", "“"],
  sv: ["”", "”", "’", "’"],
  fi: ["”", "”", "’", "’"],
  da: ["»", "«", "›", "‹"],
  nb: ["«", "»", "‘", "’"],
  no: ["«", "»", "‘", "’"],
};
/** These part a clause by a long dash without spaces; the others by a short one with spaces. */
const LONG_DASH = new Set(["en", "es", "pt", "ru", "uk"]);
const APOSTROPHE = "’";
/** What an opening quote may follow, beside the start of a line. */
const OPENS_AFTER = "[\\s([{<\u2014\u2013«„“‘‚‹›»]";

function typography(language: string): InputRule[] {
  const short = language.split("-")[0]!.toLowerCase();
  if (/^(zh|ja|ko)$/.test(short)) return [];
  const quotes = QUOTES[language] ?? QUOTES[short];
  const [long, dash] = LONG_DASH.has(short) ? ["—", "–"] : ["–", "—"];
  const always = [
    new InputRule(/(?<!-)--$/, long!),
    new InputRule(new RegExp(`${long}-$`), dash!),
    new InputRule(/\.\.\.$/, "…"),
  ];
  if (!quotes) return [...always, ...smartQuotes];
  const [open, close, openSingle, closeSingle] = quotes;
  return [
    ...always,
    new InputRule(new RegExp(`(?:^|${OPENS_AFTER})(")$`), open),
    new InputRule(/"$/, close),
    // Between letters it is an apostrophe in every language.
    behindLetter(openSingle, closeSingle),
    new InputRule(new RegExp(`(?:^|${OPENS_AFTER})(')$`), openSingle),
    new InputRule(/'$/, closeSingle),
  ];
}

/** Behind a letter it is an apostrophe, unless a single quote is open in this paragraph. */
function behindLetter(open: string, close: string): InputRule {
  return new InputRule(/[\p{L}\p{N}](')$/u, (state, match, start, end) => {
    const from = start + match[0].length - 1;
    const before = state.doc.textBetween(state.doc.resolve(start).start(), from);
    const isOpen = open !== APOSTROPHE && before.lastIndexOf(open) > before.lastIndexOf(close);
    return state.tr.insertText(isOpen ? close : APOSTROPHE, from, end);
  });
}

/** The usual shortcuts for marks and blocks. */
import {
  chainCommands,
  exitCode,
  lift,
  setBlockType,
  toggleMark,
  wrapIn,
} from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import type { Command, Plugin } from "prosemirror-state";
import { schema } from "../../../src/documents/model/schema.ts";

const { nodes, marks } = schema;

export function format(): Plugin {
  return keymap({
    "Mod-b": toggleMark(marks.strong),
    "Mod-i": toggleMark(marks.em),
    "Mod-Alt-0": setBlockType(nodes.paragraph),
    "Mod-Alt-1": setBlockType(nodes.heading, { level: 1 }),
    "Mod-Alt-2": setBlockType(nodes.heading, { level: 2 }),
    "Mod-Alt-3": setBlockType(nodes.heading, { level: 3 }),
    "Mod-Shift-7": wrapInList(nodes.ordered_list),
    "Mod-Shift-8": wrapInList(nodes.bullet_list),
    "Mod-Shift-9": wrapIn(nodes.blockquote),
    "Mod-[": chainCommands(liftListItem(nodes.list_item), lift),
    "Mod-]": sinkListItem(nodes.list_item),
    "Shift-Enter": chainCommands(exitCode, lineBreak),
    // Before Enter of the base keymap, which would split the paragraph inside the item.
    Enter: splitListItem(nodes.list_item),
  });
}

const lineBreak: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

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
import type { NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, Plugin } from "prosemirror-state";
import { schema } from "../../../src/documents/model/schema.ts";
import { LINK_IDS } from "../../chapters/head-ids.ts";
import { onUse } from "../on-use.ts";

const { nodes, marks } = schema;

export const format = (): Plugin[] => [shortcuts(), menus()];

const strong = toggleMark(marks.strong);
const em = toggleMark(marks.em);

/** What the browser's own menus and keyboards on glass ask for; they know forms that a book has not. */
function menus(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        beforeinput(view, event) {
          if (!event.inputType.startsWith("format")) return false;
          event.preventDefault();
          if (event.inputType === "formatBold") strong(view.state, view.dispatch);
          if (event.inputType === "formatItalic") em(view.state, view.dispatch);
          return true;
        },
      },
      // A click goes into the words of a link; with the key that opens links in a new tab it opens.
      handleClick(_view, _pos, event) {
        const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
        if (!link || !(event.ctrlKey || event.metaKey)) return false;
        window.open(link.href, "_blank", "noopener,noreferrer");
        return true;
      },
    },
  });
}

function shortcuts(): Plugin {
  return keymap({
    "Mod-b": strong,
    "Mod-i": em,
    "Alt-Shift-k": link(),
    "Mod-Alt-0": setBlockType(nodes.paragraph),
    "Mod-Alt-1": heading(1),
    "Mod-Alt-2": heading(2),
    "Mod-Alt-3": heading(3),
    "Mod-Shift-7": listed(nodes.ordered_list),
    "Mod-Shift-8": listed(nodes.bullet_list),
    "Mod-Shift-9": outsideItems(quoted),
    "Mod-[": chainCommands(liftListItem(nodes.list_item), lift),
    "Mod-]": sinkListItem(nodes.list_item),
    "Shift-Enter": chainCommands(exitCode, lineBreak),
    // Before Enter of the base keymap, which would split the paragraph inside the item.
    Enter: splitListItem(nodes.list_item),
  });
}

/** Again takes it away, as with bold; the other kind of list takes its place. */
const listed =
  (type: NodeType): Command =>
  (state, dispatch) => {
    const { $from, $to } = state.selection;
    const range = $from.blockRange($to, (node) => /_list$/.test(node.type.name));
    if (!range) return wrapInList(type)(state, dispatch);
    if (range.parent.type === type) return liftListItem(nodes.list_item)(state, dispatch);
    dispatch?.(state.tr.setNodeMarkup($from.before(range.depth), type));
    return true;
  };

const quoted: Command = (state, dispatch) =>
  (state.selection.$from.node(-1).type === nodes.blockquote ? lift : wrapIn(nodes.blockquote))(
    state,
    dispatch,
  );

const heading = (level: number) => outsideItems(setBlockType(nodes.heading, { level }));

/** A list item begins with a paragraph. */
function outsideItems(command: Command): Command {
  return (state, dispatch) =>
    state.selection.$from.node(-1).type === nodes.list_item || command(state, dispatch);
}

/** The box is there at once, so that what is typed next goes into it; what it does is loaded. */
function link(): Command {
  const editor = onUse(() => import("./link-editor.ts"));
  return (_state, _dispatch, view) => {
    const box = document.getElementById(LINK_IDS.box);
    if (!view || !box) return false;
    box.showPopover();
    box.onsubmit = (event) => {
      event.preventDefault();
      void editor().then(({ setLink }) => setLink(view));
    };
    editor().then(
      ({ openLinkEditor }) => openLinkEditor(view),
      () => box.hidePopover(),
    );
    return true;
  };
}

const lineBreak: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

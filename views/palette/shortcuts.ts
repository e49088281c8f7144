/**
 * Every shortcut that the studio has, for the sheet that `?` opens. What they do is in `views/browser/`; the test
 * beside this file holds the two together.
 */

/** A key as it is drawn: `mod` is ⌘ on a Mac and Ctrl elsewhere, `alt` ⌥ or Alt. */
export type Key = string;

export type Shortcut = { does: string; keys: readonly (readonly Key[])[] };

export type ShortcutGroup = {
  title: string;
  shortcuts: readonly Shortcut[];
  /** What holds for all of them. */
  note?: string;
};

const one = (does: string, ...keys: Key[]): Shortcut => ({ does, keys: [keys] });
const either = (does: string, ...keys: Key[][]): Shortcut => ({ does, keys });

/** In the order of the sheet, a column each. */
export const SHORTCUTS: readonly (readonly ShortcutGroup[])[] = [
  [
    {
      title: "Writing",
      shortcuts: [
        one("Notes to prose", "Tab"),
        one("Prose to notes", "⇧", "Tab"),
        one("New passage, at the end", "↵"),
        one("Split here", "mod", "⇧", "↵"),
        one("Join with above", "mod", "⇧", "M"),
        either("Move it", ["alt", "⇧", "↑"], ["↓"]),
        one("Name this version", "mod", "S"),
        one("Undo", "mod", "Z"),
        one("Redo", "mod", "⇧", "Z"),
      ],
    },
    {
      title: "Shape",
      shortcuts: [
        one("Strong", "mod", "B"),
        one("Emphasis", "mod", "I"),
        one("Link, set or change", "alt", "⇧", "K"),
        either("Heading", ["mod", "alt", "1"], ["2"], ["3"]),
        one("Plain paragraph", "mod", "alt", "0"),
        either("List", ["mod", "⇧", "7"], ["8"]),
        one("Quotation", "mod", "⇧", "9"),
        either("Item further out, in", ["mod", "["], ["]"]),
        one("Line break", "⇧", "↵"),
      ],
    },
  ],
  [
    {
      title: "Takes",
      shortcuts: [
        one("Expand the notes", "mod", "↵"),
        one("Stop, keep this", "mod", "."),
        one("Rewrite what is chosen", "alt", "⇧", "R"),
      ],
    },
    {
      title: "On a passage",
      note: "These work on the passage, not in the text: Esc steps out of it, ↵ steps back in.",
      shortcuts: [
        one("Accept the take", "A"),
        one("Discard it", "D"),
        one("Ask again", "R"),
        one("Compare", "C"),
        one("Compare side by side", "P"),
        one("Join with above", "M"),
        either("Notes, both, prose", ["1"], ["2"], ["3"]),
      ],
    },
    {
      title: "Anywhere",
      shortcuts: [
        one("Find, or do", "mod", "K"),
        one("This sheet", "?"),
        one("Context", "]"),
        either("Focus", ["F"], ["alt", "⇧", "F"]),
        either("Notes, both, prose", ["alt", "⇧", "1"], ["2"], ["3"]),
      ],
    },
  ],
  [
    {
      title: "Arrange",
      note: "A passage moves whole: its notes and its prose together.",
      shortcuts: [
        one("Step out of the text", "Esc"),
        either("Go to another", ["↑"], ["↓"]),
        either("Choose several", ["⇧", "↑"], ["↓"]),
        one("Choose all", "mod", "A"),
        one("Pick up, drop", "Space"),
        one("Drop", "↵"),
        one("Put back", "Esc"),
        one("Move to the trash", "Del"),
      ],
    },
    {
      title: "In the outline",
      shortcuts: [
        one("Rename the chapter", "F2"),
        one("Pick up, drop", "Space"),
        either("Go, or carry", ["↑"], ["↓"]),
      ],
    },
  ],
];

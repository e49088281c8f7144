/** The sample book: written for this studio, and free to be used by whoever uses it. Data only. */

export type SamplePassage = {
  notes: string;
  /** Absent: still to write. */
  prose?: string;
};

export type SampleBook = {
  title: string;
  language: string;
  /** Words. */
  target: number;
  chapters: readonly { name: string; passages: readonly SamplePassage[] }[];
  codex: readonly { name: string; kind: string; aliases?: string[]; text: string }[];
};

export const SAMPLE_BOOK: SampleBook = {
  title: "The Ferry at Low Water",
  language: "en-GB",
  target: 40_000,
  chapters: [
    {
      name: "The Bell",
      passages: [
        {
          notes:
            "Morning, fog on the estuary. Ines rings the bell for the first crossing. Nobody has rung back for a week.",
          prose:
            "Ines rang the bell at six because it was her work to ring it at six, and because a bell that is not rung goes dull on its own. The sound went out over the mud and did not come back.\n\nShe counted to sixty, which was the rule. On the other side there should have been a second bell, lower than hers and a little cracked, and old Marrable's hand on the rope. There was fog, and under the fog the water going out.",
        },
        {
          notes:
            "She decides to cross without an answer. The rule book forbids it. Her father wrote the rule book.",
          prose:
            "“A ferry that is not called does not go,” her father had written on the first page, in the ink he kept for rules. He had underlined the “not” twice, once for each brother.\n\nInes read the page standing up. Then she laid the book in its tin, closed the tin, and untied the boat.",
        },
        {
          notes:
            "Halfway. The tide is wrong for the hour, an hour too low. She sees the posts of the old causeway, which nobody has seen since the flood.",
          prose:
            "Halfway over, the keel touched. It had no business to. She had eleven feet under her at this hour by every table in the shed, and here was the bottom, coming up to look at her.\n\nTo the left, one after another, the posts stood out of the water like people who have waited a long time and do not want to be the first to speak.",
        },
      ],
    },
    {
      name: "Marrable's Side",
      passages: [
        {
          notes:
            "The far landing. Door open, kettle cold, bread gone green. His boots are there. The bell rope has been cut, not broken.",
          prose:
            "The door stood open the width of a hand. Inside, the kettle was cold and full. The bread had gone green in its paper; a week, then, or a little over.\n\nHis boots stood by the step with their toes to the wall. She looked at the bell last. The rope ended a yard above her head, and the end was clean.",
        },
        {
          notes:
            "She finds his tide log. Every night for a month the low water was lower than the table says. He measured it with a broom handle. Last entry: “They are walking over.”",
        },
        {
          notes:
            "Dusk. The water goes on falling. Across the causeway, far out, a lantern. Then a second one behind it, and a third.",
        },
      ],
    },
  ],
  codex: [
    {
      name: "Ines Carrow",
      kind: "person",
      aliases: ["Ines"],
      text: "Ferrywoman, twenty-nine. Keeps rules until the day she does not. Her father wrote the ferry's rule book; two of his brothers drowned.",
    },
    {
      name: "Marrable",
      kind: "person",
      aliases: ["old Marrable"],
      text: "Keeps the landing on the far side and rings the answering bell. Measures everything. Gone for a week when the book begins.",
    },
    {
      name: "The causeway",
      kind: "place",
      aliases: ["the posts"],
      text: "A line of oak posts across the estuary, from before the flood. Under water for as long as anybody remembers.",
    },
  ],
};

import { describe, expect, test } from "bun:test";
import { PassageRow, PassageUpdate } from "./passage.tsx";
import {
  markFor,
  markOf,
  type PassageView,
  type RowView,
  type RunView,
  type Standing,
} from "./passage-view.ts";

const half = (name: string, text: string) =>
  `<div class="half ${name}" data-half="${name}"><p>${text || "<br>"}</p></div>`;
const row = (over: Partial<RowView> = {}): RowView => ({
  parts: [{ id: "0190a", notes: half("notes", "The oil."), prose: half("prose", "") }],
  attributes: { take: null, askHash: null, proseHash: null },
  notesHash: "n",
  proseHash: "p",
  hasNotes: true,
  hasProse: false,
  ...over,
});

const passage = (over: Partial<PassageView> = {}): PassageView => ({
  id: "0190a",
  number: 2,
  notes: "The oil.",
  run: null,
  take: null,
  chapter: "c1",
  row: row(),
  shown: null,
  ...over,
});

const run = (over: Partial<RunView> = {}): RunView => ({
  id: "r1",
  status: "running",
  attempt: 1,
  partial: "",
  problem: null,
  dueAt: null,
  ...over,
});

const take = { text: "The lamp was burning.\n\nNobody was there.", model: "qwen2.5" };
const shown = { ids: ["t1", "t2"], id: "t2", askHash: "n" };
const html = (view: PassageView) => String(<PassageRow passage={view} />);

describe("a passage", () => {
  test("before the first ask offers to expand the notes", () => {
    expect(markOf(passage())).toBe("to-write");
    expect(html(passage())).toContain('hx-post="/chapters/c1/passages/0190a/asks"');
  });

  test("has its halves as labelled groups of a numbered region", () => {
    const made = html(passage());
    expect(made).toContain('aria-label="Passage 2"');
    expect(made).toContain('role="group" aria-label="Notes of passage 2"');
    expect(made).toContain('role="group" aria-label="Prose of passage 2"');
  });

  test("shows what is merged under it as a part of its own, with its own ids", () => {
    const part = { id: "0190b", notes: half("notes", "More."), prose: half("prose", "Words.") };
    const made = html(passage({ row: row({ parts: [...row().parts, part] }) }));
    expect(made).toContain('<section class="passage under');
    for (const id of ["passage-0190b", "spine-0190b", "prose-0190b"])
      expect(made).toContain(`id="${id}"`);
  });

  test("while it is written can be stopped and shows what is there, letter for letter", () => {
    const view = passage({ run: run({ partial: 'The "lamp"\n\nwas' }) });
    expect(markOf(view)).toBe("expanding");
    expect(html(view)).toContain('data-run="r1" data-attempt="1"');
    expect(html(view)).toContain('data-partial="The &quot;lamp&quot;\n\nwas"');
    expect(html(view)).toContain("<p>The &quot;lamp&quot;</p><p>was</p>");
    expect(html(view)).toContain('hx-post="/runs/r1/cancellation"');
    expect(html(view)).not.toContain("data-accept");
  });

  test("that waits for a retry says why and when", () => {
    const dueAt = "2026-01-01T14:06:00.000Z";
    const view = passage({
      run: run({ status: "queued", attempt: 1, problem: "Too busy.", dueAt }),
    });
    expect(html(view)).toContain("Too busy.");
    expect(html(view)).toContain(`<time datetime="${dueAt}" data-clock`);
  });

  test("with a take names who wrote it and which one it is, to be decided about", () => {
    const made = html(passage({ run: run({ status: "succeeded" }), take, shown }));
    for (const part of [
      "qwen2.5",
      "Ask again",
      "Accept",
      "Discard",
      "2/2",
      'data-take="t2"',
      'data-takes="t1 t2"',
      'data-ask-hash="n"',
    ])
      expect(made).toContain(part);
  });

  test("names the practice model wherever its text shows", () => {
    for (const status of ["succeeded", "cancelled", "dead"] as const) {
      const view = passage({ run: run({ status }), take: { ...take, practice: true } });
      expect(html(view)).toContain("Practice model");
    }
  });

  test("whose run is dead keeps what was written, says why and can be tried again", () => {
    const view = passage({
      run: run({ status: "dead", problem: "The key is wrong." }),
      take: { ...take, ended: "cut" },
    });
    for (const part of [
      "The key is wrong.",
      'hx-post="/runs/r1/retry"',
      "Nobody was there.",
      "cut off",
    ]) {
      expect(html(view)).toContain(part);
    }
  });

  test("shows text as text", () => {
    const nasty = "</p><hx-partial><script>alert(1)</script>";
    const made = html(passage({ take: { ...take, text: nasty } }));
    expect(made).not.toContain("<script");
    expect(made).not.toContain("<hx-partial");
  });

  test("is updated without its words and its spine, which are the editor's", () => {
    const update = String(<PassageUpdate passage={passage({ take, shown })} />);
    expect(update).not.toContain("data-half");
    expect(update.match(/<hx-partial [^>]*>/g)).toEqual([
      '<hx-partial hx-target="#prose-0190a" hx-swap="outerMorph">',
    ]);
  });
});

describe("the spine says of a passage", () => {
  const standing = (over: Partial<Standing> = {}): Standing => ({
    isExpanding: false,
    hasProse: true,
    notesHash: "n",
    proseHash: "p",
    attributes: { take: "t1", askHash: "n", proseHash: "p" },
    offered: null,
    ...over,
  });
  const none = { take: null, askHash: null, proseHash: null };

  test.each([
    ["whose halves agree", {}, "fresh"],
    ["that is being written", { isExpanding: true, hasProse: false }, "expanding"],
    ["without prose", { hasProse: false, attributes: none }, "to-write"],
    ["that was written by hand", { attributes: none }, "by-hand"],
    ["whose take was edited", { proseHash: "q" }, "by-hand"],
    ["whose notes moved on", { notesHash: "m" }, "changed"],
    ["that was edited and whose notes moved on", { notesHash: "m", proseHash: "q" }, "changed"],
    ["with a take for older notes on offer", { offered: "o", hasProse: false }, "changed"],
    ["with a take for these notes on offer", { offered: "n", hasProse: false }, "to-write"],
  ] as const)("%s", (_, over, mark) => {
    expect(markFor(standing(over))).toBe(mark);
  });

  test("the same before any script runs", () => {
    const accepted = { take: "t2", askHash: "n", proseHash: "p" };
    const view = passage({ take, shown, row: row({ hasProse: true, attributes: accepted }) });
    expect(markOf(view)).toBe("fresh");
    expect(markOf(passage({ take, shown: { ...shown, askHash: "x" } }))).toBe("changed");
  });
});

import { describe, expect, test } from "bun:test";
import { PassageAdded, PassageRow, PassageUpdate } from "./passage.tsx";
import { markOf, type PassageView, type RunView } from "./passage-view.ts";

const passage = (over: Partial<PassageView> = {}): PassageView => ({
  id: "0190a",
  number: 2,
  notes: "The oil.",
  revision: 3,
  run: null,
  take: null,
  notesChanged: false,
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
const html = (view: PassageView) => String(<PassageRow passage={view} />);

describe("a passage", () => {
  test("before the first ask offers to expand the notes", () => {
    expect(markOf(passage())).toBe("to-write");
    expect(html(passage())).toContain('hx-post="/passages/0190a/asks"');
  });

  test("while it is written can be stopped and shows what is there, letter for letter", () => {
    const view = passage({ run: run({ partial: 'The "lamp"\n\nwas' }) });
    expect(markOf(view)).toBe("expanding");
    expect(html(view)).toContain('data-run="r1" data-attempt="1"');
    expect(html(view)).toContain('data-partial="The &quot;lamp&quot;\n\nwas"');
    expect(html(view)).toContain("<p>The &quot;lamp&quot;</p><p>was</p>");
    expect(html(view)).toContain('hx-post="/runs/r1/cancellation"');
  });

  test("that waits for a retry says why and when", () => {
    const dueAt = "2026-01-01T14:06:00.000Z";
    const view = passage({
      run: run({ status: "queued", attempt: 1, problem: "Too busy.", dueAt }),
    });
    expect(html(view)).toContain("Too busy.");
    expect(html(view)).toContain(`<time datetime="${dueAt}" data-clock`);
  });

  test("with a take names who wrote it, and cannot be accepted yet", () => {
    const view = passage({ run: run({ status: "succeeded" }), take });
    expect(markOf(view)).toBe("fresh");
    expect(html(view)).toContain("qwen2.5");
    expect(html(view)).toContain("Ask again");
    expect(html(view)).not.toContain("Accept");
  });

  test("names the practice model wherever its text shows", () => {
    for (const status of ["succeeded", "cancelled", "dead"] as const) {
      const view = passage({ run: run({ status }), take: { ...take, practice: true } });
      expect(html(view)).toContain("Practice model");
    }
  });

  test("whose notes moved on says so", () => {
    const view = passage({ take, notesChanged: true });
    expect(markOf(view)).toBe("changed");
    expect(html(view)).toContain("notes changed since");
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
    const nasty = "</textarea><hx-partial><script>alert(1)</script>";
    const shown = html(passage({ notes: nasty, take: { ...take, text: nasty } }));
    expect(shown).not.toContain("<script");
    expect(shown).not.toContain("<hx-partial");
  });

  test("keeps a first line break of its notes", () => {
    expect(html(passage({ notes: "\nSecond line" }))).toContain(">\n\nSecond line</textarea>");
  });

  test("is updated without its notes, which hold the caret", () => {
    const update = String(<PassageUpdate passage={passage({ take })} />);
    expect(update).not.toContain("<textarea");
    expect(update.match(/<hx-partial [^>]*>/g)).toEqual([
      '<hx-partial hx-target="#spine-0190a" hx-swap="outerMorph">',
      '<hx-partial hx-target="#prose-0190a" hx-swap="outerMorph">',
    ]);
  });

  test("takes the caret only where it was asked for", () => {
    expect(String(<PassageAdded passage={passage()} focus />)).toContain("autofocus");
    expect(String(<PassageAdded passage={passage()} />)).not.toContain("autofocus");
  });
});

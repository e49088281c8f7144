import { expect, test } from "bun:test";
import * as Y from "yjs";
import { insertPassage, replaceHalf } from "./commands.ts";
import { newDocument, undoOptions, undoScope } from "./document.ts";
import { writeHalf } from "./halves.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { readRows } from "./rows.ts";
import { standingOf } from "./standing.ts";
import { hashOf } from "./text.ts";

test("a passage is to write, fresh, changed since, edited by hand, and undo tells it back", () => {
  const doc = newDocument();
  const notes = parseMarkdown("notes", "notes");
  const prose = parseMarkdown("A take.", "prose");
  const id = insertPassage(doc, "end", { notes });
  const standing = () => standingOf(readRows(doc)[0]!);
  const write = (half: "notes" | "prose", text: string) =>
    writeHalf(doc, id, half, parseMarkdown(text, half));
  expect(standing()).toBe("to write");

  const manager = new Y.UndoManager(undoScope(doc), { ...undoOptions(), captureTimeout: 0 });
  const hashes = { take: "t", askHash: hashOf(notes), proseHash: hashOf(prose) };
  replaceHalf(doc, id, "prose", prose, hashes);
  expect(standing()).toBe("fresh");
  write("notes", "other notes");
  expect(standing()).toBe("notes changed since");
  write("prose", "A take, edited.");
  expect(standing()).toBe("edited by hand");
  manager.undo();
  manager.undo();
  expect(standing()).toBe("fresh");
  manager.undo();
  expect(standing()).toBe("to write");
});

import { expect, test } from "bun:test";
import type { Node as PMNode } from "prosemirror-model";
import { Transform } from "prosemirror-transform";
import * as Y from "yjs";
import { insertPassage } from "./commands.ts";
import { fragmentOf, newDocument, passagesOf } from "./document.ts";
import { readHalf, writeHalf } from "./halves.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { schema } from "./schema.ts";

function chapter(prose = "") {
  const doc = newDocument();
  const id = insertPassage(doc, "end", { prose: parseMarkdown(prose, "prose") });
  const fragment = fragmentOf(passagesOf(doc).get(id), "prose")!;
  const read = () => readHalf(fragment, "prose");
  return { doc, id, fragment, read };
}

const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement => {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
};
const text = (words: string) => new Y.XmlText(words);

/** Both hear of everything. */
function sync(a: Y.Doc, b: Y.Doc): void {
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)));
}

function typeAt(doc: Y.Doc, id: string, half: PMNode, at: number, words: string): void {
  writeHalf(doc, id, "prose", new Transform(half).insert(at, schema.text(words)).doc);
}

test("what is written is read again", () => {
  const source = [
    "# Title",
    "One *two* **three** [four](<https://example.org>)\\\nfive",
    "> quoted",
    "- a\n- b",
    "7. c\n8. d",
    "***",
  ].join("\n\n");
  const { read } = chapter(source);
  expect(read().eq(parseMarkdown(source, "prose"))).toBe(true);
  read().check();
});

test("reading writes nothing, whatever is there", () => {
  const { doc, fragment, read } = chapter();
  const broken = element("list_item", element("bullet_list"));
  fragment.insert(0, [
    element("bullet_list", broken, element("paragraph", text("loose"))),
    element("ordered_list"),
    element("list_item", element("paragraph", text("alone"))),
    element("blockquote"),
    element("heading", text("no level")),
    element("table", element("row", element("cell", text("unknown")))),
    text("bare") as unknown as Y.XmlElement,
  ]);
  const before = Y.encodeStateAsUpdate(doc);
  const node = read();
  node.check();
  for (const words of ["loose", "alone", "no level", "unknown", "bare"])
    expect(node.textContent).toContain(words);
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
});

test("a list item that begins with a list gets its paragraph in what is read, not in the document", () => {
  const { fragment, read } = chapter();
  fragment.delete(0, fragment.length);
  const inner = element("bullet_list", element("list_item", element("paragraph", text("deep"))));
  fragment.insert(0, [element("bullet_list", element("list_item", inner))]);
  expect(read().firstChild!.firstChild!.firstChild!.type.name).toBe("paragraph");
  expect((fragment.get(0) as Y.XmlElement).toString()).not.toContain("<list_item><paragraph>\n");
  expect(fragment.toString().match(/<paragraph>/g)).toHaveLength(1);
});

test("blocks of a later version survive edits beside them", () => {
  const { doc, id, fragment, read } = chapter("before");
  fragment.insert(1, [element("table", element("row", text("cells")))]);
  const half = read();
  typeAt(doc, id, half, 1, "words ");
  expect(fragment.toString()).toContain("<table><row>cells</row></table>");
  expect(read().textContent).toContain("words before");
});

test("marks of a later version are plain text, and links that run something are none", () => {
  const { fragment, read } = chapter();
  const words = new Y.XmlText();
  words.insert(0, "glow", { sparkle: {} });
  words.insert(4, "bad", { link: { href: "javascript:alert(1)" } });
  fragment.insert(0, [element("paragraph", words)]);
  expect(read().firstChild!.toJSON()).toEqual({
    type: "paragraph",
    content: [{ type: "text", text: "glowbad" }],
  });
});

test("nesting without end is shown flat", () => {
  const { fragment, read } = chapter();
  let inside = element("paragraph", text("deep"));
  for (let i = 0; i < 500; i++) inside = element("blockquote", inside);
  fragment.insert(0, [inside]);
  expect(read().textContent).toBe("deep");
});

test("half a surrogate pair and U+0000 are read as replacement characters", () => {
  const { fragment, read } = chapter();
  fragment.insert(0, [element("paragraph", text("a\0b"))]);
  expect(read().textContent).toBe("a\ufffdb");
});

test("what has not changed is the identical node again", () => {
  const { doc, id, read } = chapter("one\n\ntwo");
  const before = read();
  expect(read()).toBe(before);
  const other = newDocument();
  sync(doc, other);
  const theirs = readHalf(fragmentOf(passagesOf(other).get(id), "prose")!, "prose");
  typeAt(other, id, theirs, 1, "more ");
  sync(doc, other);
  expect(read()).not.toBe(before);
  expect(read().textContent).toBe("more onetwo");
  expect(read().child(1)).toBe(before.child(1));
});

test("reading within a transaction sees what was just written", () => {
  const { doc, id, read } = chapter("one");
  const half = read();
  doc.transact(() => {
    typeAt(doc, id, half, 1, "more ");
    expect(read().textContent).toBe("more one");
  });
  expect(read().textContent).toBe("more one");
});

test("two who begin in one empty paragraph write in one text", () => {
  const { doc, id, read } = chapter();
  const other = newDocument();
  sync(doc, other);
  const theirs = () => readHalf(fragmentOf(passagesOf(other).get(id), "prose")!, "prose");
  typeAt(doc, id, read(), 1, "mine ");
  typeAt(other, id, theirs(), 1, "yours ");
  sync(doc, other);
  typeAt(doc, id, read(), 1, "more ");
  sync(doc, other);
  for (const words of ["mine", "yours", "more"]) expect(theirs().textContent).toContain(words);
  expect(theirs().childCount).toBe(1);
});

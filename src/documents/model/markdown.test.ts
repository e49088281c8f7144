import { describe, expect, test } from "bun:test";
import type { Node as PMNode } from "prosemirror-model";
import { insertPassage } from "./commands.ts";
import { newDocument } from "./document.ts";
import { htmlOf } from "./html.ts";
import { chapterMarkdown, toMarkdown } from "./markdown.ts";
import { parseMarkdown } from "./markdown-read.ts";
import { schema } from "./schema.ts";
import { textOf } from "./text.ts";

const read = (text: string) => parseMarkdown(text, "prose");
/** Without the element of the half, and without what every line has. */
const html = (text: string) =>
  htmlOf(read(text))
    .replace(/^<div class="half prose" data-half="prose">(.*)<\/div>$/s, "$1")
    .replaceAll(' dir="auto"', "");

describe("reading", () => {
  test.each([
    ["one\ntwo\n\nthree", "<p>one two</p><p>three</p>"],
    ["# A #\n## B\n##### C", "<h1>A</h1><h2>B</h2><h3>C</h3>"],
    [
      "*a* _b_ **c** __d__ ***e***",
      "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <em><strong>e</strong></em></p>",
    ],
    ["*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"],
    ["snake_case_name 2 * 3 * 4", "<p>snake_case_name 2 * 3 * 4</p>"],
    ["**bold*", "<p>*<em>bold</em></p>"],
    ["\\*not\\* \\# &amp; &nope;", "<p>*not* # &amp; &amp;nope;</p>"],
    ["a\\\nb  \nc", "<p>a<br>b<br>c</p>"],
    ["***", '<hr class="scene">'],
    ["one\n\n#\n\ntwo", '<p>one</p><hr class="scene"><p>two</p>'],
    ["* * *\n---", '<hr class="scene"><hr class="scene">'],
    ["> a\n> b\nc\n>\n> d", "<blockquote><p>a b c</p><p>d</p></blockquote>"],
    [
      "- a\n- b\n  more\n\n  c\n- d",
      "<ul><li><p>a</p></li><li><p>b more</p><p>c</p></li><li><p>d</p></li></ul>",
    ],
    ["3. a\n4. b", '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
    [
      "- a\n  - b\n    - c",
      "<ul><li><p>a</p><ul><li><p>b</p><ul><li><p>c</p></li></ul></li></ul></li></ul>",
    ],
    ["In 1984. it rained\n1984. it did", "<p>In 1984. it rained 1984. it did</p>"],
    [
      "[a *b*](https://x.org/?a=1&b=2) <https://y.org>",
      '<p><a href="https://x.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a <em>b</em></a> <a href="https://y.org" rel="noopener noreferrer nofollow">https://y.org</a></p>',
    ],
    ["[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"],
    ["<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"],
    ["", "<p><br></p>"],
  ])("%j", (source, expected) => {
    expect(html(source)).toBe(expected);
    read(source).check();
  });

  test("takes a long line and deep nesting in its stride", () => {
    const long = `${"*a [b](".repeat(2_000)}${"word ".repeat(50_000)}`;
    expect(textOf(read(long)).length).toBeGreaterThan(200_000);
    read(`${"> ".repeat(500)}deep`).check();
    read(`${"- ".repeat(500)}deep`).check();
  });
});

describe("writing", () => {
  const { nodes } = schema;
  const paragraph = (...words: (string | PMNode)[]) =>
    nodes.paragraph.create(
      null,
      words.map((one) => (typeof one === "string" ? schema.text(one) : one)),
    );
  const em = (words: string) => schema.text(words, [schema.marks.em.create()]);
  const strong = (words: string) => schema.text(words, [schema.marks.strong.create()]);
  const prose = (...blocks: PMNode[]) => nodes.prose.create(null, blocks);

  test.each([
    "# not a heading",
    "- no list",
    "+ no list",
    "1. no list",
    "12) no list",
    "> no quote",
    "*no* _emphasis_ `code` [no](link) <b>html</b> ![no](image)",
    "***",
    "---",
    "===",
    "&amp; &#39; & AT&T",
    "back\\slash \\* end\\",
    "a_b_c 2*3*4",
    "~~~",
    "#",
    "Straße “quoted” – 東京 👩‍🚀",
  ])("keeps %j as it is", (words) => {
    const node = prose(paragraph("before"), paragraph(words), paragraph("after"));
    expect(textOf(read(toMarkdown(node)))).toBe(textOf(node));
    expect(read(toMarkdown(node)).childCount).toBe(3);
  });

  test("puts space outside of emphasis", () => {
    const node = prose(paragraph("a", em(" b "), "c", strong("d "), "e"));
    expect(toMarkdown(node)).toBe("a *b* c**d** e");
  });

  test("joins emphasis that goes on", () => {
    const both = schema.text("b", [schema.marks.em.create(), schema.marks.strong.create()]);
    const node = prose(paragraph(em("a "), both, em(" c")));
    expect(toMarkdown(node)).toBe("*a **b** c*");
  });

  test("parts two lists in a row", () => {
    const item = nodes.list_item.create(null, paragraph("a"));
    const list = nodes.bullet_list.create(null, item);
    expect(read(toMarkdown(prose(list, list))).childCount).toBe(2);
  });

  test("gives back what was read", () => {
    const source = [
      "# One *two*",
      "A line\\\nand another, with a [link](<https://example.org/a_b>).",
      "> Quoted\n>\n> - list\n>\n>   more\n> - end",
      "***",
      "9. nine\n10. ten\n\n    deeper",
      "***both** em*",
    ].join("\n\n");
    expect(toMarkdown(read(source))).toBe(source.replace("***both** em*", "***both** em*"));
    expect(read(toMarkdown(read(source))).eq(read(source))).toBe(true);
  });

  test("a chapter is its prose, row by row", () => {
    const doc = newDocument();
    insertPassage(doc, "end", { notes: parseMarkdown("hidden", "notes"), prose: read("one") });
    insertPassage(doc, "end", {});
    insertPassage(doc, "end", { prose: read("two") });
    expect(chapterMarkdown(doc)).toBe("one\n\ntwo\n");
    expect(chapterMarkdown(doc, "notes")).toBe("hidden\n");
  });
});

test("random texts come back as they were", () => {
  let seed = 11;
  const below = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * n);
  };
  const signs = [
    "a",
    "Bc",
    "*",
    "_",
    "#",
    "-",
    "1.",
    ">",
    "[x]",
    "(y)",
    "<",
    "&",
    "`",
    "\\",
    "+",
    "=",
    "~",
    "!",
    "…",
  ];
  for (let i = 0; i < 500; i++) {
    const blocks = Array.from({ length: 1 + below(3) }, () => {
      const words = Array.from({ length: 1 + below(6) }, () => {
        const word = Array.from({ length: 1 + below(3) }, () => signs[below(signs.length)]).join(
          "",
        );
        return word;
      });
      return schema.nodes.paragraph.create(null, schema.text(words.join(" ")));
    });
    const node = schema.nodes.prose.create(null, blocks);
    const back = read(toMarkdown(node));
    if (!back.eq(node)) throw new Error(`${toMarkdown(node)}\n${back}\n${node}`);
  }
});

import { describe, expect, test } from "bun:test";
import { strFromU8, unzipSync } from "fflate";
import type { Schemas } from "../../src/processors/sdk.ts";
import { type Pitch, partsOf } from "./blocks.ts";
import { docxOf } from "./docx.ts";
import { markdownOf } from "./markdown.ts";
import { pdfOf, typstOf } from "./pdf.ts";

const text = (said: string, ...marks: string[]) => ({
  type: "text",
  text: said,
  ...(marks.length > 0 ? { marks: marks.map((type) => ({ type })) } : {}),
});
const content = {
  template: "pitch-template-fiction-query-v1",
  words: { notes: 0, prose: 9 },
  blanks: 1,
  sections: [
    {
      section: "comps",
      title: "Comparable titles",
      words: 9,
      blanks: ["comp title"],
      passages: [
        {
          id: "a",
          notes: [],
          prose: [
            {
              type: "paragraph",
              content: [
                text("For readers of "),
                text("Salt & [[comp title]]", "em"),
                text(' #let x = "*1*"'),
              ],
            },
            { type: "scene_break" },
            {
              type: "ordered_list",
              attrs: { start: 3 },
              content: [
                {
                  type: "list_item",
                  content: [{ type: "paragraph", content: [text("שלום, 灯台")] }],
                },
              ],
            },
          ],
        },
      ],
    },
    {
      section: "biography",
      title: "Biography",
      words: 0,
      blanks: [],
      passages: [{ id: "b", notes: [], prose: [{ type: "paragraph" }] }],
    },
  ],
} as unknown as Schemas["pitch-v1"];

const pitch: Pitch = {
  title: "The Salt Ledger",
  author: "Marian Vane",
  language: "en-GB",
  parts: partsOf(content),
};

describe("an exported pitch", () => {
  test("has its sections with words, and blanks that show", () => {
    const said = markdownOf(pitch);
    expect(said).toStartWith("# The Salt Ledger\n\n*Marian Vane*\n\n## Comparable titles\n\n");
    expect(said).toContain('For readers of *Salt &* ***\\[comp title\\]*** #let x = "\\*1\\*"');
    expect(said).toContain("\n\n* * *\n\n3. שלום, 灯台\n");
    expect(said).not.toContain("Biography");
  });

  test("is a DOCX with the same words", async () => {
    const files = unzipSync(await docxOf(pitch));
    const document = strFromU8(files["word/document.xml"]!);
    const words = [...document.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)]
      .map(([, said]) => said)
      .join("|");
    expect(words).toContain("Comparable titles|For readers of |Salt &amp; |[comp title]| #let x");
    expect(document).toContain('<w:highlight w:val="yellow"/>');
  });

  test("is a PDF, the same bytes twice, in which nothing of the text is markup", () => {
    expect(typstOf(pitch)).toContain('#" #let x = \\"*1*\\"";');
    const [once, twice] = [pdfOf(pitch), pdfOf(pitch)];
    expect(new TextDecoder().decode(once.slice(0, 5))).toBe("%PDF-");
    expect(Buffer.from(once).equals(Buffer.from(twice))).toBe(true);
  });
});

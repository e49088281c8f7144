/** Manuscripts on their way in: what is found, what is made of it, and what is refused with nothing made. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { unzipSync, zipSync } from "fflate";
import { type Client, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { openPostgres } from "../database.ts";
import { IMPORT_LIMIT_BYTES, KEPT_HOURS, sweepImports } from "./imports.ts";

/** Made by LibreOffice 7, with everything that a manuscript has. */
const DOCX = await Bun.file(new URL("./libreoffice.docx", import.meta.url)).bytes();

type Chapter = { part: string | null; title: string; words: number; opening: string };
type Preview = {
  id: string;
  title: string;
  author: string | null;
  format: string;
  losses: { kind: string; count: number }[];
  rule: { cut: string; gaps: boolean };
  outline: { words: number; gaps: number; chapters: Chapter[] };
  madeAt: string | null;
  detail?: string;
  type?: string;
};
type Made = { book: string; chapters: string[] };

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

async function send(name: string, body: BodyInit, by = marian) {
  const response = await fetch(
    new URL(`/api/imports?name=${encodeURIComponent(name)}`, studio.url),
    { method: "POST", headers: { authorization: `Bearer ${by.token}` }, body },
  );
  return { status: response.status, body: (await response.json()) as Preview };
}

async function preview(name: string, body: BodyInit): Promise<Preview> {
  const answer = await send(name, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

async function make(id: string, body: object = {}): Promise<Made> {
  const answer = await marian.post<Made>(`/api/imports/${id}/book`, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

async function markdownOf(chapter: string): Promise<string> {
  const headers = { accept: "text/markdown" };
  const path = `/api/documents/${chapter}`;
  const { body } = await marian.request<{ text: string }>("GET", path, undefined, headers);
  return body.text;
}

const titles = ({ outline }: Preview) => outline.chapters.map(({ title }) => title);

describe("a DOCX", () => {
  test("is shown before anything is made, and cut otherwise without being sent again", async () => {
    const before = await rowCounts(studio.databaseUrl);
    const found = await preview("ledger.docx", DOCX);
    expect(found).toMatchObject({
      title: "The Salt Ledger",
      author: "Marian Oake",
      format: "docx",
      losses: [
        { kind: "footnote", count: 1 },
        { kind: "table", count: 1 },
        { kind: "change", count: 1 },
        { kind: "comment", count: 1 },
        { kind: "formatting", count: 1 },
      ],
      rule: { cut: "heading-1", gaps: false },
      outline: { words: 52, gaps: 1 },
    });
    expect(titles(found)).toEqual(["The Fog Signal", "Engine House"]);
    const cut = async (rule: object) =>
      (await marian.request<Preview>("PATCH", `/api/imports/${found.id}`, { rule })).body;
    expect(titles(await cut({ cut: "heading-2" }))).toEqual([
      "The Fog Signal",
      "A section",
      "Engine House",
    ]);
    expect(titles(await cut({ cut: "page" }))).toHaveLength(2);
    expect(titles(await cut({ cut: "scene" }))).toHaveLength(4);
    const none = await cut({ cut: "none" });
    expect(titles(none)).toEqual([""]);
    expect(none.outline.words).toBe(57);
    expect((await cut({ cut: "everywhere" })).type).toBe("/problems/invalid");
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    const [left] = await query<{ count: number }>(
      studio.databaseUrl,
      "select count(*)::int as count from file_uploads",
    );
    expect(left!.count).toBe(0);
  });

  test("keeps text, emphasis, headings and scene breaks exactly, and triggers nothing", async () => {
    const runs = (await marian.get<{ items: unknown[] }>("/api/runs")).body.items.length;
    const { id } = await preview("ledger.docx", DOCX);
    const made = await make(id);
    expect(await markdownOf(made.chapters[0]!)).toBe(
      [
        "“Dusk,” said Hester.  Two spaces. *Emphasis*, **strong**, ***both***, *styled*, under.",
        "A note here, a [link](<https://example.org/>), inserted.",
        "***",
        "After centred asterisks.",
        "***",
        "After a number sign.",
        "After an empty line. L’été, naïve — “smart”… שלום",
        "***",
        "> A quote.\n>\n> Its second line.",
        "- first\n- second",
        "# A section",
        "Line one\\\nline two.",
        "cell\n",
      ].join("\n\n"),
    );
    expect((await marian.get<{ name: string }>(`/api/buckets/${made.book}`)).body).toMatchObject({
      name: "The Salt Ledger",
      metadata: { author: "Marian Oake" },
    });
    const { body } = await marian.get<{ passages: { notes: unknown[]; prose: unknown[] }[] }>(
      `/api/documents/${made.chapters[0]}`,
    );
    expect(body.passages).toHaveLength(4);
    for (const { notes } of body.passages) expect(notes).toEqual([{ type: "paragraph" }]);
    const snapshots = await marian.get<{ items: unknown[] }>(
      `/api/blobs?subtree=${made.book}&schema=chapter-v1`,
    );
    expect(snapshots.body.items).toHaveLength(2);
    expect((await marian.get<{ items: unknown[] }>("/api/runs")).body.items).toHaveLength(runs);
    // Once is enough.
    expect(await make(id)).toEqual(made);
    const late = await marian.request("PATCH", `/api/imports/${id}`, { rule: { cut: "none" } });
    expect(late).toMatchObject({ status: 409, body: { type: "/problems/made" } });
  });

  test("goes behind the chapters of a book that stands; an empty line is a break where one says so", async () => {
    const { id } = await preview("ledger.docx", DOCX);
    const rule = { gaps: true };
    await marian.request("PATCH", `/api/imports/${id}`, { rule });
    const { book, chapters } = await make(id, { book: marian.book });
    expect(book).toBe(marian.book);
    expect(await markdownOf(chapters[0]!)).toContain("number sign.\n\n***\n\nAfter an empty");
    const tree = await marian.get<{ children: { id: string }[] }>(`/api/buckets/${book}/tree`);
    expect(tree.body.children.map(({ id }) => id).slice(-2)).toEqual(chapters);
  });

  test("of a Word in another language has the same headings, titles, quotes and emphasis", async () => {
    const parts = unzipSync(DOCX);
    for (const [id, name, localised] of [
      ["Heading1", "Heading 1", "berschrift1"],
      ["Heading2", "Heading 2", "Rubrik2"],
      ["Emphasis", "Emphasis", "Hervorhebung"],
      ["Quotations", "Quotations", "Zitat"],
      ["Title", "Title", "Titel"],
    ] as const) {
      for (const part of ["word/styles.xml", "word/document.xml"])
        parts[part] = replaced(parts[part]!, `"${id}"`, `"${localised}"`);
      const said = name === "Quotations" ? "Quote" : name.toLowerCase();
      parts["word/styles.xml"] = replaced(
        parts["word/styles.xml"]!,
        `<w:name w:val="${name === id ? localised : name}"/>`,
        `<w:name w:val="${name === "Title" ? "Title" : said}"/>`,
      );
    }
    const found = await preview("uebersetzt.docx", zipSync(parts));
    expect(found.title).toBe("The Salt Ledger");
    expect(titles(found)).toEqual(["The Fog Signal", "Engine House"]);
    const { chapters } = await make(found.id);
    const text = await markdownOf(chapters[0]!);
    for (const said of ["*styled*", "> A quote.", "# A section"]) expect(text).toContain(said);
  });

  test("with a picture that is none is read; the picture is counted and left out", async () => {
    const parts = unzipSync(DOCX);
    parts["word/media/image1.png"] = new TextEncoder().encode("no picture at all");
    parts["word/_rels/document.xml.rels"] = replaced(
      parts["word/_rels/document.xml.rels"]!,
      "</Relationships>",
      '<Relationship Id="rIdP" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image1.png"/></Relationships>',
    );
    parts["word/document.xml"] = replaced(
      parts["word/document.xml"]!,
      "<w:t>The second chapter.</w:t>",
      '<w:t>The second chapter.</w:t></w:r><w:r><w:drawing><wp:inline><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:embed="rIdP"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>',
    );
    const found = await preview("pictured.docx", zipSync(parts));
    expect(found.losses).toContainEqual({ kind: "image", count: 1 });
    expect(found.outline.words).toBe(52);
  });
});

function replaced(part: Uint8Array, from: string, to: string): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(part);
  expect(text).toContain(from);
  return new TextEncoder().encode(text.replaceAll(from, to));
}

describe("other manuscripts", () => {
  test("Markdown, with front matter and parts", async () => {
    const found = await preview(
      "m.md",
      "---\ntitle: The Ledger\nauthor: M. Oake\n---\n# Part One\n\n## One\n\nFog. *Wet*[^1] ink.\n\n## Two\n\n* * *\n\nRain.\n\n# Part Two\n\n## Three\n\nSun.\n\n[^1]: A note.\n",
    );
    expect(found).toMatchObject({
      title: "The Ledger",
      author: "M. Oake",
      rule: { cut: "heading-1" },
      losses: [{ kind: "footnote", count: 1 }],
    });
    const rule = { cut: "heading-2" };
    const cut = await marian.request<Preview>("PATCH", `/api/imports/${found.id}`, { rule });
    expect(cut.body.outline.chapters.map(({ part, title }) => [part, title])).toEqual([
      ["Part One", "One"],
      ["Part One", "Two"],
      ["Part Two", "Three"],
    ]);
    const made = await make(found.id);
    expect(await markdownOf(made.chapters[0]!)).toBe("Fog. *Wet* ink.\n");
    const tree = await marian.get<{ children: { name: string; children: { name: string }[] }[] }>(
      `/api/buckets/${made.book}/tree`,
    );
    expect(tree.body.children.map(({ name, children }) => [name, children.length])).toEqual([
      ["Part One", 2],
      ["Part Two", 1],
    ]);
  });

  test("HTML, by the allow-list of a paste", async () => {
    const found = await preview(
      "m.html",
      '<!doctype html><title>Fog &amp; Rain</title><style>.c1{font-style:italic}</style><h1>One</h1><p onclick="x()">“Dusk&rdquo; <span class="c1">wet</span> <a href="javascript:alert(1)">no</a> <a href="https://example.org">yes</a><p>#<script>alert(1)</script><p>After<img src="x" onerror="x()">',
    );
    expect(found).toMatchObject({ title: "Fog & Rain", losses: [{ kind: "image", count: 1 }] });
    const made = await make(found.id);
    expect(await markdownOf(made.chapters[0]!)).toBe(
      "“Dusk” *wet* no [yes](<https://example.org>)\n\n***\n\nAfter\n",
    );
  });

  test("plain text in any of its encodings, with chapters found by their lines", async () => {
    const text =
      "Chapter One\n\nThe café — “fog”.\n\n***\n\nStill fog.\n\nCHAPTER II: Rain\n\nRain.\n\nEpilogue\n\nSun.\n";
    const utf16 = new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));
    const latin = Uint8Array.from(
      [...text].map((sign) => ({ "—": 0x97, "“": 0x93, "”": 0x94 })[sign] ?? sign.charCodeAt(0)),
    );
    for (const [name, bytes] of [
      ["utf-8.txt", new TextEncoder().encode(`\ufeff${text}`)],
      ["utf-16.txt", utf16],
      ["windows.txt", latin],
    ] as const) {
      const found = await preview(name, bytes);
      expect(titles(found)).toEqual(["Chapter One", "CHAPTER II: Rain", "Epilogue"]);
      expect(found.outline.chapters[0]).toMatchObject({ words: 5, opening: "The café — “fog”." });
    }
    const broken = await preview(
      "gutenberg.txt",
      "It was dusk and\nthe lamp was lit.\n\nThen it\nrained.\n",
    );
    const made = await make(broken.id);
    expect(await markdownOf(made.chapters[0]!)).toBe(
      "It was dusk and the lamp was lit.\n\nThen it rained.\n",
    );
  });

  test("a form's file is taken on the page, which then shows what was found", async () => {
    const form = new FormData();
    form.append("file", new File([DOCX], "ledger.docx"));
    const headers = { authorization: `Bearer ${marian.token}` };
    const post = { method: "POST", headers, redirect: "manual" } as const;
    const answer = await fetch(new URL("/imports", studio.url), { ...post, body: form });
    expect(answer.status).toBe(303);
    const path = answer.headers.get("location")!;
    const { text } = (await marian.get<{ text: string }>(path)).body;
    for (const said of ["Engine House", "1 footnote is left out", "2 chapters, 52 words"])
      expect(text).toContain(said);
    const rule = new URLSearchParams({ cut: "none", passages: "scenes" });
    const cut = await fetch(new URL(`${path}/rule`, studio.url), { ...post, body: rule });
    expect(cut.status).toBe(303);
    expect((await marian.get<{ text: string }>(path)).body.text).toContain("1 chapter, 57 words");
    const title = new URLSearchParams({ title: "Another Ledger", into: "" });
    const made = await fetch(new URL(`${path}/book`, studio.url), { ...post, body: title });
    expect(made.headers.get("location")).toStartWith("/chapters/");
    const refused = new FormData();
    refused.append("file", new File(["%PDF-1.7"], "ledger.pdf"));
    const pdf = await fetch(new URL("/imports", studio.url), { ...post, body: refused });
    expect(pdf.status).toBe(422);
    expect(await pdf.text()).toContain("It is a PDF");
  });
});

test("an import is another's to nobody, can be dropped, and is swept after its day", async () => {
  const { id } = await preview("fog.txt", "Fog.");
  const path = `/api/imports/${id}`;
  expect((await tom.get(path)).status).toBe(404);
  expect((await tom.request("DELETE", path)).status).toBe(404);
  expect((await marian.request("DELETE", path)).status).toBe(204);
  expect((await marian.get(path)).status).toBe(404);
  const kept = await preview("fog.txt", "Fog.");
  const postgres = await openPostgres(studio.databaseUrl);
  const after = (hours: number) => new Date(Date.now() + hours * 60 * 60 * 1_000);
  await sweepImports(postgres.db, after(KEPT_HOURS - 1));
  expect((await marian.get(`/api/imports/${kept.id}`)).status).toBe(200);
  await sweepImports(postgres.db, after(KEPT_HOURS + 1));
  expect((await marian.get(`/api/imports/${kept.id}`)).status).toBe(404);
  await postgres.close();
});

describe("what is no manuscript", () => {
  const parts = () => unzipSync(DOCX);
  const bomb = () => ({ ...parts(), "word/document.xml": new Uint8Array(48 * 1024 * 1024) });
  /** Its directory says that the document has ten bytes. */
  function lying(): Uint8Array<ArrayBuffer> {
    const bytes = zipSync({ ...parts(), "word/document.xml": new Uint8Array(1024 * 1024) });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.byteLength - 46; at++) {
      if (view.getUint32(at, true) !== 0x02014b50) continue;
      const name = new TextDecoder().decode(
        bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)),
      );
      if (name === "word/document.xml") view.setUint32(at + 24, 10, true);
    }
    return bytes;
  }

  test("is refused with a sentence, and nothing of it stays", async () => {
    const before = await rowCounts(studio.databaseUrl);
    const imports = () =>
      query<{ uploads: number; imports: number }>(
        studio.databaseUrl,
        "select (select count(*)::int from file_uploads) as uploads, (select count(*)::int from imports) as imports",
      );
    const counted = await imports();
    const doctype = replaced(
      parts()["word/document.xml"]!,
      "<w:document",
      "<!DOCTYPE x><w:document",
    );
    const deep = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${"<w:sdt><w:sdtContent>".repeat(50_000)}`;
    const cases: [name: string, body: BodyInit, says: string][] = [
      ["no.docx", "no zip", "is called a DOCX and is none"],
      ["cut.docx", DOCX.slice(0, 4_000), "damaged"],
      ["other.docx", zipSync({ "a.txt": new Uint8Array(3) }), "no DOCX"],
      ["bomb.docx", zipSync(bomb()), "packed too tightly"],
      ["lying.docx", lying(), "damaged"],
      ["out.docx", zipSync({ ...parts(), "../../etc/x": new Uint8Array(3) }), "leads out of it"],
      ["entities.docx", zipSync({ ...parts(), "word/document.xml": doctype }), "entities"],
      [
        "deep.docx",
        zipSync({ ...parts(), "word/document.xml": new TextEncoder().encode(deep) }),
        "too deep",
      ],
      ["picture.docx", "\u0089PNG", "DOCX"],
      ["picture.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), "It is a picture"],
      ["old.doc", Buffer.from("\xd0\xcf\x11\xe0", "latin1"), "old Word file"],
      ["bytes.txt", crypto.getRandomValues(new Uint8Array(4_000)), "It is no text"],
      ["empty.txt", "", "It is empty"],
      ["space.md", " \n\n***\n", "no words"],
    ];
    for (const [name, body, says] of cases) {
      const answer = await send(name, body);
      expect([name, answer.status, answer.body.detail]).toEqual([
        name,
        422,
        expect.stringContaining(says),
      ]);
    }
    let sent = 0;
    const large = new ReadableStream({
      pull(controller) {
        if (sent > IMPORT_LIMIT_BYTES) return controller.close();
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    expect(await send("large.docx", large)).toMatchObject({
      status: 413,
      body: { detail: expect.stringContaining("64 MiB") },
    });
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
    expect(await imports()).toEqual(counted);
  }, 60_000);

  test("what cannot be made as it is cut says so, and nothing is half-made", async () => {
    const many = await preview(
      "many.txt",
      Array.from({ length: 450 }, (_, n) => `${n + 1}\n\nFog.\n`).join("\n"),
    );
    expect(many.outline.chapters).toHaveLength(450);
    const before = await rowCounts(studio.databaseUrl);
    const refused = await marian.post(`/api/imports/${many.id}/book`, {});
    expect(refused).toMatchObject({ status: 409, body: { type: "/problems/not-makeable" } });
    const other = await preview("one.txt", "Fog.");
    expect((await marian.post(`/api/imports/${other.id}/book`, { book: tom.book })).status).toBe(
      404,
    );
    expect((await tom.post(`/api/imports/${other.id}/book`, {})).status).toBe(404);
    expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  });
});

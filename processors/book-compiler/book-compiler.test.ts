/** A small book through every format, read back by programs that are not ours. */
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { type Client, eventually, type Json, signUp } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import type { Book, Chapter } from "./book.ts";
import { docxOf } from "./docx.ts";

type File = { format: string; file: string; name: string; size: number; sha256: string };
type Compiled = {
  words: number;
  files: File[];
  chapters: { title: string; revision: number }[];
  remarks: string[];
  epubCheck?: { errors: number; warnings: number; messages: object[] };
};

let studio: TestStudio;
let client: Client;
let book: string;
let folder: string;
let compiled: Compiled;
let bytes: Record<string, Uint8Array>;
const chapters: string[] = [];

const FORMATS = ["epub", "pdf", "docx", "markdown", "html"];
const PROSE = [
  `The *lamp* was burning **when** she reached the gallery. A [link](https://example.org/a%20b).

# A heading

She said: 5 < 6 & 7 > 2, "quite". It cost #5 and @home \\ $x$.

* * *

> Quoted words,
> in two lines.

- one
- two

3. three
4. four`,
  "שלום עולם. This line runs from the right.\n\n然后她走了。",
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reyna-compile-"));
  studio = await openTestStudio({ tuning: { snapshots: { idleMs: 50, everyMs: 100 } } });
  client = await signUp(studio.url);
  const made = await client.post<{ id: string }>("/api/buckets", {
    type: "book",
    name: "Fog & Lamps",
    metadata: { author: "Marian Oake", language: "en-GB" },
  });
  book = made.body.id;
  for (const [at, prose] of PROSE.entries()) {
    const draft = { type: "chapter", name: `Chapter <${at + 1}>`, parent: book };
    const { id } = (await client.post<{ id: string }>("/api/buckets", draft)).body;
    chapters.push(id);
    await client.post(`/api/documents/${id}/edits`, {
      edits: [{ edit: "insert", notes: "secret notes", prose }],
    });
  }
  await eventually(async () => {
    const { body } = await client.get<{ items: Json[] }>(
      `/api/blobs?subtree=${book}&schema=chapter`,
    );
    return body.items.length === PROSE.length;
  });
  compiled = await compile({ name: "All", formats: FORMATS, dedication: "To all.\n\nAnd one." });
  bytes = Object.fromEntries(
    await Promise.all(
      compiled.files.map(async ({ format, file }) => [format, await download(file)]),
    ),
  );
}, 180_000);
afterAll(async () => {
  await studio?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function build(content: object): Promise<string> {
  const draft = { schema: "compile-settings", bucket: book, content };
  const { status, body } = await client.post<{ id: string }>("/api/blobs", draft);
  expect(status).toBe(201);
  return body.id;
}

async function ended(content: object): Promise<Json> {
  const request = { processor: "book-compiler", blob: await build(content) };
  const run = (await client.post<{ id: string }>("/api/runs", request)).body.id;
  return eventually(async () => {
    const { body } = await client.get<Json>(`/api/runs/${run}`);
    return ["succeeded", "dead", "cancelled"].includes(body.status as string) && body;
  }, 120_000);
}

async function compile(content: object): Promise<Compiled> {
  const run = await ended(content);
  expect(run).toMatchObject({ status: "succeeded" });
  return (await client.get<{ content: Compiled }>(`/api/blobs/${run.output}`)).body.content;
}

async function download(file: string): Promise<Uint8Array> {
  const response = await fetch(new URL(`/api/blobs/${file}/file`, studio.url), {
    headers: { authorization: `Bearer ${client.token}` },
  });
  return response.bytes();
}

const decoded = (part: Uint8Array | undefined) => new TextDecoder().decode(part);

async function read(command: string[], name: string, file: Uint8Array): Promise<string> {
  await Bun.write(join(folder, name), file);
  const child = Bun.spawn(command, { cwd: folder, stdout: "pipe", stderr: "ignore" });
  return new Response(child.stdout).text();
}

const needed = (program: string): boolean => {
  const found = Bun.which(program) !== null;
  if (!found && process.env.REQUIRE_SERVICES) throw new Error(`${program} is needed here`);
  return found;
};

test("EPUBCheck finds nothing in the EPUB", () => {
  if (!needed("java")) return;
  expect(compiled.epubCheck).toMatchObject({ errors: 0, warnings: 0, messages: [] });
});

test("the EPUB begins with its type, keeps its identifier, and has the words and nothing of the notes", () => {
  const epub = bytes.epub!;
  expect(decoded(epub.subarray(30, 58))).toBe("mimetypeapplication/epub+zip");
  const parts = unzipSync(epub);
  expect(decoded(parts["EPUB/package.opf"])).toContain(`urn:uuid:${book}`);
  const first = decoded(parts["EPUB/chapter-0001.xhtml"]);
  expect(first).toContain("Chapter &lt;1&gt;");
  expect(first).toContain("5 &lt; 6 &amp; 7 &gt; 2");
  expect(first).toContain('<hr class="scene"/>');
  expect(decoded(parts["EPUB/chapter-0002.xhtml"])).toContain('dir="rtl"');
  for (const part of Object.values(parts)) expect(decoded(part)).not.toContain("secret notes");
});

test("the PDF has the words in their order, its fonts with it", async () => {
  if (!needed("pdftotext")) return;
  const words = await read(["pdftotext", "-enc", "UTF-8", "book.pdf", "-"], "book.pdf", bytes.pdf!);
  const flat = words.replace(/\s+/g, " ");
  const wanted = ["The lamp was burning", "A heading", "5 < 6 & 7 > 2", "#5 and @home", "Quoted"];
  const places = wanted.map((piece) => flat.indexOf(piece));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  // The page behind the first chapter: the second begins on the right.
  const pages = words.split("\f").map((page) => page.trim());
  const first = pages.findIndex((page) => page.startsWith("Chapter <1>"));
  expect([pages[first + 1], pages[first + 2]?.startsWith("Chapter <2>")]).toEqual(["", true]);
  const fonts = await read(["pdffonts", "book.pdf"], "book.pdf", bytes.pdf!);
  for (const line of fonts.trim().split("\n").slice(2)) expect(line).toMatch(/\byes yes yes\b/);
});

test("the DOCX is a manuscript, and LibreOffice reads it", async () => {
  const parts = unzipSync(bytes.docx!);
  const text = decoded(parts["word/document.xml"]);
  expect(text).toContain("about 1,000 words");
  expect(decoded(parts["word/header1.xml"])).toContain("Oake / FOG &amp; LAMPS / ");
  if (!Bun.which("soffice")) return;
  await Bun.write(join(folder, "book.docx"), bytes.docx!);
  const home = `-env:UserInstallation=file://${folder}/home`;
  const command = ["soffice", home, "--headless", "--convert-to", "txt:Text", "book.docx"];
  await Bun.spawn(command, { cwd: folder, stdout: "ignore", stderr: "ignore" }).exited;
  const words = await Bun.file(join(folder, "book.txt")).text();
  expect(words).toContain('5 < 6 & 7 > 2, "quite". It cost #5 and @home \\ $x$.');
  expect(words).toContain("שלום עולם");
});

test("a manuscript parts scenes by #, a plain DOCX by the ornament of its build", async () => {
  expect(decoded(unzipSync(bytes.docx!)["word/document.xml"])).toMatch(/<w:t[^>]*>#<\/w:t>/);
  const sceneOf = async (sceneBreak: string) => {
    const plain = { name: "Plain", formats: ["docx"], docx: "plain", sceneBreak };
    const { files } = await compile(plain);
    return decoded(unzipSync(await download(files[0]!.file))["word/document.xml"]);
  };
  const stars = await sceneOf("asterisks");
  expect(stars).toMatch(/>\*\u2003\*\u2003\*</);
  expect(stars).not.toMatch(/<w:t[^>]*>#<\/w:t>/);
  expect(await sceneOf("line")).toContain("<w:pBdr>");
}, 120_000);

test("the Markdown comes back as it went in; the page of HTML stands alone", () => {
  const parts = unzipSync(bytes.markdown!);
  const [first] = Object.entries(parts).filter(([path]) => path.startsWith("01-"));
  expect(decoded(first![1])).toContain("The *lamp* was burning **when** she");
  expect(decoded(first![1])).toContain("* * *\n\n> Quoted words");
  expect(decoded(first![1])).toContain("3. three\n4. four");
  const html = decoded(bytes.html);
  expect(html).toContain("<title>Fog &amp; Lamps</title>");
  expect(html).not.toMatch(/<(script|link)\b|src=/);
});

test("compiling twice gives the same bytes; the same bytes are kept once", async () => {
  const again = await compile({ name: "All", formats: FORMATS, dedication: "To all.\n\nAnd one." });
  expect(again.files.map(({ sha256 }) => sha256)).toEqual(
    compiled.files.map(({ sha256 }) => sha256),
  );
}, 120_000);

test("the names that links are given by lot leave nothing behind, whatever they end with", async () => {
  const text = [
    { type: "text", text: "a link", marks: [{ type: "link", attrs: { href: "x:y" } }] },
  ];
  const chapter = {
    id: "c",
    title: "One",
    label: null,
    blocks: [{ type: "paragraph", content: text }],
    blob: "b",
    revision: 1,
    words: 2,
    hash: "",
  } as Chapter;
  const draft = {
    id: "i",
    title: "Fog",
    subtitle: null,
    author: "Marian Oake",
    language: "en",
    direction: "ltr",
    modified: new Date(0),
    chapters: [chapter],
    front: [],
    back: [],
    cover: undefined as never,
    words: 2,
    settings: { name: "All", formats: ["docx"] },
  } satisfies Book;
  const lot = spyOn(Math, "random");
  try {
    const made = new Set();
    for (let letter = 0; letter < 64; letter++) {
      lot.mockReturnValue(letter / 64);
      made.add(decoded(unzipSync(await docxOf(draft))["word/document.xml"]));
    }
    expect([...made]).toEqual([expect.stringContaining('r:id="rIdLink1"')]);
  } finally {
    lot.mockRestore();
  }
});

test("chapters are left out and put in order; what was built from what is told", async () => {
  const order = [chapters[1]!, chapters[0]!];
  const turned = await compile({ name: "Turned", formats: ["html"], order });
  expect(turned.chapters.map(({ title }) => title)).toEqual(["Chapter <2>", "Chapter <1>"]);
  const one = await compile({ name: "One", formats: ["html"], leftOut: [chapters[0]!] });
  expect(one.chapters.map(({ title }) => title)).toEqual(["Chapter <2>"]);
});

test("what cannot be made says why, and nothing half-made stays", async () => {
  const before = await client.get<{ items: Json[] }>(`/api/blobs?bucket=${book}&schema=file`);
  const upload = async (name: string, body: Uint8Array<ArrayBuffer>) => {
    const url = new URL(`/api/files?bucket=${book}&name=${name}`, studio.url);
    const headers = { authorization: `Bearer ${client.token}`, "content-type": "image/png" };
    const response = await fetch(url, { method: "POST", headers, body });
    return ((await response.json()) as { id: string }).id;
  };
  const png = new Uint8Array(64);
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  new DataView(png.buffer).setUint32(16, 20_000);
  new DataView(png.buffer).setUint32(20, 30_000);
  const huge = await upload("huge.png", png);
  const text = await upload("not.png", new TextEncoder().encode("no picture"));
  const why = async (content: object) =>
    (
      (await ended({ name: "Bad", formats: ["epub"], ...content })) as {
        error: { sentence: string };
      }
    ).error.sentence;
  expect(await why({ cover: huge })).toContain("20000 × 30000 pixels");
  expect(await why({ cover: text })).toContain("neither a PNG nor a JPEG");
  expect(await why({ language: "no language" })).toContain("is no language tag");
  expect(await why({ leftOut: chapters })).toContain("no prose");
  const after = await client.get<{ items: Json[] }>(`/api/blobs?bucket=${book}&schema=file`);
  expect(after.body.items).toHaveLength(before.body.items.length + 2);
});

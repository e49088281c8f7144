/** A manuscript that LibreOffice wrote, through the studio and out again as a DOCX, says the same. */
import { expect, test } from "bun:test";
import { eventually, type Json, signUp } from "../../test/support/client.ts";
import { openTestStudio } from "../../test/support/studio.ts";

const MANUSCRIPT = await Bun.file(new URL("./libreoffice.docx", import.meta.url)).bytes();

type Preview = { id: string; outline: { words: number; chapters: { title: string }[] } };

test("text, emphasis, headings and scene breaks are exactly as they were", async () => {
  const studio = await openTestStudio();
  try {
    const marian = await signUp(studio.url);
    const headers = { authorization: `Bearer ${marian.token}` };
    async function booked(bytes: Uint8Array<ArrayBuffer>) {
      const sent = { method: "POST", headers, body: bytes };
      const answer = await fetch(new URL("/api/imports?name=m.docx", studio.url), sent);
      const found = (await answer.json()) as Preview;
      const { body } = await marian.post<{ book: string; chapters: string[] }>(
        `/api/imports/${found.id}/book`,
        {},
      );
      const texts = await Promise.all(
        body.chapters.map(async (chapter) => {
          const accept = { accept: "text/markdown" };
          const path = `/api/documents/${chapter}`;
          return (await marian.request<{ text: string }>("GET", path, undefined, accept)).body.text;
        }),
      );
      return { book: body.book, titles: found.outline.chapters.map(({ title }) => title), texts };
    }

    const first = await booked(MANUSCRIPT);
    const content = { name: "Round", formats: ["docx"], titlePage: false, docx: "plain" };
    const draft = { schema: "compile-settings", bucket: first.book, content };
    const build = await marian.post<{ id: string }>("/api/blobs", draft);
    expect(build).toMatchObject({ status: 201 });
    const asked = { processor: "book-compiler", blob: build.body.id };
    const run = await marian.post<{ id: string }>("/api/runs", asked);
    expect(run).toMatchObject({ status: 202 });
    const output = await eventually(async () => {
      const { body } = await marian.get<{ status: string; output: string; error: Json }>(
        `/api/runs/${run.body.id}`,
      );
      expect(body.error ?? null).toBeNull();
      return body.status === "succeeded" && body.output;
    }, 60_000);
    const { body } = await marian.get<{ content: { files: { file: string }[] } }>(
      `/api/blobs/${output}`,
    );
    const path = `/api/blobs/${body.content.files[0]!.file}/file`;
    const compiled = await (await fetch(new URL(path, studio.url), { headers })).bytes();

    const second = await booked(compiled);
    expect(second.titles).toEqual(first.titles);
    expect(second.texts).toEqual(first.texts);
  } finally {
    await studio.stop();
  }
}, 120_000);

/**
 * A book of 100,000 words in 40 chapters compiled to every format, and what a request to the same process waits
 * meanwhile. `compile-program.ts` is the studio.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bigBook, writeBook } from "../support/big-book.ts";
import { type Client, eventually, signUp } from "../support/client.ts";
import { freshDatabase } from "../support/services.ts";
import { print, spread, start, told } from "./measure.ts";

const ALL = ["epub", "pdf", "docx", "markdown", "html"];
/** How long one compiling may take at all, in milliseconds. */
const LIMIT_MS = 180_000;
/** Between two requests, in milliseconds. */
const EVERY_MS = 20;

type Run = { status: string; output: string | null };
type Compiled = { words: number; files: { format: string; size: number }[]; remarks: string[] };

/** Prints the table; Postgres runs, and `TEST_DATABASE_URL` names it. */
export async function benchCompile(): Promise<void> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-bench-"));
  const studio = await start("./compile-program.ts", {
    DATABASE_URL: database.url,
    REYNA_DATA: folder,
  });
  try {
    const client = await signUp(studio.url);
    const { book, chapters } = await writeBook(client, bigBook());
    await eventually(async () => {
      const { body } = await client.get<{ items: object[] }>(
        `/api/blobs?subtree=${book}&schema=chapter&limit=200`,
      );
      return body.items.length === chapters.length;
    }, LIMIT_MS);
    const quiet = spread(await requests(client, book, sleep(3_000)));
    const rows: string[][] = [["requests, nothing else going on", "", "", told(quiet)]];
    // Once to warm up: a first compiling loads what each format needs.
    for (const formats of [ALL, ...ALL.map((format) => [format]), ALL]) {
      const began = performance.now();
      const compiling = compile(client, book, formats);
      const waited = spread(await requests(client, book, compiling));
      const seconds = (performance.now() - began) / 1_000;
      const { files, words } = await compiling;
      const size = files.reduce((sum, file) => sum + file.size, 0);
      rows.push([
        `${formats.join(", ")} of ${words} words`,
        seconds.toFixed(1),
        `${(size / 1e6).toFixed(1)} MB`,
        told(waited),
      ]);
    }
    print(
      "Compiling a book; EPUBCheck included where there is Java. Requests in milliseconds, p50 / p99.",
      ["seconds", "size", "requests meanwhile"],
      rows,
    );
  } finally {
    await studio.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(client: Client, book: string, formats: string[]): Promise<Compiled> {
  const content = { name: "All", formats };
  const draft = { schema: "compile-settings", bucket: book, content };
  const build = (await client.post<{ id: string }>("/api/blobs", draft)).body.id;
  const asked = { processor: "book-compiler", blob: build };
  const run = (await client.post<{ id: string }>("/api/runs", asked)).body.id;
  const { output } = await eventually(async () => {
    await sleep(100);
    const { body } = await client.get<Run>(`/api/runs/${run}`);
    if (body.status === "dead") throw new Error(`compiling failed: ${JSON.stringify(body)}`);
    return body.status === "succeeded" && body;
  }, LIMIT_MS);
  return (await client.get<{ content: Compiled }>(`/api/blobs/${output}`)).body.content;
}

/** How long a small request takes, again and again until that is over; in milliseconds. */
async function requests(client: Client, book: string, until: Promise<unknown>) {
  let over = false;
  const end = () => {
    over = true;
  };
  until.then(end, end);
  const samples: number[] = [];
  while (!over) {
    const began = performance.now();
    await client.get(`/api/buckets/${book}`);
    samples.push(performance.now() - began);
    await sleep(EVERY_MS);
  }
  return samples;
}

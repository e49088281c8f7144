import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { packed } from "./packed.ts";

const text = (words: string) => new TextEncoder().encode(words.repeat(500));

test("what was packed is kept, taken while it is whole, and goes when it is old", async () => {
  const folder = await mkdtemp(join(tmpdir(), "reyna-test-"));
  try {
    const bytes = text("The lamp was burning. ");
    const once = await packed(bytes, folder);
    expect(brotliDecompressSync(once)).toEqual(Buffer.from(bytes));
    const [name] = await readdir(folder);
    const path = join(folder, name!);

    await utimes(path, 1_000, 1_000);
    expect(await packed(bytes, folder)).toEqual(once);
    // It was read, not written.
    expect((await Bun.file(path).stat()).mtimeMs).toBe(1_000_000);

    await Bun.write(path, once.slice(0, 20));
    expect(await packed(bytes, folder)).toEqual(once);
    expect(await Bun.file(path).bytes()).toEqual(once);

    await utimes(path, 1_000, 1_000);
    await packed(text("Fog. "), folder);
    expect(await readdir(folder)).not.toContain(name!);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("where nothing can be kept it is packed all the same", async () => {
  const bytes = text("Fog. ");
  expect(brotliDecompressSync(await packed(bytes, "/proc/nowhere"))).toEqual(Buffer.from(bytes));
});

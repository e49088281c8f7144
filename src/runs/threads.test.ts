import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp } from "../../test/support/client.ts";
import { echo } from "../../test/support/processors.ts";
import rough from "../../test/support/rough-processor.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let client: Client;
beforeAll(async () => {
  studio = await openTestStudio({ processors: [rough, echo] });
  client = await signUp(studio.url);
});
afterAll(() => studio?.stop());

type RunView = Json & {
  id: string;
  status: string;
  output: string | null;
  attempts: { outcome: string }[];
  error: { type: string; sentence: string } | null;
};

async function roughly(text: string): Promise<string> {
  const ask = await client.ask(text);
  const { status, body } = await client.post<RunView>("/api/runs", {
    processor: "rough",
    blob: ask.id,
  });
  expect(status).toBe(202);
  return body.id;
}
const view = async (run: string) => (await client.get<RunView>(`/api/runs/${run}`)).body;
const ended = (run: string) =>
  eventually(async () => {
    const seen = await view(run);
    return seen.status !== "queued" && seen.status !== "running" && seen;
  }, 60_000);

describe("a processor in a thread", () => {
  test("works as it would without, and shows how far it is", async () => {
    const watching = await client.live();
    const run = await roughly("well");
    const seen = await ended(run);
    expect(seen).toMatchObject({ status: "succeeded", record: { why: "asked" } });
    expect(seen.read).toHaveLength(1);
    const output = await client.get<{ content: Json }>(`/api/blobs/${seen.output}`);
    expect(output.body.content).toEqual({ text: "Fine: well", model: "rough" });
    expect(await watching.until((frame) => frame.type === "progress")).toEqual({
      type: "progress",
      run,
      attempt: 1,
      done: 1,
      total: 2,
      note: "half",
    });
    await watching.close();
  });

  // How it ends, and whether another attempt was worth it.
  const ends: [text: string, type: string, attempts: number][] = [
    ["throw", "processor-failed", 2],
    ["refuse", "rough-refusal", 1],
    ["loop", "timeout", 2],
    ["never", "timeout", 2],
    ["wrong", "output-invalid", 1],
    ["huge", "output-too-large", 1],
    ["chatter", "output-too-large", 1],
    ["exit", "processor-died", 2],
    ["late", "processor-died", 2],
  ];
  test("that breaks ends in a clear state, whichever way, and holds up nobody", async () => {
    const runs = await Promise.all(ends.map(([text]) => roughly(text)));
    // The studio answers, and works on what others ask, while one of them loops.
    const other = await client.ask("Meanwhile.");
    await eventually(async () => {
      const { body } = await client.get<{ items: unknown[] }>(`/api/blobs?derivedFrom=${other.id}`);
      return body.items.length === 1;
    });
    const seen = await Promise.all(runs.map(ended));
    expect(
      seen.map(({ status, error, attempts }, at) => [
        ends[at]![0],
        status,
        error?.type,
        attempts.length,
      ]),
    ).toEqual(ends.map(([text, type, attempts]) => [text, "dead", type, attempts]));
    for (const { error } of seen) expect(error!.sentence).toMatch(/^[A-Z].*\.$/);
    expect((await ended(await roughly("well again"))).status).toBe("succeeded");
  });

  test("that loops is ended when its run is cancelled", async () => {
    const run = await roughly("loop");
    await eventually(async () => (await view(run)).status === "running");
    expect((await client.post(`/api/runs/${run}/cancellation`, {})).status).toBe(202);
    expect((await ended(run)).status).toBe("cancelled");
  });
});

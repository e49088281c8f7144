/** One processor in a real studio: its input is stored, a run of it asked for, and its output waited for. */
import type { Processor, SchemaId, Schemas } from "../../src/processors/sdk.ts";
import { eventually, type Json, signUp } from "./client.ts";
import { openTestStudio } from "./studio.ts";

/** @throws what the run died of, as a writer reads it */
export async function runOnce<Input extends SchemaId, Output extends SchemaId, Config>(
  processor: Processor<Input, Output, Config>,
  schema: Input,
  content: Schemas[Input],
  config: Json = {},
): Promise<Schemas[Output]> {
  const studio = await openTestStudio({ processors: [processor as unknown as Processor] });
  try {
    const client = await signUp(studio.url);
    const folder = await client.post<{ id: string }>("/api/buckets", {
      type: "folder",
      name: "A test",
    });
    // One that asks a model acts nowhere before an owner says so.
    const consent = `/api/buckets/${folder.body.id}/processors/${processor.id}`;
    await client.request("PUT", consent, { enabled: true });
    const draft = { schema, bucket: folder.body.id, content };
    const input = await client.post<{ id: string }>("/api/blobs", draft);
    if (input.status !== 201) throw new Error(JSON.stringify(input.body));
    if (processor.trigger === "on-request") {
      const request = { processor: processor.id, blob: input.body.id, config };
      const asked = await client.post("/api/runs", request);
      if (asked.status !== 202) throw new Error(JSON.stringify(asked.body));
    }
    const run = await eventually(async () => {
      const { body } = await client.get<{ items: Run[] }>(`/api/runs?blob=${input.body.id}`);
      return body.items.find(({ status }) => /succeeded|dead|cancelled/.test(status));
    });
    if (run.status !== "succeeded") {
      const { body } = await client.get<Run>(`/api/runs/${run.id}`);
      throw new Error(body.error?.sentence ?? run.status);
    }
    const made = await client.get<{ items: { content: Schemas[Output] }[] }>(
      `/api/blobs?derivedFrom=${input.body.id}`,
    );
    return made.body.items[0]!.content;
  } finally {
    await studio.stop();
  }
}

type Run = { id: string; status: string; error?: { sentence: string } | null };

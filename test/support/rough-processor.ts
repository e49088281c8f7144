/** A processor that misbehaves in the way its input says; in a file of its own, as those in threads are. */
import { defineProcessor, type Processor, RunError } from "../../src/processors/sdk.ts";

/** Of one that never ends, in milliseconds. */
export const ROUGH_TIMEOUT_MS = 4_000;

const rough = defineProcessor({
  id: "rough",
  version: "1.0.0",
  title: "Rough",
  description: "Misbehaves, as it is told to.",
  inputs: ["text-input-v1"],
  output: "expanded-text-v1",
  trigger: "on-request",
  retry: { attempts: 2, backoffMs: 10 },
  concurrency: 8,
  timeoutMs: ROUGH_TIMEOUT_MS,
  async run({ blob, stream, read, progress, record, log }) {
    const made = (text: string) => ({ text, model: "rough" });
    switch (blob.content.text) {
      case "throw":
        throw new TypeError("a mistake of its author");
      case "refuse":
        throw new RunError("rough-refusal", "It will not do that.", { retryable: false });
      case "loop":
        for (;;);
      case "never":
        return new Promise<never>(() => {});
      case "wrong":
        return { wrong: true } as never;
      case "huge":
        return made("x".repeat(100 * 1024 * 1024));
      case "chatter":
        for (;;) stream("and on ".repeat(1_000));
      case "exit":
        return process.exit(7);
      case "late":
        setTimeout(() => {
          throw new Error("nobody hears this");
        }, 10);
        return new Promise<never>(() => {});
      default: {
        progress(1, 2, "half");
        record({ why: "asked" });
        log.info({ seen: true });
        const { content } = await read(blob.id);
        stream("Fine.");
        return made(`Fine: ${(content as { text: string }).text}`);
      }
    }
  },
});

export default { ...rough, module: import.meta.url } as unknown as Processor;

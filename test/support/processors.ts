/** Processors that only tests have. */
import { defineProcessor, type Processor, RunError } from "../../src/processors/sdk.ts";

const input = { inputs: ["text-input-v1"], output: "expanded-text-v1" } as const;

/** Does nothing, at once: what is left is the platform's own time. */
export const echo = defineProcessor({
  ...input,
  id: "echo",
  version: "1.0.0",
  title: "Echo",
  description: "Gives back what it was given.",
  concurrency: 64,
  run: async ({ blob }) => ({ text: blob.content.text, model: "echo" }),
}) as unknown as Processor;

/** A word of its input every `config.ms` milliseconds: long enough to be killed in the middle. */
export const slow = defineProcessor<"text-input-v1", "expanded-text-v1", { ms: number }>({
  ...input,
  id: "slow",
  version: "1.0.0",
  title: "Slow",
  description: "Streams its input, word by word.",
  trigger: "on-request",
  config: {
    type: "object",
    properties: { ms: { type: "integer", minimum: 0, default: 50 } },
    additionalProperties: false,
  },
  async run({ blob, config, stream, signal }) {
    for (const word of blob.content.text.split(/(?<= )/)) {
      await Bun.sleep(config.ms ?? 50);
      signal.throwIfAborted();
      stream(word);
    }
    return { text: blob.content.text, model: "slow" };
  },
  keep: ({ text, ended }) => ({ text, model: "slow", ended }),
}) as unknown as Processor;

/** Fails as often as its input says (`fail 2`), in the way it says (`fail 2 finally`). */
export const failing = defineProcessor({
  ...input,
  id: "failing",
  version: "1.0.0",
  title: "Failing",
  description: "Fails before it succeeds.",
  trigger: "on-request",
  retry: { attempts: 3, backoffMs: 20 },
  async run({ blob, log }) {
    const { count, final } = asked(blob.content.text);
    const tried = (tries.get(blob.id) ?? 0) + 1;
    tries.set(blob.id, tried);
    log.info({ tried });
    if (tried <= count)
      throw new RunError("test-failure", "It failed, as it was told to.", { retryable: !final });
    return { text: `after ${tried}`, model: "failing" };
  },
}) as unknown as Processor;

const tries = new Map<string, number>();

function asked(text: string) {
  const [, count = "0", final] = /^fail (\d+)( finally)?/.exec(text) ?? [];
  return { count: Number(count), final: final !== undefined };
}

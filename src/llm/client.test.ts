import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { type Completion, RunError } from "../processors/sdk.ts";
import { type LlmLimits, llmFor, openLlm } from "./client.ts";

const KEY = "sk-a-secret-key";
const SECRET_NOTES = "the notes that nobody may log";
const SHORT: LlmLimits = { connectMs: 300, stallMs: 150 };

let server: ModelServer;
let logged: string[];
const log = {
  info: (...what: unknown[]) => void logged.push(JSON.stringify(what)),
  warn: (...what: unknown[]) => void logged.push(JSON.stringify(what)),
};

beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
  logged = [];
});

type Asked = { heard: string[]; answer: Completion | undefined; failure: unknown };

/** One completion and all that came of it. */
async function ask(options: {
  signal?: AbortSignal;
  limits?: LlmLimits;
  baseUrl?: string;
  apiKey?: string;
  onDelta?: (text: string) => void;
  maxTokens?: number;
}): Promise<Asked> {
  const { signal = new AbortController().signal, limits, baseUrl = server.url } = options;
  const model = openLlm({ baseUrl, apiKey: options.apiKey ?? KEY, model: "test-model" }, limits);
  const heard: string[] = [];
  let answer: Completion | undefined;
  let failure: unknown;
  await model
    .llm(signal, log)
    .complete(
      { messages: [{ role: "user", content: SECRET_NOTES }], maxTokens: options.maxTokens },
      (text) => {
        heard.push(text);
        options.onDelta?.(text);
      },
    )
    .then(
      (completion) => {
        answer = completion;
      },
      (error: unknown) => {
        failure = error;
      },
    );
  expect(logged.join("\n")).not.toContain(KEY);
  expect(logged.join("\n")).not.toContain(SECRET_NOTES);
  return { heard, answer, failure };
}

function expectFailure(asked: Asked, type: string, retryable: boolean): RunError {
  expect(asked.failure).toBeInstanceOf(RunError);
  const failure = asked.failure as RunError;
  expect({ type: failure.type, retryable: failure.retryable }).toEqual({ type, retryable });
  expect(failure.message).not.toContain(KEY);
  return failure;
}

describe("an answer", () => {
  test("arrives piece by piece, with the endpoint's name for the model and its usage", async () => {
    server.behave({ kind: "answer", text: "Rain fell on the slates." });
    const { heard, answer } = await ask({ maxTokens: 50 });
    expect(heard).toEqual(["Rain", " fell", " on", " the", " slates."]);
    expect(answer).toEqual({
      text: "Rain fell on the slates.",
      model: "test-model",
      practice: false,
      finish: "stop",
      usage: { inputTokens: 42, outputTokens: 17 },
    });
    const request = server.requests[0]!;
    expect(request.path).toBe("/v1/chat/completions");
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request.body).toMatchObject({
      model: "test-model",
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 50,
    });
  });

  test("without reported usage is estimated from characters", async () => {
    server.behave({ kind: "answer", text: "12345678", usage: false });
    const { answer } = await ask({});
    expect(answer?.usage).toEqual({
      inputTokens: Math.ceil(SECRET_NOTES.length / 4),
      outputTokens: 2,
    });
  });

  test("leaves a model's reasoning out", async () => {
    server.behave({ kind: "answer", text: "Rain.", reasoning: "They want rain." });
    const { heard } = await ask({});
    expect(heard).toEqual(["Rain."]);
  });

  test("says when it ended at the model's limit", async () => {
    server.behave({ kind: "length", text: "Rain fell on" });
    const { answer } = await ask({});
    expect(answer?.finish).toBe("length");
    expect(answer?.text).toBe("Rain fell on");
  });

  test("may come slowly, as long as it comes", async () => {
    server.behave({ kind: "slow-first", delayMs: 100, text: "Rain." });
    const { answer } = await ask({ limits: { connectMs: 5_000, stallMs: 5_000 } });
    expect(answer?.text).toBe("Rain.");
  });

  test("is complete with its finish, even when the connection stays open", async () => {
    server.behave({ kind: "open-ended", text: "Rain." });
    const { answer } = await ask({});
    expect(answer?.text).toBe("Rain.");
    await server.until(([request]) => request!.closedByClient);
  });

  test("needs no key where the server needs none", async () => {
    server.behave({ kind: "answer" });
    const before = process.env.OPENAI_API_KEY;
    process.env.OPENAI_API_KEY = "sk-the-operators";
    try {
      await ask({ apiKey: "" });
    } finally {
      if (before === undefined) delete process.env.OPENAI_API_KEY;
      else process.env.OPENAI_API_KEY = before;
    }
    expect(server.requests[0]!.headers.authorization).toBeUndefined();
  });

  test("comes from the base address exactly as typed", async () => {
    server.behave({ kind: "answer" });
    await ask({ baseUrl: `${server.url}/proxy/` });
    expect(server.requests[0]!.path).toBe("/v1/proxy/chat/completions");
  });
});

describe("fields that a server does not take", () => {
  test("are left out or renamed, once for the endpoint", async () => {
    server.behave(
      { kind: "refuse", param: "max_tokens", message: "Unsupported parameter: 'max_tokens'" },
      { kind: "refuse", status: 422, message: "stream_options: Extra inputs are not permitted" },
      { kind: "answer" },
    );
    const { answer } = await ask({ maxTokens: 50 });
    expect(answer).toBeDefined();
    expect(server.requests.map(({ body }) => Object.keys(body!).sort())).toEqual([
      ["max_tokens", "messages", "model", "stream", "stream_options"],
      ["max_completion_tokens", "messages", "model", "stream", "stream_options"],
      ["max_completion_tokens", "messages", "model", "stream"],
    ]);
  });
});

describe("a refusal", () => {
  test("of the key names the place to change it", async () => {
    server.behave({ kind: "unauthorized" });
    const failure = expectFailure(await ask({}), "model-unauthorized", false);
    expect(failure.message).toContain("refused the key");
    expect(failure.message).toContain("Settings");
    server.behave({ kind: "forbidden" });
    const forbidden = expectFailure(await ask({}), "model-unauthorized", false);
    expect(forbidden.message).toContain("“Your country is not supported”");
    // Where the quotation ends within the key, too.
    const message = `${"Not on your plan. ".repeat(15)}The key is k-0123456789abcdef0123456789abcdef.`;
    server.behave({ kind: "forbidden", message });
    expect(expectFailure(await ask({}), "model-unauthorized", false).message).not.toContain("k-0");
  });

  test("for want of a key says that none is set", async () => {
    server.behave({ kind: "unauthorized" });
    const failure = expectFailure(await ask({ apiKey: "" }), "model-unauthorized", false);
    expect(failure.message).toContain("none is set");
  });

  test("of the model names it and the address, without what is secret in it", async () => {
    server.behave({ kind: "missing" });
    const failure = expectFailure(
      await ask({ baseUrl: `${server.url}?token=hidden` }),
      "model-not-found",
      false,
    );
    expect(failure.message).toContain("test-model");
    expect(failure.message).toContain(server.url);
    expect(failure.message).not.toContain("hidden");
  });

  test("of the request carries the provider's own words, bounded", async () => {
    server.behave({ kind: "refuse", message: `Too long. ${"x".repeat(5_000)}` });
    const failure = expectFailure(await ask({}), "model-refused", false);
    expect(failure.message).toContain("Too long.");
    expect(failure.message.length).toBeLessThan(500);
  });

  test("by the content filter is final", async () => {
    server.behave({ kind: "filtered" });
    expectFailure(await ask({}), "model-refused", false);
  });

  test("for want of credit is final", async () => {
    server.behave({ kind: "quota" });
    expectFailure(await ask({}), "model-quota", false);
  });
});

describe("a busy model", () => {
  test("is tried again after the seconds that it asks for", async () => {
    server.behave({ kind: "busy", retryAfter: "7" });
    expect(expectFailure(await ask({}), "model-busy", true).retryAfterMs).toBe(7_000);
  });

  test("is tried again at the date that it names", async () => {
    server.behave({ kind: "busy", retryAfter: new Date(Date.now() + 90_000).toUTCString() });
    const { retryAfterMs } = expectFailure(await ask({}), "model-busy", true);
    expect(retryAfterMs).toBeGreaterThan(60_000);
    expect(retryAfterMs).toBeLessThanOrEqual(90_000);
  });

  test("that names no time leaves the wait to the run", async () => {
    server.behave({ kind: "busy" });
    expect(expectFailure(await ask({}), "model-busy", true).retryAfterMs).toBeUndefined();
  });
});

describe("a broken answer", () => {
  test("from a failing provider may be tried again, and is not tried again here", async () => {
    server.behave({ kind: "failing", status: 503 }, { kind: "answer" });
    expectFailure(await ask({}), "model-failed", true);
    expect(server.requests).toHaveLength(1);
    expect((await ask({})).answer).toBeDefined();
  });

  test("cut by the connection is a failure after what was heard", async () => {
    server.behave({ kind: "cut" });
    const asked = await ask({});
    expectFailure(asked, "model-cut", true);
    expect(asked.heard.join("")).toBe("The lamp was");
  });

  test("that ends without a finish reason is cut too", async () => {
    server.behave({ kind: "end-early" });
    const asked = await ask({});
    expectFailure(asked, "model-cut", true);
    expect(asked.heard.join("")).toBe("The lamp was");
  });

  test("with an error inside the stream is the provider's failure", async () => {
    server.behave({ kind: "error-midway" });
    expectFailure(await ask({}), "model-failed", true);
    server.behave({ kind: "error-midway", code: "rate_limit_exceeded" });
    expectFailure(await ask({}), "model-busy", true);
  });

  test("that falls silent is stalled, and its connection is closed", async () => {
    server.behave({ kind: "stall" });
    const asked = await ask({ limits: SHORT });
    expectFailure(asked, "model-stalled", true);
    expect(asked.heard.join("")).toBe("The lamp was");
    await server.until(([request]) => request!.closedByClient);
  });

  test("that never begins is unreachable", async () => {
    server.behave({ kind: "silent" });
    expectFailure(await ask({ limits: SHORT }), "model-unreachable", true);
    await server.until(([request]) => request!.closedByClient);
  });

  test("of nothing may be tried again", async () => {
    server.behave({ kind: "empty" });
    expectFailure(await ask({}), "model-empty", true);
  });

  test("of thoughts alone would end so again, and is paid for all the same", async () => {
    server.behave({ kind: "thinks-only" });
    const failure = expectFailure(await ask({}), "model-empty", false);
    expect(failure.message).toContain("Settings");
    expect(failure).toMatchObject({ usage: { inputTokens: 42, outputTokens: 17 } });
  });

  test("that is a web page says that the address is wrong", async () => {
    server.behave({ kind: "not-json" });
    const failure = expectFailure(await ask({}), "model-unreadable", false);
    expect(failure.message).toContain("Settings");
  });
});

describe("an address", () => {
  test("where nobody listens is unreachable", async () => {
    const gone = await startModelServer();
    await gone.stop();
    const failure = expectFailure(await ask({ baseUrl: gone.url }), "model-unreachable", true);
    expect(failure.message).toContain(gone.url);
  });

  test("that no name server knows is unreachable", async () => {
    expectFailure(await ask({ baseUrl: "http://nowhere.invalid/v1" }), "model-unreachable", true);
  });

  test("that is none is told apart", async () => {
    expectFailure(await ask({ baseUrl: "my model" }), "model-not-found", false);
  });
});

describe("an abort", () => {
  test("reaches the provider and throws the signal's reason", async () => {
    server.behave({ kind: "answer", text: "word ".repeat(5_000), pauseMs: 5 });
    const abort = new AbortController();
    const reason = new Error("the run was cancelled");
    const asked = await ask({ signal: abort.signal, onDelta: () => abort.abort(reason) });
    expect(asked.failure).toBe(reason);
    expect(asked.heard).toHaveLength(1);
    expect(logged).toEqual([]);
    await server.until(([request]) => request!.closedByClient);
  });

  test("before the first chunk ends the call", async () => {
    server.behave({ kind: "silent" });
    const abort = new AbortController();
    const asking = ask({ signal: abort.signal });
    await server.until((requests) => requests.length === 1);
    abort.abort();
    expect((await asking).failure).toBe(abort.signal.reason);
    await server.until(([request]) => request!.closedByClient);
  });

  test("before the call makes no call", async () => {
    const { failure } = await ask({ signal: AbortSignal.abort() });
    expect((failure as Error).name).toBe("AbortError");
    expect(server.requests).toHaveLength(0);
  });
});

test("llmFor gives a run its way to the model", async () => {
  server.behave({ kind: "answer", text: "Rain." });
  const llm = llmFor({ baseUrl: server.url, model: "m" }, new AbortController().signal, log);
  const { text } = await llm.complete({ messages: [{ role: "user", content: "rain" }] });
  expect(text).toBe("Rain.");
});

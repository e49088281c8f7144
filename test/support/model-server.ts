/**
 * A model provider to test against: a real HTTP server on a loopback port that speaks the OpenAI
 * chat-completions protocol (streamed) and misbehaves on demand.
 *
 *     const server = await startModelServer();
 *     server.behave({ kind: "failing" }, { kind: "answer", text: "Rain fell." });
 *     … point a client at server.url …
 *     await server.stop();
 *
 * Behaviours queue: each request takes the next one, the last stays.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export type Behaviour =
  /** The whole text, a word a chunk, `pauseMs` between two. Without `usage` it reports none. */
  | { kind: "answer"; text?: string; pauseMs?: number; usage?: boolean; reasoning?: string }
  | { kind: "unauthorized" }
  | { kind: "forbidden"; message?: string }
  | { kind: "missing" }
  /** 400 in the provider's own words; `param` names the field that it does not take. */
  | { kind: "refuse"; message?: string; param?: string; status?: 400 | 422 }
  /** 429; `retryAfter` as sent in the header: seconds or an HTTP date. */
  | { kind: "busy"; retryAfter?: string }
  | { kind: "quota" }
  | { kind: "failing"; status?: number }
  /** A few words, then nothing, the connection open. */
  | { kind: "stall"; words?: number }
  /** Takes the request and never answers, not even with a status. */
  | { kind: "silent" }
  /** A few words, then the TCP connection is destroyed. */
  | { kind: "cut"; words?: number }
  /** A few words, then a clean end without `finish_reason`. */
  | { kind: "end-early"; words?: number }
  /** The whole answer with its finish, then nothing, the connection open. */
  | { kind: "open-ended"; text?: string }
  /** The model's own limit: `finish_reason: "length"`. */
  | { kind: "length"; text?: string }
  | { kind: "filtered" }
  /** An error object inside the stream, after a few words. */
  | { kind: "error-midway"; code?: string; words?: number }
  /** Says what it is told to, as it comes, and ends when that ends. */
  | { kind: "dictated"; pieces: AsyncIterable<string> }
  /** Headers at once, the first word after `delayMs`. */
  | { kind: "slow-first"; delayMs: number; text?: string }
  /** 200 with a web page. */
  | { kind: "not-json" }
  | { kind: "empty" }
  /** Thinks until its tokens are used up, and says nothing. */
  | { kind: "thinks-only" };

export type ModelRequest = {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** The JSON body; `undefined` when there was none. */
  body: Record<string, unknown> | undefined;
  /** How many words were written so far. */
  wordsSent: number;
  /** When each word was written, on the clock of `performance.now()`. */
  wordTimes: number[];
  /** True once the client closed the connection before the answer was complete. */
  closedByClient: boolean;
};

export type ModelServer = {
  /** The base address to configure, ending in `/v1`. */
  url: string;
  requests: ModelRequest[];
  behave(...behaviours: Behaviour[]): void;
  /** Resolves when the condition holds for the requests so far; checked on every change. */
  until(condition: (requests: ModelRequest[]) => boolean): Promise<void>;
  stop(): Promise<void>;
};

export const MODEL_NAME = "test-model";
const ANSWER = "The lamp was lit already, and nobody had been on the rock for nine days.";
const FEW_WORDS = 3;

export async function startModelServer(): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  let queue: Behaviour[] = [{ kind: "answer" }];

  const changed = () => {
    for (const check of [...waiting]) check();
  };

  const http = createServer(async (incoming, response) => {
    const request: ModelRequest = {
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: { ...incoming.headers },
      body: await readJson(incoming),
      wordsSent: 0,
      wordTimes: [],
      closedByClient: false,
    };
    response.on("close", () => {
      request.closedByClient = !response.writableFinished && !broken.has(response);
      changed();
    });
    requests.push(request);
    changed();
    if (request.path.endsWith("/models")) {
      sendJson(response, 200, { object: "list", data: [{ id: MODEL_NAME, object: "model" }] });
      return;
    }
    const behaviour = queue.length > 1 ? queue.shift()! : queue[0]!;
    await act(behaviour, request, response, changed);
  });
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    behave(...behaviours) {
      queue = behaviours;
    },
    until(condition) {
      return new Promise((resolve) => {
        const check = () => {
          if (!condition(requests)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** Answers whose connection the server itself destroyed. */
const broken = new WeakSet<ServerResponse>();

/** Dictations that somebody hears. */
const taken = new WeakSet<AsyncIterable<string>>();

async function act(
  behaviour: Behaviour,
  request: ModelRequest,
  response: ServerResponse,
  changed: () => void,
): Promise<void> {
  const say = async (text: string, pauseMs = 0) => {
    for (const word of text.match(/\s*\S+/g) ?? []) {
      if (response.destroyed) return;
      sendDelta(response, { content: word });
      request.wordsSent += 1;
      request.wordTimes.push(performance.now());
      changed();
      if (pauseMs > 0) await Bun.sleep(pauseMs);
    }
  };
  const few = (count = FEW_WORDS) => ANSWER.split(" ").slice(0, count).join(" ");
  const finish = (reason: string, usage = true) => {
    sendEvent(response, chunk({}, reason));
    if (usage) sendEvent(response, { ...chunk({}, null), choices: [], usage: USAGE });
    response.end("data: [DONE]\n\n");
  };

  switch (behaviour.kind) {
    case "answer":
      openStream(response);
      if (behaviour.reasoning) sendDelta(response, { reasoning_content: behaviour.reasoning });
      await say(behaviour.text ?? ANSWER, behaviour.pauseMs);
      finish("stop", behaviour.usage ?? true);
      return;
    case "unauthorized":
      sendError(response, 401, "Incorrect API key provided: sk-wrong", "invalid_api_key");
      return;
    case "forbidden":
      sendError(
        response,
        403,
        behaviour.message ?? "Your country is not supported",
        "unsupported_country",
      );
      return;
    case "missing":
      sendError(response, 404, "The model does not exist", "model_not_found");
      return;
    case "refuse":
      sendError(
        response,
        behaviour.status ?? 400,
        behaviour.message ?? "This model's maximum context length is 4096 tokens.",
        behaviour.param ? "unsupported_parameter" : "invalid_request_error",
        behaviour.param,
      );
      return;
    case "busy":
      if (behaviour.retryAfter) response.setHeader("retry-after", behaviour.retryAfter);
      sendError(response, 429, "Rate limit reached", "rate_limit_exceeded");
      return;
    case "quota":
      sendError(response, 429, "You exceeded your current quota", "insufficient_quota");
      return;
    case "failing":
      sendError(response, behaviour.status ?? 500, "The server had an error", "server_error");
      return;
    case "stall":
      openStream(response);
      await say(few(behaviour.words));
      return;
    case "silent":
      return;
    case "cut":
      openStream(response);
      await say(few(behaviour.words));
      // The words are on the wire before the connection goes, or the client would see none of them.
      await new Promise<void>((resolve) => response.write(": \n\n", () => resolve()));
      await Bun.sleep(150);
      broken.add(response);
      response.socket?.destroy();
      return;
    case "end-early":
      openStream(response);
      await say(few(behaviour.words));
      response.end();
      return;
    case "open-ended":
      openStream(response);
      await say(behaviour.text ?? ANSWER);
      sendEvent(response, chunk({}, "stop"));
      return;
    case "length":
      openStream(response);
      await say(behaviour.text ?? ANSWER);
      finish("length");
      return;
    case "filtered":
      openStream(response);
      finish("content_filter");
      return;
    case "error-midway":
      openStream(response);
      await say(few(behaviour.words));
      sendEvent(response, {
        error: { message: "Overloaded", code: behaviour.code ?? "server_error" },
      });
      response.end();
      return;
    case "dictated":
      openStream(response);
      // A run that a test before this left behind may ask as well; what is dictated is for one.
      if (taken.has(behaviour.pieces)) {
        await say(ANSWER);
        finish("stop");
        return;
      }
      taken.add(behaviour.pieces);
      for await (const content of behaviour.pieces) {
        if (response.destroyed) return;
        sendDelta(response, { content });
      }
      finish("stop");
      return;
    case "slow-first":
      openStream(response);
      await Bun.sleep(behaviour.delayMs);
      await say(behaviour.text ?? ANSWER);
      finish("stop");
      return;
    case "not-json":
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>Welcome</title>");
      return;
    case "empty":
      openStream(response);
      finish("stop");
      return;
    case "thinks-only":
      openStream(response);
      sendDelta(response, { reasoning_content: "They want rain. Or fog?" });
      finish("length");
      return;
  }
}

const USAGE = { prompt_tokens: 42, completion_tokens: 17, total_tokens: 59 };

function chunk(delta: object, finishReason: string | null) {
  return {
    id: "chatcmpl-test",
    object: "chat.completion.chunk",
    created: 0,
    model: MODEL_NAME,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  sendDelta(response, { role: "assistant", content: "" });
}

function sendDelta(response: ServerResponse, delta: object): void {
  sendEvent(response, chunk(delta, null));
}

function sendEvent(response: ServerResponse, event: object): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  code: string,
  param: string | null = null,
): void {
  sendJson(response, status, { error: { message, type: code, code, param } });
}

async function readJson(incoming: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString("utf8");
  return text ? (JSON.parse(text) as Record<string, unknown>) : undefined;
}

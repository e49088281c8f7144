/**
 * A WebSocket over a bare TCP connection: shows what the server answers to a handshake, and can stop
 * reading, which the WebSockets of browsers and of Bun never do.
 */
import { connect } from "node:net";

export type RawSocket = {
  /** Of the handshake's answer. */
  status: number;
  body: string;
  /** From here on nothing is read, and TCP tells the server so. */
  pause(): void;
  resume(): void;
  send(message: object): void;
  /** Bytes received after the handshake. */
  received(): number;
  /** The text messages so far, and the code of the close frame once it came. */
  frames(): { messages: string[]; closed: number | undefined };
  ended: Promise<void>;
  destroy(): void;
};

export async function openRaw(
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<RawSocket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const ended = Promise.withResolvers<void>();
  socket.on("close", () => ended.resolve());
  socket.on("error", () => {});
  const lines = Object.entries({
    host,
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);

  const chunks: Buffer[] = [];
  const all = () => {
    const joined = Buffer.concat(chunks);
    chunks.splice(0, chunks.length, joined);
    return joined;
  };
  const answered = Promise.withResolvers<void>();
  let head = -1;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (head >= 0) return;
    head = all().indexOf("\r\n\r\n");
    if (head >= 0) answered.resolve();
  });
  await Promise.race([answered.promise, ended.promise]);
  if (head < 0) throw new Error("The server closed the connection without an answer");
  const status = Number(all().subarray(9, 12).toString());
  const length = Number(
    /content-length: (\d+)/i.exec(all().subarray(0, head).toString())?.[1] ?? 0,
  );
  if (status !== 101)
    while (all().length < head + 4 + length)
      await Promise.race([new Promise((resolve) => socket.once("data", resolve)), ended.promise]);

  return {
    status,
    body:
      status === 101
        ? ""
        : all()
            .subarray(head + 4)
            .toString(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    send: (message) => socket.write(masked(JSON.stringify(message))),
    received: () => all().length - head - 4,
    frames: () => parse(all().subarray(head + 4)),
    ended: ended.promise,
    destroy: () => socket.destroy(),
  };
}

/** RFC 6455, section 5.2: a client masks what it sends; zeros are a mask too. */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 14 : 6);
  head[0] = 0x81;
  head[1] = 0x80 | (long ? 127 : payload.length);
  if (long) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

function parse(bytes: Buffer): { messages: string[]; closed: number | undefined } {
  const messages: string[] = [];
  let closed: number | undefined;
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = bytes[at]! & 0x0f;
    const short = bytes[at + 1]! & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (at + head > bytes.length) break;
    const length =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short;
    if (at + head + length > bytes.length) break;
    const payload = bytes.subarray(at + head, at + head + length);
    if (opcode === 1) messages.push(payload.toString());
    if (opcode === 8) closed = payload.readUInt16BE(0);
    at += head + length;
  }
  return { messages, closed };
}

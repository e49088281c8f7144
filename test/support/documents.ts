/** Writers at a document: the real provider over a real socket, as the browser uses it. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import type { Node as PMNode } from "prosemirror-model";
import type * as Y from "yjs";
import { newDocument, TEXT } from "../../src/documents/model/document.ts";
import { writeHalf } from "../../src/documents/model/halves.ts";
import { readRows } from "../../src/documents/model/rows.ts";
import { type Half, schema } from "../../src/documents/model/schema.ts";
import { textOf } from "../../src/documents/model/text.ts";
import { keptNumber, markMessage, type Refusal, refusalIn } from "../../src/documents/protocol.ts";
import { type Client, eventually } from "./client.ts";

export type Writer = {
  doc: Y.Doc;
  provider: HocuspocusProvider;
  /** Codes with which the socket was closed, in order. */
  closes: number[];
  refusals: Refusal[];
  /** Whether the server said that it may only read. */
  readsOnly(): boolean;
  /** The prose of all rows, one a line. */
  prose(): string;
  /** Replaces the prose of a passage; the first one's by default. */
  write(text: string, passage?: string): void;
  /** Appends to the prose of the first passage. */
  type(text: string): void;
  /** Resolves when the server says that all of this is in its database. */
  kept(withinMs?: number): Promise<void>;
  synced(): Promise<void>;
  disconnect(): void;
  connect(): void;
  close(): void;
};

/** Opens a document and waits until it is there, unless `wait` is false; over the socket of another one, `at`. */
export async function openDocument(
  { url, token }: Pick<Client, "url" | "token">,
  bucket: string,
  options: { doc?: Y.Doc; wait?: boolean; at?: string } = {},
): Promise<Writer> {
  const address = new URL(`/documents/${options.at ?? bucket}`, url);
  address.protocol = "ws:";
  const doc = options.doc ?? newDocument();
  const closes: number[] = [];
  const refusals: Refusal[] = [];
  let epoch = "";
  let marks = 0;
  let kept = 0;
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: address.href,
    WebSocketPolyfill: withToken(token),
    // Quick to come back, so that tests are.
    delay: 50,
    minDelay: 20,
    maxDelay: 200,
    onClose: ({ event }) => {
      closes.push(event.code);
    },
  });
  const provider = new HocuspocusProvider({
    websocketProvider,
    name: bucket,
    document: doc,
    awareness: null,
    token: "",
    onSynced: () => {
      epoch = crypto.randomUUID();
      marks = kept = 0;
    },
    onStateless: ({ payload }) => {
      const refusal = refusalIn(payload);
      if (refusal) refusals.push(refusal);
      kept = Math.max(kept, keptNumber(payload, epoch) ?? 0);
    },
  });
  provider.attach();
  const writer: Writer = {
    doc,
    provider,
    closes,
    refusals,
    readsOnly: () => provider.authorizedScope === "readonly",
    prose: () =>
      readRows(doc)
        .map(({ prose }) => textOf(prose))
        .join("\n"),
    write(text, passage = firstId(doc)) {
      writeHalf(doc, passage, "prose", halfOf("prose", text), TEXT);
    },
    type(text) {
      const row = readRows(doc)[0]!;
      const before = textOf(row.prose);
      writeHalf(doc, row.id, "prose", halfOf("prose", before + text), TEXT);
    },
    async kept(withinMs = 30_000) {
      // Marks are worth what their connection is: with a new one, a new mark.
      let sent = "";
      await eventually(() => {
        if (provider.synced && sent !== epoch) {
          sent = epoch;
          marks++;
          provider.sendStateless(markMessage(epoch, marks));
        }
        return sent === epoch && marks > 0 && kept >= marks;
      }, withinMs);
    },
    async synced() {
      await eventually(() => provider.synced);
    },
    disconnect: () => websocketProvider.disconnect(),
    connect: () => void websocketProvider.connect(),
    close() {
      provider.destroy();
      websocketProvider.destroy();
    },
  };
  if (options.wait !== false) await writer.synced();
  return writer;
}

export const halfOf = (half: Half, text: string): PMNode =>
  schema.nodes[half].create(
    null,
    text
      .split("\n")
      .map((line) => schema.nodes.paragraph.create(null, line ? schema.text(line) : null)),
  );

const firstId = (doc: Y.Doc): string => readRows(doc)[0]!.id;

/** Bun's WebSocket takes headers; the provider only gives an address. */
function withToken(token: string) {
  return class extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { authorization: `Bearer ${token}` } } as unknown as string[]);
    }
  };
}

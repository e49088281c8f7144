/** The thread that reads manuscripts: what comes in is anybody's, may be large, and may never end. */
import { type Born, birthOf } from "./birth.ts";
import { type Format, type Loss, pack, Refused, titleOf, unpack } from "./manuscript.ts";
import { readManuscript } from "./read.ts";
import { type Rule, suggestRule } from "./rule.ts";
import { type Outline, outlineOf, split } from "./split.ts";

export type Order =
  | { do: "read"; bytes: Uint8Array; name: string }
  | { do: "outline"; manuscript: Uint8Array; rule: Rule }
  | { do: "chapters"; manuscript: Uint8Array; rule: Rule };

export type Found = {
  format: Format;
  title: string;
  author: string | null;
  losses: Loss[];
  manuscript: Uint8Array;
  rule: Rule;
  outline: Outline;
};

export type Answers = { read: Found; outline: Outline; chapters: Born[] };
/** A list comes in pieces before its answer: taking over a whole book at once would hold up everybody. */
export type Reply =
  | { piece: unknown }
  | { answer: unknown }
  | { refused: string }
  | { failed: string };

declare const self: Worker;

async function work(order: Order): Promise<Answers["read" | "outline"] | undefined> {
  if (order.do === "outline") return outlineOf(unpack(order.manuscript), order.rule);
  if (order.do === "chapters") {
    for (const chapter of split(unpack(order.manuscript), order.rule))
      self.postMessage({ piece: birthOf(chapter) } satisfies Reply);
    return undefined;
  }
  const { format, manuscript } = await readManuscript(order.bytes, order.name);
  const rule = suggestRule(manuscript.blocks);
  const named = manuscript.blocks.find((block) => "sign" in block && block.sign === "title");
  const title =
    (named && "sign" in named && named.sign === "title" ? named.text : null) ??
    manuscript.title ??
    titleOf(order.name.replace(/\.[a-z0-9]{1,8}$/i, "").replaceAll("_", " ")) ??
    "Imported";
  return {
    format,
    title,
    author: manuscript.author,
    losses: manuscript.losses,
    manuscript: pack(manuscript),
    rule,
    outline: outlineOf(manuscript, rule),
  };
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  const reply = await work(data).then(
    (answer): Reply => ({ answer }),
    (error: unknown): Reply =>
      error instanceof Refused
        ? { refused: error.sentence }
        : error instanceof RangeError
          ? { refused: "Its parts lie too deep in each other to be a manuscript." }
          : { failed: String(error) },
  );
  self.postMessage(reply);
};

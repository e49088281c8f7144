/**
 * Plain text: its bytes as characters, its lines as paragraphs. Text that is broken into short lines (as in mail, or
 * from Project Gutenberg) is put together again; in any other, a line is a paragraph.
 */
import { schema } from "../documents/model/schema.ts";
import { type Block, Refused } from "./manuscript.ts";
import { withScenes } from "./scenes.ts";

/** Lines that were broken by a machine are no longer, in characters. */
const BROKEN_AT = 100;

/**
 * UTF-8 or UTF-16 by their marks, UTF-16 by its many zeros, UTF-8 where it is valid, else Windows-1252, which is what
 * old files of Western writers are in. @throws Refused for bytes that are no text
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const strange = text.match(/(?!\s)[\p{Cc}\ufffd]/gu)?.length ?? 0;
  if (strange > 10 + text.length / 200)
    throw new Refused("It is no text: too much in it is not made of characters.");
  return text.replaceAll("\0", "");
}

export function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 2_000);
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2]!++;
  });
  if (zeros[1]! > head.length / 5) return "utf-16le";
  if (zeros[0]! > head.length / 5) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

export function readPlain(text: string): Block[] {
  const lines = text.replace(/\r\n?|[\u2028\u2029]/g, "\n").split("\n");
  const full = lines.filter((line) => line.trim() !== "");
  const isBroken =
    full.length < lines.length &&
    full.every((line) => line.length <= BROKEN_AT) &&
    lines.some((line, at) => line.trim() !== "" && (lines[at + 1] ?? "").trim() !== "");
  const blocks = isBroken ? joined(lines) : byLine(lines);
  return withScenes(blocks);
}

const paragraph = (text: string): Block => {
  const line = text.replaceAll("\t", " ").trim();
  return schema.nodes.paragraph.create(null, line === "" ? [] : [schema.text(line)]);
};

/** An empty line parts paragraphs; of several, each but one is a gap. */
function joined(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let waiting: string[] = [];
  let empty = 0;
  const flush = () => {
    if (waiting.length > 0) blocks.push(paragraph(waiting.join(" ")));
    waiting = [];
  };
  for (const line of lines) {
    if (line.includes("\f")) {
      flush();
      blocks.push({ sign: "page" });
    }
    const bare = line.replaceAll("\f", "");
    if (bare.trim() === "") {
      flush();
      if (empty++ === 1 && blocks.length > 0) blocks.push({ sign: "gap" });
      continue;
    }
    empty = 0;
    // An indented line begins a paragraph, as a typewriter has it.
    if (/^(?: {2,}|\t)\S/.test(bare)) flush();
    waiting.push(bare.trim());
  }
  flush();
  return blocks;
}

/** Where paragraphs are parted by an empty line anyway, one of those says nothing. */
function byLine(lines: readonly string[]): Block[] {
  const full = lines.filter((line) => line.trim() !== "").length;
  const alone = lines.filter(
    (line, at) => line.trim() !== "" && (lines[at + 1] ?? "").trim() === "",
  ).length;
  const spaced = full > 1 && alone > full * 0.8;
  const blocks: Block[] = [];
  let empty = 0;
  for (const line of lines) {
    if (line.includes("\f")) blocks.push({ sign: "page" });
    const bare = line.replaceAll("\f", "").trim();
    if (bare === "") {
      if (++empty === (spaced ? 2 : 1) && blocks.length > 0) blocks.push({ sign: "gap" });
      continue;
    }
    empty = 0;
    blocks.push(paragraph(bare));
  }
  return blocks;
}

/** Markdown in, as edits and pastes read it; what that leaves as text is counted, and front matter is heard. */
import { parseBlocks } from "../documents/model/markdown-read.ts";
import { lossesOf, type Manuscript, titleOf } from "./manuscript.ts";
import { withScenes } from "./scenes.ts";

const FRONT = /^---[ \t]*\n([\s\S]*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/;
const IMAGE = /!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])/g;
const FOOTNOTE = /^\[\^[^\]\n]+\]:.*(?:\n(?:[ \t]+.*)?)*/gm;
const REFERENCE = /\[\^[^\]\n]+\]/g;
const TABLE = /^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*$/gm;

export function readMarkdown(source: string): Manuscript {
  const text = source.replace(/\r\n?/g, "\n");
  const front = FRONT.exec(text)?.[1] ?? "";
  const body = front === "" ? text : text.replace(FRONT, "");
  const said = (name: string) =>
    titleOf(new RegExp(`^${name}:[ \\t]*["']?(.*?)["']?[ \\t]*$`, "mi").exec(front)?.[1]);
  const losses = lossesOf({
    image: body.match(IMAGE)?.length ?? 0,
    footnote: new Set(body.replace(FOOTNOTE, "").match(REFERENCE)).size,
    table: body.match(TABLE)?.length ?? 0,
  });
  const words = body.replace(FOOTNOTE, "").replace(REFERENCE, "").replace(IMAGE, "");
  return {
    title: said("title"),
    author: said("author"),
    blocks: withScenes(parseBlocks(words)),
    losses,
  };
}

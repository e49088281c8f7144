/**
 * HTML in, by the same allow-list as a paste: paragraphs, headings, quotes, lists, breaks, emphasis, strong, links. Every
 * other element gives its words and nothing else; scripts, styles and their like give nothing. Bun's streaming
 * parser takes the text apart; what closes what, in HTML that closes little, is settled here.
 */
import type { Mark, Node as PMNode } from "prosemirror-model";
import { isSafeHref, schema } from "../documents/model/schema.ts";
import { decodeEntities } from "./entities.ts";
import {
  type Block,
  type LossKind,
  lossesOf,
  type Manuscript,
  Refused,
  titleOf,
} from "./manuscript.ts";
import { withScenes } from "./scenes.ts";

const { nodes, marks } = schema;

/** Elements in each other beyond which nothing written by a person goes. */
const DEPTH_LIMIT = 200;
/** How deep quotes and lists lie in each other in a chapter; what is deeper loses its frame, not its words. */
const NESTING_LIMIT = 16;

/** Lists that begin with a higher number begin with one. */
const START_LIMIT = 999_999_999;

const SILENT = new Set(
  "script style noscript template svg math iframe object embed audio video canvas select textarea button head title".split(
    " ",
  ),
);
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
const BLOCKS = new Set(
  "address article aside body center dd details div dl dt fieldset figcaption figure footer form header html main nav p pre section summary table tbody td tfoot th thead tr caption".split(
    " ",
  ),
);
const HEADING = /^h([1-6])$/;
const NEW_PAGE = /(?:page-break-before|break-before)\s*:\s*(?:always|page|left|right|recto)/i;

type Frame = { tag: string; leave?: () => void };
type Container = { kind: "root" | "blockquote" | "list" | "item"; children: Block[] };

/** @param keepsSpace whether runs of spaces are words' own, as in what a word processor wrote */
export function readHtml(html: string, { keepsSpace = false } = {}): Manuscript {
  const counts: Partial<Record<LossKind, number>> = {};
  const lose = (kind: LossKind) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const root: Container = { kind: "root", children: [] };
  const containers: Container[] = [root];
  const frames: Frame[] = [];
  const active: Mark[] = [];
  let block: { make: (content: PMNode[]) => PMNode; content: PMNode[]; isTitle?: true } | undefined;
  let silent = 0;
  let pre = 0;
  const said = { title: "", style: "", author: null as string | null };
  let classes: Map<string, { em?: boolean; strong?: boolean }> | undefined;

  const here = () => containers.at(-1)!;

  function closeBlock(): void {
    if (!block) return;
    const { make, content, isTitle } = block;
    block = undefined;
    const last = content.at(-1);
    // A break at the end shows nothing.
    if (last?.type === nodes.hard_break) content.pop();
    if (!keepsSpace) trimEnd(content);
    const node = make(content);
    const text = titleOf(node.textContent);
    here().children.push(isTitle && text ? { sign: "title", text } : node);
  }

  function openBlock(level?: number, isTitle?: true): void {
    closeBlock();
    const make = (content: PMNode[]) =>
      level === undefined
        ? nodes.paragraph.create(null, content)
        : nodes.heading.create({ level }, content);
    block = { make, content: [], ...(isTitle && { isTitle }) };
  }

  function say(raw: string): void {
    let text = raw.replaceAll("\0", "");
    if (pre > 0) {
      text.split(/\r\n?|\n/).forEach((line, at) => {
        if (at > 0) addNode(nodes.hard_break.create());
        if (line !== "") addText(line);
      });
      return;
    }
    text = keepsSpace ? text.replace(/[\t\r\n]+/g, " ") : text.replace(/[ \t\r\n\f]+/g, " ");
    const isStart = !block || block.content.length === 0;
    const follows = block?.content.at(-1);
    const glued = follows?.type === nodes.hard_break || follows?.text?.endsWith(" ");
    if (isStart) text = keepsSpace ? text.replace(/^[\t ]+(?=\S)/, "") : text.trimStart();
    else if (!keepsSpace && glued) text = text.replace(/^ /, "");
    if (text !== "") addText(text);
  }

  function addText(text: string): void {
    // Between blocks there is often a line end, which is no word.
    if (!block && text.trim() === "") return;
    if (!block) openBlock();
    const set = active.reduce((all, mark) => mark.addToSet(all), [] as readonly Mark[]);
    block!.content.push(schema.text(text, set));
  }

  function addNode(node: PMNode): void {
    if (!block) openBlock();
    block!.content.push(node);
  }

  function put(sign: Block): void {
    // A page that begins at the head of a heading begins before it.
    const isBefore = "sign" in sign && block?.content.length === 0;
    if (!isBefore) closeBlock();
    // A page or a break inside of a list or a quote is nothing that cuts a book.
    (("sign" in sign ? root : here()) as Container).children.push(sign);
  }

  function enter(kind: Container["kind"], wrap: (children: PMNode[]) => PMNode): () => void {
    closeBlock();
    if (containers.length > NESTING_LIMIT) return closeBlock;
    const container: Container = { kind, children: [] };
    containers.push(container);
    return () => {
      closeBlock();
      while (containers.at(-1) !== container && containers.length > 1) containers.pop();
      containers.pop();
      const inside = container.children.filter((one): one is PMNode => !("sign" in one));
      const lines = kind === "list" ? inside.filter((one) => one.type === nodes.list_item) : inside;
      if (lines.length > 0) here().children.push(wrap(lines));
    };
  }

  function mark(one: Mark): () => void {
    active.push(one);
    return () => {
      active.splice(active.lastIndexOf(one), 1);
    };
  }

  /** What an element does besides giving its words; its undoing, where there is one. */
  function open(tag: string, attribute: (name: string) => string | null): (() => void) | undefined {
    const heading = HEADING.exec(tag);
    const style = attribute("style") ?? "";
    if (NEW_PAGE.test(style)) put({ sign: "page" });
    if (heading) {
      openBlock(Number(heading[1]));
      return closeBlock;
    }
    switch (tag) {
      case "p": {
        const isTitle = attribute("class") === "title" && keepsSpace ? true : undefined;
        openBlock(undefined, isTitle);
        return () => {
          // An empty one counts: it may stand for a break.
          if (!block) return;
          closeBlock();
        };
      }
      case "pre":
        openBlock();
        pre++;
        return () => {
          pre--;
          closeBlock();
        };
      case "br":
        if (block) addNode(nodes.hard_break.create());
        return;
      case "hr":
        if (NEW_PAGE.test(style)) return;
        put(attribute("class") === "page" ? { sign: "page" } : nodes.scene_break.create());
        return;
      case "blockquote":
        return enter("blockquote", (children) => nodes.blockquote.create(null, children));
      case "ul":
      case "menu":
        return enter("list", (children) => nodes.bullet_list.create(null, children));
      case "ol": {
        const from = Number.parseInt(attribute("start") ?? "1", 10);
        const start = from >= 0 && from <= START_LIMIT ? from : 1;
        return enter("list", (children) => nodes.ordered_list.create({ start }, children));
      }
      case "li": {
        closeItem();
        return here().kind === "list" ? enter("item", itemOf) : closeBlock;
      }
      case "em":
      case "i":
      case "cite":
      case "dfn":
        if (tag === "i" && /font-style\s*:\s*normal/.test(style)) return;
        return mark(marks.em.create());
      case "strong":
      case "b":
        if (tag === "b" && /font-weight\s*:\s*(normal|400)/.test(style)) return;
        return mark(marks.strong.create());
      case "a": {
        const href = attribute("href") ?? "";
        return isSafeHref(href) ? mark(marks.link.create({ href })) : undefined;
      }
      case "img":
      case "picture":
        if (tag === "img") lose("image");
        return;
      case "table":
        lose("table");
        closeBlock();
        return closeBlock;
      case "u":
      case "s":
      case "strike":
      case "del":
      case "sub":
      case "sup":
        lose("formatting");
        return;
      case "meta":
        if (attribute("name")?.toLowerCase() === "author") said.author = attribute("content");
        return;
    }
    if (BLOCKS.has(tag)) {
      closeBlock();
      return closeBlock;
    }
    return styled(style, attribute("class") ?? "");
  }

  /** Emphasis that is said by style alone, as word processors save it. */
  function styled(style: string, names: string): (() => void) | undefined {
    classes ??= classesIn(said.style);
    const rules = [
      ...names.split(/\s+/).flatMap((name) => classes!.get(name) ?? []),
      saysOf(style),
    ];
    const undo = [
      ...(rules.some(({ em }) => em) ? [mark(marks.em.create())] : []),
      ...(rules.some(({ strong }) => strong) ? [mark(marks.strong.create())] : []),
    ];
    if (undo.length === 0) return undefined;
    return () => {
      for (const one of undo) one();
    };
  }

  /** A `<li>` ends the one before it in the same list. */
  function closeItem(): void {
    const at = frames.findLastIndex(({ tag }) => tag === "li" || tag === "ul" || tag === "ol");
    if (frames[at]?.tag === "li") leaveTo(at);
  }

  function leaveTo(at: number): void {
    while (frames.length > at) frames.pop()!.leave?.();
  }

  function start(tag: string, attribute: (name: string) => string | null): void {
    if (silent > 0) {
      if (!VOID.has(tag)) silent++;
      // What a head says of the whole is heard, though it is no text.
      if (tag === "meta") open(tag, attribute);
      return;
    }
    if (SILENT.has(tag)) {
      if (tag === "math") lose("formula");
      if (!VOID.has(tag)) silent = 1;
      return;
    }
    // A paragraph is closed by the next block.
    if (block && (BLOCKS.has(tag) || HEADING.test(tag))) closeParagraph();
    if (frames.length >= DEPTH_LIMIT)
      throw new Refused("Its elements lie too deep in each other to be a manuscript.");
    const leave = open(tag, attribute);
    if (!VOID.has(tag)) frames.push({ tag, ...(leave && { leave }) });
  }

  function closeParagraph(): void {
    const at = frames.findLastIndex(({ tag }) => tag === "p" || HEADING.test(tag));
    if (at >= 0 && !frames.slice(at).some(({ tag }) => tag === "li" || tag === "blockquote"))
      leaveTo(at);
  }

  function end(tag: string): void {
    if (silent > 0) {
      silent--;
      return;
    }
    const at = frames.findLastIndex((frame) => frame.tag === tag);
    if (at >= 0) leaveTo(at);
  }

  parse(html, { start, end, text: say, isSilent: () => silent > 0, said });
  leaveTo(0);
  closeBlock();
  return {
    title: titleOf(said.title),
    author: titleOf(said.author),
    blocks: withScenes(root.children),
    losses: lossesOf(counts),
  };
}

const itemOf = (children: PMNode[]): PMNode =>
  nodes.list_item.create(
    null,
    children[0]?.type === nodes.paragraph ? children : [nodes.paragraph.create(), ...children],
  );

/** Space at the end of a block is the source's, not the writer's. */
function trimEnd(content: PMNode[]): void {
  const last = content.at(-1);
  if (!last?.isText || !/\s$/.test(last.text!)) return;
  const text = last.text!.replace(/[ \t\r\n\f]+$/, "");
  content.pop();
  if (text !== "") content.push(schema.text(text, last.marks));
  else trimEnd(content);
}

function saysOf(style: string): { em?: boolean; strong?: boolean } {
  return {
    em: /font-style\s*:\s*(italic|oblique)/i.test(style),
    strong: /font-weight\s*:\s*(bold(er)?|[6-9]00)\b/i.test(style),
  };
}

/** Google Docs writes `.c3{font-style:italic}` and spans of that class. */
function classesIn(sheet: string): Map<string, { em?: boolean; strong?: boolean }> {
  const found = new Map<string, { em?: boolean; strong?: boolean }>();
  for (const [, name, body] of sheet.matchAll(/\.([\w-]+)\s*\{([^{}]*)\}/g))
    found.set(name!, saysOf(body!));
  return found;
}

type Heard = {
  start(tag: string, attribute: (name: string) => string | null): void;
  end(tag: string): void;
  text(text: string): void;
  isSilent(): boolean;
  /** What stands in `<title>` and `<style>`. */
  said: { title: string; style: string };
};

/** Text comes in pieces, with its references as they were written. */
function parse(html: string, heard: Heard): void {
  let waiting = "";
  let within: "title" | "style" | null = null;
  const flush = () => {
    const text = waiting;
    waiting = "";
    if (text === "") return;
    if (within === "title") heard.said.title += decodeEntities(text);
    else if (within === "style") heard.said.style += text;
    else if (!heard.isSilent()) heard.text(decodeEntities(text));
  };
  const rewriter = new HTMLRewriter()
    .on("*", {
      element(element) {
        flush();
        const tag = element.tagName.toLowerCase();
        if (tag === "title" || tag === "style") within = tag;
        heard.start(tag, (name) => {
          const value = element.getAttribute(name);
          return value === null ? null : decodeEntities(value);
        });
        if (VOID.has(tag) || !element.canHaveContent) return;
        element.onEndTag(() => {
          flush();
          within = null;
          heard.end(tag);
        });
      },
    })
    .onDocument({
      text({ text, lastInTextNode }) {
        waiting += text;
        if (lastInTextNode) flush();
      },
    });
  rewriter.transform(html);
  flush();
}

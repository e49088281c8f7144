/**
 * What comes in from the clipboard or by a drop, and what goes out: only what the schema knows, and never a
 * passage as such.
 */
import { DOMParser, Fragment, type Node as PMNode, Slice } from "prosemirror-model";
import { Plugin, Selection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { isSafeHref, schema } from "../../../src/documents/model/schema.ts";
import { textOf } from "../../../src/documents/model/text.ts";
import { hideNotice, notice } from "../notice.ts";

/**
 * The most that is taken at once, in UTF-16 units of text: what it becomes has to fit into one update
 * (`src/documents/protocol.ts`), where a character may take three bytes and every paragraph some more.
 */
const PASTE_LIMIT = 500_000;
/** …and in lines: each becomes an element of the page. */
const LINES_LIMIT = 20_000;
/**
 * Longer HTML, in UTF-16 units, or with more tags than this is not read, and its text is taken instead: the page
 * would stand still for seconds.
 */
const HTML_LIMIT = 4_000_000;
const TAGS_LIMIT = 30_000;

const TOO_MUCH = `This is too much at once: at most ${PASTE_LIMIT.toLocaleString("en")} characters can be pasted. Paste it in parts.`;
const NO_FILES = "Pictures and files cannot be put into the text. Nothing was changed.";
const WITHOUT_FORM = "Only the plain text was taken: its formatting could not be read.";

/** Cleans what comes as HTML; loaded when some comes for the first time. */
let clean: ((html: string) => string) | undefined;

async function loadCleaner(): Promise<void> {
  clean ??= (await import("./clean-html.ts")).cleanHtml;
}

export function pasting(): Plugin {
  /** Whether a sentence of ours stands there; the next change of the text takes it away. */
  let isSaid = false;
  const refuse = (sentence: string) => {
    isSaid = notice(sentence);
  };

  return new Plugin({
    props: {
      clipboardParser: DOMParser.fromSchema(schema),
      clipboardTextParser: (text, $context) => plainText(text, $context.marks()),
      clipboardTextSerializer: ({ content }) => textOf(schema.nodes.prose.create(null, content)),
      transformCopied: flatten,
      // Not loaded yet where the editor drops its own: that is clean.
      transformPastedHTML: (html) => clean?.(html) ?? html,
      transformPasted: (slice) => tidied(flatten(slice)),
      handlePaste(view, _event, slice) {
        const { content } = slice;
        const isTooMuch = content.textBetween(0, content.size, " ").length > PASTE_LIMIT;
        if (isTooMuch) refuse(TOO_MUCH);
        return isTooMuch || linkOver(view, slice);
      },
      handleDOMEvents: {
        paste: (view, event) =>
          event.clipboardData !== null && comesIn(view, event, event.clipboardData, refuse),
        drop: (view, event) =>
          event.dataTransfer !== null &&
          !view.dragging &&
          comesIn(view, event, event.dataTransfer, refuse),
      },
    },
    view({ dom }) {
      // A file that is dropped beside the text would take the place of the page.
      const window = dom.ownerDocument.defaultView!;
      const over = (event: DragEvent) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      };
      window.addEventListener("dragover", over);
      window.addEventListener("drop", over);
      return {
        update({ state }, before) {
          if (!isSaid || state.doc === before.doc) return;
          isSaid = false;
          hideNotice();
        },
        destroy() {
          window.removeEventListener("dragover", over);
          window.removeEventListener("drop", over);
        },
      };
    },
  });
}

/** Whether it is settled: refused, or taken in another form or later. By size, before anything of it is parsed. */
function comesIn(
  view: EditorView,
  event: ClipboardEvent | DragEvent,
  data: DataTransfer,
  refuse: (sentence: string) => void,
): boolean {
  const [html, text] = [data.getData("text/html"), data.getData("text/plain")];
  if (!view.editable) return false;
  const isNothing = html === "" && text === "";
  const isLong = text.length > PASTE_LIMIT || isMore(text, /\n/g, LINES_LIMIT);
  const isRich = html.length > HTML_LIMIT || isMore(html, /<[a-z]/gi, TAGS_LIMIT);
  const isDrop = "clientX" in event;
  const takePlain = () => {
    view.pasteText(text);
    refuse(WITHOUT_FORM);
  };
  if (isNothing) {
    if (data.files.length === 0) return false;
    refuse(NO_FILES);
  } else if (isLong || (isRich && (isDrop || text === ""))) refuse(TOO_MUCH);
  else if (isRich) takePlain();
  else if (html === "" || clean) return false;
  else {
    // The first HTML of a page: it goes in, where it was meant to, once what cleans it is there.
    const place = isDrop ? view.posAtCoords({ left: event.clientX, top: event.clientY }) : null;
    const put = (form: () => void) => () => {
      const { doc, tr } = view.state;
      if (place && place.pos <= doc.content.size)
        view.dispatch(tr.setSelection(Selection.near(doc.resolve(place.pos))));
      form();
    };
    void loadCleaner().then(
      put(() => view.pasteHTML(html)),
      put(takePlain),
    );
  }
  event.preventDefault();
  return true;
}

function isMore(text: string, what: RegExp, limit: number): boolean {
  let count = 0;
  for (const _ of text.matchAll(what)) if (++count > limit) return true;
  return false;
}

/**
 * Empty lines part paragraphs, and other line ends break lines; where there is no empty line, each line is a
 * paragraph.
 */
function plainText(text: string, marks: readonly PMNode["marks"][number][]): Slice {
  const { paragraph, hard_break } = schema.nodes;
  const all = text.replace(/\r\n?/g, "\n").replace(/\0/g, "");
  const parts = /\n[^\S\n]*\n/.test(all.trim())
    ? all.replace(/^\n|\n$/g, "").split(/\n(?:[^\S\n]*\n)+/)
    : all.split("\n");
  const blocks = parts.map((part) => {
    const words = part
      .split("\n")
      .flatMap((line, i) => [
        ...(i > 0 ? [hard_break.create()] : []),
        ...(line === "" ? [] : [schema.text(line, marks)]),
      ]);
    return paragraph.create(null, words);
  });
  return new Slice(Fragment.fromArray(blocks), 1, 1);
}

/** A lone address pasted over words makes them a link. */
function linkOver(view: EditorView, slice: Slice): boolean {
  const { from, to, empty } = view.state.selection;
  const text = slice.content.textBetween(0, slice.content.size, " ").trim();
  if (empty || !isSafeHref(text) || /\s/.test(text)) return false;
  const tr = view.state.tr.addMark(from, to, schema.marks.link.create({ href: text }));
  // What is typed next goes behind these words, not in their place.
  view.dispatch(tr.setSelection(Selection.near(tr.doc.resolve(to), -1)));
  return true;
}

const WRAPPERS = new Set(["chapter", "passage", "notes", "prose"]);

/** Whole passages become the blocks that are in them. */
export function flatten(slice: Slice): Slice {
  if (!slice.content.firstChild || !WRAPPERS.has(slice.content.firstChild.type.name)) return slice;
  const blocks: PMNode[] = [];
  const collect = (nodes: Fragment): void =>
    nodes.forEach((node) => {
      if (WRAPPERS.has(node.type.name)) collect(node.content);
      else blocks.push(node);
    });
  collect(slice.content);
  return new Slice(
    Fragment.fromArray(blocks),
    Math.max(0, slice.openStart - wrappersAlong(slice.content, "firstChild")),
    Math.max(0, slice.openEnd - wrappersAlong(slice.content, "lastChild")),
  );
}

function wrappersAlong(content: Fragment, edge: "firstChild" | "lastChild"): number {
  let depth = 0;
  for (let at = content[edge]; at && WRAPPERS.has(at.type.name); at = at[edge]) depth++;
  return depth;
}

/** Two breaks part paragraphs, and a line of stars alone between others is a scene break. */
function tidied(slice: Slice): Slice {
  const { childCount } = slice.content;
  const blocks = slice.content.content.flatMap((block, at) => {
    const isInside = at > 0 && at < childCount - 1;
    if (block.type !== schema.nodes.paragraph) return [block];
    if (isInside && /^\s*(?:\*{3}|\* \* \*|⁂)\s*$/.test(block.textContent))
      return [schema.nodes.scene_break.create()];
    return partedAtBreaks(block);
  });
  return new Slice(Fragment.fromArray(blocks), slice.openStart, slice.openEnd);
}

function partedAtBreaks(paragraph: PMNode): PMNode[] {
  const isBreak = (node: PMNode | undefined) => node?.type === schema.nodes.hard_break;
  const parts: PMNode[][] = [[]];
  const { children } = paragraph;
  for (const [at, child] of children.entries()) {
    const isDouble = isBreak(child) && (isBreak(children[at - 1]) || isBreak(children[at + 1]));
    if (!isDouble) parts.at(-1)!.push(child);
    else if (parts.at(-1)!.length > 0) parts.push([]);
  }
  if (parts.length > 1 && parts.at(-1)!.length === 0) parts.pop();
  return parts.length > 1
    ? parts.map((words) => paragraph.copy(Fragment.fromArray(words)))
    : [paragraph];
}

/** What comes in from the clipboard or by a drop: only what the schema knows, and never a passage as such. */
import { DOMParser, Fragment, type Node as PMNode, Slice } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { isSafeHref, schema } from "../../../src/documents/model/schema.ts";
import { announce } from "../announce.ts";

/**
 * The most that is taken at once, in UTF-16 units of text: what it becomes has to fit into one update
 * (`src/documents/protocol.ts`), where a character may take three bytes and every paragraph some more.
 */
const PASTE_LIMIT = 500_000;

export function pasting(): Plugin {
  return new Plugin({
    props: {
      clipboardParser: DOMParser.fromSchema(schema),
      transformPastedHTML: cleanHtml,
      transformPasted: flatten,
      handlePaste(view, _event, slice) {
        const size = slice.content.textBetween(0, slice.content.size, " ").length;
        if (size > PASTE_LIMIT) {
          say(
            `This is too much at once: at most ${PASTE_LIMIT.toLocaleString("en")} characters can be pasted. Paste it in parts.`,
          );
          return true;
        }
        return linkOver(view, slice);
      },
    },
  });
}

function say(sentence: string): void {
  announce(sentence);
  const notice = document.getElementById("refused");
  if (!notice) return;
  notice.textContent = sentence;
  notice.hidden = false;
}

/** A lone address pasted over words makes them a link. */
function linkOver(view: Parameters<NonNullable<Plugin["props"]["handlePaste"]>>[0], slice: Slice) {
  const { from, to, empty } = view.state.selection;
  const text = slice.content.textBetween(0, slice.content.size, " ").trim();
  if (empty || !isSafeHref(text) || /\s/.test(text)) return false;
  view.dispatch(view.state.tr.addMark(from, to, schema.marks.link.create({ href: text })));
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

/** A tag with its attributes; quoted values may hold anything. */
const TAG = /<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi;

/**
 * What word processors and web pages put on the clipboard, as the schema can read it. What is no text goes by
 * itself when it is parsed; what only a style says (the policy of the page keeps styles from being read) is
 * said by elements, and Word's list items, paragraphs with a bullet typed before them, become lists.
 */
export function cleanHtml(html: string): string {
  // Before anything is parsed, so that nothing of it is taken for the page's own.
  const inert = html
    .replace(/<(style|script|xml|title)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(TAG, (tag) =>
      tag
        .replace(/(["'\s])style\s*=/gi, "$1data-style=")
        .replace(/(["'\s])on\w+\s*=/gi, "$1data-off="),
    );
  // A document without a window: nothing in it is loaded or run.
  const page = new window.DOMParser().parseFromString(inert, "text/html");
  for (const junk of page.querySelectorAll("meta, link, iframe, object, embed, o\\:p"))
    junk.remove();
  for (const styled of page.querySelectorAll<HTMLElement>("[data-style]")) emphasise(styled);
  const items = page.querySelectorAll<HTMLElement>("p[data-style*=mso-list], p[class*=MsoListP]");
  for (const item of items) listItem(item);
  for (const styled of page.querySelectorAll("[data-style]")) styled.removeAttribute("data-style");
  return page.body.innerHTML;
}

function emphasise(element: HTMLElement): void {
  const style = element.dataset.style ?? "";
  const weight = /font-weight\s*:\s*(\w+)/i.exec(style)?.[1];
  const slant = /font-style\s*:\s*(\w+)/i.exec(style)?.[1];
  // Google Docs wraps all that it copies in a <b> of normal weight.
  if (/^(b|strong)$/.test(element.localName) && /^(normal|[1-4]00)$/.test(weight ?? "")) {
    element.replaceWith(...element.childNodes);
    return;
  }
  if (!element.matches("span, p, a, font, li, div")) return;
  if (/^(bold(er)?|[6-9]00)$/.test(weight ?? "")) wrapInside(element, "strong");
  if (/^(italic|oblique)$/.test(slant ?? "")) wrapInside(element, "em");
}

function wrapInside(element: HTMLElement, name: string): void {
  const wrapper = element.ownerDocument.createElement(name);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
}

function listItem(paragraph: HTMLElement): void {
  const bullet = [...paragraph.querySelectorAll<HTMLElement>("[data-style]")].find((span) =>
    /mso-list:\s*ignore/i.test(span.dataset.style ?? ""),
  );
  const kind = /^\s*(\d+|[a-z]{1,4})[.)]/i.test(bullet?.textContent ?? "") ? "ol" : "ul";
  bullet?.remove();
  const level = /level(\d)/.exec(paragraph.dataset.style ?? "")?.[1] ?? "1";
  const before = paragraph.previousElementSibling;
  const list =
    before?.localName === kind && before.getAttribute("data-word") === level
      ? before
      : paragraph.ownerDocument.createElement(kind);
  list.setAttribute("data-word", level);
  if (list !== before) paragraph.before(list);
  const item = paragraph.ownerDocument.createElement("li");
  item.append(...paragraph.childNodes);
  list.append(item);
  paragraph.remove();
}

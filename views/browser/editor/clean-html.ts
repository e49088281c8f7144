/**
 * What word processors and web pages put on the clipboard, as the schema can read it. What is no text goes by itself
 * when it is parsed; what only a style says (the policy of the page keeps styles from being read) is said by
 * elements; Word's list items, paragraphs with a bullet typed before them, become lists; cells of tables
 * become paragraphs. Takes time in proportion to the length, whatever is in it.
 */

/** A tag with its attributes, as far as they hold no angle bracket. */
const TAG = /<[a-z][^<>]*>/gi;

export function cleanHtml(html: string): string {
  const readable = withoutRaw(html);
  if (isTooDeep(readable)) return wordsOf(readable);
  // Before anything is parsed, so that nothing of it is taken for the page's own.
  const inert = readable.replace(TAG, (tag) =>
    tag
      .replace(/(["'\s])style\s*=/gi, "$1data-style=")
      .replace(/(["'\s])on\w+\s*=/gi, "$1data-off="),
  );
  // A document without a window: nothing in it is loaded or run.
  const page = new window.DOMParser().parseFromString(inert, "text/html");
  for (const junk of page.querySelectorAll(JUNK)) junk.remove();
  for (const kept of page.querySelectorAll<HTMLElement>("pre, [data-style*=white-space]"))
    keepLines(kept);
  for (const blank of page.querySelectorAll("br"))
    if (isBlankLine(blank)) blank.replaceWith(page.createElement("p"));
  for (const styled of page.querySelectorAll<HTMLElement>("[data-style]")) emphasise(styled);
  for (const item of page.querySelectorAll<HTMLElement>(WORD_ITEM)) listItem(item);
  // A list item begins with a paragraph.
  for (const head of page.querySelectorAll("li > :is(h1, h2, h3, h4, h5, h6)")) {
    const paragraph = page.createElement("p");
    paragraph.append(...head.childNodes);
    head.replaceWith(paragraph);
  }
  for (const cell of page.querySelectorAll("td, th, caption, dt, dd")) {
    const block = page.createElement("div");
    block.append(...cell.childNodes);
    cell.append(block);
  }
  for (const styled of page.querySelectorAll("[data-style]")) styled.removeAttribute("data-style");
  return page.body.innerHTML;
}

const JUNK =
  "meta, link, iframe, object, embed, template, noscript, img, picture, video, audio, svg, canvas, " +
  "button, select, textarea, input, o\\:p";

/** Elements whose content is no text, with it. One without an end reaches to the end. */
function withoutRaw(html: string): string {
  const opening = /<(style|script|xml|title)\b/gi;
  let kept = "";
  let from = 0;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    kept += html.slice(from, found.index);
    // In the text itself: in lower case some letters are longer (İ), and places in it are others.
    const closing = new RegExp(`</${found[1]}`, "gi");
    closing.lastIndex = opening.lastIndex;
    const end = closing.exec(html)?.index ?? -1;
    const behind = end < 0 ? -1 : html.indexOf(">", end);
    if (behind < 0) return kept;
    from = behind + 1;
    opening.lastIndex = from;
  }
  return kept + html.slice(from);
}

/** Elements in each other. Browsers take the square of the time for more: 100,000 deep, half a minute. */
const DEPTH_LIMIT = 200;
/** These need no end, and do not hold what follows them. */
const ENDS_ITSELF =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|td|th|tr|tbody|thead|tfoot|option|rp|rt|html|head|body)$/;

function isTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, end, name] of html.matchAll(/<(\/?)([a-z][a-z0-9:]*)/gi)) {
    if (ENDS_ITSELF.test(name!.toLowerCase())) continue;
    depth = end ? Math.max(0, depth - 1) : depth + 1;
    if (depth > DEPTH_LIMIT) return true;
  }
  return false;
}

/** What is left without any tag, a paragraph for each block. */
function wordsOf(html: string): string {
  return html
    .replace(/<!--|-->/g, "")
    .replace(/<\/?(?:p|div|br|li|h[1-6]|tr|td|blockquote)\b[^<>]*>/gi, "\n")
    .replace(/<[^<>]*>/g, "")
    .replaceAll("<", "&lt;")
    .split(/\n\s*/)
    .map((line) => `<p>${line}</p>`)
    .join("");
}

const BLOCK = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, blockquote, pre, table, hr";
const isBlock = (node: Node | null): boolean => node instanceof Element && node.matches(BLOCK);

/** As Google Docs puts it between two paragraphs. */
function isBlankLine({ previousSibling, nextSibling }: Element): boolean {
  return isBlock(previousSibling) && isBlock(nextSibling);
}

/** Where line ends are shown as such (a text file in a browser, a poem) they become breaks. */
function keepLines(element: HTMLElement): void {
  const style = element.dataset.style ?? "";
  if (element.localName !== "pre" && !/white-space\s*:\s*(pre|break-spaces)/i.test(style)) return;
  const page = element.ownerDocument;
  const texts = page.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (texts.nextNode()) found.push(texts.currentNode as Text);
  for (const text of found) {
    const { nextSibling, previousSibling } = text;
    const isBetween = isBlock(nextSibling) || isBlock(previousSibling);
    if (isBetween && text.data.trim() === "") continue;
    const words = text === found.at(-1) ? text.data.trimEnd() : text.data;
    const lines = words.split(/\r?\n/);
    if (lines.length === 1) continue;
    text.replaceWith(
      ...lines.flatMap((line, at) => (at > 0 ? [page.createElement("br"), line] : [line])),
    );
  }
}

function emphasise(element: HTMLElement): void {
  const style = element.dataset.style ?? "";
  const weight = /(?<![\w-])font-weight\s*:\s*(\w+)/i.exec(style)?.[1];
  const slant = /(?<![\w-])font-style\s*:\s*(\w+)/i.exec(style)?.[1];
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

const WORD_ITEM = "p[data-style*=mso-list], p[class*=MsoListP]";

function listItem(paragraph: HTMLElement): void {
  const bullet = [...paragraph.querySelectorAll<HTMLElement>("[data-style]")].find((span) =>
    /mso-list:\s*ignore/i.test(span.dataset.style ?? ""),
  );
  const sign = bullet?.textContent?.trim() ?? "";
  bullet?.remove();
  const kind = /^(\d+|[a-z]{1,4})[.)]/i.test(sign) ? "ol" : "ul";
  const level = Number(/level(\d)/.exec(paragraph.dataset.style ?? "")?.[1] ?? 1);
  const list = listFor(paragraph, level, kind);
  if (kind === "ol" && !list.firstChild && /^\d/.test(sign))
    list.setAttribute("start", String(Number.parseInt(sign, 10)));
  const item = paragraph.ownerDocument.createElement("li");
  item.append(...paragraph.childNodes);
  list.append(item);
  paragraph.remove();
}

/** The list right before that goes on at this level, in its last item where it is deeper; else a new one. */
function listFor(paragraph: HTMLElement, level: number, kind: string): HTMLElement {
  const made = paragraph.ownerDocument.createElement(kind);
  made.dataset.word = String(level);
  let before = paragraph.previousElementSibling as HTMLElement | null;
  if (!before?.dataset.word) {
    paragraph.before(made);
    return made;
  }
  while (Number(before.dataset.word) < level) {
    const item: Element = before.lastElementChild!;
    const nested = item.lastElementChild as HTMLElement | null;
    if (!nested?.dataset.word) {
      item.append(made);
      return made;
    }
    before = nested;
  }
  if (before.localName === kind) return before;
  before.after(made);
  return made;
}

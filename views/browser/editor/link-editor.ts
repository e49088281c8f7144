/**
 * Links: the selected words, or the link that the caret is in, come to lead somewhere else or nowhere. Without either
 * the address itself is written. The box is on the page already; this says what stands in it and what it does.
 */
import type { EditorView } from "prosemirror-view";
import { isSafeHref, schema } from "../../../src/documents/model/schema.ts";
import { LINK_IDS } from "../../chapters/head-ids.ts";
import { announce } from "../announce.ts";

const { link } = schema.marks;

/** Between the words and the box, in CSS pixels; as far it stays from the edges of the screen. */
const GAP = 8;

const UNSAFE = "An address begins with https://, http:// or mailto:.";

type Span = { from: number; to: number; href: string | null };

const box = () => document.getElementById(LINK_IDS.box) as HTMLFormElement;
const field = () => document.getElementById(LINK_IDS.field) as HTMLInputElement;

/** Beside the words that are selected now; what was typed into its field meanwhile stays. */
export function openLinkEditor(view: EditorView): void {
  const span = spanAt(view);
  const input = field();
  if (input.value === "" && span.href) {
    input.value = span.href;
    input.select();
  }
  box().querySelector<HTMLElement>("[data-unlinks]")!.hidden = span.href === null;
  tell("");
  place(view, span);
  box().querySelector<HTMLElement>("[data-unlinks]")!.onclick = () => unlink(view);
  box().ontoggle = ({ newState }) => {
    if (newState === "closed") input.value = "";
  };
}

/** What stands in the field, once it was sent; nothing takes the link away. */
export function setLink(view: EditorView): void {
  const href = addressIn(field().value);
  if (href === "") unlink(view);
  else if (!isSafeHref(href)) tell(UNSAFE);
  else set(view, href);
}

/** The link around the caret or the selection, whole; else what is selected. */
function spanAt({ state }: EditorView): Span {
  const { from, to, empty, $from } = state.selection;
  const around = $from.parent;
  const start = $from.start();
  let found: Span | null = null;
  around.forEach((node, offset) => {
    const mark = link.isInSet(node.marks);
    if (!mark) return;
    const [begin, end] = [start + offset, start + offset + node.nodeSize];
    const { href } = mark.attrs as { href: string };
    // A link may be of several pieces, some of them bold.
    if (found?.to === begin && found.href === href) found.to = end;
    else if (!found || found.to < from) found = { from: begin, to: end, href };
  });
  const whole = found as Span | null;
  const isWithin = whole && whole.from <= from && to <= whole.to && (!empty || whole.to >= from);
  return isWithin ? whole : { from, to, href: null };
}

/** `example.org` is of the web, `tom@example.org` is for mail. */
function addressIn(typed: string): string {
  const text = typed.trim();
  if (text === "" || /^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`;
  return /^[^\s/]+\.[^\s/]/.test(text) ? `https://${text}` : text;
}

function set(view: EditorView, href: string): void {
  const { from, to } = spanAt(view);
  const { tr } = view.state;
  if (from === to) tr.insertText(href, from);
  const end = from === to ? from + href.length : to;
  tr.removeMark(from, end, link).addMark(from, end, link.create({ href }));
  done(view, tr.removeStoredMark(link), "Link set.");
}

function unlink(view: EditorView): void {
  const { from, to } = spanAt(view);
  done(view, view.state.tr.removeMark(from, to, link), "Link removed.");
}

function done(view: EditorView, tr: EditorView["state"]["tr"], sentence: string): void {
  box().hidePopover();
  view.dispatch(tr.scrollIntoView());
  view.focus();
  announce(sentence);
}

function tell(sentence: string): void {
  const problem = document.getElementById(LINK_IDS.problem)!;
  problem.textContent = sentence;
  problem.hidden = sentence === "";
  field().setAttribute("aria-invalid", String(sentence !== ""));
}

/** Under the words, or over them where there is no room. */
function place(view: EditorView, { from, to }: Span): void {
  const { style, offsetWidth, offsetHeight } = box();
  const [start, end] = [view.coordsAtPos(from), view.coordsAtPos(to)];
  const left = Math.min(Math.max(start.left, GAP), innerWidth - offsetWidth - GAP);
  const below = end.bottom + GAP;
  const top = below + offsetHeight > innerHeight ? start.top - offsetHeight - GAP : below;
  style.setProperty("inset", `${Math.max(top, GAP)}px auto auto ${left}px`);
}

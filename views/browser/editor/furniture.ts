/**
 * What stands around the text of each passage: its grip, its stretch of the spine, and what is offered for its prose.
 * These are elements of the page, made by the server and swapped by htmx inside; the editor only gives them
 * their place, and they outlive every change of the text around them.
 */
import type { Node as PMNode } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView, type NodeView } from "prosemirror-view";
import {
  NEW_PASSAGE_ID,
  PASSAGES_ID,
  passageId,
  proseId,
  spineId,
} from "../../chapters/passage-view.ts";
import { isBlank, sameRows } from "./place.ts";

type Furniture = { grip: HTMLElement; spine: HTMLElement; take: HTMLElement };

const PARTS = [".grip", ".spine", ".take-cell"] as const;

/** As the server writes it in place of the id (`chapters/passage.tsx`). */
const NEW_ID = "NEW-PASSAGE";

export function furnish(process: (element: HTMLElement) => void) {
  const pieces = new Map<string, Furniture>();
  for (const section of document.querySelectorAll<HTMLElement>(
    `#${PASSAGES_ID} > [data-passage]`,
  )) {
    const [grip, spine, take] = PARTS.map((part) =>
      section.querySelector<HTMLElement>(`:scope > ${part}`),
    );
    if (grip && spine && take) pieces.set(section.dataset.passage!, { grip, spine, take });
  }

  function piecesOf(id: string): Furniture {
    const there = pieces.get(id);
    if (there) return there;
    const template = document.getElementById(NEW_PASSAGE_ID) as HTMLTemplateElement;
    const made = template.content.cloneNode(true) as DocumentFragment;
    named(made, id);
    const [grip, spine, take] = PARTS.map((part) => made.querySelector<HTMLElement>(part)!);
    const piece = { grip: grip!, spine: spine!, take: take! };
    pieces.set(id, piece);
    // htmx looks at what is in the page.
    queueMicrotask(() => process(piece.take));
    return piece;
  }

  /** What has the focus in a piece that is about to be put elsewhere, which takes the focus from it. */
  let focused: HTMLElement | null = null;
  const held = (piece: HTMLElement): HTMLElement => {
    if (piece.contains(document.activeElement)) focused = document.activeElement as HTMLElement;
    return piece;
  };

  const placed = (chapter: PMNode): DecorationSet => {
    const widgets: Decoration[] = [];
    chapter.forEach((passage, at) => {
      const id: string = passage.attrs.id;
      const between = at + 1 + passage.child(0).nodeSize;
      const end = at + passage.nodeSize - 1;
      const widget = (pos: number, part: keyof Furniture, side = 1) =>
        Decoration.widget(pos, () => held(piecesOf(id)[part]), {
          key: `${part}-${id}`,
          side,
          ignoreSelection: true,
          stopEvent: () => true,
        });
      widgets.push(widget(at + 1, "grip", -1), widget(between, "spine"), widget(end, "take"));
    });
    return DecorationSet.create(chapter, widgets);
  };

  const plugin: Plugin<DecorationSet> = new Plugin({
    state: {
      init: (_, { doc }) => placed(doc),
      // Between passages nothing is ever typed, so that mapping never loses one while the rows are the same.
      apply: (tr, set, before, { doc }) =>
        !tr.docChanged ? set : sameRows(before.doc, doc) ? set.map(tr.mapping, doc) : placed(doc),
    },
    view: () => ({
      update() {
        if (focused?.isConnected) focused.focus({ preventScroll: true });
        focused = null;
      },
    }),
    props: {
      decorations: (state) => plugin.getState(state),
      nodeViews: {
        passage: (node) => new PassageRowView(node),
        notes: (node, view, getPos) => new HalfView(node, view, getPos),
        prose: (node, view, getPos) => new HalfView(node, view, getPos),
      },
    },
  });
  return { plugin, piecesOf };
}

/** Attribute by attribute: an id may come from anybody who writes in this document. */
function named(within: DocumentFragment, id: string): void {
  for (const element of within.querySelectorAll("*")) {
    for (const attribute of element.attributes)
      attribute.value = attribute.value.replaceAll(NEW_ID, id);
    if (element instanceof HTMLTemplateElement) named(element.content, id);
  }
}

export const spineOf = (id: string) => document.getElementById(spineId(id));
export const offerOf = (id: string) => document.getElementById(proseId(id));

/** A passage's section: stays the same element while its number or its text changes. */
class PassageRowView implements NodeView {
  readonly dom = document.createElement("section");
  readonly contentDOM = this.dom;

  constructor(private node: PMNode) {
    this.dom.id = passageId(node.attrs.id);
    this.dom.dataset.passage = node.attrs.id;
    this.show();
  }

  update(node: PMNode): boolean {
    if (node.type !== this.node.type || node.attrs.id !== this.node.attrs.id) return false;
    this.node = node;
    this.show();
    return true;
  }

  private show(): void {
    const { attrs } = this.node;
    const [notes, prose] = this.node.children as [PMNode, PMNode];
    const { classList } = this.dom;
    classList.add("passage");
    classList.toggle("under", attrs.under !== null);
    classList.toggle("no-notes", isBlank(notes));
    classList.toggle("no-prose", isBlank(prose));
    if (attrs.number === null) delete this.dom.dataset.number;
    else this.dom.dataset.number = attrs.number;
    label(this.dom, `Passage ${attrs.number ?? ""}`.trim());
    for (const half of this.dom.querySelectorAll<HTMLElement>(":scope > .half"))
      labelHalf(half, attrs.number);
  }

  ignoreMutation(mutation: { type: string; target: Node }): boolean {
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
}

class HalfView implements NodeView {
  readonly dom = document.createElement("div");
  readonly contentDOM = this.dom;

  constructor(
    private node: PMNode,
    view: EditorView,
    getPos: () => number | undefined,
  ) {
    const { name } = node.type;
    this.dom.className = `half ${name}`;
    this.dom.dataset.half = name;
    this.dom.setAttribute("role", "group");
    const pos = getPos();
    const passage = pos === undefined ? null : view.state.doc.resolve(pos).parent;
    labelHalf(this.dom, passage?.attrs.number ?? null);
  }

  update(node: PMNode): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    return true;
  }

  ignoreMutation(mutation: { type: string; target: Node }): boolean {
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
}

function labelHalf(half: HTMLElement, number: number | null): void {
  const name = half.dataset.half === "notes" ? "Notes" : "Prose";
  label(half, number === null ? `${name}, continued` : `${name} of passage ${number}`);
}

function label(element: HTMLElement, text: string): void {
  if (element.getAttribute("aria-label") !== text) element.setAttribute("aria-label", text);
}

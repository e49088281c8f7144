/** The HTML that the schema's `toDOM` makes, without a DOM: a chapter is readable before any script runs. */
import type { DOMOutputSpec, Mark, Node as PMNode } from "prosemirror-model";

const VOID = new Set(["br", "hr"]);

/** @param node any node of the schema; of a half or a chapter with its own element. */
export function htmlOf(node: PMNode): string {
  const spec = node.type.spec.toDOM?.(node);
  const inside = node.isTextblock ? inline(node) : node.children.map(htmlOf).join("");
  // An empty block has no line of its own in a browser; ProseMirror draws it with a break.
  const content = node.isTextblock && inside === "" ? "<br>" : inside;
  return spec === undefined ? content : element(spec, content);
}

/** Marks go on over neighbours that share them, as ProseMirror draws them. */
function inline(block: PMNode): string {
  const open: { mark: Mark; html: string }[] = [];
  let html = "";
  const close = (depth: number) => {
    while (open.length > depth) {
      const { mark, html: before } = open.pop()!;
      html = before + element(mark.type.spec.toDOM!(mark, true), html);
    }
  };
  for (const child of block.children) {
    const same = child.marks.findIndex((mark, i) => !open[i]?.mark.eq(mark));
    close(same === -1 ? child.marks.length : same);
    for (const mark of child.marks.slice(open.length)) {
      open.push({ mark, html });
      html = "";
    }
    html += child.isText ? escaped(child.text ?? "") : htmlOf(child);
  }
  close(0);
  return html;
}

function element(spec: DOMOutputSpec, content: string): string {
  const [tag, second] = spec as [string, unknown?];
  const hasAttributes = typeof second === "object" && second !== null && !Array.isArray(second);
  const attributes = Object.entries(hasAttributes ? second : {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join("");
  return VOID.has(tag) ? `<${tag}${attributes}>` : `<${tag}${attributes}>${content}</${tag}>`;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => ESCAPES[one]!);

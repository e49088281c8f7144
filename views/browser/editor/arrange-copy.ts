/** Chosen passages for the clipboard: their prose, in order. */
import { DOMSerializer, Fragment } from "prosemirror-model";
import { schema } from "../../../src/documents/model/schema.ts";
import { textOf } from "../../../src/documents/model/text.ts";
import type { ArrangedRow } from "./arrange-rows.ts";
import { isBlank } from "./place.ts";

export function copied(rows: ArrangedRow[]): { text: string; html: string } {
  const halves = rows
    .flatMap(({ parts }) => parts.map(({ node }) => node.child(1)))
    .filter((half) => !isBlank(half));
  const blocks = halves.reduce((all, { content }) => all.append(content), Fragment.empty);
  const holder = document.createElement("div");
  holder.append(DOMSerializer.fromSchema(schema).serializeFragment(blocks));
  return { text: halves.map(textOf).join("\n\n"), html: holder.innerHTML };
}

/**
 * A passage: notes, spine, prose, and what is offered for the prose. In the page it can be read before any script
 * runs; then the editor draws the same rows (`browser/editor/`), and around the text keeps the very elements that
 * came with the page. Only what stands beside the prose is ever replaced from here.
 */
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { Replace } from "../ui/partial.tsx";
import { SpineCell } from "../ui/spine.tsx";
import { Grip } from "./arrange.tsx";
import {
  markOf,
  NEW_PASSAGE_ID,
  type PassageView,
  passageId,
  proseId,
  spineId,
} from "./passage-view.ts";
import { Prose } from "./prose.tsx";

/** What an answer or a frame carries when the run or the take of a passage moved on. */
export function PassageUpdate({ passage }: { passage: PassageView }) {
  return (
    <Replace id={proseId(passage.id)}>
      <Prose passage={passage} />
    </Replace>
  );
}

/** What a passage is called and has around its text where it begins a section of a pitch. */
export type Begins = { title: string; gloss?: string | undefined; head: Child; foot: Child };

export function PassageRow({ passage, begins }: { passage: PassageView; begins?: Begins }) {
  const { parts, hasNotes, hasProse } = passage.row;
  const called = begins?.title ?? `Passage ${passage.number}`;
  const mark = markOf(passage);
  const since = mark === "fresh" ? begins?.gloss : undefined;
  const state = `${hasNotes ? "" : " no-notes"}${hasProse ? "" : " no-prose"}`;
  return (
    <>
      {parts.map((part, at) => (
        <section
          class={`passage${at > 0 ? " under" : ""}${state}`}
          id={passageId(part.id)}
          aria-label={called}
          data-passage={part.id}
          data-number={at > 0 ? undefined : passage.number}
        >
          <Grip id={part.id} />
          {raw(labelled(part.notes, `Notes of passage ${passage.number}`))}
          <SpineCell id={spineId(part.id)} mark={since ? "changed" : mark} gloss={since} folds />
          {raw(labelled(part.prose, `Prose of passage ${passage.number}`))}
          <div class="take-cell" data-fit={at > 0 ? undefined : fitOf(passage)}>
            {at === 0 && begins?.head}
            {at > 0 ? <div id={proseId(part.id)} /> : <Prose passage={passage} />}
            {at === 0 && begins?.foot}
          </div>
        </section>
      ))}
    </>
  );
}

/** What the script keeps true from then on (`browser/editor/standing.ts`): whether the take is the prose above it. */
function fitOf({ shown, row }: PassageView): "accepted" | "fits" | "below" {
  const { attributes, hasProse, proseHash } = row;
  if (shown && shown.id === attributes.take) return "accepted";
  return hasProse && attributes.proseHash !== proseHash ? "below" : "fits";
}

const labelled = (half: string, label: string) =>
  half.replace("<div ", `<div role="group" aria-label="${label}" `);

/** What stands around the text of a passage that comes to be in the browser; its id takes the place of this one. */
export const NEW_ID = "NEW-PASSAGE";

export function NewPassage({ chapter }: { chapter: string }) {
  const passage: PassageView = {
    id: NEW_ID,
    number: 0,
    notes: "",
    run: null,
    take: null,
    chapter,
    row: {
      parts: [],
      attributes: { take: null, askHash: null, proseHash: null },
      notesHash: "",
      proseHash: "",
      hasNotes: false,
      hasProse: false,
    },
    shown: null,
  };
  return (
    <template id={NEW_PASSAGE_ID}>
      <Grip id={NEW_ID} />
      <SpineCell id={spineId(NEW_ID)} mark="to-write" folds />
      <div class="take-cell">
        <Prose passage={passage} />
      </div>
    </template>
  );
}

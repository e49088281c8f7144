/**
 * A passage: notes, spine, prose. The same fragments stand in the page, in the answers to its buttons and in
 * what the socket sends. Only the spine and the prose are ever replaced; the notes hold the caret and are not.
 */
import { Append, Replace } from "../ui/partial.tsx";
import { SpineCell } from "../ui/spine.tsx";
import {
  markOf,
  notesId,
  PASSAGES_ID,
  type PassageView,
  passageId,
  proseId,
  spineId,
} from "./passage-view.ts";
import { Prose } from "./prose.tsx";

/** What an answer or a frame carries when the run, the take or the notes of a passage moved on. */
export function PassageUpdate({ passage }: { passage: PassageView }) {
  return (
    <>
      <Replace id={spineId(passage.id)}>
        <Spine passage={passage} />
      </Replace>
      <Replace id={proseId(passage.id)}>
        <Prose passage={passage} />
      </Replace>
    </>
  );
}

/** What an answer or a frame carries when a passage came to be at the end of the chapter. */
export function PassageAdded({ passage, focus }: { passage: PassageView; focus?: boolean }) {
  return (
    <Append to={PASSAGES_ID}>
      <PassageRow passage={passage} focus={focus} />
    </Append>
  );
}

/** `focus`: the caret goes into its notes; for the one who asked for the row, nobody else. */
export function PassageRow({ passage, focus }: { passage: PassageView; focus?: boolean }) {
  return (
    <section
      class="passage"
      id={passageId(passage.id)}
      aria-label={`Passage ${passage.number}`}
      data-passage={passage.id}
      data-number={passage.number}
    >
      <Notes passage={passage} focus={focus} />
      <Spine passage={passage} />
      <Prose passage={passage} />
    </section>
  );
}

export function Notes({ passage, focus }: { passage: PassageView; focus?: boolean }) {
  return (
    <div class="notes">
      <textarea
        id={notesId(passage.id)}
        name="notes"
        rows={1}
        aria-label={`Notes of passage ${passage.number}`}
        placeholder="What happens here, in your own shorthand. One passage, one thing."
        maxlength={NOTES_LIMIT}
        autocomplete="off"
        autofocus={focus}
        data-autosave
        data-url={`/passages/${passage.id}/notes`}
        data-revision={passage.revision}
      >
        {/* A parser drops the first line break inside a textarea; this one is for it. */}
        {`\n${passage.notes}`}
      </textarea>
    </div>
  );
}

/** Characters (UTF-16 units, as browsers count) of notes in one passage; `text-input-v1` takes as many. */
const NOTES_LIMIT = 20_000;

export function Spine({ passage }: { passage: PassageView }) {
  return <SpineCell id={spineId(passage.id)} mark={markOf(passage)} />;
}

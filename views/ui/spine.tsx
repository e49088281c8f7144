import { GLOSS, Mark, type MarkName } from "./mark.tsx";

/** A stretch of the spine: the mark that ties two halves, its gloss, the thread to the next. */
export function SpineCell({
  mark,
  gloss = GLOSS[mark],
  id,
}: {
  mark: MarkName;
  gloss?: string;
  id?: string;
}) {
  return (
    <div class={`spine ${mark}`} id={id}>
      <Mark name={mark} />
      <span class="gloss">{gloss}</span>
      <span class="thread" aria-hidden="true" />
    </div>
  );
}

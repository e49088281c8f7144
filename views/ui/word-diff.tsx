/** What changed in prose: what is gone is struck, what came is in wet ink and underlined. */
import type { ComparedParagraph, Comparison, Piece } from "../../src/documents/compare.ts";

/** Both texts in one. */
export function WordDiff({ paragraphs }: { paragraphs: readonly ComparedParagraph[] }) {
  return (
    <>
      {paragraphs.map(({ pieces }) => (
        <p class="diff">
          <Pieces pieces={pieces} />
        </p>
      ))}
    </>
  );
}

/** One of two columns: the text before, with what is gone, or the text after, with what came. */
export function WordDiffSide({
  paragraphs,
  side,
}: {
  paragraphs: readonly ComparedParagraph[];
  side: "before" | "after";
}) {
  const other = side === "before" ? "inserted" : "removed";
  const shown = paragraphs.filter((paragraph) => paragraph[side] !== null);
  if (shown.length === 0) return <p class="diff nothing">Nothing yet</p>;
  return (
    <>
      {shown.map(({ pieces }) => (
        <p class="diff">
          <Pieces pieces={pieces.filter(({ kind }) => kind !== other)} />
        </p>
      ))}
    </>
  );
}

export function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map((piece, at) => (
        <PieceView piece={piece} next={pieces[at + 1]} />
      ))}
    </>
  );
}

/** Space at the edges is neither struck nor underlined. */
function PieceView({ piece, next }: { piece: Piece; next?: Piece }) {
  const { kind, text } = piece;
  if (kind === "same") return <>{text}</>;
  const [, before = "", words = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  if (words === "") return <>{kind === "inserted" ? text : ""}</>;
  return (
    <>
      {before}
      {kind === "removed" ? <del>{words}</del> : <ins>{words}</ins>}
      {after || (kind === "removed" && next?.kind === "inserted" ? " " : "")}
    </>
  );
}

/** `+18 −5 words`. */
export function WordsChanged({ inserted, removed }: Pick<Comparison, "inserted" | "removed">) {
  if (inserted === 0 && removed === 0) return <span class="words-changed">the same words</span>;
  return (
    <span class="words-changed">
      <span class="more">+{inserted}</span> −{removed} words
    </span>
  );
}

/** What was found, with the words that were looked for marked. */
import type { Found as FoundOne, Marked } from "../../src/search/search.ts";
import { BookIcon, PenIcon, TagIcon } from "../ui/icons.tsx";

export function FoundText({ text }: { text: Marked }) {
  return (
    <span class="found-text" dir="auto">
      {text.map(({ text: words, isMatch }) => (isMatch ? <mark>{words}</mark> : words))}
    </span>
  );
}

export function FoundIcon({ kind }: Pick<FoundOne, "kind">) {
  if (kind === "book" || kind === "chapter") return <BookIcon />;
  return kind === "codex" ? <TagIcon /> : <PenIcon />;
}

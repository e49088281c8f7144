/** What each change does to documents: the checker's findings and the counted refusals, beside its sentence. */
import type { Incompatibility, Level } from "./compatibility/check.ts";
import type { Change, Place, Words } from "./page-changes.ts";
import { figure } from "./page-words.ts";

export type Told = {
  /** `careful`: it may surprise somebody, and the level allows it. */
  mark: "fine" | "careful" | "refused";
  words: Words;
  /** “widens”, “narrows, 318 documents”. */
  effect: string;
};

/** How many documents were looked at, and how many of them the newer version refuses. */
export type Counted = {
  looked: number;
  refused: number;
  /** For each change, by its place in the list: the documents that it refuses, or that have what it drops. */
  byChange: readonly number[];
  /** There are more documents than were looked at. */
  isPart: boolean;
};

/** Whether a finding keeps a version out at this level. */
export function refuses(level: Level, { direction }: Pick<Incompatibility, "direction">): boolean {
  if (level === "NONE") return false;
  return !level.startsWith(direction === "backward" ? "FORWARD" : "BACKWARD");
}

/** @param findings what new readers refuse of old documents and the other way, both asked */
export function effectsOf(
  changes: readonly Change[],
  findings: readonly Incompatibility[],
  level: Level,
  counted: Counted | null,
): Told[] {
  const left = new Set(findings);
  const told = changes.map((change, i): Told => {
    const about = findings.filter((finding) => isAbout(change.places, finding));
    for (const finding of about) left.delete(finding);
    return {
      words: change.words,
      ...effectOf(change, about, level, counted && { ...counted, count: counted.byChange[i]! }),
    };
  });
  const others = [...left].filter(
    (finding) => finding.direction === "backward" || refuses(level, finding),
  );
  told.push(...others.map((finding) => alone(finding, level)));
  const ORDER = ["fine", "careful", "refused"];
  return told.toSorted((a, b) => ORDER.indexOf(a.mark) - ORDER.indexOf(b.mark));
}

/** A finding that is of no single change: it speaks for itself. */
export function alone(finding: Incompatibility, level: Level): Told {
  const isBackward = finding.direction === "backward";
  const effect =
    finding.rule === "undecided"
      ? "not decided"
      : isBackward
        ? "narrows"
        : `not by version ${finding.against}`;
  return {
    mark: refuses(level, finding) ? "refused" : "careful",
    words: [finding.message],
    effect,
  };
}

function effectOf(
  { isAnnotation, readAs, dropped }: Change,
  about: readonly Incompatibility[],
  level: Level,
  counted: (Counted & { count: number }) | null,
): Omit<Told, "words"> {
  const narrows = about.some(({ direction }) => direction === "backward");
  const widens = about.some(({ direction }) => direction === "forward");
  const isRefused = about.some((finding) => refuses(level, finding));
  const mark = isRefused ? "refused" : narrows || dropped !== undefined ? "careful" : "fine";
  if (about.some(({ rule }) => rule === "undecided")) return { mark, effect: "not decided" };
  if (narrows) return { mark, effect: `narrows${counted ? `, ${documents(counted)}` : ""}` };
  if (readAs !== undefined && !isRefused) return { mark, effect: "has a default" };
  if (dropped !== undefined && counted) return { mark, effect: documents(counted) };
  if (widens) return { mark, effect: "widens" };
  return { mark, effect: isAnnotation ? "for readers only" : "the same documents" };
}

/** “all 1,204”, “318 documents”, “no document”. */
function documents({ count, looked, isPart }: Counted & { count: number }): string {
  if (looked === 0 || count === 0) return "no document";
  if (count === looked && looked > 1)
    return isPart ? `all of ${figure(looked)} read` : `all ${figure(looked)}`;
  const words = `${figure(count)} ${count === 1 ? "document" : "documents"}`;
  return isPart ? `${words} of ${figure(looked)} read` : words;
}

export function isAbout(places: readonly Place[], finding: Incompatibility): boolean {
  return places.some(({ pointer, field, direction, exact, rule }) => {
    if (rule !== undefined && rule !== finding.rule) return false;
    if (direction && direction !== finding.direction) return false;
    // The checker names the field in its sentence.
    if (
      field !== undefined &&
      finding.rule === "required" &&
      !finding.message.includes(`“${field}”`)
    )
      return false;
    if (finding.pointer === pointer) return true;
    return !exact && field === undefined && finding.pointer.startsWith(`${pointer}/`);
  });
}

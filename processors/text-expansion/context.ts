/**
 * What of a book goes along with an ask, within its budget: entries of the codex that come up, the passages right
 * before, what happened in earlier chapters, a sample of the writer's voice. What has no room is trimmed, the oldest
 * first, or dropped, and the writer is told.
 */
import type { BlobIn, Place, RunContext, Schemas } from "../../src/processors/sdk.ts";
import { type Matched, matchCodex } from "./codex.ts";
import type { Voice } from "./config.ts";
import { before, type Passage } from "./passages.ts";
import { NOTHING_TOLD, type Told } from "./prompt.ts";
import { endOf, tokensOf } from "./tokens.ts";

/** What the codex may take of the room there is, where others want some. */
const CODEX_SHARE = 1 / 3;
/** What the passages before leave to what comes after them, where that wants it. */
const PASSAGES_SHARE = 3 / 5;

/** A row of what the writer is told of it. */
export type Part = {
  id: "voice" | "notes" | "passages" | "codex" | "summaries" | "sample";
  what: string;
  /** What of it goes along; of what was dropped, what it would have taken. */
  tokens: number;
  state: "included" | "trimmed" | "dropped";
  /** What it would have taken whole. */
  from?: number;
};

export type CodexShown = {
  id: string;
  name: string;
  kind?: string | undefined;
  text: string;
  /** What of it came up; empty for one that is there because it is pinned. */
  by: string[];
  pinned: boolean;
  state: "included" | "dropped";
};

export type Material = {
  codex: Matched[];
  passages: Passage[];
  summaries: Summary[];
  sample: string;
};

type Summary = { number: number; name: string; text: string };
type Chapter = { id: string; name: string };

type Finds = Pick<RunContext<"text-input-v1">, "blob" | "find" | "places">;

/** All there is to tell; the last passage before is looked through for the codex too. */
export async function gather(
  { blob, find }: Finds,
  places: Place[],
  voice: Voice,
  isRewrite: boolean,
): Promise<Material> {
  const [entries, snapshots, summaries] = await Promise.all([
    find({ schema: "codex-entry-v1" }),
    isRewrite ? [] : find({ schema: "chapter-v1", bucket: blob.bucket, limit: 1 }),
    isRewrite ? [] : find({ schema: "chapter-summary-v1" }),
  ]);
  const snapshot = snapshots[0] as BlobIn<"chapter-v1"> | undefined;
  const passages = snapshot ? before(snapshot.content, blob.metadata.passage) : [];
  const { text, instruction = "" } = blob.content;
  const nearest = passages.at(-1)?.prose ?? "";
  return {
    codex: matchCodex(
      entries as BlobIn<"codex-entry-v1">[],
      [text, instruction, nearest].join("\n"),
    ),
    passages,
    summaries: earlier(summaries as BlobIn<"chapter-summary-v1">[], places, blob.bucket),
    sample: isRewrite ? "" : (voice.voiceSample?.trim() ?? ""),
  };
}

/** The newest summary of each chapter before this one, in the order of the book. */
function earlier(
  found: BlobIn<"chapter-summary-v1">[],
  places: Place[],
  bucket: string,
): Summary[] {
  const chapters: Chapter[] = places.find(({ chapters }) => chapters)?.chapters ?? [];
  const here = chapters.findIndex(({ id }) => id === bucket);
  return chapters.slice(0, Math.max(here, 0)).flatMap(({ id, name }, at) => {
    const summary = found.find((one) => one.bucket === id);
    return summary ? [{ number: at + 1, name, text: summary.content.text }] : [];
  });
}

/**
 * What fits, in tags, and what is told of it. `fixed` is what directions and notes take, `room` all there is for what goes
 * out, both in tokens; what is in `include` goes along whole, and so does what is pinned.
 */
export function fit(
  { codex, passages, summaries, sample }: Material,
  fixed: number,
  room: number,
  include: readonly string[],
): { told: Told; parts: Part[]; codex: CodexShown[] } {
  const wants = {
    codex: tokensOf(codexText(codex)),
    passages: tokensOf(passagesText(passages)),
    summaries: tokensOf(summariesText(summaries)),
    sample: tokensOf(sampleText(sample)),
  };
  type Name = keyof typeof wants;
  const isForced = (name: Name) => include.includes(name);
  const pinned = codex.filter(({ entry }) => entry.pinned);
  const forced = (Object.keys(wants) as Name[])
    .filter(isForced)
    .reduce((sum, name) => sum + wants[name], 0);
  let left = room - fixed - forced - (isForced("codex") ? 0 : tokensOf(codexText(pinned)));
  /** Keeps of a part what the room allows, and takes that from the room. */
  const take = <T>(
    name: Name,
    whole: T,
    within: number,
    cut: (tokens: number) => [T, number],
  ): T => {
    if (isForced(name)) return whole;
    if (wants[name] <= within) {
      left -= wants[name];
      return whole;
    }
    const [kept, tokens] = cut(Math.max(within, 0));
    left -= tokens;
    return kept;
  };

  const named = codex.filter(({ entry }) => !entry.pinned);
  const others = wants.passages + wants.summaries + wants.sample;
  const codexRoom = Math.max(left - others, left * CODEX_SHARE);
  const keptNamed = isForced("codex") ? named : whatFits(named, codexRoom, codexText);
  if (!isForced("codex")) left -= tokensOf(codexText(keptNamed));

  const after =
    (isForced("summaries") ? 0 : wants.summaries) + (isForced("sample") ? 0 : wants.sample);
  const keptPassages = take(
    "passages",
    passages,
    Math.max(left - after, left * PASSAGES_SHARE),
    (tokens) => {
      const kept = nearestThatFit(passages, tokens);
      return [kept, tokensOf(passagesText(kept))];
    },
  );
  const keptSummaries = take("summaries", summaries, left, (tokens) => {
    const kept = whatFits(summaries.toReversed(), tokens, summariesText, "in a row").toReversed();
    return [kept, tokensOf(summariesText(kept))];
  });
  const keptSample = take("sample", sample, left, () => ["", 0]);

  const told: Told = {
    ...NOTHING_TOLD,
    sample: sampleText(keptSample),
    pinned: codexText(pinned),
    summaries: summariesText(keptSummaries),
    codex: codexText(keptNamed),
    passages: passagesText(keptPassages),
  };
  const kept = {
    codex: tokensOf(told.pinned) + tokensOf(told.codex),
    passages: tokensOf(told.passages),
    summaries: tokensOf(told.summaries),
    sample: tokensOf(told.sample),
  };
  const part = (id: Name, what: string): Part[] => {
    const [from, tokens] = [wants[id], kept[id]];
    if (from === 0) return [];
    if (tokens === 0) return [{ id, what, tokens: from, state: "dropped" }];
    return tokens < from && !isWhole[id]
      ? [{ id, what, tokens, state: "trimmed", from }]
      : [{ id, what, tokens, state: "included" }];
  };
  const isWhole = {
    codex: keptNamed.length === named.length,
    passages: keptPassages === passages,
    summaries: keptSummaries === summaries,
    sample: keptSample === sample,
  };
  const inFull = isWhole.passages ? ", in full" : "";
  return {
    told,
    parts: [
      ...part("passages", `${called("Passage", passages)}${inFull}`),
      ...part("codex", `Codex, ${codex.length} ${codex.length === 1 ? "entry" : "entries"}`),
      ...part(
        "summaries",
        `${called("Chapter", summaries)}, ${summaries.length === 1 ? "summary" : "summaries"}`,
      ),
      ...part("sample", "Voice sample"),
    ],
    codex: codex.map((one) => ({
      id: one.id,
      name: one.entry.name,
      kind: one.entry.kind,
      text: excerptOf(one.entry.text),
      by: one.by,
      pinned: one.entry.pinned === true,
      state: one.entry.pinned || keptNamed.includes(one) ? "included" : "dropped",
    })),
  };
}

/** The first that fit together; those behind one that does not are tried too, unless they have to be in a row. */
function whatFits<T>(
  all: T[],
  tokens: number,
  textOf: (kept: T[]) => string,
  which?: "in a row",
): T[] {
  const kept: T[] = [];
  for (const one of all)
    if (tokensOf(textOf([...kept, one])) <= tokens) kept.push(one);
    else if (which) break;
  return kept;
}

/** The last of them, whole; of the first that is too long its end. */
function nearestThatFit(passages: Passage[], tokens: number): Passage[] {
  const kept = whatFits(passages.toReversed(), tokens, passagesText, "in a row").toReversed();
  const next = passages.at(-1 - kept.length);
  if (kept.length > 0 || !next) return kept;
  const prose = endOf(next.prose, tokens - tokensOf(passagesText([{ ...next, prose: "" }])));
  return prose === "" ? [] : [{ ...next, prose }];
}

const passagesText = (passages: Passage[]): string =>
  passages.length === 0
    ? ""
    : `<before>\n${passages.map(({ prose }) => prose).join("\n\n")}\n</before>`;

const codexText = (matched: Matched[]): string =>
  matched.length === 0
    ? ""
    : `<codex>\n${matched.map(({ entry }) => entryText(entry)).join("\n\n")}\n</codex>`;

function entryText({ name, aliases = [], kind, text }: Schemas["codex-entry-v1"]): string {
  const also = aliases.length > 0 ? `, also ${aliases.join(", ")}` : "";
  return `${name}${kind ? ` (${kind})` : ""}${also}: ${text.trim()}`;
}

const summariesText = (summaries: Summary[]): string =>
  summaries.length === 0
    ? ""
    : `<earlier-chapters>\n${summaries
        .map(({ number, name, text }) => `${number}${name ? `, ${name}` : ""}: ${text.trim()}`)
        .join("\n\n")}\n</earlier-chapters>`;

const sampleText = (sample: string): string =>
  sample === ""
    ? ""
    : `Sound like this sample of the writer's own prose, and take nothing else from it.\n<sample>\n${sample}\n</sample>`;

/** `Passages 1–4`, `Chapter 2`, `Chapters 1, 3–5`. */
function called(noun: string, all: readonly { number: number }[]): string {
  const runs: [number, number][] = [];
  for (const { number } of all) {
    const last = runs.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  const said = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
  return `${noun}${all.length === 1 ? "" : "s"} ${said}`;
}

/** Kept with the run, so bounded; in characters. */
const EXCERPT = 240;

const excerptOf = (text: string): string =>
  text.length <= EXCERPT ? text.trim() : `${text.slice(0, EXCERPT).trimEnd()}…`;

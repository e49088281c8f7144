/**
 * Holds what a model wrote to what the writer said. A sentence that claims more is not kept: a marked blank takes its place,
 * and the writer fills it.
 *
 * *Made of facts* (comparable titles, biography, platform): the model never saw the manuscript, and a sentence stands only
 * if all its words are the writer's own or claim nothing. In a language that the lists do not know, more becomes
 * blank, never less.
 *
 * *Made of the manuscript*: a sentence that speaks of prizes, sales, degrees, publications or other books stands only if one of the
 * writer's facts carries it. The manuscript is no source for such a claim, whatever it says. The words that show one
 * are mostly English: in other languages one may pass here, though none in what is made of facts.
 *
 * What it cannot see: a claim put together from words of one and the same fact that turns its sense.
 */
import { compares, isCredential, isName, isNumber, isTrade, MUST_CARRY } from "./claims.ts";
import { blank, type Fact, hasSign } from "./facts.ts";
import { isPlain } from "./plain.ts";
import { type Word, wordsOf } from "./words.ts";

export type Rules = {
  material: "manuscript" | "facts";
  facts: readonly Fact[];
  /** Stems that may stand anywhere: of the book's title and its author's name. */
  known: ReadonlySet<string>;
  /** Of all that the book tells; null: names are not looked at. */
  names: ReadonlySet<string> | null;
  /** What is not given, in its order. */
  missing: readonly { label: string; signs?: string[] }[];
};

/** Share of a fact's own words that a claim which leans on it has to have. */
const CARRIED = 0.6;
const CLAIM = "a claim that only you can make";

const BLANK = /\[\[([^[\]\n]*)\]\]/g;

/** Whether a sentence says no more than it may. */
export function stands(sentence: string, rules: Rules): boolean {
  const labels = rules.missing.map(({ label }) => label);
  // Our own blanks say nothing; what a model put between brackets itself is words like others.
  const said = sentence.replace(BLANK, (all, label: string) =>
    labels.includes(label.trim()) ? " … " : ` ${all} `,
  );
  const words = wordsOf(said);
  const isKnown = ({ stem }: Word) => rules.known.has(stem);
  if (rules.material === "facts") {
    const all = union(rules.facts);
    if (words.some((word) => !isKnown(word) && !isPlain(word.stem) && !all.has(word.stem)))
      return false;
    return !words.some(isCredential) || isCarried(words, claimsIn(words, rules), rules);
  }
  const strange = rules.names
    ? words.filter(
        (word) =>
          isName(word) &&
          !isKnown(word) &&
          !rules.names!.has(word.stem) &&
          !union(rules.facts).has(word.stem),
      )
    : [];
  if (strange.length > 0) return false;
  if (compares(said)) {
    const compared = words.filter((word) => isName(word) && !isKnown(word));
    // A book that is compared with is named in the facts, or is a blank of ours.
    const all = union(rules.facts);
    if (compared.length === 0 ? said === sentence : compared.some(({ stem }) => !all.has(stem)))
      return false;
  }
  if (!words.some(isCredential) || !words.some(isTrade)) return true;
  return isCarried(words, claimsIn(words, rules), rules);
}

const claimsIn = (words: readonly Word[], { known }: Rules): Word[] =>
  words.filter(
    (word) => !known.has(word.stem) && (isCredential(word) || isNumber(word) || isName(word)),
  );

/** One fact has all that is claimed, and the claim has what that fact hangs on. */
function isCarried(words: readonly Word[], claims: readonly Word[], { facts }: Rules): boolean {
  const said = new Set(words.map(({ stem }) => stem));
  return facts.some(({ stems }) => {
    if (!claims.every(({ stem }) => stems.has(stem))) return false;
    if ([...stems].some((stem) => MUST_CARRY.has(stem) && !said.has(stem))) return false;
    const own = [...stems].filter((stem) => !isPlain(stem));
    return own.filter((stem) => said.has(stem)).length >= own.length * CARRIED;
  });
}

function union(facts: readonly Fact[]): Set<string> {
  const known = unions.get(facts);
  if (known) return known;
  const all = new Set(facts.flatMap(({ stems }) => [...stems]));
  unions.set(facts, all);
  return all;
}
const unions = new WeakMap<readonly Fact[], Set<string>>();

/** Takes a text as it comes, and gives what of it stands, whole sentences at a time. */
export class Guard {
  readonly #rules: Rules;
  #waiting = "";
  #text = "";
  /** Sentences that did not stand. */
  readonly refused: string[] = [];

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** What may be shown of it by now. */
  push(delta: string): string {
    this.#waiting += delta;
    let shown = "";
    for (;;) {
      const end = /[.!?…]+["”’»)\]]*\s+(?=\S)|[。！？]|\n+(?=\S)/.exec(this.#waiting);
      if (!end) return shown;
      const to = end.index + end[0].length;
      shown += this.#judge(this.#waiting.slice(0, to));
      this.#waiting = this.#waiting.slice(to);
    }
  }

  /** The rest, and what is still to be filled in. */
  end(): string {
    let shown = this.#waiting.trim() === "" ? "" : this.#judge(this.#waiting);
    this.#waiting = "";
    const left = this.#rules.missing.filter(({ label }) => !this.#text.includes(blank(label)));
    if (left.length > 0)
      shown += this.#add(
        `${this.#text.trim() === "" ? "" : "\n\n"}${left.map(({ label }) => blank(label)).join(" ")}`,
      );
    return shown;
  }

  get text(): string {
    return this.#text.trim();
  }

  #judge(sentence: string): string {
    if (stands(sentence, this.#rules)) return this.#add(sentence);
    this.refused.push(sentence.trim());
    const space = /\s*$/.exec(sentence)![0];
    const label =
      this.#rules.missing.find(({ signs }) => signs && hasSign(sentence, signs))?.label ??
      this.#rules.missing.find(({ signs }) => !signs)?.label ??
      CLAIM;
    // One blank asks for it; a second says nothing more.
    return this.#text.includes(blank(label)) ? "" : this.#add(blank(label) + space);
  }

  #add(text: string): string {
    this.#text += text;
    return text;
  }
}

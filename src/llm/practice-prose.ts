/**
 * The practice model's prose: the notes, sentence by sentence as they stand, and between them
 * sentences from a stock that dwell on what each note speaks of. The same notes and seed give the
 * same prose; no sentence of the stock comes twice in one answer.
 */
import {
  countWords,
  type Language,
  languageOf,
  type Note,
  peopleIn,
  readNotes,
  spanIn,
  type Tense,
  tenseOf,
  thingsIn,
} from "./practice-notes.ts";
import {
  ABOUT_PEOPLE,
  ABOUT_SPANS,
  ABOUT_THINGS,
  AFTER_FRAGMENTS,
  ASIDES,
  CLOSINGS,
  FIRST_HALVES,
  OPENINGS,
  PASSAGES,
  SECOND_HALVES,
  THEMES,
} from "./practice-phrases.ts";

export type ProseWish = {
  /** About how many words. */
  words: number;
  /** Any 32 bits; orders the stock. */
  seed: number;
  /** Instead of the tense of the notes. */
  tense?: Tense;
};

/** A paragraph may end at a new note from here on. */
const PARAGRAPH_WORDS = 55;
/** A new line of the notes begins a new paragraph once the paragraph has so many words. */
const LINE_PARAGRAPH_WORDS = 30;
/** From this much room on, a passage of the stock makes a paragraph of its own. */
const PASSAGE_ROOM_WORDS = 70;
/** Sentences about one note before a passage takes over. */
const ELABORATIONS_A_NOTE = 4;
/** A name is worn out by more. */
const PEOPLE_SENTENCES = 4;
/** Shorter answers end with the notes. */
const CLOSING_FROM_WORDS = 90;
/** Sentences of two halves in one paragraph, once the passages are used up. */
const HALVES_A_PASSAGE = 4;
/** An answer that lacks less than this share, or so many words, is long enough. */
const END_SHARE = 0.1;
const END_ROOM_WORDS = 20;
/** A note that lacks fewer words than this has had its share. */
const NEAR_WORDS = 6;

/** Paragraphs parted by an empty line; empty when the notes are. */
export function practiceProse(text: string, wish: ProseWish): string {
  const all = readNotes(text);
  if (all.length === 0) return "";
  const language = languageOf(text);
  const notes = within(all, wish.words);
  const page = new Page();
  if (language === "en") tell(notes, text, wish, page);
  else retell(notes, language, wish, page);
  return page.text();
}

/** Notes that are longer than the asked length: as many of them, evenly from the first to the last. */
function within(notes: Note[], words: number): Note[] {
  const total = notes.reduce((sum, note) => sum + note.words, 0);
  if (total <= words || notes.length < 3) return notes;
  const kept = Math.max(2, Math.floor((notes.length * words) / total));
  const chosen = new Set<number>();
  for (let index = 0; index < kept; index += 1) {
    chosen.add(Math.round((index * (notes.length - 1)) / (kept - 1)));
  }
  return notes.filter((_, index) => chosen.has(index));
}

function tell(notes: Note[], text: string, wish: ProseWish, page: Page): void {
  const stock = new Stock(wish.seed, wish.tense ?? tenseOf(text));
  const closing = wish.words >= CLOSING_FROM_WORDS ? stock.closing() : undefined;
  const goal = wish.words - (closing ? countWords(closing) : 0);
  const noteWords = notes.reduce((sum, note) => sum + note.words, 0);
  const spare = Math.max(0, goal - noteWords);
  let told = 0;
  for (const [index, note] of notes.entries()) {
    page.beginNote(note, notes[index - 1]);
    page.say(stock.opening(note) ?? note.text);
    told += note.words;
    const due = told + (spare * (index + 1)) / notes.length;
    const elaborations = stock.about(note);
    for (let said = 0; said < ELABORATIONS_A_NOTE && page.words + NEAR_WORDS < due; said += 1) {
      const sentence = elaborations.next().value;
      if (sentence === undefined) break;
      page.say(sentence);
    }
    while (due - page.words >= PASSAGE_ROOM_WORDS) page.aside(stock.passage());
  }
  const enough = goal - Math.min(wish.words * END_SHARE, END_ROOM_WORDS);
  while (page.words < enough) page.aside(stock.passage(goal - page.words));
  if (closing) page.close(closing);
}

/** Other languages: the notes as prose, with verbless asides where there are some. */
function retell(notes: Note[], language: Language, wish: ProseWish, page: Page): void {
  const asides =
    language in ASIDES ? shuffled(ASIDES[language as keyof typeof ASIDES]!, random(wish.seed)) : [];
  const share = Math.ceil(asides.length / notes.length);
  for (const [index, note] of notes.entries()) {
    page.beginNote(note, notes[index - 1]);
    page.say(note.text);
    const left = notes.slice(index + 1).reduce((sum, later) => sum + later.words, 0);
    for (let said = 0; said < share; said += 1) {
      const aside = asides[0];
      if (!aside || page.words + countWords(aside) + left > wish.words) break;
      asides.shift();
      page.say(aside);
    }
  }
}

/** The answer as it grows. */
class Page {
  words = 0;
  readonly #paragraphs: string[][] = [[]];
  #paragraphWords = 0;
  #inAside = false;

  say(sentence: string): void {
    this.#paragraphs.at(-1)!.push(sentence);
    const words = countWords(sentence);
    this.words += words;
    this.#paragraphWords += words;
  }

  beginNote(note: Note, before: Note | undefined): void {
    if (!before) return;
    const enough = note.line === before.line ? PARAGRAPH_WORDS : LINE_PARAGRAPH_WORDS;
    if (note.apart || this.#inAside || this.#paragraphWords >= enough) this.#paragraph();
  }

  /** Sentences that belong together and to no note: a paragraph, unless they or it are short. */
  aside(sentences: string[]): void {
    const alone = sentences.length > 1;
    if (alone && (this.#inAside || this.#paragraphWords >= LINE_PARAGRAPH_WORDS)) this.#paragraph();
    for (const sentence of sentences) this.say(sentence);
    this.#inAside ||= alone;
  }

  close(sentence: string): void {
    if (this.#inAside) this.#paragraph();
    this.say(sentence);
  }

  text(): string {
    return this.#paragraphs
      .map((sentences) => sentences.join(" ").replace(/(?<=[。！？」』]) /gu, ""))
      .join("\n\n");
  }

  #paragraph(): void {
    if (this.#paragraphWords === 0) return;
    this.#paragraphs.push([]);
    this.#paragraphWords = 0;
    this.#inAside = false;
  }
}

/** Hands out every sentence of the stock once, in an order that the seed decides. */
class Stock {
  readonly #random: () => number;
  readonly #tense: Tense;
  readonly #said = new Set<string>();
  readonly #things: string[];
  readonly #people: string[];
  readonly #passages: (readonly string[])[];
  readonly #afterFragments: string[];
  readonly #shift: number;
  #peopleLeft = PEOPLE_SENTENCES;
  #halves = 0;

  constructor(seed: number, tense: Tense) {
    this.#random = random(seed);
    this.#tense = tense;
    this.#things = shuffled(ABOUT_THINGS, this.#random);
    this.#people = shuffled(ABOUT_PEOPLE, this.#random);
    this.#passages = shuffled(PASSAGES, this.#random);
    this.#afterFragments = shuffled(AFTER_FRAGMENTS, this.#random);
    this.#shift = Math.floor(this.#random() * SECOND_HALVES.length);
  }

  /** A sentence for a note of one bare word that the stock knows. */
  opening(note: Note): string | undefined {
    const word = /^(?:The |A )?(\p{L}+)[.!…]*$/u.exec(note.text)?.[1]?.toLowerCase() ?? "";
    const known = Object.hasOwn(OPENINGS, word) ? OPENINGS[word]! : [];
    return this.#fresh(shuffled(known, this.#random));
  }

  /** What there is to say about one note, the best first. */
  *about(note: Note): Generator<string, undefined> {
    const lower = note.text.toLowerCase();
    const themes = THEMES.map(({ when, say }) => ({ at: lower.search(when), say }))
      .filter(({ at }) => at >= 0)
      // The end of a sentence is where its weight is.
      .sort((a, b) => b.at - a.at)
      .map(({ say }) => shuffled(say, this.#random));
    const things = shuffled(thingsIn(note.text), this.#random);
    const people = peopleIn(note.text);
    const span = spanIn(note.text);
    const fragment = note.words <= 2 && themes.length === 0;
    for (;;) {
      const sentences = [
        ...themes.splice(0, 1).flatMap((theme) => {
          const sentence = this.#fresh(theme);
          if (sentence) themes.push(theme);
          return sentence ?? [];
        }),
        ...(span && this.#random() < 0.7 ? [this.#fresh(ABOUT_SPANS, { span })].flat() : []),
        ...things.splice(0, 1).flatMap((thing) => this.#take(this.#things, { thing }) ?? []),
        ...(fragment ? [this.#take(this.#afterFragments)] : []),
        ...people.splice(0, 1).flatMap((name) => {
          if (this.#peopleLeft === 0) return [];
          this.#peopleLeft -= 1;
          return this.#take(this.#people, { name }) ?? [];
        }),
      ].filter((sentence) => sentence !== undefined);
      if (sentences.length === 0) return undefined;
      yield* sentences;
    }
  }

  /** Sentences that belong together and anywhere: as many as come nearest to `room` words. */
  passage(room = Number.POSITIVE_INFINITY): string[] {
    const passage =
      this.#passages.shift()?.map((sentence) => this.#tell(sentence)) ??
      Array.from({ length: HALVES_A_PASSAGE }, () => this.#halfAndHalf());
    const chosen: string[] = [];
    let left = room;
    for (const sentence of passage) {
      const words = countWords(sentence);
      if (chosen.length > 0 && words / 2 > left) break;
      chosen.push(sentence);
      left -= words;
    }
    return chosen;
  }

  closing(): string {
    return this.#tell(CLOSINGS[Math.floor(this.#random() * CLOSINGS.length)]!);
  }

  /** Walks all pairs of halves; neighbours share neither half. */
  #halfAndHalf(): string {
    const turn = this.#halves++;
    const round = Math.floor(turn / FIRST_HALVES.length);
    const first = FIRST_HALVES[turn % FIRST_HALVES.length]!;
    const second =
      SECOND_HALVES[
        ((turn % FIRST_HALVES.length) * 7 + round + this.#shift) % SECOND_HALVES.length
      ]!;
    return this.#tell(`${first}, ${second}.`);
  }

  /** The first sentence that was not said yet. */
  #fresh(from: readonly string[], slots: Slots = {}): string | undefined {
    const sentence = from.find((candidate) => !this.#said.has(candidate));
    if (sentence === undefined) return undefined;
    this.#said.add(sentence);
    return this.#tell(sentence, slots);
  }

  #take(from: string[], slots: Slots = {}): string | undefined {
    const sentence = from.shift();
    return sentence === undefined ? undefined : this.#tell(sentence, slots);
  }

  /** Chooses the tense, fills the slots, begins with a capital. */
  #tell(sentence: string, slots: Slots = {}): string {
    const told = sentence
      .replace(/\[([^|\]]*)\|([^\]]*)\]/g, (_, present: string, past: string) =>
        this.#tense === "present" ? present : past,
      )
      .replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot as keyof Slots] ?? "");
    return told.charAt(0).toUpperCase() + told.slice(1);
  }
}

type Slots = { thing?: string; name?: string; span?: string };

/** mulberry32: small, even, and the same on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** How the practice model reads notes: sentences, language, tense, and whom and what they name. */

export type Note = {
  /** As a sentence: begun with a capital, ended with a mark. */
  text: string;
  words: number;
  /** The line of the notes it stood on; a new line may begin a paragraph. */
  line: number;
  /** True after an empty line. */
  apart: boolean;
};

export type Language = "en" | "de" | "fr" | "es" | "other";
export type Tense = "present" | "past";

/** A note without any full stop is parted after about this many words. */
const LONGEST_SENTENCE_WORDS = 60;
const BULLET = /^\s*(?:[-*•–—‣◦·>#]+\s+|#+\s*|\d{1,3}[.)]\s+|\[[ xX]?\]\s*|[-*]\s*\[[ xX]?\]\s*)+/;
const ABBREVIATION = /\b(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Jr|vs|etc|e\.g|i\.e|[A-Z])\.$/;

export function readNotes(text: string): Note[] {
  const notes: Note[] = [];
  let apart = false;
  for (const [line, raw] of text.replace(/\r\n?/g, "\n").split("\n").entries()) {
    const plain = raw
      .replace(BULLET, "")
      .replace(/\*\*|__|`/g, "")
      .replace(/\s*(?:->|=>|→|⇒)\s*/g, ", then ")
      .replace(/\s+/g, " ")
      .trim();
    if (!plain) {
      apart = true;
      continue;
    }
    for (const sentence of sentencesOf(plain).flatMap(part)) {
      notes.push({ text: finished(sentence), words: countWords(sentence), line, apart });
      apart = false;
    }
  }
  return notes;
}

/** Words as a reader counts them; in scripts without spaces, two characters count as a word. */
export function countWords(text: string): number {
  let count = 0;
  for (const word of text.match(/\S+/g) ?? []) {
    const unspaced = word.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu,
    );
    count += unspaced ? Math.ceil(unspaced.length / 2) : 1;
  }
  return count;
}

function sentencesOf(line: string): string[] {
  const sentences: string[] = [];
  for (const piece of line.split(/(?<=[.!?…]["”’»)\]]*)\s+|(?<=[。！？]["”」』]?)/u)) {
    if (!piece) continue;
    const last = sentences.at(-1);
    const goesOn =
      last !== undefined &&
      (ABBREVIATION.test(last) || (/["”’»]$/.test(last) && /^\p{Ll}/u.test(piece)));
    if (goesOn) sentences[sentences.length - 1] = `${last} ${piece}`;
    else sentences.push(piece);
  }
  return sentences;
}

function part(sentence: string): string[] {
  const words = sentence.split(" ");
  if (words.length <= LONGEST_SENTENCE_WORDS) return [sentence];
  const parts: string[] = [];
  let begin = 0;
  while (begin < words.length) {
    let end = Math.min(begin + LONGEST_SENTENCE_WORDS, words.length);
    if (end < words.length) {
      for (let at = end; at > begin + LONGEST_SENTENCE_WORDS / 2; at -= 1) {
        if (/[,;:]$/.test(words[at - 1]!)) {
          end = at;
          break;
        }
      }
    }
    parts.push(words.slice(begin, end).join(" "));
    begin = end;
  }
  return parts;
}

/** A fragment becomes a sentence to look at; what was a sentence stays as it is. */
function finished(sentence: string): string {
  const begun = sentence.replace(
    /^(["“„«'(]*)(\p{Ll})(?!\p{Lu})/u,
    (_, open: string, letter: string) => `${open}${letter.toLocaleUpperCase()}`,
  );
  const bare = begun.replace(/\s*[,;:–—-]+$/u, "");
  if (!/[\p{L}\p{N}]["”’»)\]]*$/u.test(bare)) return bare;
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u.test(bare)
    ? `${bare}。`
    : `${bare}.`;
}

const COMMON: Readonly<Record<Language, RegExp>> = {
  en: /^(?:the|a|an|and|of|to|is|was|in|on|it|he|she|they|i|you|we|has|had|not|with|at|for|his|her|their|this|that|there|nobody|but|from|are|were|my|by|as|who|what|no|into|up|out)$/,
  de: /^(?:der|die|das|und|ist|nicht|ein|eine|einen|einem|im|auf|mit|sie|er|ich|wir|zu|den|dem|des|war|hat|sich|von|es|für|noch|nach|niemand|seit|aus|wie|über)$/,
  fr: /^(?:le|la|les|un|une|et|est|dans|il|elle|ne|pas|de|des|du|que|qui|au|aux|sur|avec|je|nous|sont|était|son|sa|ses|depuis|personne|pour|en|par)$/,
  es: /^(?:el|la|los|las|un|una|y|es|en|no|de|del|que|con|por|para|se|su|sus|está|era|al|lo|desde|nadie|como|ella|pero|muy|ya)$/,
  // Dutch, Italian, Portuguese, Swedish, Polish: told apart only to be left alone.
  other:
    /^(?:het|een|van|niet|maar|geen|naar|zijn|op|aan|il|che|di|è|della|nel|sono|não|uma|os|dos|och|det|att|som|inte|på|jest|się|że|przez)$/,
};
/** Of the words of a text in one of these languages, at least this share is common. */
const COMMON_SHARE = 0.2;

/** The language of the notes; English where they are too short to tell, `other` where none fits. */
export function languageOf(text: string): Language {
  const letters = text.match(/\p{L}/gu) ?? [];
  const latin = letters.filter((letter) => /\p{Script=Latin}/u.test(letter));
  if (latin.length < letters.length / 2) return "other";
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best: Language = "en";
  let most = 0;
  for (const language of Object.keys(COMMON) as Language[]) {
    const hits = words.filter((word) => COMMON[language].test(word)).length;
    if (hits > most) {
      best = language;
      most = hits;
    }
  }
  if (best === "en") {
    const foreign = latin.some((letter) => !/[a-z]/i.test(letter));
    return foreign && most < words.length * COMMON_SHARE ? "other" : "en";
  }
  return most >= 2 && most >= words.length * COMMON_SHARE ? best : "other";
}

const PAST =
  /^(?:was|were|had|did|went|came|saw|said|took|knew|thought|stood|sat|ran|left|felt|found|gave|made|got|told|began|kept|held|wrote|spoke|heard|lay|fell|rose|brought|bought|caught|woke|slept|lost|met|paid|sang|drove|ate|drank|grew|drew|broke|could|would|\p{L}{3,}ed)$/u;
const PRESENT =
  /^(?:is|are|am|has|have|does|do|goes|comes|sees|says|takes|knows|thinks|stands|sits|runs|leaves|feels|finds|gives|makes|gets|tells|begins|keeps|holds|writes|speaks|hears|lies|falls|rises|brings|wakes|sleeps|loses|meets|can|will|\p{L}{2,}n't|it's|he's|she's|there's)$/u;

/** The tense to tell in: what the notes use more; the past, as most stories do, where they use none. */
export function tenseOf(text: string): Tense {
  const words =
    text
      .toLowerCase()
      .replace(/’/g, "'")
      .match(/[\p{L}']+/gu) ?? [];
  const past = words.filter((word) => PAST.test(word)).length;
  const present = words.filter(
    (word) =>
      PRESENT.test(word) && !/^(?:didn't|wasn't|weren't|hadn't|couldn't|wouldn't)$/.test(word),
  ).length;
  const acts = words.filter((word) => ACTS.test(word) && !PAST.test(word)).length;
  return present + acts > past ? "present" : "past";
}

/** Verbs of people, in the third person and the past: what follows a name. */
const ACTS =
  /^(?:is|was|has|had|does|did|will|would|can|could|must|never|always|goes|went|comes|came|sees|saw|says|said|takes|took|knows|knew|thinks|thought|stands|stood|sits|sat|runs|ran|leaves|left|feels|felt|finds|found|gives|gave|makes|made|gets|got|tells|told|begins|began|keeps|kept|holds|held|writes|wrote|speaks|spoke|hears|heard|brings|brought|buys|bought|wakes|woke|sleeps|slept|meets|met|sings|sang|drives|drove|eats|ate|drinks|drank|(?:climb|walk|look|open|clos|wait|ask|answer|turn|call|remember|decid|return|arriv|follow|reach|pull|push|pick|carr|watch|listen|smil|laugh|shout|whisper|notic|realis|realiz|wonder|want|need|lov|hat|refus|agree|visit|enter|discover|learn|liv|work|play|cook|clean|count|pack|search|hid|stop|start|try|believ|help|live|miss|move|count|knock|lock|unlock|light|argu|admit|explain|stare|step|cross|hurr|check|drop|pour|read)(?:s|es|ies|ed|d|ied|ped))$/;
/** Capitalised at the start of a sentence, and not people. */
const NOT_PEOPLE =
  /^(?:The|A|An|It|He|She|They|We|I|You|There|This|That|These|Those|Nobody|No|Nothing|None|Someone|Somebody|Something|Everyone|Everybody|Everything|Anyone|One|Who|What|Where|When|Why|How|Then|Now|Here|Later|But|And|Or|So|If|As|At|In|On|Only|Even|Still|Just|Maybe|Perhaps|Meanwhile|Suddenly|Outside|Inside|Rain|Snow|Wind|Fog|Mist|Smoke|Storm|Thunder|Dusk|Dawn|Night|Day|Morning|Evening|Winter|Summer|Autumn|Spring|Sun|Moon|Sea|Water|Fire|Light|Darkness|Silence|Music|Time|Death|Love|Fear|Dust|Blood|Ice|Cold|Heat|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|His|Her|Its|Their|My|Your|Our|Each|Every|Some|All|Both|Another|Mother|Father|Coffee|Tea|Bread|Money|Work|School|Life|War|Town|Home|Paper|Glass|Grass|Chapter|Scene|Part|Act)$/;
const DEATH =
  /\b(?:dead|dies|died|dying|death|killed|murdered|funeral|corpse|body|grave|buried|ghost)\b/i;

/** People named in one note that may do something: a name before a verb of people. */
export function peopleIn(note: string): string[] {
  if (DEATH.test(note)) return [];
  const people = new Set<string>();
  for (const found of note.matchAll(
    /(?<!\b(?:in|at|to|from|near|of|the|through|towards?|and)\s)\b(\p{Lu}\p{Ll}+)\s+(\p{Ll}+)/gu,
  )) {
    const [, name, verb] = found;
    if (name && verb && !NOT_PEOPLE.test(name) && ACTS.test(verb)) people.add(name);
  }
  return [...people];
}

const STOP =
  /^(?:the|a|an|and|or|but|nor|of|to|in|on|at|by|for|from|with|without|into|onto|over|under|up|down|out|off|through|across|behind|before|after|between|against|along|around|about|above|below|beside|near|past|toward|towards|until|since|because|while|when|where|who|whom|whose|which|that|than|then|so|as|if|is|are|was|were|be|been|being|has|have|had|do|does|did|will|would|can|could|may|might|must|should|not|no|never|always|already|still|again|also|only|just|too|very|now|here|there|he|she|it|they|we|i|you|his|her|its|their|my|your|our|this|these|those|all|back|away|home|together|alone|inside|outside|like|one|two|three|four|five|six|seven|eight|nine|ten)$/;
/** Adjectives, or words too vague to be looked at twice. */
const NOT_THINGS =
  /^(?:old|new|young|big|small|little|great|long|short|high|low|same|other|first|last|next|own|whole|few|many|more|most|best|worst|good|bad|right|wrong|left|way|lot|bit|kind|sort|thing|things|time|times|day|days|moment|while|end|middle|side|top|bottom|front|rest|only|very|red|black|white|green|blue|grey|dark|cold|hot|wet|dry|rich|poor|dead|hand|hands|mind|life|word|words|one|ones|second|hour|hours|night|morning|evening|week|weeks|month|months|year|years|minute|minutes|chapter|scene|reader)$/;
/** A noun phrase longer than this may have run into a verb. */
const LONGEST_THING_WORDS = 2;

/**
 * Things of one note, as they may be spoken of again: "a letter" comes back as "the letter". A
 * phrase counts only where it plainly ends, at a mark or a small word, so that no verb is caught.
 */
export function thingsIn(note: string): string[] {
  const things = new Set<string>();
  for (const found of note.matchAll(
    /\b([Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Mm]y|[Oo]ur|[Yy]our)\s+([\p{Ll}-]+(?: [\p{Ll}-]+)*)(?![\p{L}\p{N}'’-]|\s\p{Lu})/gu,
  )) {
    const words: string[] = [];
    let ended = false;
    for (const word of found[2]!.split(" ")) {
      if (STOP.test(word)) {
        ended = true;
        break;
      }
      words.push(word);
    }
    const stopsAtMark = !ended;
    const noun = words.at(-1);
    if (!noun || words.length > LONGEST_THING_WORDS || NOT_THINGS.test(noun)) continue;
    if (words.length > 1 && (ACTS.test(noun) || /(?:ly|ed|ing)$/.test(noun))) continue;
    if (words.length > 1 && stopsAtMark && /[^s]s$/.test(noun) && !/s$/.test(words[0]!)) {
      // "the man walks." and "the stone steps." look alike: leave both.
      continue;
    }
    if (/(?:ly|est)$/.test(noun) || noun.length < 3) continue;
    const determiner = /^an?$/i.test(found[1]!) ? "the" : found[1]!.toLowerCase();
    things.add(`${determiner} ${words.join(" ")}`);
  }
  return [...things];
}

const SPAN =
  /\b((?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|a hundred|\d{1,3}) (?:days|nights|weeks|months|years|winters|summers))\b/i;

export function spanIn(note: string): string | undefined {
  return SPAN.exec(note)?.[1]?.toLowerCase();
}

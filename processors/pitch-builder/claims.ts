/**
 * What a sentence claims: words that only facts may bring in. The lists are English, with what is alike in other
 * languages of Europe; the guard says what follows from that.
 */
import { stemOf, type Word } from "./words.ts";

const stems = (words: string) => new Set(words.split(/\s+/).filter(Boolean).map(stemOf));

/** Prizes, sales, degrees, offices, praise: of an author or a book that is being sold. */
const CREDENTIALS = stems(`
  award awards awarded awardwinning prize prizes prizewinning prizewinner winner winners won wins winning honour honours
  honor honors honoured laureate medal medalist shortlist shortlisted shortlisting longlist longlisted finalist nominee
  nominated nomination fellowship fellow residency scholarship grant grants bursary
  bestseller bestsellers bestselling sold copies sales royalties printings translated translations optioned adapted
  acclaim acclaimed acclaims praised celebrated renowned famous noted starred reviews reviewed critics
  degree degrees doctorate phd mfa ma msc bachelor masters graduate graduated alumna alumnus university college oxford
  cambridge harvard yale iowa professor lecturer teaches taught studied studies certified qualified licensed
  published publishes publication publications anthologised anthologized columnist contributor editor
  followers subscribers listeners downloads audience newsletter
  booker pulitzer nobel costa hugo nebula edgar orange nyt bestsellerin preis preise preisträger preisträgerin prix
  premio premiata premiato premios ganador ganadora lauréat lauréate auszeichnung ausgezeichnet vendus vendidas verkauft
`);

/** Who or what a claim in a pitch's story part is of: these beside a credential are no part of the plot. */
const TRADE = stems(`
  author authors writer writers novelist novelists debut novel novels book books manuscript copies readers readership
  publisher publishers publishing bestseller bestsellers bestselling times review reviews agent agents rights film
  critics editions edition print series i my booker pulitzer nobel costa hugo nebula edgar autor autorin auteur autrice autrice autore scrittrice
`);

/** Beside these a sentence compares with other books: their names come from facts. */
const COMPARES =
  /\b(?:fans|readers|lovers|admirers|devotees) of\b|\bin the (?:vein|tradition|spirit|style|footsteps) of\b|\breminiscent of\b|\bcomparable to\b|\bcomp(?:s|arable titles?)\b|\brecalls?\b|\bmeets\b|\bakin to\b|à la\b|\blike the works? of\b/i;

/** What a claim must not lose of the fact that it leans on: whose it is, that it is not so, or not yet. */
export const MUST_CARRY = stems(`
  not no never none nor without neither nearly almost hardly barely hope hopes hoped want wants wanted wish would could
  may might if unless until before former formerly failed fails lost rejected declined withdrew
  sister brother mother father husband wife partner friend friends aunt uncle cousin daughter son grandfather
  grandmother neighbour neighbor colleague teacher student students agent rival someone somebody
`);

const NUMBER_WORDS = stems(`
  hundred hundreds thousand thousands million millions dozen dozens decade decades twice thrice
  two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety
`);

/** Capitals that name nobody. */
const PLAIN_CAPITALS = stems(`
  i january february march april may june july august september october november december monday tuesday wednesday
  thursday friday saturday sunday english british american european god christmas easter dear sincerely
`);

export const isNumber = ({ text, stem }: Pick<Word, "text" | "stem">): boolean =>
  /\d/.test(text) || NUMBER_WORDS.has(stem);

/** A capital where the sentence does not ask for one. */
export const isName = ({ text, stem, isFirst }: Word): boolean =>
  !isFirst && /^\p{Lu}/u.test(text) && !PLAIN_CAPITALS.has(stem);

export const isCredential = ({ stem }: Pick<Word, "stem">): boolean => CREDENTIALS.has(stem);
/** A prize with a name of its own is one of the trade too. */
export const isTrade = (word: Word): boolean =>
  TRADE.has(word.stem) || (isName(word) && isCredential(word));
export const compares = (sentence: string): boolean => COMPARES.test(sentence);

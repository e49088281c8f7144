/**
 * Quotes, dashes and spaces by language, as typing sets them (`browser/editor/typing.ts`). The page tells its own, so
 * that no browser loads all of them.
 */

/** Narrow no-break space: inside guillemets, and before signs that stand high, in French. */
const THIN = "\u202f";
const NO_BREAK = "\u00a0";

/** Double and single quotes, opening and closing. */
export type Quotes = readonly [string, string, string, string];

const ENGLISH: Quotes = ["“", "”", "‘", "’"];
const POLISH: Quotes = ["„", "”", "«", "»"];
const GERMAN: Quotes = ["„", "“", "‚", "‘"];
const POINTED: Quotes = ["«", "»", "“", "”"];
const RUSSIAN: Quotes = ["«", "»", "„", "“"];
const SWISS: Quotes = ["«", "»", "‹", "›"];
const NORDIC: Quotes = ["”", "”", "’", "’"];

/** By language, or by language and region. Languages that are not here have the English ones. */
const QUOTES: Record<string, Quotes> = {
  bg: GERMAN,
  ca: POINTED,
  cs: GERMAN,
  da: ["»", "«", "›", "‹"],
  de: GERMAN,
  "de-CH": SWISS,
  "de-LI": SWISS,
  el: POINTED,
  es: POINTED,
  et: GERMAN,
  eu: POINTED,
  fi: NORDIC,
  fr: [`«${THIN}`, `${THIN}»`, "“", "”"],
  "fr-CA": [`«${NO_BREAK}`, `${NO_BREAK}»`, "“", "”"],
  "fr-CH": [`«${THIN}`, `${THIN}»`, `‹${THIN}`, `${THIN}›`],
  hr: ["„", "”", "‚", "’"],
  hu: ["„", "”", "»", "«"],
  is: GERMAN,
  it: POINTED,
  "it-CH": SWISS,
  lt: GERMAN,
  nb: ["«", "»", "‘", "’"],
  nn: ["«", "»", "‘", "’"],
  no: ["«", "»", "‘", "’"],
  pl: POLISH,
  "pt-PT": POINTED,
  ro: POLISH,
  ru: RUSSIAN,
  sk: GERMAN,
  sl: GERMAN,
  sr: ["„", "”", "’", "’"],
  sv: NORDIC,
  uk: RUSSIAN,
};
/** These part a clause by a long dash without spaces; the others by a short one with spaces. */
const LONG_DASH = new Set(["en", "es", "pt", "ru", "uk"]);
const SHORT_DASH = new Set(["en-GB", "en-IE", "en-AU", "en-NZ"]);

export type Typography = {
  quotes: Quotes;
  /** What two hyphens become, and three. */
  dashes: readonly [string, string];
  /** The space before high signs; `always`: also where none was typed. */
  spaced?: { space: string; always: boolean };
};

type Language = { short: string; regional: string };

function languageOf(tag: string): Language {
  try {
    const { language, region } = new Intl.Locale(tag);
    return { short: language, regional: region ? `${language}-${region}` : language };
  } catch {
    return { short: "en", regional: "en" };
  }
}

/** Null for languages that have quotes of their own on their keyboards. @param tag BCP 47 */
export function typographyOf(tag = "en"): Typography | null {
  const { short, regional } = languageOf(tag);
  if (/^(zh|ja|ko)$/.test(short)) return null;
  const isLong = LONG_DASH.has(short) && !SHORT_DASH.has(regional);
  const isCanadian = regional === "fr-CA";
  return {
    quotes: QUOTES[regional] ?? QUOTES[short] ?? ENGLISH,
    dashes: isLong ? ["—", "–"] : ["–", "—"],
    ...(short === "fr"
      ? { spaced: { space: isCanadian ? NO_BREAK : THIN, always: !isCanadian } }
      : {}),
  };
}

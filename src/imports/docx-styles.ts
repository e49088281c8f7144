/**
 * What a DOCX's styles mean, whatever their names are in the language of the program that wrote them: a heading says its
 * level (ECMA-376, part 1, 17.3.1.20: `outlineLvl`), a character style its emphasis. Styles build on each other.
 */
export type Meaning = {
  heading: number | null;
  isTitle: boolean;
  isQuote: boolean;
  em: boolean;
  strong: boolean;
};

type Style = Partial<Meaning> & { name: string; basedOn: string | undefined };

const PLAIN: Meaning = { heading: null, isTitle: false, isQuote: false, em: false, strong: false };
/** How far a style is followed to what it builds on. */
const ANCESTRY_LIMIT = 20;

const QUOTE = /^(?:(?:intense |block )?quot(?:e|ation)s?|block text|zitat|citation|cita|citaat)$/i;
const HEADING = /^heading ([1-9])$/i;

/** By style id. @param xml `word/styles.xml` */
export function meaningsIn(xml: string): (id: string | null) => Meaning {
  const styles = new Map<string, Style>();
  for (const [, attributes, body] of xml.matchAll(/<w:style\b([^>]*)>([\s\S]*?)<\/w:style>/g)) {
    const id = /\bw:styleId="([^"]*)"/.exec(attributes!)?.[1];
    if (id !== undefined) styles.set(id, styleOf(body!));
  }
  const known = new Map<string, Meaning>();
  return (id) => {
    if (id === null) return PLAIN;
    const before = known.get(id);
    if (before) return before;
    let meaning = PLAIN;
    let at: string | undefined = id;
    const chain: Style[] = [];
    while (at !== undefined && chain.length < ANCESTRY_LIMIT) {
      const style = styles.get(at);
      if (!style) break;
      chain.push(style);
      at = style.basedOn;
    }
    for (const { name: _name, basedOn: _basedOn, ...own } of chain.toReversed())
      meaning = { ...meaning, ...own };
    known.set(id, meaning);
    return meaning;
  };
}

function styleOf(body: string): Style {
  const value = (tag: string) => new RegExp(`<w:${tag}\\b[^>]*\\bw:val="([^"]*)"`).exec(body)?.[1];
  const name = value("name") ?? "";
  const style: Style = { name, basedOn: value("basedOn") };
  const level = value("outlineLvl");
  const heading = HEADING.exec(name)?.[1];
  // Level 9 is the body's own, so a style may also take a heading back.
  if (level !== undefined) style.heading = Number(level) <= 8 ? Number(level) + 1 : null;
  else if (heading) style.heading = Number(heading);
  if (/^title$/i.test(name)) {
    style.isTitle = true;
    style.heading = null;
  } else if (/^subtitle$/i.test(name)) style.isTitle = false;
  if (QUOTE.test(name)) style.isQuote = true;
  for (const [flag, tag] of [
    ["em", "i"],
    ["strong", "b"],
  ] as const) {
    const found = new RegExp(`<w:${tag}(?:\\s+w:val="([^"]*)")?\\s*/>`).exec(body);
    if (found) style[flag] = !/^(?:0|false|off)$/.test(found[1] ?? "");
  }
  return style;
}

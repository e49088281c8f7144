/** Character references of HTML: numbers, and the names of HTML 4 (section 24), which are those that editors write. */
const NAMES =
  "quot34 amp38 apos39 lt60 gt62 nbsp160 iexcl161 cent162 pound163 curren164 yen165 brvbar166 sect167 uml168 copy169 ordf170 laquo171 not172 shy173 reg174 macr175 deg176 plusmn177 sup2178 sup3179 acute180 micro181 para182 middot183 cedil184 sup1185 ordm186 raquo187 frac14188 frac12189 frac34190 iquest191 Agrave192 Aacute193 Acirc194 Atilde195 Auml196 Aring197 AElig198 Ccedil199 Egrave200 Eacute201 Ecirc202 Euml203 Igrave204 Iacute205 Icirc206 Iuml207 ETH208 Ntilde209 Ograve210 Oacute211 Ocirc212 Otilde213 Ouml214 times215 Oslash216 Ugrave217 Uacute218 Ucirc219 Uuml220 Yacute221 THORN222 szlig223 agrave224 aacute225 acirc226 atilde227 auml228 aring229 aelig230 ccedil231 egrave232 eacute233 ecirc234 euml235 igrave236 iacute237 icirc238 iuml239 eth240 ntilde241 ograve242 oacute243 ocirc244 otilde245 ouml246 divide247 oslash248 ugrave249 uacute250 ucirc251 uuml252 yacute253 thorn254 yuml255 OElig338 oelig339 Scaron352 scaron353 Yuml376 fnof402 circ710 tilde732 ensp8194 emsp8195 thinsp8201 zwnj8204 zwj8205 lrm8206 rlm8207 ndash8211 mdash8212 lsquo8216 rsquo8217 sbquo8218 ldquo8220 rdquo8221 bdquo8222 dagger8224 Dagger8225 bull8226 hellip8230 permil8240 prime8242 Prime8243 lsaquo8249 rsaquo8250 oline8254 euro8364 trade8482 larr8592 uarr8593 rarr8594 darr8595 minus8722 infin8734 asymp8776 ne8800 le8804 ge8805";

const CODES = new Map(
  NAMES.split(" ").map((entry) => {
    // The digits of `sup2` and `frac14` belong to the name: a code has as many as make it 34 to 8805.
    const [, name, code] = /^((?:sup[123]|frac\d\d|[A-Za-z]+))(\d+)$/.exec(entry)!;
    return [name!, Number(code)] as const;
  }),
);

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,9}));?/g;

/** What is no reference stays as it stands. U+0000 and surrogates become U+FFFD, as browsers have them. */
export const decodeEntities = (text: string): string =>
  text.includes("&")
    ? text.replace(REFERENCE, (whole, decimal, hexadecimal, name) => {
        const code =
          name === undefined
            ? Number.parseInt(decimal ?? hexadecimal, decimal === undefined ? 16 : 10)
            : CODES.get(name);
        return code === undefined ? whole : characterOf(code);
      })
    : text;

const characterOf = (code: number): string =>
  code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
    ? "\ufffd"
    : String.fromCodePoint(code);

/**
 * ECMA-262 patterns in Unicode mode, as JSON Schema has them, read into a tree. What no finite
 * automaton can follow (back references, lookbehind, word boundaries, lookahead in mid-pattern) is
 * refused with {@link NotRegular}; the caller then treats the pattern as a riddle.
 */

/** Ranges of code points, both ends included, sorted and apart. */
export type CodePoints = readonly (readonly [number, number])[];

export type Regex =
  | { kind: "set"; of: CodePoints }
  | { kind: "sequence"; parts: Regex[] }
  | { kind: "choice"; parts: Regex[] }
  | { kind: "repeat"; part: Regex; min: number; max: number }
  | { kind: "start" }
  | { kind: "end" }
  | { kind: "ahead"; part: Regex; negated: boolean };

export class NotRegular extends Error {
  override name = "NotRegular";
}

export const MAX_CODE_POINT = 0x10ffff;
export const EVERYTHING: CodePoints = [[0, MAX_CODE_POINT]];

const DIGIT: CodePoints = [[0x30, 0x39]];
const WORD: CodePoints = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: CodePoints = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: CodePoints = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const CONTROL_ESCAPES: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };

/** @throws SyntaxError when it is no pattern, NotRegular */
export function parseRegex(source: string): Regex {
  // The engine says what is a pattern, so that reading it here may trust its form.
  new RegExp(source, "u");
  return new Parser([...source]).whole();
}

class Parser {
  private at = 0;
  constructor(private readonly text: readonly string[]) {}

  whole(): Regex {
    const read = this.choice();
    if (this.at < this.text.length) throw new NotRegular("an unexpected form");
    return read;
  }

  private choice(): Regex {
    const parts = [this.sequence()];
    while (this.take("|")) parts.push(this.sequence());
    return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
  }

  private sequence(): Regex {
    const parts: Regex[] = [];
    while (this.at < this.text.length && this.text[this.at] !== "|" && this.text[this.at] !== ")")
      parts.push(this.repeated());
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  private repeated(): Regex {
    const part = this.atom();
    const bounds = this.quantifier();
    if (!bounds) return part;
    this.take("?");
    return { kind: "repeat", part, ...bounds };
  }

  private quantifier(): { min: number; max: number } | undefined {
    if (this.take("*")) return { min: 0, max: Infinity };
    if (this.take("+")) return { min: 1, max: Infinity };
    if (this.take("?")) return { min: 0, max: 1 };
    if (!this.take("{")) return undefined;
    const min = this.number();
    let max = min;
    if (this.take(",")) max = this.text[this.at] === "}" ? Infinity : this.number();
    this.expect("}");
    return { min, max };
  }

  private atom(): Regex {
    const char = this.text[this.at++]!;
    switch (char) {
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case ".":
        return { kind: "set", of: without(LINE_ENDS) };
      case "(":
        return this.group();
      case "[":
        return { kind: "set", of: this.classOf() };
      case "\\":
        return this.escape();
      default:
        return { kind: "set", of: single(char.codePointAt(0)!) };
    }
  }

  private group(): Regex {
    let wrap: (inner: Regex) => Regex = (inner) => inner;
    if (this.take("?")) {
      const char = this.text[this.at++]!;
      if (char === "=" || char === "!")
        wrap = (part) => ({ kind: "ahead", part, negated: char === "!" });
      else if (char === "<") {
        if (this.text[this.at] === "=" || this.text[this.at] === "!")
          throw new NotRegular("lookbehind");
        while (this.text[this.at++] !== ">");
      } else if (char !== ":") throw new NotRegular("modifiers");
    }
    const inner = this.choice();
    this.expect(")");
    return wrap(inner);
  }

  private escape(): Regex {
    const char = this.text[this.at]!;
    if (char === "b" || char === "B") throw new NotRegular("word boundaries");
    if (/[1-9k]/.test(char)) throw new NotRegular("back references");
    return { kind: "set", of: this.escaped() };
  }

  /** What stands behind a backslash, in a class or outside. */
  private escaped(): CodePoints {
    const char = this.text[this.at++]!;
    switch (char) {
      case "d":
        return DIGIT;
      case "D":
        return without(DIGIT);
      case "w":
        return WORD;
      case "W":
        return without(WORD);
      case "s":
        return SPACE;
      case "S":
        return without(SPACE);
      case "p":
      case "P":
        return this.property(char === "P");
      case "c":
        return single(this.text[this.at++]!.codePointAt(0)! % 32);
      case "x":
        return single(this.hex(2));
      case "u":
        return single(this.unicode());
      default:
        return single(CONTROL_ESCAPES[char] ?? char.codePointAt(0)!);
    }
  }

  private unicode(): number {
    if (this.take("{")) {
      let digits = "";
      while (this.text[this.at] !== "}") digits += this.text[this.at++];
      this.at++;
      return Number.parseInt(digits, 16);
    }
    const first = this.hex(4);
    const isHigh = first >= 0xd800 && first < 0xdc00;
    if (!isHigh || this.text[this.at] !== "\\" || this.text[this.at + 1] !== "u") return first;
    const back = this.at;
    this.at += 2;
    if (this.text[this.at] !== "{") {
      const second = this.hex(4);
      if (second >= 0xdc00 && second < 0xe000)
        return (first - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000;
    }
    this.at = back;
    return first;
  }

  private property(negated: boolean): CodePoints {
    this.expect("{");
    let name = "";
    while (this.text[this.at] !== "}") name += this.text[this.at++];
    this.at++;
    return propertySet(`\\${negated ? "P" : "p"}{${name}}`);
  }

  private classOf(): CodePoints {
    const negated = this.take("^");
    const ranges: [number, number][] = [];
    while (!this.take("]")) {
      const low = this.classAtom();
      const isRange = this.text[this.at] === "-" && this.text[this.at + 1] !== "]";
      if (isRange) {
        this.at++;
        const high = this.classAtom();
        ranges.push([low[0]![0], high[0]![0]]);
      } else for (const [from, to] of low) ranges.push([from, to]);
    }
    return negated ? without(ranges) : normal(ranges);
  }

  private classAtom(): CodePoints {
    const char = this.text[this.at++]!;
    if (char !== "\\") return single(char.codePointAt(0)!);
    // In a class \b is a backspace.
    return this.take("b") ? single(8) : this.escaped();
  }

  private hex(digits: number): number {
    const text = this.text.slice(this.at, this.at + digits).join("");
    this.at += digits;
    return Number.parseInt(text, 16);
  }

  private number(): number {
    let digits = "";
    while (/\d/.test(this.text[this.at] ?? "")) digits += this.text[this.at++];
    return Number(digits);
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private expect(char: string): void {
    if (!this.take(char)) throw new NotRegular("an unexpected form");
  }
}

const single = (point: number): CodePoints => [[point, point]];

/** Sorted, overlapping ranges joined. */
export function normal(ranges: CodePoints): CodePoints {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Every code point but these. */
export function without(ranges: CodePoints): CodePoints {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [from, to] of normal(ranges)) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= MAX_CODE_POINT) rest.push([next, MAX_CODE_POINT]);
  return rest;
}

/** A property that a pattern names costs a pass over Unicode once. */
const properties = new Map<string, CodePoints>();
const PROPERTY_CACHE_SIZE = 100;

function propertySet(form: string): CodePoints {
  const known = properties.get(form);
  if (known) return known;
  const one = new RegExp(`^${form}$`, "u");
  const ranges: [number, number][] = [];
  for (let point = 0; point <= MAX_CODE_POINT; point++) {
    if (!one.test(String.fromCodePoint(point))) continue;
    const last = ranges.at(-1);
    if (last && last[1] === point - 1) last[1] = point;
    else ranges.push([point, point]);
  }
  if (properties.size >= PROPERTY_CACHE_SIZE) properties.clear();
  properties.set(form, ranges);
  return ranges;
}

/** A document that one version takes and another refuses, as small as one was found, with its faults in their places. */
import { escapePointer } from "../json.ts";
import type { FieldError } from "../problem.ts";
import { isObject } from "./compatibility/lift.ts";

/** Lines of it that are shown, and characters of one text in it. */
const MOST_LINES = 60;
const LONGEST_TEXT = 56;
/** Fields of other examples that are tried in the one that is shown. */
const MOST_TRIED = 40;

/** `fault`: the part of the line to underline. */
export type SampleLine = { indent: number; lead: string; fault: string; tail: string };

export type Sample = { lines: SampleLine[]; faults: FieldError[]; isLong: boolean };

export type SampleInput = {
  examples: readonly unknown[];
  /** The schema whose fields give the order in which they are written. */
  order: unknown;
};

type Ask = (document: unknown) => FieldError[];

/**
 * The smallest of the examples, with the faults that others show where one document can have them all.
 * @param takes what the version that takes it says of a document
 * @param refuses what the other one says
 */
export function sampleOf(
  examples: SampleInput["examples"],
  order: SampleInput["order"],
  takes: Ask,
  refuses: Ask,
): Sample | null {
  const smallestFirst = examples.toSorted(
    (a, b) => JSON.stringify(a).length - JSON.stringify(b).length,
  );
  for (const [i, smallest] of smallestFirst.entries()) {
    const first = tried(smallest, takes, refuses);
    if (!first) continue;
    let { document, faults } = first;
    // What other examples show beside, field by field, as long as it hides nothing.
    for (const [name, value] of fieldsOf(smallestFirst.slice(i + 1))) {
      if (!isObject(document)) break;
      const both = tried({ ...document, [name]: value }, takes, refuses);
      if (both && both.faults.length > faults.length) ({ document, faults } = both);
    }
    const lines = linesOf(inOrder(document, order), new Set(faults.map(({ pointer }) => pointer)));
    return { lines: lines.slice(0, MOST_LINES), faults, isLong: lines.length > MOST_LINES };
  }
  return null;
}

/** Fields as the schema names them, then the others. */
function inOrder(value: unknown, schema: unknown): unknown {
  if (!isObject(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => inOrder(item, schema.items));
  if (!isObject(value)) return value;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = [...Object.keys(properties), ...Object.keys(value)];
  const ordered = [...new Set(names)].filter((name) => Object.hasOwn(value, name));
  return Object.fromEntries(ordered.map((name) => [name, inOrder(value[name], properties[name])]));
}

/** The document with its faults, if one version takes it and the other does not. */
function tried(document: unknown, takes: Ask, refuses: Ask) {
  if (takes(document).length > 0) return undefined;
  const faults = refuses(document);
  return faults.length > 0 ? { document, faults } : undefined;
}

/** Each field that some of the documents have, with each of its values once. */
function fieldsOf(documents: readonly unknown[]): [string, unknown][] {
  const fields = new Map<string, [string, unknown]>();
  for (const document of documents.filter(isObject))
    for (const field of Object.entries(document)) fields.set(JSON.stringify(field), field);
  return [...fields.values()].slice(0, MOST_TRIED);
}

function linesOf(document: unknown, faults: ReadonlySet<string>): SampleLine[] {
  const lines: SampleLine[] = [];
  const write = (value: unknown, pointer: string, indent: number, name: string, tail: string) => {
    const key = name && `${JSON.stringify(name)}: `;
    const isFault = faults.has(pointer);
    const members = membersOf(value);
    const line = (text: string, rest: string, after: string) =>
      lines.push(
        isFault
          ? { indent, lead: "", fault: text, tail: rest + after }
          : { indent, lead: text + rest, fault: "", tail: after },
      );
    if (!members || members.length === 0) {
      line(`${key}${shown(value)}`, "", tail);
      return;
    }
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (key) line(key.slice(0, -2), `: ${open}`, "");
    else line(open, "", "");
    for (const [i, [token, member]] of members.entries())
      write(
        member,
        `${pointer}/${escapePointer(token)}`,
        indent + 1,
        Array.isArray(value) ? "" : token,
        i < members.length - 1 ? "," : "",
      );
    lines.push({ indent, lead: close, fault: "", tail });
  };
  write(document, "", 0, "", "");
  return lines;
}

function membersOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
}

function shown(value: unknown): string {
  if (typeof value !== "string" || value.length <= LONGEST_TEXT) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, LONGEST_TEXT))} … ${value.length.toLocaleString("en-GB")} characters`;
}

/** What differs between two versions, each change in a sentence, with the places where the checker would speak of it. */
import { canonicalJson, escapePointer } from "../json.ts";
import { isObject, type SchemaObject } from "./compatibility/lift.ts";
import { ruleSentence } from "./page-sentences.ts";
import { spoken } from "./page-words.ts";

/** Sentences have names in them, which stand out. */
export type Words = readonly (string | { name: string })[];

/** Where a finding is about this change. */
export type Place = {
  /** JSON Pointer into the newer version; what lies below it counts too. */
  pointer: string;
  /** Only of findings about the field of this name. */
  field?: string;
  /** Only where new readers fail on old documents (`backward`), or the other way. */
  direction?: "backward" | "forward";
  /** Nothing below it. */
  exact?: true;
  /** Only of this rule: what is gone is told of where it stood. */
  rule?: string;
};

export type Change = {
  words: Words;
  places: readonly Place[];
  /** No document is held to it: a description, a title. */
  isAnnotation: boolean;
  /** Of a new field that old documents lack: what they are read as. */
  readAs?: string;
  /** Of a field that is gone, and not refused where a document has it: its pointer into the older version. */
  dropped?: string;
};

/** More of them help nobody. */
const MOST_CHANGES = 200;
/** Walked by name, not as rules. */
const NAMED = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const SINGLE = [
  "items",
  "additionalProperties",
  "unevaluatedProperties",
  "unevaluatedItems",
  "contains",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
];
const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const ANNOTATIONS: Record<string, string> = {
  title: "title",
  description: "description",
  $comment: "comment",
  examples: "examples",
  "x-reyna": "hints for the studio",
  $schema: "draft",
  $id: "address",
  deprecated: "mark of age",
  readOnly: "mark of being read only",
  writeOnly: "mark of being written only",
};

type Spot = {
  /** Into the newer version. */
  pointer: string;
  /** As a person says it, from the inside out. */
  path: readonly string[];
};

export function changesOf(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  walk(before, after, { pointer: "", path: [] }, changes);
  return changes.slice(0, MOST_CHANGES);
}

function walk(before: unknown, after: unknown, spot: Spot, changes: Change[]): void {
  if (changes.length >= MOST_CHANGES || canonicalJson(before) === canonicalJson(after)) return;
  if (!isObject(before) || !isObject(after)) {
    changes.push(rule([...subject(spot), " is held to other rules"], spot.pointer));
    return;
  }
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  // What a field takes comes before whether it must be there.
  for (const keyword of keywords) if (keyword !== "required") part(keyword);
  if (keywords.has("required")) required(before, after, spot, changes);

  function part(keyword: string): void {
    const [was, is] = [before as SchemaObject, after as SchemaObject].map((one) => one[keyword]);
    if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return;
    const here = `${spot.pointer}/${keyword}`;
    const below = (token: string | number) =>
      `${spot.pointer}/${keyword}/${escapePointer(String(token))}`;
    if (NAMED.includes(keyword) && isMap(was) && isMap(is)) {
      named(keyword, was ?? {}, is ?? {});
    } else if (SINGLE.includes(keyword) && isObject(was) && isObject(is)) {
      const path = keyword === "items" ? spot.path : [NAMES[keyword] ?? keyword, ...spot.path];
      walk(was, is, { pointer: `${spot.pointer}/${keyword}`, path }, changes);
    } else if (LISTS.includes(keyword) && Array.isArray(was) && Array.isArray(is)) {
      if (was.length !== is.length)
        changes.push(rule([...subject(spot), ` ${ruleSentence(keyword, was, is)}`], here));
      for (const [i, one] of is.entries())
        if (was.length === is.length)
          walk(was[i], one, { pointer: below(i), path: [`part ${i + 1}`, ...spot.path] }, changes);
    } else if (keyword in ANNOTATIONS) {
      const words = [`The ${ANNOTATIONS[keyword]} of `, ...subject(spot, "the document"), " reads"];
      changes.push({ words: [...words, " differently"], places: [], isAnnotation: true });
    } else if (keyword === "default") {
      const was_ = was === undefined ? "" : `, was ${spoken(was)}`;
      const says = is === undefined ? "has no default any more" : `is read as ${spoken(is)}`;
      const where = is === undefined ? was_ : ` where it is missing${was_}`;
      changes.push({
        words: [...subject(spot), ` ${says}${where}`],
        places: [],
        isAnnotation: true,
      });
    } else {
      const said = ruleSentence(keyword, was, is);
      const change = rule([...subject(spot), ` ${said}`], here);
      changes.push(is === undefined ? { ...change, places: goneFrom(spot, keyword) } : change);
    }
  }

  function named(keyword: string, was: SchemaObject, is: SchemaObject): void {
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (changes.length >= MOST_CHANGES) return;
      const pointer = `${spot.pointer}/${keyword}/${escapePointer(name)}`;
      const said = SAID[keyword]?.(name) ?? name;
      if (name in was && name in is)
        walk(was[name], is[name], { pointer, path: [said, ...spot.path] }, changes);
      else if (keyword === "properties")
        changes.push(
          name in is
            ? newField(name, is[name], after as SchemaObject, spot)
            : goneField(name, after as SchemaObject, spot),
        );
      // A definition that nothing refers to holds nobody; what refers to it says so itself.
      else if (!keyword.startsWith("def") && keyword !== "$defs")
        changes.push(
          rule(
            ["What is held to ", { name: said }, ` ${name in is ? "is new" : "is gone"}`],
            name in is ? pointer : `${spot.pointer}/${keyword}`,
          ),
        );
    }
  }
}

/** How a name is said that is no field's. */
const SAID: Record<string, (name: string) => string> = {
  patternProperties: (name) => `/${name}/`,
  dependentSchemas: (name) => `documents with ${name}`,
};

function newField(name: string, schema: unknown, young: SchemaObject, spot: Spot): Change {
  const hasDefault = isObject(schema) && "default" in schema;
  const isRequired = requiredIn(young).includes(name);
  const what: Words = ["New field ", ...subject({ ...spot, path: [name, ...spot.path] })];
  const at = { pointer: `${spot.pointer}/required`, field: name };
  return {
    words: [
      ...what,
      isRequired
        ? hasDefault
          ? ` is required; its default, ${spoken(schema.default)}, is filled in nowhere`
          : " is required and has no default"
        : hasDefault
          ? `; old documents read it as ${spoken(schema.default)}`
          : ", which may be left out",
    ],
    places: [
      { pointer: `${spot.pointer}/properties/${escapePointer(name)}` },
      at,
      ...CLOSING.map((keyword) => ({
        pointer: `${spot.pointer}/${keyword}`,
        field: name,
        direction: "forward" as const,
      })),
    ],
    isAnnotation: false,
    ...(hasDefault && !isRequired ? { readAs: spoken(schema.default) } : {}),
  };
}

function goneField(name: string, young: SchemaObject, spot: Spot): Change {
  const isRefused = CLOSING.some((keyword) => young[keyword] === false);
  return {
    words: [
      ...subject({ ...spot, path: [name, ...spot.path] }),
      isRefused
        ? " is removed; a document that has it is refused"
        : " is removed; kept in the document, held to nothing",
    ],
    places: [
      ...CLOSING.map((keyword) => ({
        pointer: `${spot.pointer}/${keyword}`,
        field: name,
        direction: "backward" as const,
      })),
      { pointer: `${spot.pointer}/required`, field: name },
      ...goneFrom(spot, "required", name),
      { pointer: `${spot.pointer}/properties`, exact: true, direction: "forward" },
    ],
    isAnnotation: false,
    ...(isRefused ? {} : { dropped: `${spot.pointer}/properties/${escapePointer(name)}` }),
  };
}

const CLOSING = ["additionalProperties", "unevaluatedProperties"];

/** Of fields that both versions have: those that came or went say so themselves. */
function required(before: SchemaObject, after: SchemaObject, spot: Spot, changes: Change[]): void {
  const [was, is] = [requiredIn(before), requiredIn(after)];
  const isTold = (name: string) => {
    const [old, young] = [before, after].map(
      ({ properties }) => isObject(properties) && name in properties,
    );
    return old !== young;
  };
  for (const name of new Set([...was, ...is])) {
    if (was.includes(name) === is.includes(name) || isTold(name)) continue;
    const says = is.includes(name) ? " is now required" : " may now be left out";
    changes.push({
      words: [...subject({ ...spot, path: [name, ...spot.path] }), says],
      places: [
        { pointer: `${spot.pointer}/required`, field: name },
        ...goneFrom(spot, "required", name),
      ],
      isAnnotation: false,
    });
  }
}

/** The checker has no place in the newer version for a rule of the older one: it points above it. */
const goneFrom = (spot: Spot, keyword: string, field?: string): Place[] => [
  {
    pointer: spot.pointer,
    exact: true,
    rule: keyword,
    direction: "forward",
    ...(field === undefined ? {} : { field }),
  },
];

const rule = (words: Words, pointer: string): Change => ({
  words,
  places: [{ pointer }],
  isAnnotation: false,
});

const NAMES: Record<string, string> = {
  additionalProperties: "other fields",
  unevaluatedProperties: "other fields",
  unevaluatedItems: "further items",
  contains: "what it holds",
  propertyNames: "names",
  not: "what is ruled out",
  if: "the condition",
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: "what then holds",
  else: "what else holds",
};

/** “how of links”; the document where nothing lies above it. */
function subject({ path }: Pick<Spot, "path">, whole = "The document"): Words {
  const [name, ...above] = path;
  if (name === undefined) return [whole];
  return [{ name }, above.length > 0 ? ` of ${above.join(" of ")}` : ""];
}

const isMap = (value: unknown): value is SchemaObject | undefined =>
  value === undefined || isObject(value);
const requiredIn = ({ required: names }: SchemaObject): string[] =>
  Array.isArray(names) ? names.map(String) : [];

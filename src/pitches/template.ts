/**
 * What a pitch's template says. A template is a schema named `pitch-template-…`: its conventions and limits stand
 * in `x-reyna.sections`, so that a writer's own is registered, versioned and read like any other schema.
 */
import { Type } from "typebox";
import { type FieldError, invalid } from "../problem.ts";
import { validate } from "../schemas/validation.ts";

/** A name without its version. */
export const isTemplateName = (name: string): boolean => name.startsWith("pitch-template-");

/** Sections of one template. */
const SECTIONS_LIMIT = 40;
const ITEMS_LIMIT = 30;

const text = (most: number) => Type.String({ minLength: 1, maxLength: most });
const Count = Type.Integer({ minimum: 1, maximum: 100_000 });

const Item = Type.Object({
  /** As its blank says it. */
  label: text(120),
  /** Words by which a line of the facts is known to give it; none: any line gives one. */
  signs: Type.Optional(Type.Array(text(60), { maxItems: 40 })),
});

const Section = Type.Object({
  key: Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: 60 }),
  title: text(200),
  /** The heading that it stands under in the list of sections. */
  group: Type.Optional(text(100)),
  convention: text(1_000),
  words: Type.Optional(Type.Object({ min: Type.Optional(Count), max: Type.Optional(Count) })),
  /** `facts`: it is made of what the writer says of it, and never of the manuscript. */
  material: Type.Optional(Type.Enum(["manuscript", "facts"])),
  /** What only the writer can know. */
  items: Type.Optional(Type.Array(Item, { maxItems: ITEMS_LIMIT })),
  /** The sentence around the blanks while no fact is given; `{1}` is the first of them. */
  frame: Type.Optional(text(1_000)),
  /** Keys of sections whose facts this one may use. */
  uses: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
  optional: Type.Optional(Type.Boolean()),
});

export type Item = Type.Static<typeof Item>;
export type Section = Type.Static<typeof Section>;

const Sections = Type.Array(Section, { minItems: 1, maxItems: SECTIONS_LIMIT });

export type Template = {
  /** With its version. */
  id: string;
  title: string;
  description: string;
  sections: Section[];
};

/** What keeps a schema from being a template; none when it is one. */
export function templateErrors(schema: unknown): FieldError[] {
  const sections = sectionsIn(schema);
  if (!Array.isArray(sections) || sections.length === 0)
    return [fault("", "a template says what its sections are, at least one")];
  const wrong = errorsIn(sections);
  if (wrong.length > 0) return wrong;
  const all = sections as Section[];
  const keys = all.map(({ key }) => key);
  return all.flatMap(({ key, words, uses = [] }, at): FieldError[] => [
    ...(keys.indexOf(key) < at ? [fault(`/${at}/key`, "is the key of another section")] : []),
    ...((words?.min ?? 0) > (words?.max ?? Number.POSITIVE_INFINITY)
      ? [fault(`/${at}/words`, "the least is more than the most")]
      : []),
    ...uses
      .filter((one) => !keys.includes(one))
      .map((one) => fault(`/${at}/uses`, `“${one}” is not a section of this template`)),
  ]);
}

/** Refuses a schema that calls itself a template and is none. @throws 422 */
export function requireTemplateShape(name: string, schema: unknown): void {
  if (!isTemplateName(name)) return;
  const errors = templateErrors(schema);
  if (errors.length > 0) throw invalid(errors, "This is not a template for a pitch");
}

/** @throws 422 when it is no template */
export function templateIn(id: string, source: string): Template {
  const schema = JSON.parse(source) as { title?: string; description?: string };
  const errors = templateErrors(schema);
  if (errors.length > 0) throw invalid(errors, `${id} is not a template for a pitch`);
  return {
    id,
    title: schema.title ?? id,
    description: schema.description ?? "",
    sections: sectionsIn(schema) as Section[],
  };
}

const sectionsIn = (schema: unknown): unknown =>
  (schema as { "x-reyna"?: { sections?: unknown } } | null)?.["x-reyna"]?.sections;

const fault = (path: string, message: string): FieldError => ({
  pointer: `/x-reyna/sections${path}`,
  rule: "template",
  message,
});

const SOURCE = JSON.stringify(Sections);

const errorsIn = (sections: unknown[]): FieldError[] =>
  validate(SOURCE, sections).map(({ pointer, message }) => fault(pointer, message));

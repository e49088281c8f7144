/** What a form says of a build, and what is wrong with it in a sentence. */

import type { Problem } from "../problem.ts";
import type { CompileSettingsV1 } from "../schemas/types.ts";
import type { BuildChapter } from "./builds.ts";

type Form = Record<string, string>;

export type SettingErrors = Partial<Record<keyof CompileSettingsV1 | "form", string>>;

const FORMATS = ["epub", "pdf", "docx", "markdown", "html"] as const;

const TEXTS = [
  "title",
  "subtitle",
  "author",
  "language",
  "copyright",
  "dedication",
  "epigraph",
  "acknowledgements",
  "about",
  "coverAlt",
  "contact",
] as const;

/** The cover stays: it has a form of its own. */
export function settingsIn(
  form: Form,
  before: CompileSettingsV1,
  chapters: readonly BuildChapter[],
): CompileSettingsV1 {
  const settings: CompileSettingsV1 = {
    name: (form.name ?? "").trim(),
    // None is told as an error before it is stored.
    formats: FORMATS.filter(
      (format) => form[`format.${format}`] === "on",
    ) as CompileSettingsV1["formats"],
    titlePage: form.titlePage === "on",
    contents: form.contents === "on",
  };
  for (const name of TEXTS) {
    const words = (form[name] ?? "").replaceAll("\r\n", "\n").trim();
    if (words) settings[name] = words;
  }
  if (before.cover) settings.cover = before.cover;
  // What is none of these is for the schema to refuse.
  for (const name of ["trim", "numbers", "sceneBreak", "docx"] as const)
    if (form[name]) Object.assign(settings, { [name]: form[name] });
  return { ...settings, ...chaptersIn(form, chapters) };
}

/** The rows as they stand in the form, or after the move that it asks for. */
function chaptersIn(
  form: Form,
  chapters: readonly BuildChapter[],
): Pick<CompileSettingsV1, "order" | "leftOut"> {
  const own = chapters.map(({ id }) => id);
  const rows = Object.keys(form)
    .filter((name) => name.startsWith("row."))
    .map((name) => name.slice("row.".length))
    .filter((id) => own.includes(id));
  // A chapter that came while the form was open goes in.
  const leftOut = rows.filter((id) => form[`in.${id}`] !== "on");
  const order = form.move === "book" ? own : moved(rows, form.move ?? "");
  const isOwn = order.every((id, at) => id === own.filter((one) => order.includes(one))[at]);
  return {
    ...(isOwn || order.length === 0 ? {} : { order }),
    ...(leftOut.length > 0 ? { leftOut } : {}),
  };
}

function moved(rows: string[], asked: string): string[] {
  const [way, id] = asked.split(" ");
  const at = rows.indexOf(id ?? "");
  const to = way === "up" ? at - 1 : at + 1;
  if (at < 0 || to < 0 || to >= rows.length) return rows;
  const order = rows.toSpliced(at, 1);
  return order.toSpliced(to, 0, rows[at]!);
}

/** In the build's order, as the compiler takes them. */
export function inOrder<One extends { id: string }>(
  chapters: readonly One[],
  { order = [] }: Pick<CompileSettingsV1, "order">,
): One[] {
  const rank = new Map(order.map((id, at) => [id, at]));
  const rankOf = (one: One, at: number) => rank.get(one.id) ?? order.length + at;
  return chapters
    .map((one, at) => [one, rankOf(one, at)] as const)
    .sort(([, a], [, b]) => a - b)
    .map(([one]) => one);
}

/** What the schema cannot say. */
export function errorsIn(
  settings: CompileSettingsV1,
  chapters: readonly BuildChapter[],
): SettingErrors {
  const { name, formats, language, leftOut = [] } = settings;
  return {
    ...(name === "" ? { name: "Give it a name." } : {}),
    ...((formats as unknown[]).length === 0 ? { formats: "Choose at least one format." } : {}),
    ...(language && !isLanguage(language)
      ? { language: `“${language}” is no language tag. English is en, Brazilian Portuguese pt-BR.` }
      : {}),
    ...(chapters.length > 0 && leftOut.length === chapters.length
      ? { leftOut: "No chapter is in. Take at least one." }
      : {}),
  };
}

function isLanguage(tag: string): boolean {
  try {
    return new Intl.Locale(tag).language !== "";
  } catch {
    return false;
  }
}

/** Of what a verb refused. */
export function refusalIn({ status, extra }: Problem): SettingErrors {
  if (status === 412)
    return {
      form: "Somebody changed this build meanwhile. What you chose stands below; save again to have it so.",
    };
  const [first] = extra.errors ?? [];
  return {
    form: first ? `That could not be saved: ${first.message}.` : "That could not be saved.",
  };
}

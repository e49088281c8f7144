/** `text-input`, at most 100 characters, not ending like an id. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_MAX_LENGTH = 100;

export function isSchemaName(text: string): boolean {
  return text.length <= NAME_MAX_LENGTH && NAME.test(text) && !/-v\d+$/.test(text);
}

/** `text-input-v1`: version 1 of `text-input`. */
export const schemaId = (name: string, version: number): string => `${name}-v${version}`;

/** A reference is an id (`text-input-v1`) or a name, which means its latest version. */
export function parseSchemaRef(ref: string): { name: string; version: number | "latest" } | null {
  const id = /^(.+)-v(0|[1-9]\d{0,8})$/.exec(ref);
  if (id) return isSchemaName(id[1]!) ? { name: id[1]!, version: Number(id[2]) } : null;
  return isSchemaName(ref) ? { name: ref, version: "latest" } : null;
}

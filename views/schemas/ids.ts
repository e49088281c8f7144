/** What the Schemas page, its fragments and its forms all name. */
export const SCHEMAS_PATH = "/schemas";
export const DRAFT_ID = "draft";
export const DRAFT_FIELD_ID = "draft-schema";
export const VERDICT_ID = "verdict";
export const SCHEMA_NEWS_ID = "schema-news";
export const DOCUMENT_ANSWER_ID = "document-answer";

export type View = "fields" | "side" | "json";
export type Looked = {
  from?: number | undefined;
  to?: number | undefined;
  view?: View | undefined;
  q?: string | undefined;
};

/** The page of a schema; of two of its versions, where they are named. */
export function schemaPath(name: string, looked: Looked = {}): string {
  const set = Object.entries(looked).filter(([, value]) => value !== undefined && value !== "");
  const query = new URLSearchParams(set.map(([key, value]) => [key, String(value)]));
  return `${SCHEMAS_PATH}/${name}${set.length > 0 ? `?${query}` : ""}`;
}

/** The page on which one makes a schema. */
export const MAKING_PATH = `${SCHEMAS_PATH}?new`;
export const NEW_SCHEMA_PATH = `${SCHEMAS_PATH}/new`;
export const ALL_CONFIG_PATH = `${SCHEMAS_PATH}/config`;
export const draftPath = (name: string) => `${SCHEMAS_PATH}/${name}/draft`;
export const validationPath = (name: string) => `${SCHEMAS_PATH}/${name}/validation`;
export const configPath = (name: string) => `${SCHEMAS_PATH}/${name}/config`;
export const deprecationPath = (name: string, version: number) =>
  `${SCHEMAS_PATH}/${name}/versions/${version}/deprecation`;

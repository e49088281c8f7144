/** Versions as the API answers them. */
import { schemaId } from "./names.ts";
import type { SchemaSummary, SchemaVersion } from "./versions.ts";

export const summary = (version: SchemaSummary) => ({
  id: schemaId(version.name, version.version),
  globalId: version.globalId,
  name: version.name,
  version: version.version,
  title: version.title,
  /** Null for the studio's own. */
  owner: version.owner,
  createdAt: version.createdAt,
  deprecated: version.deprecatedAt !== null,
  ...(version.deprecatedAt ? { deprecatedAt: version.deprecatedAt } : {}),
});

export const versionView = (version: SchemaVersion & { globalId: number }) => ({
  ...summary(version),
  /** By the reference as written: the version that it means. */
  references: version.pins,
  schema: JSON.parse(version.source) as unknown,
});

/** The processors that are installed, by their manifests. */
import { and, asc, eq } from "drizzle-orm";
import { processors, processorVersions } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { notFound } from "../problem.ts";

/** With the manifest of the version that is installed. @throws 404 for an unknown id */
export async function listInstalled(db: Db, id?: string) {
  const found = await db
    .select({ processor: processors, manifest: processorVersions.manifest })
    .from(processors)
    .leftJoin(
      processorVersions,
      and(
        eq(processorVersions.processor, processors.id),
        eq(processorVersions.version, processors.version),
      ),
    )
    .where(id === undefined ? undefined : eq(processors.id, id))
    .orderBy(asc(processors.id));
  if (id !== undefined && found.length === 0) throw notFound("This processor");
  return found;
}

type Listed = Awaited<ReturnType<typeof listInstalled>>[number];

/** As the API shows a processor: its manifest, and whether it is at work. */
export function processorView({ processor, manifest }: Listed) {
  const { id, version, title, description, inputs, output, config, permissions } = processor;
  const { retry, concurrency, timeoutMs } = (manifest ?? {}) as {
    retry?: { backoffMs?: number };
    concurrency?: number;
    timeoutMs?: number;
  };
  return {
    id,
    version,
    title,
    description,
    inputs,
    output,
    config,
    trigger: processor.setTrigger ?? processor.trigger,
    permissions,
    transport: { kind: "builtin" },
    retry: { attempts: processor.attempts, backoff: retry?.backoffMs ?? 0 },
    concurrency: concurrency ?? 1,
    timeout: timeoutMs ?? 0,
    maxHops: processor.maxHops,
    enabled: processor.disabledAt === null,
    paused: processor.pausedAt !== null,
  };
}

/**
 * Installing a processor from its manifest, and removing one. What comes with the studio is installed when it starts, by
 * its code; a manifest of it says the same or is refused. Those that run elsewhere have their door here, still closed.
 */
import { eq } from "drizzle-orm";
import { processorConsents, processors } from "../../drizzle/tables.ts";
import { type AccountActor, requireAdministrator } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { canonicalJson } from "../json.ts";
import { conflict, type FieldError, invalid } from "../problem.ts";
import { installBuiltin } from "./installed.ts";
import { listInstalled, processorView } from "./listing.ts";
import type { Processor } from "./sdk.ts";
import { findInstalled } from "./settings.ts";

export type ManifestDraft = {
  id: string;
  version: string;
  transport: { kind: "builtin" | "nats" | "http"; url?: string | undefined };
} & Record<string, unknown>;

/** Members that the code says itself. */
const OF_CODE = [
  "version",
  "title",
  "description",
  "inputs",
  "output",
  "config",
  "permissions",
  "maxHops",
] as const;

/** @throws 403; 422 for a transport that comes later, an id without code, what the code says otherwise */
export async function installManifest(
  db: Db,
  actor: AccountActor,
  catalogue: readonly Processor[],
  manifest: ManifestDraft,
) {
  requireAdministrator(actor);
  if (manifest.transport.kind !== "builtin")
    throw invalid(
      [
        {
          pointer: "/transport/kind",
          rule: "transport",
          message: "comes later: this studio runs the processors of its own folder",
        },
      ],
      "Processors that run elsewhere come later",
    );
  const processor = catalogue.find(({ id }) => id === manifest.id);
  if (!processor)
    throw invalid([
      {
        pointer: "/id",
        rule: "builtin",
        message: "is no processor of this studio: its code lies in processors/<id>/",
      },
    ]);
  await installBuiltin(db, [processor]);
  const [installed] = await listInstalled(db, manifest.id);
  const said = processorView(installed!) as Record<string, unknown>;
  const errors = OF_CODE.flatMap((name): FieldError[] =>
    manifest[name] === undefined || canonicalJson(manifest[name]) === canonicalJson(said[name])
      ? []
      : [{ pointer: `/${name}`, rule: "builtin", message: "is not what its code says" }],
  );
  if (errors.length > 0) throw invalid(errors);
  return installed!;
}

/**
 * Removes one whose code is gone; what it made, its runs and its versions stay.
 * @throws 404, 403; 409 `builtin` for one that comes with the studio
 */
export async function removeProcessor(
  db: Db,
  actor: AccountActor,
  catalogue: readonly Processor[],
  id: string,
): Promise<void> {
  await transact(db, async (tx) => {
    const { title, version } = await findInstalled(tx, id);
    requireAdministrator(actor);
    if (catalogue.some((one) => one.id === id))
      throw conflict(
        "builtin",
        `${title} comes with the studio`,
        "Switch it off instead: PATCH it with enabled: false.",
      );
    await tx.delete(processorConsents).where(eq(processorConsents.processor, id));
    await tx.delete(processors).where(eq(processors.id, id));
    await append(tx, actor, {
      type: "processor.removed",
      place: null,
      subject: id,
      data: { id, version, title },
    });
  });
}

/**
 * Takes that go into empty prose by themselves. That a take is to land is written in the transaction that
 * makes the take (`runs/settle.ts`), so that a crash right after it forgets nothing; `landing.ts` does it.
 */
import { sql } from "drizzle-orm";
import type { NewBlob } from "../blobs/blobs.ts";
import type { Tx } from "../database.ts";

/** What a book's metadata calls the setting (`bucket-book-v2`). */
const SETTING = "intoEmpty";

/** Writes it down where the take's book says so; of other books nothing, and of pitches never: their claims are looked at first. */
export async function planLanding(
  tx: Tx,
  take: Pick<NewBlob, "id" | "root" | "bucket" | "schema"> & { metadata: Record<string, unknown> },
): Promise<void> {
  const { passage } = take.metadata;
  if (take.schema !== "expanded-text" || typeof passage !== "string") return;
  await tx.execute(sql`
    insert into take_landings (take, document, passage)
    select ${take.id}, ${take.bucket}, ${passage} from buckets
    where id = ${take.root} and metadata -> ${SETTING} = 'true'
      and exists (select from buckets of where of.id = ${take.bucket} and of.type = 'chapter')
    on conflict do nothing`);
}

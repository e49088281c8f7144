/** What whoever runs a studio reads when it does not start. */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestStudio } from "../test/support/studio.ts";
import { CannotStart } from "./cannot-start.ts";

test("a database that is not there is named in a sentence, without its password", async () => {
  const databaseUrl = "postgres://marian:s3cret@127.0.0.1:1/fog";
  const refused = await openTestStudio({ databaseUrl }).catch((error: Error) => error);
  expect(refused).toBeInstanceOf(CannotStart);
  const { message } = refused as Error;
  expect(message).toContain("/fog did not let “marian” in");
  expect(message).toContain("DATABASE_URL");
  expect(message).not.toContain("s3cret");
});

test("a folder that cannot be made is named in a sentence", async () => {
  const folder = await mkdtemp(join(tmpdir(), "reyna-test-"));
  await Bun.write(join(folder, "file"), "in the way");
  const variables = { REYNA_DATA: join(folder, "file", "data") };
  const refused = await openTestStudio({
    variables,
    databaseUrl: "postgres://127.0.0.1:1/x",
  }).catch((error: Error) => error);
  expect((refused as Error).message).toContain(
    `cannot write to its folder ${variables.REYNA_DATA}`,
  );
  await rm(folder, { recursive: true, force: true });
});

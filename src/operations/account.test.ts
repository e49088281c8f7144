import { afterAll, beforeAll, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type Client, clientOf, eventually, signUp } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

const OLD = "nine-nights-of-fog";
const EMAIL = "hester@oake.example";

let studio: TestStudio;
let hester: Client;

beforeAll(async () => {
  studio = await openTestStudio();
  hester = await signUp(studio.url, { name: "Hester", email: EMAIL, password: OLD });
});

afterAll(() => studio.stop());

async function command(name: string, ...args: string[]) {
  const program = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = Bun.spawn([process.execPath, program, ...args], {
    env: { ...process.env, DATABASE_URL: studio.databaseUrl },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, complained] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, said, complained };
}

const signIn = (password: string) =>
  fetch(`${studio.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: EMAIL, password }),
  });

test("a forgotten password is replaced beside the running studio, and the old sessions end", async () => {
  const { code, said } = await command("new-password", "Hester@Oake.example");
  expect(code).toBe(0);
  const password = /: (\S+)$/m.exec(said)![1]!;
  expect((await signIn(OLD)).status).toBe(401);
  expect((await signIn(password)).status).toBe(200);
  await eventually(async () => (await hester.get("/api/me/state")).status === 401);
});

test("a token from the command line is all that is printed; it writes, and administers nothing", async () => {
  const { code, said } = await command("token", EMAIL);
  expect(code).toBe(0);
  const program = await clientOf(studio.url, said.trim(), hester.account);
  const chapter = await program.post("/api/buckets", { type: "book", name: "By a program" });
  expect(chapter.status).toBe(201);
  expect((await program.post("/api/tokens", { name: "more", scopes: ["read"] })).status).toBe(403);
  expect(await command("token", "nobody@oake.example")).toMatchObject({ code: 1, said: "" });
});

test("an address that nobody has is refused, and so is none", async () => {
  expect(await command("new-password", "nobody@oake.example")).toMatchObject({
    code: 1,
    complained: expect.stringContaining("Nobody has an account"),
  });
  expect(await command("new-password")).toMatchObject({
    code: 1,
    complained: expect.stringContaining("Say whose"),
  });
});

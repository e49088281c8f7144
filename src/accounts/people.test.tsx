/** In a real browser: a book's owner invites somebody, who comes in, gets another right, and is removed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { expectNothingFound } from "../../test/support/axe.ts";
import { comeBack, complaintsOf, type Page, startBrowser } from "../../test/support/browser.ts";
import { type Client, MARIAN, signIn, signUp, TOM } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let browser: Browser;

beforeAll(async () => {
  studio = await openTestStudio({ variables: { REYNA_SIGNUP: "invite" } });
  marian = await signUp(studio.url, MARIAN);
  browser = (await startBrowser())!;
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const at = (path: string) => new URL(path, studio.url).href;

async function newPage(complaints: string[][]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  complaints.push(complaintsOf(context));
  return context.newPage();
}

test("somebody is invited to a book, comes in, gets another right and is removed", async () => {
  const complaints: string[][] = [];
  const page = await newPage(complaints);
  await comeBack(page, studio.url);
  await page.goto(at(`/books/${marian.book}/settings`));
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("heading", { name: `${MARIAN.name}, you` }).waitFor();
  await expectNothingFound(page);
  await page.getByRole("button", { name: "Make an invitation" }).click();
  const address = await page.getByLabel("Send this address").inputValue();
  await page.getByText("Writes in it. Good until").waitFor();
  await expectNothingFound(page);

  const invited = await newPage(complaints);
  await invited.goto(address);
  await invited.getByLabel("Name").fill(TOM.name);
  await invited.getByLabel("Email").fill(TOM.email);
  await invited.getByLabel("Password", { exact: true }).fill(TOM.password);
  await invited.getByRole("button", { name: "Come in" }).click();
  await invited.waitForURL((url) => !url.pathname.startsWith("/invitations"));
  const tom = await signIn(studio.url, TOM);
  const role = async () =>
    (await tom.get<{ role: string }>(`/api/buckets/${marian.book}`)).body.role;
  expect(await role()).toBe("editor");
  // Who is in a book is its owners' to see.
  expect((await tom.get(`/books/${marian.book}/people`)).status).toBe(403);

  await page.goto(at(`/books/${marian.book}/people`));
  await page.getByRole("heading", { name: TOM.name }).waitFor();
  expect(await page.getByText("Not answered yet").count()).toBe(0);
  await page.getByLabel(`What ${TOM.name} may do`).selectOption("Reads it all");
  await page.getByRole("button", { name: "Change" }).click();
  await page.locator("option[value=viewer][selected]").waitFor({ state: "attached" });
  expect(await role()).toBe("viewer");
  await page.getByRole("button", { name: `Remove ${TOM.name}` }).click();
  await page.getByRole("heading", { name: TOM.name }).waitFor({ state: "detached" });
  expect((await tom.get(`/api/buckets/${marian.book}`)).status).toBe(404);

  await page.getByRole("button", { name: "Make an invitation" }).click();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await page.getByText("Not answered yet").waitFor({ state: "detached" });
  expect(complaints.flat()).toEqual([]);
});

test("the last owner stays one, and is told why", async () => {
  const path = `/books/${marian.book}/people/${marian.account}/removal`;
  const headers = { authorization: `Bearer ${marian.token}`, accept: "text/html" };
  const answer = await fetch(at(path), { method: "POST", headers });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain("It would have no owner.");
});

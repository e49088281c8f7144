/** For everyone: what axe finds on the pages (nothing), and what a keyboard alone reaches (everything). */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { expectNothingFound } from "../support/axe.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, openDesk, until } from "../support/desk.ts";
import { openTestStudio } from "../support/studio.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterEach(async () => {
  await desk.leave();
  // Divided as designed.
  const path = "/api/me/state";
  const { headers } = await desk.marian.get(path);
  const change = { "if-match": headers.get("etag")! };
  expect((await desk.marian.request("PUT", path, { content: {} }, change)).status).toBe(200);
});
afterAll(() => desk.stop());

test("axe finds nothing on the first run and on signing in", async () => {
  const studio = await openTestStudio({ processors: [] });
  const browser = (await startBrowser())!;
  try {
    const page = await browser.newPage();
    await page.goto(studio.url);
    await page.getByRole("button", { name: "Come in" }).waitFor();
    await expectNothingFound(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNothingFound(page);
    await page.goto(new URL("/sign-in", desk.studio.url).href);
    await page.getByLabel("Email").fill("nobody@oake.example");
    await page.getByLabel("Password", { exact: true }).fill("not-the-password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".refused").first().waitFor();
    await expectNothingFound(page);
  } finally {
    await browser.close();
    await studio.stop();
  }
});

test("axe finds nothing in an empty chapter", async () => {
  await desk.begin({});
  const page = await desk.open();
  await expectNothingFound(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNothingFound(page);
});

test("axe finds nothing in a chapter with takes in several states, nor with its overlays open", async () => {
  const rows = await desk.begin(
    { notes: "Dusk. Hester climbs.", prose: "" },
    { notes: "The oil.", prose: "She measured the oil herself." },
    { notes: "The log.", prose: "" },
    { notes: "Fog.", prose: "" },
    { notes: "Engine house.", prose: "" },
  );
  await desk.take(rows[0]!, "The lamp was burning when she reached the gallery.");
  await desk.take(rows[1]!, "The dipstick came up wet.");
  await desk.take(rows[2]!, "The log lay open.");
  await desk.take(rows[2]!, "The log lay shut.");
  const page = await desk.open();
  await page.locator(`#accept-${rows[0]}`).click();
  await page.locator(`#spine-${rows[0]}.fresh`).waitFor();
  await page.locator(`#again-${rows[2]}`).click();
  desk.model.behave({ kind: "answer", text: "word ".repeat(400), pauseMs: 400 });
  await page.locator(`#expand-${rows[3]}`).click();
  await page.locator(`#prose-${rows[3]} [data-run]`).waitFor();
  await expectNothingFound(page);

  await page.setViewportSize({ width: 390, height: 844 });
  await expectNothingFound(page);
  await page.getByRole("button", { name: "Words and settings" }).click();
  await expectNothingFound(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Chapters" }).click();
  await expectNothingFound(page);
  await page.keyboard.press("Escape");

  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "History" }).click();
  await page.getByRole("complementary", { name: "History" }).getByText("Today").waitFor();
  await expectNothingFound(page);
  for (const halves of ["Notes", "Prose"]) {
    await page.getByRole("button", { name: halves, exact: true }).click();
    await expectNothingFound(page);
  }
  await page.getByRole("button", { name: "Both", exact: true }).click();
  await page.locator(`#stop-${rows[3]}`).click();
  await until(async () => (await page.locator("[data-run]").count()) === 0);
});

/** The name of what has the focus; in the text, of the cell with the caret. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    if (!element || element === document.body) return "";
    if (element.id === "passages") {
      const node = getSelection()?.anchorNode;
      const around = node instanceof Element ? node : node?.parentElement;
      return around?.closest("[data-half]")?.getAttribute("aria-label") ?? "the text";
    }
    const labelledBy = element.getAttribute("aria-labelledby");
    const name =
      element.getAttribute("aria-label") ??
      (labelledBy && document.getElementById(labelledBy)?.textContent) ??
      (element as HTMLInputElement).labels?.[0]?.textContent ??
      element.textContent;
    return name.replaceAll(/\s+/g, " ").trim();
  });

/** More stops than the page has. */
const STOPS = 80;

async function walk(page: Page, key: "Tab" | "Shift+Tab"): Promise<string[]> {
  const names: string[] = [];
  for (let at = 0; at < STOPS; at++) {
    await page.keyboard.press(key);
    const name = await focused(page);
    if (name === "" || (at > 2 && name === names[0])) return names;
    names.push(name);
  }
  throw new Error(`The keyboard does not come out of: ${names.slice(-8).join(", ")}`);
}

test("a keyboard alone reaches everything, there and back, and each thing has a name", async () => {
  const rows = await desk.begin(
    { notes: "Dusk. Hester climbs.", prose: "The lamp was burning." },
    { notes: "The oil.", prose: "" },
  );
  await desk.take(rows[1]!, "She went down and measured the oil.");
  const page = await desk.open();
  // A row of the outline is called after its words too.
  await until(
    async () => (await page.locator("[aria-current] [data-row-words]").textContent()) === "4",
  );
  const there = await walk(page, "Tab");
  const expected = [
    "Skip to the text",
    "ReYNa Studio",
    "Notes",
    "Both",
    "Prose",
    /^Saved/,
    "History",
    "Account",
    /The Fog Signal/,
    "New chapter",
    "Title of this chapter",
    "Width of the notes",
    "Notes of passage 1",
    "Prose of passage 1",
    "Notes of passage 2",
    "Prose of passage 2",
    /^Accept/,
    "Discard",
    "Ask again…",
    "New passage",
    /settings of the book/,
  ];
  let from = 0;
  for (const wanted of expected) {
    const at = there.findIndex(
      (name, i) => i >= from && (wanted instanceof RegExp ? wanted.test(name) : name === wanted),
    );
    if (at < 0)
      throw new Error(
        `Nothing is called ${wanted} after ${there.slice(0, from)} in ${there.join(", ")}`,
      );
    from = at + 1;
  }
  // Every control that is on screen was passed, those aside that another key reaches.
  const missed = await page.evaluate(
    (names) =>
      [
        ...document.querySelectorAll<HTMLElement>(
          "a[href], button, input, select, textarea, [tabindex='0']",
        ),
      ]
        .filter(
          (control) =>
            control.checkVisibility({ visibilityProperty: true }) && control.tabIndex >= 0,
        )
        .map((control) =>
          (control.getAttribute("aria-label") ?? control.textContent)
            .replaceAll(/\s+/g, " ")
            .trim(),
        )
        .filter((name) => !names.includes(name)),
    there,
  );
  expect(missed).toEqual([]);

  await page.locator(".foot a").focus();
  const back = await walk(page, "Shift+Tab");
  for (const name of ["New passage", "Discard", "Notes of passage 1", "History", "Notes"])
    expect(back).toContain(name);
});

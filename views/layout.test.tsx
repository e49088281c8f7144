/** Every page under a strict content security policy: nothing inline, nothing from elsewhere. */
import { describe, expect, test } from "bun:test";
import { SignIn } from "./accounts/sign-in.tsx";
import { Welcome } from "./accounts/welcome.tsx";
import { ChapterPage } from "./chapters/page.tsx";
import { ErrorPage } from "./error.tsx";

const assets = { url: (name: string) => `/assets/${name}` };

const outline = {
  book: {
    id: "b1",
    name: "The Salt Ledger",
    target: 80_000,
    stretches: [
      {
        part: { id: "f1", name: "One, The Rock" },
        chapters: [
          {
            ...{ id: "c1", number: 1, name: "The Relief Boat", status: "draft" as const },
            ...{ target: 3_000, prose: 2_114, accepted: 240, changed: 0, isExpanding: false },
          },
        ],
      },
    ],
  },
  trashed: [{ id: "c2", name: "Stores", trashedAt: new Date("2026-01-01T14:06:00.000Z") }],
  current: "c1",
};

const PAGES = {
  writer: (
    <ChapterPage
      assets={assets}
      account={{ id: "a1", name: "Marian Oake", email: "marian@oake.example" }}
      book={{ title: "The Salt Ledger" }}
      outline={outline}
      chapter={{
        ...{ id: "c1", number: 1, title: "The Relief Boat", isTrashed: false },
        ...{ prose: 2_114, accepted: 240, target: 3_000 },
      }}
      mayWrite
      passages={[
        {
          id: "p1",
          number: 1,
          chapter: "c1",
          notes: "",
          row: {
            parts: [{ id: "p1", notes: "<div></div>", prose: "<div></div>" }],
            attributes: { take: null, askHash: null, proseHash: null },
            notesHash: "",
            proseHash: "",
            hasNotes: false,
            hasProse: false,
          },
          run: null,
          take: null,
          shown: null,
        },
      ]}
      since="e1:4"
      savedAt="2026-01-01T14:06:00.000Z"
      model={null}
    />
  ),
  "sign-in": <SignIn assets={assets} host="studio.test" errors={{ form: "No." }} />,
  welcome: <Welcome assets={assets} version="0.1.0" asksSetupCode model={null} />,
  error: (
    <ErrorPage
      assets={assets}
      status={404}
      sentence="Not here."
      way={{ href: "/", label: "Back" }}
    />
  ),
};

for (const [name, page] of Object.entries(PAGES)) {
  describe(`the ${name} page`, async () => {
    const html = String(await page);

    test("is a whole document with a title, a skip link and one main region", () => {
      expect(html).toStartWith("<!doctype html><html");
      expect(html).toMatch(/<title>[^<]+<\/title>/);
      expect(html).toContain('href="#main"');
      expect(html.match(/id="main"/g)).toHaveLength(1);
    });

    test("has no inline script, style or handler", () => {
      expect(html).not.toMatch(/\sstyle=|<style|\son[a-z]+=|hx-on|js:|javascript:/i);
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    });

    test("loads nothing from elsewhere", () => {
      const loaded = [...html.matchAll(/<(?:link|script|img)[^>]*?(?:href|src)="([^"]*)"/g)];
      expect(loaded.length).toBeGreaterThan(3);
      for (const [, address] of loaded) expect(address).toStartWith("/assets/");
    });

    test("labels every field and button", () => {
      for (const [input] of html.matchAll(/<input(?![^>]*type="hidden")[^>]*>/g)) {
        const id = input.match(/ id="([^"]*)"/)?.[1];
        const isNamed = / aria-label="[^"]+"/.test(input) || html.includes(`<label for="${id}"`);
        expect(isNamed ? "" : input).toBe("");
      }
      for (const [, attributes, content] of html.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)) {
        const words = content!.replace(/<[^>]*>/g, "").trim();
        expect(words || attributes!.match(/aria-label="([^"]+)"/)?.[1]).toBeTruthy();
      }
    });
  });
}

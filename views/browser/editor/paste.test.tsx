/** What comes in from other programs, and what goes out to them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { caret, cell, type Desk, openDesk, rowsIn, until } from "../../../test/support/desk.ts";

let desk: Desk;
let page: Page;
let id: string;
let second: string;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

async function open(prose = "", options: { worker?: boolean } = {}): Promise<void> {
  [id, second] = (await desk.begin({ notes: "n", prose }, { notes: "m", prose: "Second." })) as [
    string,
    string,
  ];
  page = await desk.open(options);
  await caret(page, id, "prose");
}

type Data = { html?: string; text?: string; files?: string[] };

/** As a browser hands it over; writing to the clipboard first would have the browser clean it. */
const give = (kind: "paste" | "drop", { html, text, files = [] }: Data, at = { x: 0, y: 0 }) =>
  page.evaluate(
    ([event, markup, words, names, { x, y }]) => {
      const data = new DataTransfer();
      if (markup) data.setData("text/html", markup);
      if (words) data.setData("text/plain", words);
      for (const name of names) data.items.add(new File(["x"], name, { type: "image/png" }));
      const options = { bubbles: true, cancelable: true };
      const target =
        event === "drop" ? document.elementFromPoint(x, y)! : document.getElementById("passages")!;
      return !target.dispatchEvent(
        event === "paste"
          ? new ClipboardEvent("paste", { ...options, clipboardData: data })
          : new DragEvent("drop", { ...options, dataTransfer: data, clientX: x, clientY: y }),
      );
    },
    [kind, html, text, files, at] as const,
  );

const markup = async () =>
  (await cell(page, id, "prose").innerHTML()).replaceAll(
    / dir="auto"|<br class="ProseMirror-trailingBreak">| class="[^"]*"| contenteditable="false"/g,
    "",
  );
async function becomes(wanted: string): Promise<void> {
  await until(async () => (await markup()) === wanted).catch(async () => {
    expect(await markup()).toBe(wanted);
  });
}
const prose = () => rowsIn(desk.doc())[0]!.slice("n | ".length);

describe("what is pasted", () => {
  test("from Word: paragraphs, headings, emphasis, lists in lists; no comments, tags or styles of its own", async () => {
    await open();
    await give("paste", { html: WORD });
    await becomes(
      "<h1>The Fog Signal</h1><p>Hester climbed in <strong>Oban</strong>, and <em>nobody</em> had been there.</p>" +
        "<ul><li><p>lamp</p><ul><li><p>wick</p></li></ul></li><li><p>oil</p></li></ul>" +
        '<ol start="3"><li><p>third</p></li><li><p>fourth</p></li></ol>',
    );
  });

  test("from Google Docs and LibreOffice: what their styles say", async () => {
    await open();
    await give("paste", { html: GOOGLE_DOCS });
    await becomes(
      "<p>The <em>lamp</em> was <strong>lit</strong>.</p><ul><li><p>one</p></li><li><p>two</p></li></ul>",
    );
    await page.keyboard.press("Control+a");
    await give("paste", { html: LIBRE_OFFICE });
    await becomes("<p>The <em>lamp</em> was <strong>lit</strong>, and went on.</p><p>Dusk.</p>");
  });

  test("from a web page: no script runs, nothing is fetched, tables and breaks become paragraphs", async () => {
    await open();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await give("paste", { html: WEB_PAGE });
    await becomes(
      '<p>One <a href="https://example.com/" rel="noopener noreferrer nofollow">good</a> bad</p>' +
        "<p>a</p><p>b</p><p>c</p><p>first</p><p>second<br>line</p><hr><p>end</p>",
    );
    expect(asked.filter((url) => url.includes("example"))).toEqual([]);
    expect(await page.evaluate(() => "ran" in window)).toBe(false);
  });

  test("keeps the lines of a text file, blank lines, and headings in lists as their words", async () => {
    await open();
    await give("paste", {
      html:
        '<pre style="white-space: pre-wrap">One\r\n  two <b>x </b>y\n\nthree\n</pre><p>a</p><br><p>b<br></p>' +
        "<ul><li><h2>Head</h2></li></ul>",
    });
    await becomes(
      "<p>One<br>  two <strong>x </strong>y</p><p>three</p><p>a</p><p></p><p>b</p><ul><li><p>Head</p></li></ul>",
    );
  });

  test("keeps what stands behind a style, also where letters are longer in lower case", async () => {
    await open();
    const long = "İ".repeat(40);
    await give("paste", {
      html: `<p>${long}</p><STYLE>p{}</style><p>Behind it.</p><p>The end.</p>`,
    });
    await becomes(`<p>${long}</p><p>Behind it.</p><p>The end.</p>`);
  });

  test("is taken as plain text, with a sentence, where what cleans it does not load", async () => {
    await open("Lamp ", { worker: false });
    await page.route("**/assets/*.js", (route) => route.abort());
    await give("paste", { html: "<p>and <em>oil</em></p><p>Two</p>", text: "and oil\n\nTwo" });
    await becomes("<p>Lamp and oil</p><p>Two</p>");
    expect(await page.locator("#refused").textContent()).toContain("Only the plain text");
    await page.unroute("**/assets/*.js");
    await give("paste", { html: "<p><em>Three</em></p>", text: "Three" });
    await becomes("<p>Lamp and oil</p><p>Two<em>Three</em></p>");
  });

  test("as plain text: empty lines part paragraphs; without any, every line is one", async () => {
    await open();
    await give("paste", { text: "One\nstill one\r\n\r\nTwo\n\n***\n\nThree" });
    await becomes("<p>One<br>still one</p><p>Two</p><hr><p>Three</p>");
    await page.keyboard.press("Control+a");
    await give("paste", { text: "One\nTwo" });
    await becomes("<p>One</p><p>Two</p>");
    await page.keyboard.press("Control+a");
    await give("paste", { text: "One\r\nTwo\r\n\r\nThree\r\n" });
    await becomes("<p>One<br>Two</p><p>Three</p>");
    await page.keyboard.press("Control+a");
    await give("paste", { html: "<pre>One\n<i>two</i>\n\nThree\n</pre>" });
    await becomes("<p>One<br><em>two</em></p><p>Three</p>");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await give("paste", { text: "שלום world 👩‍👩‍👧 漢字 e\u0301 \ud800" });
    await until(() => prose() === "שלום world 👩‍👩‍👧 漢字 e\u0301 \ufffd");
  });

  test("as an address over words makes them a link, behind which one writes on", async () => {
    await open("A word");
    await page.keyboard.press("Control+Shift+ArrowLeft");
    await page.evaluate(() => navigator.clipboard.writeText("https://example.com/\n"));
    await page.keyboard.press("Control+v");
    await page.keyboard.type("!");
    await becomes(
      '<p>A <a href="https://example.com/" rel="noopener noreferrer nofollow">word</a>!</p>',
    );
  });

  test("too much of it is refused with a sentence, which goes with the next word; nothing else is lost", async () => {
    await open("Kept.");
    const notice = page.locator("#refused");
    for (const data of [
      { text: "word ".repeat(1_000_000) },
      { text: "a\n".repeat(30_000) },
      { html: `<p>${"word ".repeat(1_000_000)}` },
      { html: "a<br>".repeat(50_000) },
    ] as Data[]) {
      expect(await give("paste", data)).toBe(true);
      await notice.filter({ hasText: "too much at once" }).waitFor();
      await page.keyboard.type("!");
      await notice.waitFor({ state: "hidden" });
    }
    await until(() => prose() === "Kept.!!!!");
    expect(rowsIn(desk.doc())[1]).toBe("m | Second.");
  });

  test("whose form is too much, or nested without end, comes as its words", async () => {
    await open();
    await give("paste", { html: "<i>a</i>".repeat(40_000), text: "Words." });
    await until(() => prose() === "Words.");
    expect(await page.locator("#refused").textContent()).toContain("plain text");
    await page.keyboard.press("Control+a");
    await give("paste", { html: `${"<b><div>".repeat(10_000)}deep <img alt="x<y">` });
    await until(() => prose().startsWith("deep"));
  });

  test("as files is refused, pasted or dropped, also beside the text", async () => {
    await open("Kept.");
    const address = page.url();
    expect(await give("paste", { files: ["a.png"] })).toBe(true);
    await page.locator("#refused", { hasText: "Pictures and files" }).waitFor();
    const box = (await cell(page, id, "prose").boundingBox())!;
    expect(await give("drop", { files: ["a.png"] }, { x: box.x + 20, y: box.y + 10 })).toBe(true);
    expect(await give("drop", { files: ["a.png"] }, { x: 600, y: 800 })).toBe(true);
    await page.keyboard.type("!");
    await until(() => prose() === "Kept.!");
    expect(page.url()).toBe(address);
  });

  test("whole passages out of the editor itself come as their blocks, never as passages", async () => {
    await open("One *em*.\n\nTwo.");
    await page.keyboard.press("Escape");
    await until(() => page.evaluate(() => document.activeElement?.matches(".grip")));
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+c");
    // Keys that were held for what is on its way are dropped when one goes elsewhere.
    await page.locator("#announcements", { hasText: "copied." }).waitFor({ state: "attached" });
    await caret(page, second, "notes");
    await page.keyboard.press("Control+v");
    await until(() => rowsIn(desk.doc())[1] === "mOne em.\n\nTwo.\n\nSecond. | Second.");
    expect(rowsIn(desk.doc())).toHaveLength(2);
    expect(await cell(page, second, "notes").locator("em").textContent()).toBe("em");
  });
});

describe("what is copied", () => {
  test("is clean HTML, and plain text with empty lines between paragraphs", async () => {
    await open("One *em*.\n\n- a\n- b\n\n***\n\nTwo.");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+c");
    const [html, text] = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const read = async (type: string) => (await item!.getType(type)).text();
      return [await read("text/html"), await read("text/plain")];
    });
    expect(text).toBe("One em.\n\n- a\n- b\n\n***\n\nTwo.");
    expect(html).not.toContain(id);
    expect(html).toContain("<em>em</em>");
    expect(html).not.toMatch(/passage|data-half|class="half/);
    await caret(page, second, "prose");
    await page.keyboard.press("Control+v");
    await until(() => rowsIn(desk.doc())[1] === "m | Second.One em.\n\n- a\n- b\n\n***\n\nTwo.");
  });
});

const WORD = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:st1="urn:schemas-microsoft-com:office:smarttags">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<title>Draft</title>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<!--[if !mso]><object classid="clsid:38481807-CA0E-42D2-BF39-B33AF135CC4D" id=ieooui></object><style>st1\\:*{behavior:url(#ieooui)}</style><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal, li.MsoNormal {mso-style-unhide:no; margin:0cm; font-size:12.0pt;} @list l0 {mso-list-id:1;} --></style>
</head><body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<h1><span style='mso-bidi-font-weight:normal'>The Fog Signal<o:p></o:p></span></h1>
<p class=MsoNormal><span lang=EN-US style='font-family:"Times New Roman",serif'>Hester
climbed in <st1:place w:st="on"><st1:City w:st="on"><b style='mso-bidi-font-weight:normal'>Oban</b></st1:City></st1:place>, and
<i style='mso-bidi-font-style:normal'>nobody</i> had been there.<o:p></o:p></span></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>lamp<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span></span><![endif]>wick<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>oil<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>3.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>third<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>4.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>fourth<o:p></o:p></p>
<!--EndFragment--></body></html>`;

const GOOGLE_DOCS = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-5d2f"><p dir="ltr" style="line-height:1.38;margin-top:0pt;"><span style="font-size:11pt;font-family:Arial,sans-serif;font-weight:400;font-style:normal;white-space:pre-wrap;">The </span><span style="font-size:11pt;font-weight:400;font-style:italic;">lamp</span><span style="font-weight:400;font-style:normal;"> was </span><span style="font-weight:700;font-style:normal;">lit</span><span style="font-weight:400;">.</span></p><ul style="margin-top:0;padding-inline-start:48px;"><li dir="ltr" style="list-style-type:disc;font-weight:400;" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">one</span></p></li><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>two</span></p></li></ul></b>`;

const LIBRE_OFFICE = `<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title><meta name="generator" content="LibreOffice 24.2 (Linux)"/><style type="text/css">@page { size: 21cm 29.7cm; margin: 2cm } p { line-height: 115% }</style></head>
<body lang="en-GB" dir="ltr"><p style="line-height: 100%; margin-bottom: 0cm">The
<font face="Liberation Serif, serif"><i>lamp</i></font> was <b>lit</b>, and
went on.</p>
<p style="line-height: 100%; margin-bottom: 0cm">Dusk.</p></body></html>`;

const WEB_PAGE = `<html><head><script>window.ran = 1</script><style>p { color: red }</style><link rel="stylesheet" href="https://example.org/x.css"></head>
<body><nav></nav><p style="color:red" onclick="window.ran=1">One <a href="https://example.com/" onmouseover="ran()">good</a> <a href="javascript:ran()">bad</a><img src="https://example.org/x.png" onerror="window.ran=1"></p>
<table><tr><td>a</td><td style="font-size:9px">b</td></tr><tr><td><p>c</p></td></tr></table>
<div>first<br><br>second<br>line</div><p>***</p><svg onload="window.ran=1"><text>drawn</text></svg><iframe src="https://example.org/"></iframe><script>window.ran = 1</script><p>end</p></body></html>`;

/**
 * EPUB 3 (W3C EPUB 3.3), with an NCX for old readers. The identifier is the book's own and stays through every
 * compiling; no font and no colour is forced on the text.
 */
import type { Book, Chapter, Leaf } from "./book.ts";
import { blocksHtml, escaped, paragraphsHtml } from "./xhtml.ts";
import { type Entry, utf8, zip } from "./zip.ts";

const FOLDER = "EPUB";

type Page = { id: string; path: string; title: string; html: string; inContents: boolean };

export function epubOf(book: Book): Uint8Array {
  const pages = pagesOf(book);
  const text = (path: string, words: string): Entry => ({ path, bytes: utf8(words) });
  return zip([
    { path: "mimetype", bytes: utf8("application/epub+zip"), stored: true },
    text("META-INF/container.xml", CONTAINER),
    text(`${FOLDER}/package.opf`, packageOf(book, pages)),
    text(`${FOLDER}/nav.xhtml`, navOf(book, pages)),
    text(`${FOLDER}/toc.ncx`, ncxOf(book, pages)),
    text(`${FOLDER}/style.css`, STYLE + SCENE_BREAKS[book.settings.sceneBreak ?? "asterisks"]),
    {
      path: `${FOLDER}/cover.${book.cover.extension}`,
      bytes: book.cover.bytes,
      stored: !book.cover.isDrawn,
    },
    ...pages.map(({ path, html }) => text(`${FOLDER}/${path}`, html)),
  ]);
}

export const identifierOf = ({ id }: Pick<Book, "id">): string => `urn:uuid:${id}`;

/** CCYY-MM-DDThh:mm:ssZ, as EPUB 3.3 (5.5.5) asks. */
const modifiedOf = ({ modified }: Book): string => modified.toISOString().replace(/\.\d+Z$/, "Z");

function pagesOf(book: Book): Page[] {
  const { title, subtitle, author, cover, chapters, front, back, settings } = book;
  const pages: Page[] = [];
  const add = (id: string, name: string, type: string, body: string, inContents = true) =>
    pages.push({
      id,
      path: `${id}.xhtml`,
      title: name,
      html: pageOf(book, name, type, body),
      inContents,
    });
  add(
    "cover",
    "Cover",
    "cover",
    `<section class="cover" epub:type="cover"><img src="cover.${cover.extension}" alt="${escaped(cover.alt)}" role="doc-cover"/></section>`,
    false,
  );
  if (settings.titlePage !== false)
    add(
      "title",
      title,
      "frontmatter",
      `<section class="title-page" epub:type="titlepage">
<h1>${escaped(title)}</h1>${subtitle ? `\n<p class="subtitle" role="doc-subtitle">${escaped(subtitle)}</p>` : ""}${author ? `\n<p class="author">${escaped(author)}</p>` : ""}
</section>`,
      false,
    );
  for (const leaf of front) add(leaf.kind, leaf.title, "frontmatter", leafHtml(leaf));
  chapters.forEach((chapter, at) => {
    add(chapterId(at), tocTitle(chapter), "bodymatter", chapterHtml(chapter, book.direction));
  });
  for (const leaf of back) add(leaf.kind, leaf.title, "backmatter", leafHtml(leaf));
  return pages;
}

const chapterId = (at: number): string => `chapter-${String(at + 1).padStart(4, "0")}`;

const tocTitle = ({ label, title }: Chapter): string => (label ? `${label}. ${title}` : title);

const chapterHtml = ({ label, title, blocks }: Chapter, direction: Book["direction"]): string =>
  `<section epub:type="chapter" role="doc-chapter" aria-labelledby="chapter-title">
<h1 id="chapter-title">${label ? `<span class="number">${escaped(label)}</span> ` : ""}${escaped(title)}</h1>
${blocksHtml(blocks, direction)}
</section>`;

/** Those that the vocabulary of DPUB-ARIA 1.1 has. */
const ROLES: Partial<Record<Leaf["kind"], string>> = {
  dedication: "doc-dedication",
  epigraph: "doc-epigraph",
  acknowledgements: "doc-acknowledgments",
};
const TYPES: Record<Leaf["kind"], string> = {
  copyright: "copyright-page",
  dedication: "dedication",
  epigraph: "epigraph",
  acknowledgements: "acknowledgments",
  about: "appendix",
};
/** These stand without their name above them. */
const UNNAMED = new Set<Leaf["kind"]>(["copyright", "dedication", "epigraph"]);

function leafHtml({ kind, title, paragraphs }: Leaf): string {
  const role = ROLES[kind];
  const named = UNNAMED.has(kind) ? ` aria-label="${escaped(title)}"` : "";
  const heading = UNNAMED.has(kind) ? "" : `<h1>${escaped(title)}</h1>\n`;
  return `<section class="${kind}" epub:type="${TYPES[kind]}"${role ? ` role="${role}"` : ""}${named}>
${heading}${paragraphsHtml(paragraphs)}
</section>`;
}

const pageOf = ({ language, direction }: Book, title: string, type: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="${language}" xml:lang="${language}"${direction === "rtl" ? ' dir="rtl"' : ""}>
<head>
<meta charset="utf-8"/>
<title>${escaped(title)}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body epub:type="${type}">
${body}
</body>
</html>
`;

function packageOf(book: Book, pages: Page[]): string {
  const { title, subtitle, author, language, direction, cover, settings } = book;
  const creator = author
    ? `\n<dc:creator id="author">${escaped(author)}</dc:creator>\n<meta refines="#author" property="role" scheme="marc:relators">aut</meta>`
    : "";
  const rights = settings.copyright
    ? `\n<dc:rights>${escaped(settings.copyright)}</dc:rights>`
    : "";
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="${language}"${direction === "rtl" ? ' dir="rtl"' : ""}>
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">${identifierOf(book)}</dc:identifier>
<dc:title>${escaped(subtitle ? `${title}: ${subtitle}` : title)}</dc:title>
<dc:language>${language}</dc:language>${creator}${rights}
<meta property="dcterms:modified">${modifiedOf(book)}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">readingOrder</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Prose with headings, a table of contents and a described cover; all of it can be read as text.</meta>
<meta name="cover" content="cover-image"/>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="cover-image" href="cover.${cover.extension}" media-type="${cover.mediaType}" properties="cover-image"/>
${pages.map(({ id, path }) => `<item id="page-${id}" href="${path}" media-type="application/xhtml+xml"/>`).join("\n")}
</manifest>
<spine toc="ncx"${direction === "rtl" ? ' page-progression-direction="rtl"' : ""}>
${spineOf(pages)}
</spine>
</package>
`;
}

/** The contents stand behind the title page. */
function spineOf(pages: Page[]): string {
  const refs = pages.map(({ id }) => `<itemref idref="page-${id}"/>`);
  const at = pages.findIndex(({ inContents }) => inContents);
  refs.splice(at, 0, '<itemref idref="nav"/>');
  return refs.join("\n");
}

function navOf(book: Book, pages: Page[]): string {
  const entries = pages
    .filter(({ inContents }) => inContents)
    .map(({ path, title }) => `<li><a href="${path}">${escaped(title)}</a></li>`);
  const landmark = (type: string, path: string, name: string) =>
    `<li><a epub:type="${type}" href="${path}">${name}</a></li>`;
  const body = `<nav epub:type="toc" role="doc-toc" aria-labelledby="contents" id="toc">
<h1 id="contents">Contents</h1>
<ol>
${entries.join("\n")}
</ol>
</nav>
<nav epub:type="landmarks" aria-label="Landmarks" hidden="hidden">
<ol>
${landmark("cover", "cover.xhtml", "Cover")}
${landmark("toc", "nav.xhtml#toc", "Contents")}
${landmark("bodymatter", `${chapterId(0)}.xhtml`, "Beginning")}
</ol>
</nav>`;
  return pageOf(book, "Contents", "frontmatter", body);
}

function ncxOf(book: Book, pages: Page[]): string {
  const points = pages
    .filter(({ inContents }) => inContents)
    .map(
      ({ id, path, title }, at) =>
        `<navPoint id="point-${id}" playOrder="${at + 1}"><navLabel><text>${escaped(title)}</text></navLabel><content src="${path}"/></navPoint>`,
    );
  return `<?xml version="1.0" encoding="UTF-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="${book.language}">
<head>
<meta name="dtb:uid" content="${identifierOf(book)}"/>
<meta name="dtb:depth" content="1"/>
<meta name="dtb:totalPageCount" content="0"/>
<meta name="dtb:maxPageNumber" content="0"/>
</head>
<docTitle><text>${escaped(book.title)}</text></docTitle>
<navMap>
${points.join("\n")}
</navMap>
</ncx>
`;
}

const CONTAINER = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="${FOLDER}/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`;

const STYLE = `body { margin: 0 5%; }
h1 { margin: 3em 0 2em; text-align: center; font-weight: normal; line-height: 1.25; page-break-before: always; break-before: page; }
h1 .number { display: block; margin-bottom: 0.5em; font-size: 0.6em; }
h2, h3, h4 { margin: 1.5em 0 0.75em; font-weight: normal; line-height: 1.3; page-break-after: avoid; break-after: avoid; }
p { margin: 0; text-indent: 1.4em; widows: 2; orphans: 2; }
p.first, li p, .copyright p, .dedication p, .epigraph p { text-indent: 0; }
blockquote { margin: 1em 1.4em; }
ul, ol { margin: 1em 0; padding-left: 2em; padding-inline-start: 2em; }
.cover { margin: 0; text-align: center; }
.cover img { max-width: 100%; max-height: 100%; }
.title-page { margin-top: 25%; text-align: center; }
.title-page h1 { margin: 0 0 1em; font-size: 2em; page-break-before: auto; break-before: auto; }
.title-page p { text-indent: 0; }
.title-page .author { margin-top: 3em; }
.copyright p { margin-bottom: 0.75em; font-size: 0.85em; }
.dedication, .epigraph { margin-top: 25%; text-align: center; font-style: italic; }
.dedication p, .epigraph p { margin-bottom: 0.75em; }
`;

export const SCENE_BREAKS: Record<NonNullable<Book["settings"]["sceneBreak"]>, string> = {
  asterisks:
    'hr.scene { margin: 1.5em 0; border: 0; text-align: center; }\nhr.scene::before { content: "* * *"; }\n',
  hash: 'hr.scene { margin: 1.5em 0; border: 0; text-align: center; }\nhr.scene::before { content: "#"; }\n',
  line: "hr.scene { width: 20%; margin: 1.5em auto; border: 0; border-top: 1px solid; }\n",
  space: "hr.scene { height: 1.5em; margin: 0; border: 0; }\n",
};

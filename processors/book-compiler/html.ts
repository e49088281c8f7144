/** One HTML file that needs nothing else: to be read, sent, or printed. */
import type { Book, Leaf } from "./book.ts";
import { SCENE_BREAKS } from "./epub.ts";
import { blocksHtml, escaped, paragraphsHtml } from "./xhtml.ts";
import { utf8 } from "./zip.ts";

export function htmlOf(book: Book): Uint8Array {
  const { title, subtitle, author, language, direction, chapters, front, back, settings } = book;
  const contents = chapters
    .map(({ title, label }, at) => {
      const name = label ? `${label}. ${title}` : title;
      return `<li><a href="#chapter-${at + 1}">${escaped(name)}</a></li>`;
    })
    .join("\n");
  const body = chapters
    .map(
      ({ title, label, blocks }, at) => `<section id="chapter-${at + 1}">
<h2>${label ? `<span class="number">${escaped(label)}</span> ` : ""}${escaped(title)}</h2>
${blocksHtml(blocks, direction)}
</section>`,
    )
    .join("\n");
  return utf8(`<!doctype html>
<html lang="${language}"${direction === "rtl" ? ' dir="rtl"' : ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
${author ? `<meta name="author" content="${escaped(author)}">\n` : ""}<style>
${STYLE}${SCENE_BREAKS[settings.sceneBreak ?? "asterisks"]}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>${subtitle ? `\n<p class="subtitle">${escaped(subtitle)}</p>` : ""}${author ? `\n<p class="author">${escaped(author)}</p>` : ""}
</header>
${front.map(leafHtml).join("\n")}
<nav aria-label="Contents">
<ol>
${contents}
</ol>
</nav>
<main>
${body}
</main>
${back.map(leafHtml).join("\n")}
</body>
</html>
`);
}

const leafHtml = ({ kind, title, paragraphs }: Leaf): string =>
  `<section class="${kind}" aria-label="${title}">
${paragraphsHtml(paragraphs)}
</section>`;

const STYLE = `:root { color-scheme: light dark; }
body { max-width: 34em; margin: 0 auto; padding: 2em 1.25em 6em; font: 1.125rem/1.6 Georgia, "Times New Roman", serif; }
header { margin: 4em 0; text-align: center; }
h1 { font-weight: 500; line-height: 1.2; }
h2 { margin: 4em 0 2em; font-weight: 500; line-height: 1.25; text-align: center; }
h2 .number { display: block; font-size: 0.7em; }
h3, h4, h5 { margin: 1.5em 0 0.75em; font-weight: 500; }
p { margin: 0; text-indent: 1.4em; }
p.first, header p, li p, .copyright p, .dedication p, .epigraph p { text-indent: 0; }
blockquote { margin: 1em 1.4em; }
nav ol { padding-inline-start: 1.5em; }
.dedication, .epigraph { margin: 4em 0; font-style: italic; text-align: center; }
.copyright { margin: 2em 0; font-size: 0.85em; }
@media print { section { break-before: page; } nav { display: none; } }
`;

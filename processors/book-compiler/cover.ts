/** The cover: a picture of the writer's, or one that is drawn from the title. */
import type { RunContext } from "../../src/processors/sdk.ts";
import { refused, type Settings } from "./settings.ts";
import { escaped } from "./xhtml.ts";
import { utf8 } from "./zip.ts";

export type Cover = {
  bytes: Uint8Array;
  mediaType: "image/svg+xml" | "image/png" | "image/jpeg";
  extension: "svg" | "png" | "jpg";
  alt: string;
  /** In pixels. */
  width: number;
  height: number;
  isDrawn: boolean;
};

/** Of either side, in pixels: stores take less, and more takes a reader's memory. */
export const COVER_LIMIT_PX = 10_000;
const COVER_LEAST_PX = 100;
const DRAWN = { width: 1600, height: 2400 };

export async function coverOf(
  { files }: Pick<RunContext, "files">,
  { cover, coverAlt }: Settings,
  book: { id: string; title: string; author: string },
): Promise<Cover> {
  const alt = coverAlt || `Cover of ${book.title}`;
  if (!cover) return { ...drawn(book), alt };
  const { bytes, name } = await files.read(cover);
  const seen = pictureOf(bytes);
  if (!seen)
    throw refused(
      "cover",
      `The cover, “${name}”, is neither a PNG nor a JPEG picture. Choose another.`,
    );
  const { width, height } = seen;
  if (Math.max(width, height) > COVER_LIMIT_PX)
    throw refused(
      "cover",
      `The cover is ${width} × ${height} pixels; a side may have ${COVER_LIMIT_PX}. Make it smaller: 1,600 × 2,400 is what stores ask for.`,
    );
  if (Math.min(width, height) < COVER_LEAST_PX)
    throw refused("cover", `The cover is only ${width} × ${height} pixels. Choose a larger one.`);
  return { bytes, ...seen, alt, isDrawn: false };
}

type Picture = Pick<Cover, "mediaType" | "extension" | "width" | "height">;

/** By its first bytes, never by its name. */
export function pictureOf(bytes: Uint8Array): Picture | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every(
    (byte, at) => bytes[at] === byte,
  );
  if (isPng && bytes.length > 33)
    return {
      mediaType: "image/png",
      extension: "png",
      width: view.getUint32(16),
      height: view.getUint32(20),
    };
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  // Segment by segment to the one that begins a frame (ITU T.81, B.1.1.3).
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame)
      return {
        mediaType: "image/jpeg",
        extension: "jpg",
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
      };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** Ground and ink, which differ enough to be read. */
const COLOURS = [
  ["#1f3a4d", "#f3ead8"],
  ["#5b2a2a", "#f5e6d3"],
  ["#2f4a38", "#eef0e2"],
  ["#e8dfc9", "#2b2a28"],
  ["#3a3354", "#efe9f5"],
  ["#c9d3cf", "#1d2b2a"],
] as const;

/** One ground, one ink, one motif in geometry, chosen by the book's id. */
function drawn({ id, title, author }: { id: string; title: string; author: string }) {
  const hash = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  const [ground, ink] = COLOURS[hash % COLOURS.length]!;
  const { width, height } = DRAWN;
  const lines = wrapped(title);
  const size = Math.min(190, Math.floor(2300 / Math.max(8, ...lines.map((line) => line.length))));
  const top = 520 - ((lines.length - 1) * size * 1.15) / 2;
  const words = lines
    .map(
      (line, at) =>
        `<text x="160" y="${Math.round(top + at * size * 1.15)}" font-size="${size}">${escaped(line)}</text>`,
    )
    .join("");
  const svg = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${escaped(title)}</title><rect width="${width}" height="${height}" fill="${ground}"/>${motif((hash >>> 8) % 4, ink)}<g fill="${ink}" font-family="Georgia, 'Times New Roman', serif">${words}<text x="160" y="2220" font-size="72">${escaped(author)}</text></g></svg>
`;
  return {
    bytes: utf8(svg),
    mediaType: "image/svg+xml",
    extension: "svg",
    ...DRAWN,
    isDrawn: true,
  } as const;
}

function motif(kind: number, ink: string): string {
  const rows = Array.from({ length: 7 }, (_, at) => at);
  const shapes = [
    () =>
      rows.map(
        (at) => `<rect x="160" y="${1180 + at * 120}" width="${1280 - at * 140}" height="10"/>`,
      ),
    () =>
      rows.map(
        (at) =>
          `<rect x="${160 + at * 190}" y="${1180 + at * 60}" width="60" height="${820 - at * 60}"/>`,
      ),
    () =>
      rows.map(
        (at) =>
          `<circle cx="800" cy="1600" r="${60 + at * 65}" fill="none" stroke="${ink}" stroke-width="9"/>`,
      ),
    () =>
      rows.map(
        (at) => `<rect x="160" y="${1180 + at * 118}" width="1280" height="${12 + at * 12}"/>`,
      ),
  ];
  return `<g fill="${ink}" opacity="0.85">${shapes[kind]!().join("")}</g>`;
}

/** Characters in a line of the title, and lines. */
const LINE = 14;
const LINES = 6;

function wrapped(title: string): string[] {
  const lines: string[] = [];
  for (const word of storableTitle(title).split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LINE)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length <= LINES ? lines : [...lines.slice(0, LINES - 1), `${lines[LINES - 1]}…`];
}

const storableTitle = (title: string) => title.trim() || "Untitled";

/** A cover drawn from a book's title. It tells nothing that does not stand beside it in words. */
import { type CoverLook, type CoverTitle, coverLook, coverTitle } from "./cover-look.ts";

type Props = { book: { id: string; title: string; author: string } };

/** In px of the drawing, as wide as designed. */
const WIDTH = 148;
const HEIGHT = 222;
const MARGIN = 14;
/** Of the first line's foot, and from there of each in lines of its size. */
const FIRST_LINE = 34;
const LINE = 1.12;

export function Cover({ book: { id, title, author } }: Props) {
  const look = coverLook(id);
  const { ground, ink, motif } = look;
  const name = coverTitle(title);
  return (
    <svg
      class="cover"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={String(WIDTH)}
      height={String(HEIGHT)}
      aria-hidden="true"
    >
      <rect width={String(WIDTH)} height={String(HEIGHT)} fill={ground} />
      <g fill="none" stroke={ink}>
        {DRAWINGS[motif](look, footOf(name) + 14)}
      </g>
      <g fill={ink}>
        <Title {...name} />
        {author && (
          <text x={String(MARGIN)} y={String(HEIGHT - 13)} font-size="9.5">
            {short(author)}
          </text>
        )}
      </g>
    </svg>
  );
}

function Title({ size, lines, isFromRight }: CoverTitle) {
  return (
    <>
      {lines.map((line, at) => (
        <text
          x={String(isFromRight ? WIDTH - MARGIN : MARGIN)}
          y={String(round(FIRST_LINE + at * size * LINE))}
          font-size={String(size)}
          direction={isFromRight ? "rtl" : undefined}
        >
          {line}
        </text>
      ))}
    </>
  );
}

const footOf = ({ lines, size }: CoverTitle) => FIRST_LINE + (lines.length - 1) * size * LINE;

/** What of an author's name stands on one line, in characters. */
const AUTHOR_LIMIT = 26;
const short = (author: string) =>
  author.length > AUTHOR_LIMIT ? `${author.slice(0, AUTHOR_LIMIT - 1)}…` : author;

/** Where the author's line begins: motifs end above it. */
const FLOOR = HEIGHT - 32;

type Drawing = (look: CoverLook, top: number) => unknown;

const DRAWINGS: Record<CoverLook["motif"], Drawing> = {
  /** A ruled page with a margin, and one line that is written. */
  rules({ ink, next }, top) {
    const gap = 8 + Math.floor(next() * 4);
    const lines = Math.floor((FLOOR - top) / gap);
    const written = Math.floor(next() * lines);
    const margin = 22 + next() * 24;
    return (
      <>
        {range(lines).map((at) => (
          <path d={`M0 ${top + at * gap}H${WIDTH}`} stroke-opacity=".32" />
        ))}
        <path d={`M${round(margin)} ${top}V${FLOOR}`} stroke-opacity=".5" />
        <path
          d={`M${round(margin + 8)} ${top + written * gap}H${round(margin + 30 + next() * 60)}`}
          stroke-width="2.4"
        />
        <circle
          cx={String(round(margin))}
          cy={String(top + written * gap)}
          r="4.5"
          fill={ink}
          stroke="none"
        />
      </>
    );
  },
  /** Heights along a line. */
  bars({ ink, next }, top) {
    const count = 6 + Math.floor(next() * 3);
    const step = (WIDTH - MARGIN * 2) / count;
    return (
      <>
        <g fill={ink} stroke="none">
          {range(count).map((at) => {
            const high = (0.25 + next() * 0.75) * (FLOOR - top);
            return (
              <rect
                x={String(round(MARGIN + at * step))}
                y={String(round(FLOOR - high))}
                width={String(round(step * 0.66))}
                height={String(round(high))}
              />
            );
          })}
        </g>
        <path d={`M${MARGIN} ${FLOOR}H${WIDTH - MARGIN}`} />
      </>
    );
  },
  /** Lines around a height, as on a map. */
  contours({ next }, top) {
    const room = Math.min((FLOOR - top) / 2, WIDTH * 0.46);
    const [x, y] = [WIDTH * (0.38 + next() * 0.24), (top + FLOOR) / 2];
    const lean = -25 + next() * 50;
    return (
      <g transform={`rotate(${round(lean)} ${round(x)} ${round(y)})`}>
        {range(8).map((at) => {
          const far = ((at + 0.6) / 8) * room;
          return (
            <ellipse
              cx={String(round(x + at * 1.4))}
              cy={String(round(y - at * 0.9))}
              rx={String(round(far))}
              ry={String(round(far * 0.8))}
            />
          );
        })}
      </g>
    );
  },
  /** Rows of discs; one is still open. */
  discs({ ink, next }, top) {
    const columns = 3;
    const step = (WIDTH - MARGIN * 2) / columns;
    const rows = Math.max(1, Math.floor((FLOOR - top) / step));
    const open = Math.floor(next() * rows * columns);
    return range(rows * columns).map((at) => (
      <circle
        cx={String(round(MARGIN + step * ((at % columns) + 0.5)))}
        cy={String(round(top + step * (Math.floor(at / columns) + 0.5)))}
        r={String(round(step * 0.34))}
        fill={at === open ? "none" : ink}
      />
    ));
  },
  /** Half a disc, on the line or above it, over bands that come nearer. */
  bands({ ink, next }, top) {
    const line = top + (FLOOR - top) * (0.35 + next() * 0.3);
    const size = Math.min((line - top) * 0.9, 16 + next() * 26);
    const x = WIDTH * (0.28 + next() * 0.44);
    const isAbove = next() < 0.4;
    const near = 1.2 + next() * 1.4;
    const bands = range(7).map((at) => ({
      y: line + at * at * near + at * 2,
      high: 1 + at * 0.5 * near,
    }));
    return (
      <g fill={ink} stroke="none">
        <path
          d={`M${round(x - size)} ${round(line)}a${round(size)} ${round(size)} 0 0 1 ${round(size * 2)} 0z`}
          fill-opacity=".8"
          transform={isAbove ? `translate(0 ${round(-size * 0.2)})` : undefined}
        />
        {bands
          .filter(({ y, high }) => y + high < HEIGHT - 26)
          .map(({ y, high }) => (
            <rect x="0" y={String(round(y))} width={String(WIDTH)} height={String(round(high))} />
          ))}
      </g>
    );
  },
};

const range = (count: number): number[] =>
  Array.from({ length: Math.max(count, 0) }, (_, at) => at);
const round = (value: number): number => Math.round(value * 10) / 10;

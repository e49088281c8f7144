/**
 * Where a run's words come from and where they go, from left to right, drawn on the server. The same is said in words
 * for whoever does not see it.
 */
import type { LineageNode, LineageView } from "./run-view.ts";

/** In CSS pixels, as wide as the column at 1440. */
const WIDTH = 764;
const NODE = 42;
const GAP = 8;
const COLUMNS = [
  { x: 0.5, width: 144 },
  { x: 176.5, width: 110 },
  { x: 320.5, width: 122 },
  { x: 475.5, width: 138 },
  { x: 640.5, width: 123 },
] as const;
/** Nodes of a column at most; the last says how many more there are. */
const SHOWN = 5;
/** About as many characters fit, by the width of the node in CSS pixels. */
const CHARACTER = 6.1;
const INDENT = 11;

type Placed = LineageNode & { x: number; y: number; width: number };

export function Lineage({ view }: { view: LineageView }) {
  const columns = [view.inputs, [view.through], view.attempts, view.outputs, view.after].map(few);
  const tallest = Math.max(...columns.map((column) => column.length));
  const height = tallest * (NODE + GAP) - GAP + 1;
  const placed = columns.map((column, at) => place(column, COLUMNS[at]!, height));
  const [inputs, through, attempts, outputs, after] = placed as [
    Placed[],
    Placed[],
    Placed[],
    Placed[],
    Placed[],
  ];
  const last = attempts.at(-1) ?? through[0]!;
  // Where it is wider than its place, the keyboard scrolls it.
  return (
    <section class="lineage" aria-label="Where it comes from" tabindex={0}>
      <svg
        width={String(WIDTH)}
        height={String(height)}
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
      >
        <title>{inWords(view)}</title>
        {inputs.map((one) => (
          <Edge from={one} to={through[0]!} state={one.state} />
        ))}
        {attempts.map((one) => (
          <Edge from={through[0]!} to={one} state={one.state} />
        ))}
        {outputs.map((one) => (
          <Edge from={last} to={one} state={one.state} />
        ))}
        {outputs[0] && after.map((one) => <Edge from={outputs[0]!} to={one} state={one.state} />)}
        {placed.flat().map((one) => (
          <Node node={one} />
        ))}
      </svg>
    </section>
  );
}

function few(nodes: LineageNode[]): LineageNode[] {
  if (nodes.length <= SHOWN) return nodes;
  const more = nodes.length - SHOWN + 1;
  return [
    ...nodes.slice(0, SHOWN - 1),
    { title: `${more} more`, note: "listed below", state: "made" },
  ];
}

function place(nodes: LineageNode[], column: { x: number; width: number }, height: number) {
  const own = nodes.length * (NODE + GAP) - GAP;
  const top = Math.round((height - own) / 2);
  return nodes.map(
    (node, at): Placed => ({ ...node, ...column, y: top + at * (NODE + GAP) + 0.5 }),
  );
}

function Edge({ from, to, state }: { from: Placed; to: Placed; state: LineageNode["state"] }) {
  const [x1, y1] = [from.x + from.width, from.y + NODE / 2];
  const [x2, y2] = [to.x, to.y + NODE / 2];
  const bend = (x1 + x2) / 2;
  return (
    <path class={`edge ${state}`} d={`M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`} />
  );
}

function Node({ node }: { node: Placed }) {
  const fits = Math.floor((node.width - 2 * INDENT) / CHARACTER);
  return (
    <g class={`node ${node.state}`}>
      <rect
        x={String(node.x)}
        y={String(node.y)}
        width={String(node.width)}
        height={String(NODE - 1)}
        rx="4"
      />
      <text class="title" x={String(node.x + INDENT)} y={String(node.y + 17)}>
        {cut(node.title, fits)}
      </text>
      <text x={String(node.x + INDENT)} y={String(node.y + 33)}>
        {cut(node.note, fits)}
      </text>
    </g>
  );
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;

const STATES: Record<LineageNode["state"], string> = {
  made: "",
  live: ", going on now",
  failed: ", failed",
  waits: ", not yet",
};

function inWords({ inputs, through, attempts, outputs, after }: LineageView): string {
  const list = (nodes: LineageNode[]) =>
    nodes
      .map(({ title, note, state }) => `${title}${note && ` (${note})`}${STATES[state]}`)
      .join("; ");
  const columns = [inputs, [through], attempts, outputs, after].map(list).filter(Boolean);
  return columns.join(" → ");
}

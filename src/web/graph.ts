import type { Graph } from "./view/models.ts";

/** A record in a picture of connections. Column 0 is the one that the picture is of; those that lead to it stand at its left. */
interface Node {
  readonly id: string;
  readonly column: number;
  readonly reference: string;
  readonly title: string;
  readonly href: string;
  readonly current?: boolean;
}

/** What to draw: each record once, and what joins two of them, read from left to right. */
export interface Connected {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly text: string }[];
}

/** In units of the picture, which at its full size are pixels. */
const box = { width: 190, height: 46, gapAcross: 100, gapDown: 14 };
/** More records than this under one another would not be read; the list behind the picture has them all. */
const perColumnMax = 24;
/** Words on more lines than this would lie on one another. */
const wordsMax = 16;

/** Places records in columns by how far they are from the first, and draws the lines between them. */
export function drawGraph({ nodes, edges }: Connected): Graph {
  const columns = [...new Set(nodes.map(({ column }) => column))].toSorted((one, other) => one - other);
  const shown = new Map(columns.map((column) => [column, inColumn(nodes, column)]));
  const rows = Math.max(...[...shown.values()].map((column) => column.length));
  const height = rows * (box.height + box.gapDown) - box.gapDown;
  const placed = new Map(
    [...shown].flatMap(([column, those]) => {
      const x = columns.indexOf(column) * (box.width + box.gapAcross);
      const top = (height - (those.length * (box.height + box.gapDown) - box.gapDown)) / 2;
      return those.map((node, at) => [node.id, { ...node, x, y: top + at * (box.height + box.gapDown) }] as const);
    }),
  );
  const lines = edges.flatMap(({ from, to, text }) => {
    const [one, other] = [placed.get(from), placed.get(to)];
    if (!one || !other) return [];
    const [x1, x2] = [one.x + box.width, other.x];
    const [y1, y2] = [one.y + box.height / 2, other.y + box.height / 2];
    const middle = (x1 + x2) / 2;
    return [
      { path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`, text, x: middle, y: (y1 + y2) / 2 - 5 },
    ];
  });
  return {
    width: columns.length * (box.width + box.gapAcross) - box.gapAcross,
    height,
    box,
    nodes: [...placed.values()].map(({ x, y, reference, title, href, current }) => ({
      x,
      y,
      reference,
      title: title.length > 24 ? `${title.slice(0, 23).trimEnd()}…` : title,
      href,
      current: current === true,
    })),
    lines,
    words: lines.length <= wordsMax,
    left: nodes.length - placed.size,
  };
}

function inColumn(nodes: readonly Node[], column: number): readonly Node[] {
  return nodes.filter((node) => node.column === column).slice(0, perColumnMax);
}

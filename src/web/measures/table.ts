import type { Counted, Figure } from "../../kernel/measures/evaluate.ts";
import type { Cell, Table } from "../view/models.ts";
import { figureText, linkOf, rowName } from "./figures.ts";

/**
 * Measures beside each other, a row for each day, week, month or group of the first (or of `like`), every figure a link to
 * the records that it counts.
 */
export function figureTable(
  caption: string,
  rowsAre: string,
  columns: readonly (readonly [label: string, counted: Counted])[],
  like: Counted = columns[0]![1],
): Table {
  return {
    caption,
    columns: [{ label: rowsAre }, ...columns.map(([label]) => ({ label, number: true }))],
    rows: like.rows.map((row) => ({
      cells: [
        { kind: "text", text: rowName(like, row) },
        ...columns.map(([, counted]) =>
          figureCell(counted, counted.rows.find(({ key }) => key === row.key) ?? nothing(counted)),
        ),
      ],
    })),
  };
}

/** A figure in a table. */
export function figureCell({ measure }: Counted, figure: Figure): Cell {
  return { kind: "number", text: figureText(measure.unit, figure.value), ...linkOf(figure) };
}

/** What stands for a group in which a measure found no record. */
function nothing({ measure }: Counted): Figure {
  return { value: measure.works === "count" ? 0 : null, records: 0, href: null };
}

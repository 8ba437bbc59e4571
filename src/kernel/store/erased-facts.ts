import type { RecordType } from "../record.ts";
import type { Stored } from "../transaction.ts";
import type { EventBody, StoredFact } from "./timeline.ts";

/**
 * The lines with what an erasure by law took from them filled in as far as clocks need it, and as far as later lines and
 * the record itself still tell: what the next change says was there before it, or else what is there now. So a ticket's
 * deadline goes on although the words of its first line are gone. `rows` are in order of sequence.
 */
export function withErasedFilledIn(
  rows: readonly StoredFact[],
  type: RecordType,
  { state, values }: Pick<Stored, "state" | "values">,
): StoredFact[] {
  // Walking back from the present: what held after each line. The state is unknown before an erased move.
  let held: { readonly state: string | undefined; readonly values: Stored["values"] } = { state, values };
  const filled: StoredFact[] = [];
  for (const row of withSides(rows).toReversed()) {
    if (isErased(row)) {
      const after = row.verb === "created" ? (held.state ?? type.starts) : held.state;
      const moves = row.verb === "created" || row.verb === "moved";
      filled.push({
        ...row,
        body: { values: held.values, ...(moves && after !== undefined ? { state: after } : {}) },
      });
      if (row.verb === "moved") held = { ...held, state: undefined };
    } else {
      filled.push(row);
      held = before(held, row.body);
    }
  }
  return filled.toReversed();
}

/** The comments that were erased, with whose word they were, as their erasures say. `rows` are all lines, in order of sequence. */
export function withSides<Row extends StoredFact>(rows: readonly Row[]): readonly Row[] {
  const sides = new Map(rows.flatMap(({ body }) => Object.entries(body?.sides ?? {})));
  if (sides.size === 0) return rows;
  return rows.map((row, place) => {
    const side = row.verb === "commented" && row.body === null ? sides.get(String(place + 1)) : undefined;
    return side === undefined ? row : { ...row, body: { side } };
  });
}

function isErased({ verb, body }: StoredFact): boolean {
  return body === null && verb !== "commented" && verb !== "erased";
}

function before(
  held: { readonly state: string | undefined; readonly values: Stored["values"] },
  body: EventBody | null,
): typeof held {
  const changes = Object.entries(body?.changes ?? {}).map(([name, { from }]) => [name, from] as const);
  return { state: body?.from ?? held.state, values: { ...held.values, ...Object.fromEntries(changes) } };
}

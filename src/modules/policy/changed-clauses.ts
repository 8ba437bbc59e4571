import type { Clause } from "./clauses.ts";

/** A clause that differs between two versions: `before` is null for a new one, `after` for one that is gone. */
export interface ChangedClause {
  readonly number: number;
  readonly before: Clause | null;
  readonly after: Clause | null;
}

/** The clauses whose heading or text differ, and those that came or went; in the order of the later version, gone ones last. */
export function changedClauses(before: readonly Clause[], after: readonly Clause[]): readonly ChangedClause[] {
  const earlier = new Map(before.map((clause) => [clause.number, clause]));
  const later = new Set(after.map(({ number }) => number));
  const changed = after.flatMap((clause): ChangedClause[] => {
    const was = earlier.get(clause.number) ?? null;
    const isSame = was !== null && was.heading === clause.heading && was.text === clause.text;
    return isSame ? [] : [{ number: clause.number, before: was, after: clause }];
  });
  const gone = before
    .filter(({ number }) => !later.has(number))
    .map((clause): ChangedClause => ({ number: clause.number, before: clause, after: null }));
  return [...changed, ...gone];
}

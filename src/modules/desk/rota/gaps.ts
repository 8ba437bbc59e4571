/** A stretch of time. Epoch milliseconds; `until` is not of it. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** The parts of what is to be covered in which nobody is there, in order. */
export function gapsIn(wanted: readonly Stretch[], covered: readonly Stretch[]): Stretch[] {
  return joined(wanted).flatMap((one) => {
    const gaps: Stretch[] = [];
    let from = one.from;
    for (const cover of joined(covered)) {
      if (cover.until <= from || cover.from >= one.until) continue;
      if (cover.from > from) gaps.push({ from, until: cover.from });
      from = Math.max(from, cover.until);
    }
    return from < one.until ? [...gaps, { from, until: one.until }] : gaps;
  });
}

/** In order of time, those that touch made one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const one of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && one.from <= last.until)
      result[result.length - 1] = { from: last.from, until: Math.max(last.until, one.until) };
    else result.push(one);
  }
  return result;
}

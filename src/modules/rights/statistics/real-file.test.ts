import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { columns } from "./columns.ts";
import { derive, derivedNames } from "./figures.ts";
import type { Counted, Derived, Tally } from "./figures.ts";
import { reconcile } from "./reconcile.ts";

/** The Cabinet Office's quarterly statistics of 2010 to 2020 (OGL v3), kept beside the checkout and not in it. */
const path = fileURLToPath(
  new URL("../../../../../shared/data/information-rights/cabinet-office-foi-statistics-2020.csv", import.meta.url),
);
const skip = existsSync(path) ? false : "the real quarterly file is not beside this checkout (../shared/data)";

/** How many rows there are by why they do not agree; nothing for those that do. */
const expected = {
  "": 2049,
  "it gives no figures": 27,
  "0% of nothing": 71,
  "a share without decimals": 8,
  "another exemptionsTotal": 4,
  time: 6,
  "time; shares of the three times": 41,
  "time; shares of the three times; 0% of nothing": 10,
  "time; shares of the three times; a share without decimals": 1,
  "time; 0% of nothing": 2,
  "time; reviews ended": 3,
  "time; reviews ended; shares of the three times": 3,
  "time; extensions; reviews ended": 1,
  "outcomes; another resolvable; another grantedShare; another withheldShare": 1,
  "exempted; claimed": 1,
  s21: 1,
  "s21; 0% of nothing": 1,
  "s21; extensions": 5,
  "s21 time": 5,
  extensions: 2,
  "extensions; reviews ended": 9,
  "reviews ended": 50,
  "reviews ended; 0% of nothing": 2,
};

interface Row {
  readonly tally: Tally;
  readonly published: ReadonlyMap<Derived, number>;
}

test(
  "of the 2,303 rows of the real quarterly file 2,049 agree with every formula and check, and why the others do not is known",
  { skip },
  () => {
    const rows = readRows();
    assert.equal(rows.length, 2303);
    const groups = Map.groupBy(rows.map(whyNot), (why) => why.join("; "));
    assert.deepEqual(Object.fromEntries([...groups].map(([why, some]) => [why, some.length])), expected);
  },
);

function readRows(): Row[] {
  const [head = [], ...lines] = parse(readFileSync(path, "latin1"));
  assert.deepEqual(
    head,
    columns.map(([name]) => name),
  );
  return lines.map((line) => {
    const tally: Partial<Record<Counted, number | null>> = {};
    const published = new Map<Derived, number>();
    for (const [at, [, held]] of columns.entries()) {
      const text = line[at]?.trim() ?? "";
      const value = text === "" || text === "-" ? null : Number(text.replaceAll(",", ""));
      if (held === "period" || held === "body") continue;
      assert.ok(value === null || Number.isFinite(value), `${held}: ${text}`);
      if (!isDerived(held)) tally[held] = value;
      else if (value !== null) published.set(held, value);
    }
    return { tally, published };
  });
}

function isDerived(held: Counted | Derived): held is Derived {
  return derivedNames.some((name) => name === held);
}

/** The checks by which a row’s own parts are not its wholes, and what it publishes that does not follow from its counts. */
function whyNot({ tally, published }: Row): readonly string[] {
  if (Object.values(tally).every((value) => value === null)) return ["it gives no figures"];
  const apart = reconcile(tally).flatMap(({ name, holds }) => (holds === false ? [name] : []));
  const ours = derive(tally);
  const told = [...published].flatMap(([name, theirs]) => {
    const value = ours[name];
    if (value !== null && Math.abs(value - theirs) < 0.00001 * Math.max(1, value)) return [];
    if (value === null && theirs === 0) return ["0% of nothing"];
    if (value !== null && Number.isInteger(theirs) && name.endsWith("Share") && Math.round(value) === theirs)
      return ["a share without decimals"];
    if (name === "inTimeShare" || name === "withExtensionShare")
      return [ofSum(tally, name, theirs) ? "shares of the three times" : "another share of time"];
    return [`another ${name}`];
  });
  return [...new Set([...apart, ...told])];
}

function ofSum({ inTime, extended, late }: Tally, name: Derived, theirs: number): boolean {
  const all = Number(inTime) + Number(extended) + Number(late);
  const part = name === "inTimeShare" ? Number(inTime) : Number(inTime) + Number(extended);
  return Math.abs((part / all) * 100 - theirs) < 0.0001;
}

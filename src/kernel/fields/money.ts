import { fieldOf, single } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { numberSchema } from "./numbers.ts";
import type { NumberOptions } from "./numbers.ts";

const pounds = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP", minimumFractionDigits: 0 });
const poundsAndPence = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

/** Pounds sterling, kept as whole pence: £12.50 is 1250. At most £10 billion either way. */
export const moneyKind: FieldKind<NumberOptions, number> = {
  name: "money",
  column: () => ({ type: "bigint" }),
  schema: (options) => numberSchema(options, { min: -1_000_000_000_000, max: 1_000_000_000_000, whole: true }),
  fromForm: (form, name) => fromTyped(single(form, name)),
  input: (_options, value) => ({
    widget: "money",
    value: value === null ? "" : (value / 100).toFixed(2).replace(/\.00$/, ""),
  }),
  show: (_options, value) => ({ kind: "number", text: formatPence(value) }),
  text: (_options, value) => (value / 100).toFixed(2),
  fromText: (_options, cell) => fromTyped(cell),
  sheet: { format: "£#,##0.00;-£#,##0.00", value: (_options, value) => value / 100 },
  filter: "number-range",
  sortable: true,
};

/** Pence as people read money: pence only when there are some. */
export function formatPence(pence: number): string {
  return (pence % 100 === 0 ? pounds : poundsAndPence).format(pence / 100);
}

/** "£1,250.50" and "-£3" to pence, figure by figure; what has a fraction of a penny in it is for the schema to refuse. */
function fromTyped(typed: string | undefined): unknown {
  if (typed === undefined) return undefined;
  const bare = typed.replaceAll(/[,\s]/g, "");
  const [, sign, pounds, pence] = /^([-+]?)£?(?=[\d.]*\d)(\d{0,12})(?:\.(\d{0,2})0*)?$/.exec(bare) ?? [];
  if (pounds === undefined) return typed;
  const total = Number(pounds) * 100 + Number((pence ?? "").padEnd(2, "0"));
  return sign === "-" && total !== 0 ? -total : total;
}

export const money = fieldOf(moneyKind);

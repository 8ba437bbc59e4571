import { refuse } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { isTime, narrowableBy } from "../../kernel/measures/groupings.ts";
import type { Measure } from "../../kernel/measures/measure.ts";
import {
  periodBetween,
  periodLabels,
  periodNamed,
  periodUsual,
  todayAt,
  usualUnit,
} from "../../kernel/measures/periods.ts";
import type { Period } from "../../kernel/measures/periods.ts";
import { isId } from "../../kernel/store/find.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { all, first } from "../page.ts";
import { controlsOf } from "../pages/list-filters.ts";
import { readSurroundings, recordFilters, resolveWhere } from "../pages/list-surroundings.ts";
import type { Filter } from "../view/models.ts";

/** Values by filter. */
export type Where = Readonly<Record<string, readonly string[]>>;

/** A period as somebody chose it: by name, or `days` for one from a day to a day. */
export interface ChosenPeriod {
  readonly name: string;
  readonly period: Period;
}

const valuesMax = 50;

/** The period that an address asks for. Refuses (invalid) what is none. */
export function readPeriod(query: Form, now: Temporal.Instant): ChosenPeriod {
  const name = first(query, "period");
  const [from, to] = [first(query, "from"), first(query, "to")];
  if (name === "days" || (name === "" && (from !== "" || to !== "")))
    return { name: "days", period: periodBetween(from, to) };
  const period = periodNamed(name || periodUsual, todayAt(now));
  return period
    ? { name: name || periodUsual, period }
    : refuse("period", `Period: select one of ${Object.keys(periodLabels).join(", ")}, or days`);
}

/** By what a measure is seen when nothing is said. */
export function usualBy({ over, usuallyBy }: Measure, period: Period): string {
  return usuallyBy ?? (over === "open-now" ? "age" : usualUnit(period));
}

/** Time, where a report sees its measures by time: the steps that the period is cut into. */
export function byOf(measure: Measure, by: string, period: Period): string {
  return by === "" || by === "time" ? (by === "time" ? usualUnit(period) : usualBy(measure, period)) : by;
}

/** The filters of an address by which this person can narrow a measure. `prefix` stands before each name there. */
export async function readWhere(tx: Tx, measure: Measure, query: Form, prefix = ""): Promise<Where> {
  const where = Object.fromEntries(
    filtersFor(tx, measure)
      .map((name) => [name, all(query, prefix + name).map((value) => value.trim())] as const)
      .map(([name, values]) => [name, values.filter((value) => value !== "")] as const)
      .filter(([, values]) => values.length > 0),
  );
  for (const [name, values] of Object.entries(where)) {
    if (values.length > valuesMax || values.some((value) => value.length > 300 || !isText(value)))
      refuse(prefix + name, `${name}: give at most ${valuesMax} values, each ordinary text of at most 300 characters`);
  }
  return resolveWhere(tx, measure.type, where);
}

function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\u0000");
}

function filtersFor(tx: Tx, measure: Measure): string[] {
  const fields = new Set(narrowableBy(tx.actor, measure));
  return filterNames(measure.type)
    .filter(({ field }) => fields.has(field))
    .map(({ name }) => name);
}

/** The parameters that a measure's address can have. */
export function parametersOf(tx: Tx, measure: Measure): string[] {
  return ["period", "from", "to", "by", ...filtersFor(tx, measure)];
}

/** The controls that choose the period. */
export function periodControls({ name, period }: ChosenPeriod): Filter[] {
  return [
    {
      kind: "select",
      name: "period",
      label: "Period",
      options: [
        ...Object.entries(periodLabels).map(([value, label]) => ({ value, label, selected: value === name })),
        { value: "days", label: "From one day to another", selected: name === "days" },
      ],
    },
    {
      kind: "date-range",
      name: "",
      label: "The days, where you choose them",
      ...(name === "days" ? period : { from: "", to: "" }),
    },
  ];
}

/** The controls that narrow a measure, each with `prefix` before its name. */
export async function narrowingControls(tx: Tx, measure: Measure, where: Where, prefix = ""): Promise<Filter[]> {
  const { type } = measure;
  const targets = recordFilters(type);
  const surroundings = await readSurroundings(tx, type, {
    ids: Object.entries(where).flatMap(([name, values]) => (targets.has(name) ? values.filter(isId) : [])),
    targets: targets.values(),
    // A form with the controls of many types keeps them short.
    ...(prefix === "" ? {} : { choices: 2 }),
  });
  return narrowableBy(tx.actor, measure).flatMap((name) =>
    controlsOf(name, type.fields[name]!, { where }, type, surroundings).map((control) => ({
      ...control,
      name: prefix + control.name,
    })),
  );
}

/** The control that chooses by what a measure is seen. */
export function byControl(options: readonly { readonly name: string; readonly label: string }[], by: string): Filter {
  return {
    kind: "select",
    name: "by",
    label: "Seen by",
    options: options.map(({ name, label }) => ({
      value: name,
      label: isTime(name) ? `Each ${name}` : label,
      selected: name === by,
    })),
  };
}

import { refuse } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { evaluateAll } from "../../kernel/measures/evaluate.ts";
import type { Counted } from "../../kernel/measures/evaluate.ts";
import { groupingsOf, isTime } from "../../kernel/measures/groupings.ts";
import { seesMeasure } from "../../kernel/measures/measure.ts";
import type { Measure } from "../../kernel/measures/measure.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import { all } from "../page.ts";
import { formOf } from "../pages/list-address.ts";
import { byOf, readPeriod, readWhere } from "./asked.ts";
import type { ChosenPeriod, Where } from "./asked.ts";

/** The most measures of one report. */
export const measuresMax = 12;

/** A report as its query says it. */
export interface ReportAsked {
  readonly chosen: ChosenPeriod;
  /** `by` is `time` where it follows the period. */
  readonly items: readonly { readonly measure: Measure; readonly by: string }[];
  /** Which records count, by the name of their type. */
  readonly where: ReadonlyMap<string, Where>;
  /** How many measures it holds that are gone by now, or that this person does not see. */
  readonly unseen: number;
}

/** The measures that a person sees. */
export function measuresSeen(tx: Pick<Tx, "actor" | "registry">): Measure[] {
  return [...tx.registry.measures.values()].filter((measure) => seesMeasure(tx.actor, measure));
}

/** By what a measure of a report can be seen: by time as the period has it, or by what the measure itself can. */
export function reportGroupings(actor: Actor, measure: Measure): { readonly name: string; readonly label: string }[] {
  const own = groupingsOf(actor, measure).filter(({ name }) => !isTime(name));
  return measure.over === "open-now" ? own : [{ name: "time", label: "Time" }, ...own];
}

/** What a filter of a type is called in a report's address. */
export function filterPrefix(type: RecordType): string {
  return `${type.path}.`;
}

/** Reads a report's query as the person. Refuses (invalid) a period or a filter that is none. */
export async function readReport(tx: Tx, form: Form): Promise<ReportAsked> {
  const chosen = readPeriod(form, tx.now);
  const wanted = all(form, "m");
  if (wanted.length > measuresMax) refuse("measures", `A report has at most ${measuresMax} measures`);
  const items = [...new Set(wanted)].flatMap((text) => {
    const [name = "", by = ""] = text.split(".");
    const measure = tx.registry.measures.get(name);
    if (!measure || !seesMeasure(tx.actor, measure)) return [];
    const there = reportGroupings(tx.actor, measure);
    return there.some((one) => one.name === by) ? [{ measure, by }] : [{ measure, by: there[0]!.name }];
  });
  const where = new Map<string, Where>();
  for (const { measure } of items) {
    const { type } = measure;
    if (!where.has(type.name)) where.set(type.name, await readWhere(tx, measure, form, filterPrefix(type)));
  }
  return { chosen, items, where, unseen: new Set(wanted).size - items.length };
}

/** The same as text, to be saved. */
export function reportQuery({ chosen, items, where }: ReportAsked, types: ReadonlyMap<string, RecordType>): string {
  const query = new URLSearchParams({
    period: chosen.name,
    ...(chosen.name === "days" ? chosen.period : {}),
  });
  for (const { measure, by } of items) query.append("m", `${measure.name}.${by}`);
  for (const [typeName, filters] of where)
    for (const [name, values] of Object.entries(filters))
      for (const value of values) query.append(`${filterPrefix(types.get(typeName)!)}${name}`, value);
  return query.toString();
}

/** Works a saved report out as the person. */
export async function evaluateReport(tx: Tx, query: string): Promise<{ asked: ReportAsked; counted: Counted[] }> {
  const asked = await readReport(tx, formOf(query));
  const counted = await evaluateAll(
    tx,
    asked.items.map(({ measure, by }) => ({
      measure,
      by: byOf(measure, by, asked.chosen.period),
      period: asked.chosen.period,
      where: ownFilters(asked, measure),
    })),
  );
  return { asked, counted };
}

/** The filters of a measure's type, without those that the measure itself has settled. */
function ownFilters({ where }: ReportAsked, { type, of }: Measure): Where {
  return Object.fromEntries(
    Object.entries(where.get(type.name) ?? {}).filter(([name]) => of?.where?.[name] === undefined),
  );
}

import { evaluate } from "../../kernel/measures/evaluate.ts";
import type { Counted, Figure } from "../../kernel/measures/evaluate.ts";
import { groupingsOf } from "../../kernel/measures/groupings.ts";
import { seesMeasure } from "../../kernel/measures/measure.ts";
import type { Measure } from "../../kernel/measures/measure.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { unseen } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { parametersOf, readPeriod, readWhere, usualBy } from "../measures/asked.ts";
import { howCounted } from "../measures/words.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import { oneOf, onlyParameters } from "./list-query.ts";
import { outOfScope } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** What is counted, and each measure worked out over a period. */
export function addMeasureRoutes(add: AddRoute): void {
  add("GET", "/measures", listMeasures);
  add("GET", "/measures/:measure", showMeasure);
}

async function listMeasures(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, []);
  return api.as(async (tx) => ({
    body: {
      items: [...tx.registry.measures.values()]
        .filter((measure) => seesMeasure(tx.actor, measure) && mayRead(api, measure))
        .map((measure) => ({
          ...definitionJson(measure),
          by: groupingsOf(tx.actor, measure).map(({ name }) => name),
        })),
    },
  }));
}

async function showMeasure(api: ApiRequest): Promise<ApiAnswer> {
  return api.as(async (tx) => {
    const measure = measureFor(tx, api);
    onlyParameters(api.query, parametersOf(tx, measure));
    // Texts and lists of texts, as a form gives them.
    const query = api.query as Form;
    const { period } = readPeriod(query, tx.now);
    const by = oneOf(api.query, "by") || usualBy(measure, period);
    const counted = await evaluate(tx, { measure, period, by, where: await readWhere(tx, measure, query) });
    return { body: { ...definitionJson(measure), ...countedJson(counted) } };
  });
}

function measureFor(tx: Tx, api: ApiRequest): Measure {
  const measure = tx.registry.measures.get(api.params["measure"] ?? "");
  if (!measure || !seesMeasure(tx.actor, measure)) unseen("There is no such measure, or you may not see it");
  if (!mayRead(api, measure)) throw outOfScope(api.actor, `${measure.type.name}:read`);
  return measure;
}

function mayRead({ actor }: ApiRequest, { type }: Measure): boolean {
  return scopeAllows(actor.scopes, type.name, "read");
}

function definitionJson(measure: Measure): Record<string, unknown> {
  const { name, label, meaning, owner, unit, type } = measure;
  return {
    name,
    label,
    meaning,
    howCounted: howCounted(measure),
    owner,
    unit: typeof unit === "object" ? unit.many : unit,
    type: type.name,
  };
}

function countedJson(counted: Counted): Record<string, unknown> {
  const { measure, period, by, total, rows, leftOut, readAt } = counted;
  return {
    from: period.from,
    to: period.to,
    by,
    total: figureJson(measure, total),
    rows: rows.map((row) => ({
      key: row.key,
      label: row.label,
      from: row.step?.from ?? null,
      to: row.step?.to ?? null,
      ...figureJson(measure, row),
    })),
    leftOut,
    readAt: readAt.toString(),
  };
}

function figureJson({ type }: Measure, { value, records, href }: Figure): Record<string, unknown> {
  return { value, records, list: href === null ? null : listHref(href, type.views.list.openOnly) };
}

/** The list of the API that holds the records: the pages' list of some types is of what is open unless told, the API's is of all. */
function listHref(href: string, openOnly: boolean): string {
  const address = new URL(href, "http://reeve");
  if (openOnly && !address.searchParams.has("show")) address.searchParams.set("show", "open");
  return `/api/v1${address.pathname}${address.search}`;
}

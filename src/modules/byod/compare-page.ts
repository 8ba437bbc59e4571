import { stringify } from "csv-stringify/sync";
import { mustBeAllowed } from "../../kernel/access.ts";
import { refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findAll } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { all as allOf, first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { csvFormat, harmless } from "../../web/pages/csv.ts";
import { crumbsTo } from "../../web/pages/places.ts";
import { plural } from "../../web/view/format.ts";
import type { Filter, NumbersPage, RecordSection } from "../../web/view/models.ts";
import { answerAsked } from "../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../web/wrongly-asked.ts";
import { differences, horizonsOf, leastOf, yearsCompared } from "./compare.ts";
import { compareChart, compareTables } from "./compare-tables.ts";
import type { Beside } from "./compare-tables.ts";
import { planOf, ratesFor } from "./plan-costs.ts";

/** So many plans can be told apart beside each other. */
const comparedMax = 8;
/** So many are offered, the newest first. */
const offeredMax = 60;
export const comparePath = "/device-plans/compare";
const filePath = `${comparePath}/file.csv`;

/** GET: plans beside each other over each of one to five years, what they differ in, and what was found of their criteria. */
export function comparePage(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, showComparison);
}

function showComparison(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const type = typeNamed(tx.registry, "device_plan");
    const offered = await offeredPlans(tx);
    const all = await besideEachOther(tx, page, offered);
    const title = "Device plans compared";
    const file = new URLSearchParams(all.map(({ record }) => ["plan", record.reference]));
    // What is wrong leads to its control once that is there.
    const filters = wrong.beside([plansFilter(offered, all)]);
    const model: NumbersPage = {
      shell: await page.shell(tx, {
        title,
        current: `/${type.path}`,
        followsAlso: [type, typeNamed(tx.registry, "device_rate")],
      }),
      breadcrumb: crumbsTo(tx, type),
      title,
      sentence: sentenceOf(all),
      errors: wrong.errors,
      query: { action: comparePath, filters },
      links: all.length === 0 ? [] : [{ text: "These figures as a CSV file", href: `${filePath}?${file.toString()}` }],
      tiles: [],
      charts: all.length === 0 ? [] : [await compareChart(all, "total"), await compareChart(all, "perHead")],
      sections: all.length === 0 ? [] : compareTables(tx, all),
    };
    return { page: "numbers", model };
  });
}

/** GET: the same figures as a file. */
export function compareFile(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const all = await besideEachOther(tx, page, await offeredPlans(tx));
    const rows = compareTables(tx, all).flatMap(({ title, table }) => [
      [title],
      table.columns.map(({ label }) => label),
      ...table.rows.map(({ cells }) => cells.map((cell) => ("text" in cell ? String(cell.text) : ""))),
      [],
    ]);
    return {
      body: stringify(
        rows.map((row) => row.map(harmless)),
        { ...csvFormat },
      ),
      type: "text/csv; charset=utf-8",
      headers: { "content-disposition": 'attachment; filename="device-plans-compared.csv"' },
    };
  });
}

async function offeredPlans(tx: Tx): Promise<readonly Stored[]> {
  const type = typeNamed(tx.registry, "device_plan");
  mustBeAllowed(tx.actor, type, "read", "read device plans");
  const { items } = await list(tx, type, { show: "all", sort: "-opened", limit: offeredMax });
  const whole = await findAll(
    tx,
    type,
    items.map(({ id }) => id),
  );
  return items.flatMap(({ id }) => whole.get(id) ?? []);
}

/** The plans that were asked for; without any, those of the policy that was, which nobody dropped. Refuses (invalid) one that is not there. */
async function besideEachOther(tx: Tx, page: PageRequest, offered: readonly Stored[]): Promise<readonly Beside[]> {
  const asked = [...new Set(allOf(page.query, "plan").filter((one) => one !== ""))];
  if (asked.length > comparedMax) refuse("plan", `Plans: select ${comparedMax} at the most`);
  const plans = asked.map(
    (reference) =>
      offered.find((one) => one.reference === reference) ??
      refuse("plan", "Plans: one of them is not there, or you may not see it. Select among those that are offered"),
  );
  const policy = first(page.query, "policy");
  const usual = offered
    .filter(({ closedAt, values }) => closedAt === null && (policy === "" || values["policy"] === policy))
    .slice(0, comparedMax);
  return Promise.all(
    (asked.length > 0 ? plans : usual).map(async (record) => {
      const one = { plan: planOf(record), rates: await ratesFor(tx, record) };
      return { ...one, record, horizons: horizonsOf(one) };
    }),
  );
}

function plansFilter(offered: readonly Stored[], all: readonly Beside[]): Filter {
  return {
    kind: "many",
    name: "plan",
    label: "Plans",
    options: offered.map(({ id, reference, title, state }) => ({
      value: reference,
      label: `${title} (${reference}${state === "dropped" ? ", dropped" : ""})`,
      selected: all.some(({ record }) => record.id === id),
    })),
  };
}

/** Which costs least over all the years, and what has to be known to read the figures. */
function sentenceOf(all: readonly Beside[]): string {
  if (all.length === 0) return "There is no plan to compare. Select plans, or work out the first.";
  if (all.length === 1) return "Select another plan to compare it with.";
  const last = all.map(({ horizons }) => horizons[yearsCompared - 1]!);
  const cheapest = leastOf(last.map(({ perHead }) => perHead));
  const titles = all.filter((_one, at) => cheapest[at]).map(({ record }) => `“${record.title}”`);
  const least =
    titles.length === 0
      ? "Device rates do not hold for all five years, so not every plan can be compared over them."
      : titles.length === all.length
        ? "All cost the same for one person over five years."
        : `${titles.join(" and ")} ${titles.length === 1 ? "costs" : "cost"} least for one person over five years.`;
  const differing = differences(all).differ.includes("people")
    ? " They are for different numbers of people, so compare what one person costs."
    : "";
  return `${least}${differing} Each year goes by the rates that hold on its first day, and each plan is counted as if it ran on.`;
}

/** On a policy that device plans stand under: the way to all of them beside each other, for whoever may read them. */
export async function policyPlans(tx: Tx, policy: Stored): Promise<readonly RecordSection[]> {
  const type = typeNamed(tx.registry, "device_plan");
  const { items } = await list(tx, type, { where: { policy: [policy.id] }, show: "open", limit: comparedMax });
  if (items.length === 0) return [];
  return [
    {
      kind: "offers",
      title: "What devices under it cost",
      offers: [
        {
          text: `${plural(items.length, "device plan")} compared`,
          href: `${comparePath}?policy=${policy.id}`,
          note: "In all and for one person, over one to five years, and what they differ in",
        },
      ],
    },
  ];
}

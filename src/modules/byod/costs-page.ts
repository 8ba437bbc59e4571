import { formatDay } from "../../kernel/fields/date.ts";
import { formatPence } from "../../kernel/fields/money.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find, findAll } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { drawChart } from "../../web/charts.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf, crumbsTo } from "../../web/pages/places.ts";
import type { Cell, Chart, NumbersPage, RecordSection } from "../../web/view/models.ts";
import { comparePath } from "./compare-page.ts";
import { costOf, parts, sensitivityOf, totalOf } from "./costs.ts";
import type { Outcome, Part, Sensitivity } from "./costs.ts";
import { planOf, ratesFor } from "./plan-costs.ts";

const partNames: Readonly<Record<Part, string>> = {
  device: "Devices",
  sim: "SIMs",
  allowance: "Allowance",
  insurance: "Employer’s National Insurance",
  support: "Support",
  licence: "Keeping data apart",
  risk: "Loss and theft",
};

/** Plans that are set beside this one. */
const besideMax = 20;

const money = (pence: bigint): string => formatPence(Number(pence));
const pounds = (pence: bigint): number => Math.round(Number(pence) / 100);
const sum = (pence: bigint): Cell => ({ kind: "number", text: money(pence) });
const count = (label: string) => ({ label, number: true });

/** What a plan costs, year by year, beside a council device for everybody and beside the other plans; and which rate matters most. */
export function costsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const type = typeNamed(tx.registry, "device_plan");
    const plan = await find(tx, type, page.params["reference"] ?? "");
    const rates = await ratesFor(tx, plan);
    const outcome = costOf(planOf(plan), rates);
    const title = `What it costs: ${plan.title}`;
    const around = {
      shell: await page.shell(tx, {
        title,
        current: `/${type.path}`,
        followsAlso: [type, typeNamed(tx.registry, "device_rate")],
      }),
      breadcrumb: [...crumbsTo(tx, type), { text: plan.reference, href: addressOf(tx, plan) }],
      title,
    };
    if ("missing" in outcome) {
      const sentence = `No device rates hold on ${formatDay(outcome.missing)}, when a year of it begins. Enter them under “Device rates”, and it is worked out.`;
      return {
        page: "numbers",
        model: { ...around, sentence, tiles: [], charts: [], links: [{ text: "Device rates", href: "/device-rates" }] },
      };
    }
    const beside = await plansBeside(tx, plan, rates);
    const model: NumbersPage = {
      ...around,
      sentence: sentenceOf(outcome),
      links: [compareLink(plan)],
      tiles: [
        {
          figure: money(outcome.plan),
          label: `over ${outcome.years.length === 1 ? "a year" : `${outcome.years.length} years`}`,
          tone: "neutral",
        },
        { figure: money(outcome.perHead), label: "for one person in a year", tone: "neutral" },
        {
          figure: money(outcome.saving < 0n ? -outcome.saving : outcome.saving),
          label: `${outcome.saving < 0n ? "more" : "less"} than a council device for everybody`,
          tone: outcome.saving < 0n ? "warn" : "good",
        },
      ],
      charts: [await chartOf(outcome), await besideChart(beside)],
      sections: [partsSection(outcome), sensitivitySection(sensitivityOf(planOf(plan), rates)), besideSection(beside)],
    };
    return { page: "numbers", model };
  });
}

function sentenceOf({ saving, usual }: Outcome): string {
  const share = usual === 0n ? 0n : ((saving < 0n ? -saving : saving) * 100n) / usual;
  const than = `than a council device for everybody, which costs ${money(usual)}`;
  if (saving === 0n) return `It costs as much as a council device for everybody: ${money(usual)}.`;
  return `It costs ${share} % ${saving < 0n ? "more" : "less"} ${than}. Each year is counted by the rates that hold on its first day.`;
}

async function chartOf({ years, saving }: Outcome): Promise<Chart> {
  return {
    id: "years",
    finding:
      saving > 0n ? `It saves ${money(saving)}` : saving < 0n ? `It costs ${money(-saving)} more` : "It saves nothing",
    description: "Pounds a year: this plan, and a council device for everybody",
    svg: await drawChart({
      categories: years.map(({ startsOn }) => `From ${formatDay(startsOn)}`),
      series: [
        { name: "This plan", values: years.map(({ plan }) => pounds(totalOf(plan))), as: "bars" },
        {
          name: "A council device for everybody",
          values: years.map(({ usual }) => pounds(totalOf(usual))),
          as: "bars",
        },
      ],
      unit: "pounds",
    }),
    table: {
      caption: "Year by year",
      columns: [{ label: "Year from", wide: true }, count("This plan"), count("Council devices"), count("Saving")],
      rows: years.map(({ startsOn, plan, usual }) => ({
        cells: [
          { kind: "date", text: formatDay(startsOn), iso: startsOn },
          sum(totalOf(plan)),
          sum(totalOf(usual)),
          sum(totalOf(usual) - totalOf(plan)),
        ],
      })),
    },
  };
}

function partsSection({ years }: Outcome): NonNullable<NumbersPage["sections"]>[number] {
  const of = (part: Part, which: "plan" | "usual") => years.reduce((all, year) => all + year[which][part], 0n);
  return {
    id: "parts",
    title: "What it is made of",
    table: {
      caption: "What it is made of",
      columns: [{ label: "Part", wide: true }, count("This plan"), count("Council devices")],
      rows: parts.map((part) => ({
        cells: [{ kind: "text", text: partNames[part] }, sum(of(part, "plan")), sum(of(part, "usual"))],
      })),
    },
  };
}

function sensitivitySection(all: readonly Sensitivity[]): NonNullable<NumbersPage["sections"]>[number] {
  const names: Readonly<Record<Sensitivity["rate"], string>> = {
    device: "The price of a council device",
    simMonth: "A SIM",
    allowanceMonth: "The allowance",
    insuranceShare: "Employer’s National Insurance",
    supportCouncil: "Support of a council device",
    supportOwn: "Support of people’s own devices",
    licenceOwn: "Keeping data apart",
    riskCouncil: "Loss of council devices",
    riskOwn: "Loss of people’s own devices",
  };
  return {
    id: "sensitivity",
    title: "What it would save if one rate were a fifth lower or higher",
    table: {
      caption: "What it would save if one rate were a fifth lower or higher, what matters most first",
      columns: [{ label: "Rate", wide: true }, count("A fifth lower"), count("A fifth higher")],
      rows: all.map(({ rate, lower, higher }) => ({
        cells: [{ kind: "text", text: names[rate] }, sum(lower), sum(higher)],
      })),
    },
  };
}

interface Beside {
  readonly title: string;
  readonly href: string;
  readonly outcome: Outcome;
}

/** The open plans of the same policy, this one among them. */
async function plansBeside(
  tx: Tx,
  { values }: Stored,
  rates: Awaited<ReturnType<typeof ratesFor>>,
): Promise<readonly Beside[]> {
  const type = typeNamed(tx.registry, "device_plan");
  const where = { policy: [String(values["policy"])] };
  const { items } = await list(tx, type, { where, show: "open", sort: "-opened", limit: besideMax });
  const plans = await findAll(
    tx,
    type,
    items.map(({ id }) => id),
  );
  return [...plans.values()].flatMap((plan) => {
    const outcome = costOf(planOf(plan), rates);
    return "missing" in outcome ? [] : [{ title: plan.title, href: costsHref(tx, plan), outcome }];
  });
}

function besideSection(beside: readonly Beside[]): NonNullable<NumbersPage["sections"]>[number] {
  return {
    id: "beside",
    title: "Beside the other plans of its policy",
    table: {
      caption: "Beside the other plans",
      columns: [{ label: "Plan", wide: true }, ...["Years", "In all", "For one person in a year", "Saving"].map(count)],
      rows: beside.map(({ title, href, outcome }) => ({
        cells: [
          { kind: "link", text: title, href },
          { kind: "number", text: String(outcome.years.length) },
          sum(outcome.plan),
          sum(outcome.perHead),
          sum(outcome.saving),
        ],
      })),
    },
  };
}

async function besideChart(beside: readonly Beside[]): Promise<Chart> {
  const inOrder = beside.toSorted((one, other) => (one.outcome.perHead < other.outcome.perHead ? -1 : 1));
  return {
    id: "plans",
    finding: inOrder[0] ? `${inOrder[0].title} costs least for one person` : "There is no other plan",
    description: "Pounds for one person in a year, by plan",
    svg: await drawChart({
      categories: inOrder.map(({ title }) => title),
      series: [{ name: "Pounds", values: inOrder.map(({ outcome }) => pounds(outcome.perHead)), as: "bars" }],
      unit: "pounds",
      figures: true,
      across: true,
    }),
    table: besideSection(inOrder).table,
  };
}

/** The way to it and the other plans of its policy, beside each other. */
function compareLink({ values }: Stored): { readonly text: string; readonly href: string } {
  return { text: "Compare it with other plans", href: `${comparePath}?policy=${String(values["policy"])}` };
}

function costsHref(tx: Tx, plan: Stored): string {
  return `${addressOf(tx, plan)}/costs`;
}

/** On a plan: what it comes to, in a line. */
export async function planSections(tx: Tx, plan: Stored): Promise<readonly RecordSection[]> {
  const outcome = costOf(planOf(plan), await ratesFor(tx, plan));
  const text =
    "missing" in outcome
      ? `No device rates hold on ${formatDay(outcome.missing)}`
      : `${money(outcome.plan)}; ${money(outcome.perHead)} for one person in a year`;
  return [
    {
      kind: "offers",
      title: "What it costs",
      offers: [
        { text, href: costsHref(tx, plan), note: "Year by year, by its parts, and what matters most" },
        { ...compareLink(plan), note: "Over one to five years, what they differ in, and whether they worked" },
      ],
    },
  ];
}

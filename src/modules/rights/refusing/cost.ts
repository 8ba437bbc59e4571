import { sql } from "kysely";
import { formatDay } from "../../../kernel/fields/date.ts";
import { formatMinutes } from "../../../kernel/fields/duration.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { ruleNamed } from "../../../kernel/clocks/rules.ts";
import { field } from "../../../kernel/record.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { Rule } from "./rule.ts";

/** SI 2004/3244 reg 4(4): an hour of anybody’s time, in pounds. */
const poundsAnHour = 25;
/** SI 2004/3244 reg 3: pounds, by what the authority is. */
const limits = { council: 450, central: 600 } as const;

/** What of the work counts towards the limit. SI 2004/3244 reg 4(3): reading, redacting and answering do not. */
export const activities = {
  determining: "Finding out whether we hold it",
  locating: "Finding where it is",
  retrieving: "Getting it",
  extracting: "Taking it out of what holds it",
} as const;

/** The sheet by which the cost of a request is estimated, and what is added to it. */
export const costFields = {
  costs: field.lines({
    label: "Cost sheet",
    one: "Piece of work",
    max: 60,
    sparse: true,
    fields: {
      activity: field.choice({ label: "What it is", required: true, options: activities }),
      what: field.text({ label: "Where, and how it was worked out", required: true, max: 300 }),
      minutes: field.duration({ label: "Time", hint: "Such as 12h 30m", required: true, min: 1, max: 600_000 }),
    },
  }),
  costLimit: field.choice({
    label: "Which limit",
    hint: "A council’s unless you say otherwise",
    sparse: true,
    options: { council: "Council: £450, 18 hours", central: "Central government: £600, 24 hours" },
  }),
  addedTogether: field.links({
    label: "Requests added together",
    hint: "For the same or similar information, by the same person or people acting together, within 60 working days",
    to: "information_request",
    sparse: true,
  }),
  actingTogether: field.text({
    label: "Why they are added",
    hint: "By whom they are, and what is the same in them",
    max: 500,
  }),
};

/** What counts for the provision that is relied on: for section 12(2) finding out whether it is held, and nothing else. */
export function countedFor({ denies }: Pick<Rule, "denies">): "determining" | undefined {
  return denies ? "determining" : undefined;
}

/** What a cost sheet comes to. */
export interface Cost {
  readonly minutes: number;
  readonly pounds: number;
  readonly limitPounds: number;
  readonly isOver: boolean;
  readonly sentence: string;
}

/** What the work of some sheets comes to beside the limit; of all activities, or of `only` one. */
export function costOf(
  sheets: readonly Pick<Stored, "values">[],
  limit: unknown,
  only?: keyof typeof activities,
): Cost {
  const minutes = sheets
    .flatMap(({ values }) => (values["costs"] ?? []) as readonly Line[]) // a field of lines
    .filter((line) => only === undefined || line["activity"] === only)
    .reduce((sum, line) => sum + Number(line["minutes"] ?? 0), 0);
  const pounds = (minutes / 60) * poundsAnHour;
  const limitPounds = limits[limit === "central" ? "central" : "council"];
  const money = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" })
    .format(pounds)
    .replace(/\.00$/, "");
  return {
    minutes,
    pounds,
    limitPounds,
    isOver: pounds > limitPounds,
    sentence: `${formatMinutes(minutes)} at £${poundsAnHour} an hour is ${money}, which is ${pounds > limitPounds ? "over" : "within"} the limit of £${limitPounds} (${(limitPounds / poundsAnHour).toString()} hours).`,
  };
}

/** The last day on which a request can come that is added to one of that day: 60 consecutive working days. SI 2004/3244 reg 5(2). */
export async function lastDayTogether(tx: Tx, first: string): Promise<string> {
  const { holidays } = await readReferenceData(tx, ["calendar"]);
  const { due } = ruleNamed("cost-period").compute({
    from: first,
    events: [],
    division: "england-and-wales",
    holidays: holidays ?? undefined,
    explain: false,
  });
  return due ?? first;
}

/** The sheets that count for a text: its own, and those of the requests that are added to it, as far as they have one. */
export async function sheetsOf(tx: Tx, text: Stored): Promise<readonly Pick<Stored, "values">[]> {
  const ids = addedIds(text);
  if (ids.length === 0) return [text];
  const { rows } = await sql<{ id: string }>`select distinct on (request) id from visible_agreed_text
    where organisation_id = ${tx.actor.organisationId}::uuid and request = any (${ids}::uuid[]) and state <> 'dropped'
    order by request, opened_at desc, id desc limit 200`.execute(tx.db);
  const type = typeNamed(tx.registry, "agreed_text");
  const others = [];
  for (const { id } of rows) {
    const other = await findIfSeen(tx, type, id);
    if (other && other.id !== text.id) others.push(other);
  }
  return [text, ...others];
}

/** Why the requests that are named may not be added to that of the text, as sentences; none where they may. */
export async function wrongAddition(tx: Tx, text: Stored, request: Stored): Promise<readonly string[]> {
  const ids = addedIds(text);
  if (ids.length === 0) return [];
  const type = typeNamed(tx.registry, "information_request");
  const all = [request];
  for (const id of ids) {
    const one = await findIfSeen(tx, type, id);
    if (one && one.id !== request.id) all.push(one);
  }
  const days = all.map(({ values }) => String(values["receivedOn"])).sort();
  const until = await lastDayTogether(tx, days[0]!);
  return [
    ...(text.values["actingTogether"]
      ? []
      : ["Say why the requests are added together: by whom they are, and what is the same"]),
    ...(days.at(-1)! > until
      ? [
          `The requests came more than 60 working days apart: from ${formatDay(days[0]!)} only those until ${formatDay(until)} are added`,
        ]
      : []),
  ];
}

function addedIds({ values }: Pick<Stored, "values">): readonly string[] {
  // A field of links.
  return (values["addedTogether"] ?? []) as readonly string[];
}

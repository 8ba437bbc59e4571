import { dayOf } from "../kernel/store/as-of.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { acknowledgeOne } from "../modules/rights/module.ts";
import { answerCases } from "./demo-case-answers.ts";
import { breaches, complaints, dataRequests, membersQuestions } from "./demo-case-script.ts";
import type { DemoCase, Step } from "./demo-case-script.ts";
import type { Cast, Player } from "./demo-cast.ts";
import { penOf } from "./demo-year.ts";
import type { Pen } from "./demo-year.ts";

/** Makes cases of every other kind, in every state, as those who handle them did. */
export async function makeCases(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  const pen = penOf(tx, now);
  const made = new Map<string, Stored>();
  for (const [type, cases] of [
    ["data_protection_request", dataRequests],
    ["members_question", membersQuestions],
    ["information_complaint", complaints],
    ["data_breach", breaches],
  ] as const)
    for (const one of cases) made.set(one.subject, await makeCase(pen, cast, { type, one, made }));
  await makeSearches(pen, cast, made);
  await answerCases(pen, cast, made);
}

interface Making {
  readonly type: string;
  readonly one: DemoCase;
  readonly made: ReadonlyMap<string, Stored>;
}

async function makeCase(pen: Pen, cast: Cast, { type, one, made }: Making): Promise<Stored> {
  const manager = cast.people["policy-manager"];
  const { daysAgo, subject, by, values = {}, about = {}, steps = [], unowned = false } = one;
  const links = Object.fromEntries(Object.entries(about).map(([name, title]) => [name, made.get(title)?.id ?? null]));
  const asker = by === undefined ? {} : { requester: cast.people[by].id };
  const record = await pen.make(manager, daysAgo, type, {
    subject,
    ...(type === "data_breach" ? {} : { receivedOn: dayOf(pen.moment(daysAgo)) }),
    owner: unowned ? null : manager.id,
    ...asker,
    ...links,
    ...withDays(pen, values),
  });
  if (type !== "data_breach") await acknowledgeOne(await pen.asProduct(daysAgo - 0.01), record);
  await take(pen, manager, record, steps);
  return record;
}

async function take(pen: Pen, by: Player, record: Stored, steps: readonly Step[]): Promise<void> {
  for (const [days, name, given = {}] of steps) await pen.go(by, days, record, name, withDays(pen, given));
}

async function makeSearches(pen: Pen, { people, registers }: Cast, made: ReadonlyMap<string, Stored>): Promise<void> {
  const [manager, systems, lead] = [people["policy-manager"], people["systems-officer"], people["lead-support"]];
  const request = made.get("My file since I joined")?.id;
  const about = "Joe Price, staff number 20417, here since September 2019. Also written Joseph.";
  const day = (days: number) => dayOf(pen.moment(days));
  const plan = (place: string, more: Values = {}) =>
    pen.make(manager, 10, "data_search", { place, request, about, ...more });
  const store = await plan("Letters and mail in the document store", { system: registers.systems.documents });
  await pen.go(manager, 9, store, "ask", { owner: systems.id, dueOn: day(4) });
  await pen.go(systems, 5, store, "answer", {
    result: "found",
    answer:
      "Searched by name and number since September 2019: 214 messages, at https://files.aldermoor.example/sar/20417.",
    flags: [
      { document: "214 messages", page: 31, why: "others" },
      { document: "214 messages", page: 88, why: "privilege" },
    ],
  });
  const desk = await plan("Tickets that they logged");
  await pen.go(manager, 9, desk, "ask", { owner: lead.id, dueOn: day(-2) });
  await plan("Paper file in the basement");
  const badge = await plan("Door badges");
  await pen.go(manager, 8, badge, "drop", { comment: "Kept for 30 days only, and they do not ask for it." });
}

/** Days and moments of the script are days ago; those to come are less than none. */
function withDays(pen: Pen, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== "number") return [name, value];
      if (/(On|By)$/.test(name)) return [name, dayOf(pen.moment(value))];
      return [name, name.endsWith("At") ? pen.moment(value).toString({ smallestUnit: "millisecond" }) : value];
    }),
  );
}

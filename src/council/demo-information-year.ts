import { typeNamed } from "../kernel/registry.ts";
import { dayOf } from "../kernel/store/as-of.ts";
import { create } from "../kernel/store/create.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { acknowledgeOne, offeredPeriods, publishStatistics, statisticsOf } from "../modules/rights/module.ts";
import { writeText } from "./demo-answers.ts";
import type { Cast } from "./demo-cast.ts";
import { createRandom } from "./demo-random.ts";
import { penOf } from "./demo-year.ts";

/** What people ask, by the service area that it is about. */
const asked: readonly (readonly [area: string, subject: string, question: string])[] = [
  ["highways", "Potholes mended in", "How many potholes were reported and mended, and how long did each take?"],
  ["planning", "Enforcement notices in", "Which enforcement notices were served, and what came of each?"],
  ["housing", "Empty council homes in", "How many council homes are empty, and since when?"],
  ["children", "School places in", "How many children were refused their first choice of school?"],
  ["environment", "Missed bins in", "How many collections were missed in each month?"],
  ["council_tax", "Council tax arrears in", "How much is owed, and by how many households?"],
  ["public_protection", "Food hygiene inspections in", "Which premises were inspected, and how were they rated?"],
  ["leisure", "Library visits in", "How many people visited each month, and what did it cost to open?"],
  ["finance", "Grants to groups in", "Which groups were given grants, and how much?"],
  ["digital", "Public Wi-Fi in", "What does the public Wi-Fi cost, and how many use it?"],
];
const wards = ["Northgate", "Millbrook", "Eastgate", "St Anne’s", "Castle", "Riverside", "Abbey", "Hollins"] as const;
const whyLate = [
  "The service’s answer came a week after it was wanted",
  "Two officers were ill, and nobody else knew the records",
  "A third party was asked, and answered late",
  "It was mislaid between two teams",
] as const;
/** From one to the next, in days. */
const everyDays = 3;

type Outcome = readonly [decision: string, exemptions: readonly string[], answer: string];
const outcomes: readonly (readonly [weight: number, outcome: Outcome])[] = [
  [46, ["granted", [], "The figures are in the table that is attached."]],
  [10, ["part", ["s40"], "The figures are attached. Names are withheld under section 40(2)."]],
  [5, ["part", ["s43", "s40"], "Prices of single lots are withheld under section 43(2), names under section 40(2)."]],
  [4, ["part", ["s31"], "Places of cameras are withheld under section 31(1)(b)."]],
  [
    4,
    [
      "refused",
      ["s12"],
      "It would take more than 18 hours to find. We can answer for one year: tell us if that would help.",
    ],
  ],
  [3, ["refused", ["s21"], "It is published on our pages of spending. The address is below."]],
  [3, ["refused", ["s22"], "It is published next month, on the day that is given below."]],
  [1, ["refused", ["s14"], "It is refused under section 14(1). The reasons are below."]],
  [1, ["refused", ["s14_2"], "It is refused under section 14(2): it was answered in March."]],
  [14, ["not_held", [], "The council does not hold this. The county does: its address is below."]],
  [3, ["advice", [], "We could not tell what is meant. These are the records that we have."]],
  [1, ["neither", ["s40"], "Whether we hold it would itself tell something of a person (section 40(5B))."]],
];

/** Why each section was relied on, test by test. */
const withheldBecause: Readonly<Record<string, Values>> = {
  s12: {
    what: "Every record of ten years that touches this",
    why: "They lie in paper files at two places, without an index.",
    advice: "We can answer for one year. Tell us if that would help.",
  },
  s14: {
    what: "The eleventh request of this month about the same desk",
    why: "The requests follow one another within hours of each answer, and each opens the last anew.",
    burden: "Two officers have done little else for three weeks.",
    motive: "To reopen a complaint that the ombudsman closed.",
    worth: "What is of interest to the public was answered in March.",
    distress: "Two officers were named and called liars.",
  },
  s14_2: {
    what: "The same figures as in March",
    why: "Nothing has changed since then.",
    earlier: "The request of March, answered within ten working days",
  },
  s21: {
    what: "What is spent with each supplier",
    duty: "say",
    why: "Anybody can read it without asking us.",
    elsewhere: "On our pages of spending, under “Payments over £500”.",
  },
  s22: {
    what: "The figures of the last quarter",
    duty: "say",
    why: "They are being checked, and their publication was settled before you asked.",
    elsewhere: "On our pages of statistics, on the first of next month.",
    favour: "People could read them some weeks earlier.",
    against: "Figures that are not checked mislead.",
    balance: "A few weeks’ wait for figures that are right serves people better.",
  },
  s31: {
    limb: "s31_1_b",
    what: "The places of the cameras",
    duty: "say",
    why: "Whoever knows them can dump waste where none looks.",
    likelihood: "likely",
    harm: "More waste would be dumped in lanes that nobody watches.",
    favour: "People should know where they are filmed, and that the money is well spent.",
    against: "Cameras that everybody knows of stop nobody.",
    balance: "How many there are and what they cost is given, which answers that interest.",
  },
  s40: {
    limb: "s40_2_3a_a",
    what: "Names of people",
    duty: "say",
    why: "They did not expect to be named to everybody, and the figures can be followed without it.",
  },
  s43: {
    limb: "s43_2",
    what: "The prices of single lots",
    duty: "say",
    why: "The same firms bid again next year.",
    likelihood: "likely",
    harm: "Bidders who know one another’s prices bid just below them, and the council pays more.",
    favour: "It is public money.",
    against: "The council gets better prices when bidders do not know one another’s.",
    balance: "The whole price is given. What single prices would add is less than the harm.",
  },
  r12_4d: {
    what: "The survey of this year",
    duty: "say",
    why: "Half of the sites have not been visited, and the figures change each week.",
    elsewhere: "On our pages of planning, when the survey is finished in spring.",
    favour: "People could see how it goes on.",
    against: "Half a survey says something untrue of the rest.",
    balance: "It will be published whole in a few months, and the last one is there to be read.",
  },
  r13: {
    limb: "r13_2a_a",
    what: "Names of people",
    duty: "say",
    why: "They did not expect to be named to everybody, and the figures can be followed without it.",
  },
};
/** What is said where to confirm or deny would itself tell something of a person. */
const neitherConfirmed: Values = {
  duty: "neither",
  what: "Anything about one household",
  why: "Whether we hold anything about one household is something about those who live there, who may expect that we tell nobody.",
};
const costs = [
  { activity: "locating", what: "Two stores of paper files, 310 boxes at 3 minutes each", minutes: 930 },
  { activity: "extracting", what: "About 400 papers at 2 minutes each", minutes: 800 },
];

/** Environmental information is withheld by exceptions of the Regulations. */
function underItsLaw([decision, exemptions, answer]: Outcome, { values }: Stored): Outcome {
  if (values["regime"] !== "eir" || exemptions.length === 0) return [decision, exemptions, answer];
  if (decision === "refused") return [decision, ["r12_4d"], "It is published when it is finished."];
  return [decision, ["r13"], "Names are withheld under regulation 13."];
}

/** In how many transactions it is made: a longer one would keep the feed of changes waiting. */
const parts = 6;

/** The parts of it, each with the title of what it makes first. */
export const informationYear = Array.from({ length: parts }, (_, part) => ({
  first: titleOf(part),
  make: (tx: Tx, cast: Cast, now: Temporal.Instant) => makePart(tx, cast, now, part),
}));

function titleOf(part: number): string {
  return part === 0 ? "Potholes mended in Northgate" : `Potholes mended in Northgate since answer ${part}`;
}

/** Makes a part of the requests since the last whole financial year began, as they came and were answered: most in time, some extended, some late, some still open. */
async function makePart(tx: Tx, cast: Cast, now: Temporal.Instant, part: number): Promise<void> {
  if (part === 0) await keepThreeYears(tx);
  const pen = penOf(tx, now);
  const random = createRandom(20_260_401 + part).next;
  const days = Math.max(daysSinceFinancialYear(dayOf(now)), 364);
  // Each part begins with the first of what is asked.
  const each = Math.ceil(days / everyDays / parts / asked.length) * asked.length;
  for (let at = part * each; at < (part + 1) * each && at * everyDays < days; at++) {
    const daysAgo = days - at * everyDays;
    const request = await receive(pen, cast, at, {
      daysAgo,
      random,
      ...(at === part * each ? { title: titleOf(part) } : {}),
    });
    await acknowledgeOne(await pen.asProduct(daysAgo - 0.01), request);
    await answerAt(pen, cast, request, daysAgo, random);
  }
}

/** Publishes what of it is over. */
export async function publishInformation(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  await publishPast(await penOf(tx, now).at(cast.people["policy-manager"], 0), dayOf(now));
}

/** How many days ago the last financial year began that is over, for its figures are published. */
function daysSinceFinancialYear(today: string): number {
  const now = Temporal.PlainDate.from(today);
  const began = Temporal.PlainDate.from({ year: now.year - (now.month >= 4 ? 1 : 2), month: 4, day: 1 });
  return began.until(now, { largestUnit: "days" }).days;
}

type Pen = ReturnType<typeof penOf>;
type Random = ReturnType<typeof createRandom>["next"];

async function keepThreeYears(tx: Tx): Promise<void> {
  await create(tx, typeNamed(tx.registry, "retention_schedule"), {
    name: "Closed information requests",
    recordType: "information_request",
    countsFrom: "closed",
    years: 3,
    action: "anonymise",
    authority: "Our own schedule: a year for a tribunal, and two more for requests that come again. The figures stay.",
  });
}

function receive(
  { make, moment }: Pen,
  cast: Cast,
  at: number,
  { daysAgo, random, title }: { daysAgo: number; random: Random; title?: string },
): Promise<Stored> {
  const [area, subject, question] = asked[at % asked.length]!;
  const manager = cast.people["policy-manager"];
  const owner = random() < 0.3 ? cast.people["delivery-support"] : manager;
  return make(manager, daysAgo, "information_request", {
    subject: title ?? `${subject} ${wards[(at * 3 + Math.floor(at / asked.length)) % wards.length]}`,
    question,
    area,
    regime: area === "environment" || area === "planning" ? "eir" : "foi",
    receivedBy: random() < 0.7 ? "email" : "form",
    receivedOn: dayOf(moment(daysAgo)),
    owner: daysAgo < 4 && at % 2 === 0 ? null : owner.id,
  });
}

/** What became of it so far: nothing of what would lie ahead. */
async function answerAt(pen: Pen, cast: Cast, request: Stored, daysAgo: number, random: Random): Promise<void> {
  const manager = cast.people["policy-manager"];
  const day = (after: number) => dayOf(pen.moment(daysAgo - after));
  const fate = random();
  const go = async (after: number, name: string, values: Values) => {
    if (after < daysAgo) await pen.go(manager, daysAgo - after, request, name, values);
    return after < daysAgo;
  };
  if (fate < 0.03) return void (await go(9, "withdraw", { comment: "They found it on our pages." }));
  if (fate < 0.06) {
    const waits = await go(5, "clarify", { askedOn: day(5), comment: "Which years do you mean?" });
    if (waits) await go(68, "lapse", { comment: "We heard nothing for two months. Please ask again at any time." });
    return;
  }
  const extended = fate < 0.12;
  const late = !extended && fate < 0.19;
  if (
    extended &&
    !(await go(20, "extend", {
      extendedOn: day(20),
      ...(request.values["regime"] === "foi" ? { extendedFor: "s43" } : {}),
      extendedBecause: "The public interest in prices is weighed, in a request that asks for much",
    }))
  )
    return;
  const after = extended
    ? 33 + Math.floor(random() * 12)
    : late
      ? 39 + Math.floor(random() * 20)
      : 6 + Math.floor(random() * 20);
  const [decision, exemptions, answer] = underItsLaw(pick(random), request);
  if (exemptions.length > 0 && after < daysAgo)
    await writeText(cast, pen, request, {
      daysAgo: daysAgo - after + 5,
      values: {
        outcome: decision,
        sections: [{ heading: "What you asked for", text: answer }],
        withheld: exemptions.map((section) => ({
          section,
          ...withheldBecause[section],
          ...(decision === "neither" ? neitherConfirmed : {}),
        })),
        ...(exemptions.includes("s12") ? { costs } : {}),
      },
      submitted: daysAgo - after + 3,
      signed: [daysAgo - after + 2, daysAgo - after + 1],
    });
  const done = await go(after, "answer", {
    decision,
    ...(exemptions.length > 0 ? {} : { answer }),
    ...(late ? { lateBecause: whyLate[Math.floor(random() * whyLate.length)]! } : {}),
  });
  if (done && decision === "refused" && random() < 0.5) await review(pen, cast, request, daysAgo - after - 4, random);
}

async function review(pen: Pen, cast: Cast, of: Stored, daysAgo: number, random: Random): Promise<void> {
  if (daysAgo < 1) return;
  const manager = cast.people["policy-manager"];
  const made = await pen.make(manager, daysAgo, "information_request", {
    subject: `Review: ${of.title}`,
    question: "I ask for a review of this answer.",
    regime: of.values["regime"] === "eir" ? "eir_review" : "foi_review",
    reviewOf: of.id,
    area: of.values["area"],
    receivedOn: dayOf(pen.moment(daysAgo)),
    owner: manager.id,
  });
  const took = 8 + Math.floor(random() * 12);
  const decision = (["upheld", "upheld", "upheld_part", "changed"] as const)[Math.floor(random() * 4)];
  if (took < daysAgo)
    await pen.go(manager, daysAgo - took, made, "answer", { decision, answer: "Somebody else looked at it again." });
}

function pick(random: Random): Outcome {
  const all = outcomes.reduce((sum, [weight]) => sum + weight, 0);
  let left = random() * all;
  return outcomes.find(([weight]) => (left -= weight) < 0)?.[1] ?? outcomes[0]![1];
}

/** Publishes the last financial year and the quarters since, which share no day with it, as far as they add up by now. */
async function publishPast(tx: Tx, today: string): Promise<void> {
  const over = offeredPeriods(today).filter(({ to }) => to < today);
  const financialYear = over.filter(({ name }) => /^\d{4}-\d\d$/.test(name)).slice(0, 1);
  const quarters = over.filter(({ name, from }) => name.includes("-q") && financialYear.every(({ to }) => from > to));
  for (const period of [...financialYear, ...quarters.toReversed()]) {
    const statistics = await statisticsOf(tx, period);
    if (statistics.of("received") > 0 && statistics.checks.every(({ holds }) => holds))
      await publishStatistics(tx, statistics);
  }
}

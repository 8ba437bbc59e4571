import { typeNamed } from "../kernel/registry.ts";
import { create } from "../kernel/store/create.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import type { Cast, Player } from "./demo-cast.ts";
import type { Pen } from "./demo-year.ts";

/** The teams that are asked: who leads each, and its manager. */
const teams = {
  Finance: ["Daniel Achebe", "Robert Ainsley"],
  Highways: ["Kieran Doyle", "Colin Hargreaves"],
  Housing: ["Joe Price", "Farida Karim"],
  "Social care": ["Maria Santos", "Robert Ainsley"],
} as const;

type TeamName = keyof typeof teams;

/** A question of a case: days ago when it was asked, to whom it went, and what they answered; and where it did not go so. */
interface DemoQuestion {
  readonly daysAgo: number;
  readonly title: string;
  readonly details?: string;
  readonly team?: TeamName;
  readonly answered?: readonly [daysAgo: number, values: Values];
  /** Not for that team, or asked no longer. */
  readonly after?: readonly [daysAgo: number, move: string, comment: string];
}

/** The text of an answer, and how far it came: each signature by days ago. */
export interface DemoText {
  readonly daysAgo: number;
  readonly values: Values;
  readonly remark?: Values;
  readonly submitted?: number;
  readonly signed?: readonly number[];
  readonly after?: readonly [daysAgo: number, move: string, comment: string];
}

interface DemoAnswer {
  readonly questions?: readonly DemoQuestion[];
  readonly text?: DemoText;
}

const prices: Values = {
  section: "s43",
  limb: "s43_2",
  duty: "say",
  what: "The price of each model of laptop.",
  why: "The contract is let again next year, and the same firms will bid.",
  likelihood: "likely",
  harm: "Other bidders would know how the supplier prices each model and bid just below it, which harms the supplier and costs the council the best price.",
  favour: "The contract is paid for with public money, and people should see that it is good value.",
  against: "The council gets a better price when bidders do not know one another’s.",
  balance:
    "The whole price of the contract is given, which answers the public’s interest. What the single prices would add is less than the harm.",
};

/** How some requests of the demonstration were or are being answered, by their subject. */
const answers: Readonly<Record<string, DemoAnswer>> = {
  "Laptop contract and its prices": {
    questions: [
      {
        daysAgo: 82,
        title: "The contract for laptops, as it was signed",
        team: "Finance",
        answered: [
          76,
          {
            held: "yes",
            answer: "The contract runs from May 2025 for three years and is worth £312,000. A copy is attached.",
            spent: 40,
            concerns: "The prices of single models are the supplier’s.",
          },
        ],
      },
    ],
    text: {
      daysAgo: 70,
      values: {
        outcome: "part",
        withheld: [
          prices,
          {
            section: "s40",
            limb: "s40_2_3a_a",
            duty: "say",
            what: "Names of junior staff in the contract",
            why: "They did not expect to be named to everybody, and who they are says nothing about how the contract was let.",
          },
        ],
      },
      submitted: 66,
      signed: [62, 60],
    },
  },
  "Every e-mail about the leisure centre": {
    text: {
      daysAgo: 60,
      values: {
        outcome: "refused",
        sections: [
          {
            heading: "What you asked for",
            text: "You asked for every e-mail of all staff that mentions the leisure centre, since 2015.",
          },
        ],
        withheld: [
          {
            section: "s12",
            what: "All e-mails of all staff that mention the leisure centre, since 2015",
            why: "There is no one place to search: 410 mailboxes would have to be searched one by one, and each message that is found opened.",
            advice: "We could answer for the planning team in one year. Tell us if that would help.",
          },
        ],
        costs: [
          { activity: "locating", what: "410 mailboxes at 6 minutes each, by a sample of ten", minutes: 2460 },
          { activity: "extracting", what: "About 1,200 messages at one minute each", minutes: 1200 },
        ],
      },
      submitted: 57,
      signed: [54, 52],
    },
  },
  "Street lights that do not work": {
    questions: [
      {
        daysAgo: 25,
        title: "How many lights in Millbrook were reported, and how long did each take?",
        team: "Highways",
        answered: [
          9,
          {
            held: "yes",
            answer:
              "In Millbrook 212 were reported since January. Mending took 6 working days on average, 31 at the most.",
            spent: 150,
          },
        ],
      },
      {
        daysAgo: 25,
        title: "How many lights in Eastgate were reported, and how long did each take?",
        details: "By month since January. The contractor’s system has the dates.",
        team: "Highways",
      },
      {
        daysAgo: 24,
        title: "How many lights stand on housing land?",
        team: "Housing",
        after: [22, "not_ours", "Lights on housing land are the contractor’s, not ours. Ask Highways."],
      },
    ],
    text: {
      daysAgo: 4,
      values: { outcome: "granted" },
      remark: { remarkSection: 1, remarkPassage: "31 at the most", remark: "Say why one took so long." },
    },
  },
  "Agency staff in social care": {
    questions: [
      {
        daysAgo: 31,
        title: "What was spent on agency staff in adult social care, by quarter?",
        team: "Social care",
        answered: [20, { held: "yes", answer: "£212,400, £198,250, £240,900 and £187,600.", spent: 90 }],
      },
      {
        daysAgo: 31,
        title: "The ledger codes of agency staff",
        team: "Finance",
        after: [27, "withdraw", "The service has the figures by quarter itself."],
      },
    ],
    text: { daysAgo: 15, values: { outcome: "granted" }, submitted: 3 },
  },
  "Bids for the waste contract": {
    questions: [
      {
        daysAgo: 28,
        title: "Who bid for the waste contract, and with what scores?",
        team: "Finance",
        answered: [
          21,
          {
            held: "yes",
            answer:
              "Four firms bid: Green Round, Aldermoor Waste, Norton Refuse and Vale Collections. Vale Collections won, with 87 of 100.",
            spent: 30,
            concerns: "The losing bidders’ scores, until they have been told.",
          },
        ],
      },
    ],
    text: {
      daysAgo: 12,
      values: {
        outcome: "part",
        withheld: [
          {
            ...prices,
            what: "The scores of those who did not win",
            harm: "Losing bidders would be seen to be weak by other councils, and would bid here less.",
            balance: "The winner’s scores are given in full, which shows how the contract was won.",
          },
        ],
      },
      submitted: 5,
      signed: [4],
    },
  },
  "Members’ attendance this year": {
    questions: [{ daysAgo: 23, title: "Which members came to the housing committee since May?", team: "Housing" }],
    text: {
      daysAgo: 6,
      values: {
        outcome: "granted",
        sections: [
          {
            heading: "Attendance",
            text: "The table by member and meeting is attached, up to the meeting of last week.",
          },
        ],
      },
      submitted: 4,
      signed: [2],
    },
  },
  "Air quality at the bus station": {
    questions: [{ daysAgo: 1, title: "Hourly readings of nitrogen dioxide at the bus station since January" }],
    text: {
      daysAgo: 2,
      values: { outcome: "not_held" },
      after: [1, "drop", "Environmental health hold the readings after all."],
    },
  },
};

/** The title of what is made first. */
const planName = "How requests for information are answered";

/** Makes the plan and the teams, and gives what prepares the answer to a request as far as it came. */
export async function answersOf(
  tx: Tx,
  cast: Cast,
  { make, go }: Pick<Pen, "make" | "go">,
): Promise<{ prepare(subject: string, request: Stored): Promise<void> }> {
  const officer = cast.people["policy-manager"];
  const called = callerOf(cast);
  const [legal, director] = signersOf(cast);
  const ids: Record<string, string> = {};
  for (const [name, [lead, manager]] of Object.entries(teams))
    ids[name] = (
      await create(
        tx,
        typeNamed(tx.registry, "team"),
        {
          name,
          purpose: "Answers questions of cases",
          manager: called(manager).id,
          members: [{ member: called(lead).id, lead: true }],
        },
        { trusted: true },
      )
    ).id;
  await create(
    tx,
    typeNamed(tx.registry, "answering_plan"),
    {
      name: planName,
      caseType: "information_request",
      reviewAddress: "foi@aldermoor.example, or Town Hall, Aldermoor AL1 2BX",
      payment: "Pay at the counter of the Town Hall or ring 01632 960 100, with our reference.",
      signers: [
        { role: "Legal", person: legal.id, signsWhen: "withheld" },
        { role: "Assistant director", person: director.id, signsWhen: "always" },
      ],
    },
    { trusted: true },
  );
  const ask = async (request: Stored, { daysAgo, title, details, team, answered, after }: DemoQuestion) => {
    const question = await make(officer, daysAgo, "case_question", {
      request: request.id,
      title,
      ...(details ? { details } : {}),
    });
    if (team === undefined) return;
    await go(officer, daysAgo, question, "give", { team: ids[team] });
    if (answered) await go(called(teams[team][0]), answered[0], question, "answer", answered[1]);
    if (after)
      await go(after[1] === "not_ours" ? called(teams[team][0]) : officer, after[0], question, after[1], {
        comment: after[2],
      });
  };
  return {
    prepare: async (subject, request) => {
      const answer = answers[subject];
      for (const question of answer?.questions ?? []) await ask(request, question);
      if (answer?.text) await writeText(cast, { make, go }, request, answer.text);
    },
  };
}

/** Who signs an answer: legal, what withholds something; and the assistant director. */
function signersOf(cast: Cast): readonly [legal: Player, director: Player] {
  return [callerOf(cast)("Patricia Quinn"), cast.people["assistant-director"]];
}

function callerOf({ people, staff }: Cast): (name: string) => Player {
  const everybody = new Map([...staff, ...Object.values(people)].map((one) => [one.name, one]));
  return (name) => everybody.get(name)!; // each is in the cast
}

/** Writes the text of an answer as far as it came. */
export async function writeText(
  cast: Cast,
  { make, go }: Pick<Pen, "make" | "go">,
  request: Stored,
  { daysAgo, values, remark, submitted, signed = [], after }: DemoText,
): Promise<void> {
  const officer = cast.people["policy-manager"];
  const [legal, director] = signersOf(cast);
  const text = await make(officer, daysAgo, "agreed_text", { request: request.id, title: request.title, ...values });
  await go(officer, daysAgo, text, "assemble");
  if (remark) await go(director, daysAgo - 1, text, "remark", remark);
  if (submitted !== undefined) await go(officer, submitted, text, "submit");
  const signers = values["outcome"] === "granted" ? [director] : [legal, director];
  for (const [at, days] of signed.entries()) await go(signers[at] ?? director, days, text, "sign");
  if (after) await go(officer, after[0], text, after[1], { comment: after[2] });
}

import { ukWorkingDays } from "../kernel/clocks/calendars.ts";
import { workingDateAfter } from "../kernel/clocks/working-days.ts";
import { typeNamed } from "../kernel/registry.ts";
import { dayOf } from "../kernel/store/as-of.ts";
import { comment } from "../kernel/store/comment.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { acknowledgeOne } from "../modules/rights/module.ts";
import { answersOf } from "./demo-answers.ts";
import type { Cast } from "./demo-cast.ts";
import { penOf } from "./demo-year.ts";

/** What happened to a request: so many days ago, which move, with what; days among the values are days ago as well. */
type Step = readonly [daysAgo: number, move: string, values?: Values];

/** A request of the demonstration. */
interface DemoRequest {
  readonly daysAgo: number;
  readonly subject: string;
  readonly question: string;
  readonly values?: Values;
  /** Whose it is; nobody’s yet when absent. */
  readonly handled?: boolean;
  /** It reviews the request of that subject. */
  readonly reviews?: string;
  readonly steps?: readonly Step[];
  readonly note?: string;
}

const granted = (answer: string): Values => ({ decision: "granted", answer });

/** Requests in every state: answered in time and late, held, extended, near their day and past it. The oldest first. */
const demoRequests: readonly DemoRequest[] = [
  {
    daysAgo: 118,
    subject: "Empty shops in Millbrook",
    question: "How many empty shops are there, and since when is each empty?",
    handled: true,
    steps: [
      [112, "clarify", { askedOn: 112, comment: "Do you mean the shopping centre, or the whole ward?" }],
      [
        45,
        "lapse",
        { comment: "We asked what was meant and heard nothing for two months. Please ask again at any time." },
      ],
    ],
  },
  {
    daysAgo: 92,
    subject: "Spending on printers since 2023",
    question: "Please tell me what was spent on printers and on printing in each year since 2023.",
    values: { applicant: "J. Hartley", replyTo: "j.hartley@example.org" },
    handled: true,
    steps: [[74, "answer", granted("£41,200 in 2023, £38,900 in 2024 and £29,450 in 2025, paper included.")]],
  },
  {
    daysAgo: 83,
    subject: "Laptop contract and its prices",
    question: "A copy of the contract for laptops, with the price of each model.",
    values: { applicant: "Priory Computing Ltd", replyTo: "sales@priory.example" },
    handled: true,
    steps: [
      [
        57,
        "answer",
        {
          decision: "part",
        },
      ],
    ],
  },
  {
    daysAgo: 71,
    subject: "Trees felled in Eastgate Park",
    question: "Which trees were felled this spring, and the survey that says why.",
    values: { regime: "eir", receivedBy: "spoken" },
    handled: true,
    steps: [[55, "answer", granted("Seven limes with root decay. The survey of March is attached.")]],
  },
  {
    daysAgo: 66,
    subject: "Every e-mail about the leisure centre",
    question: "All e-mails of all staff that mention the leisure centre, since 2015.",
    handled: true,
    steps: [
      [
        49,
        "answer",
        {
          decision: "refused",
        },
      ],
    ],
  },
  {
    daysAgo: 62,
    subject: "Parking fines cancelled on appeal",
    question: "How many parking fines were cancelled on appeal in each month of last year?",
    handled: true,
    steps: [
      [
        24,
        "answer",
        {
          ...granted("412 in the year. The table by month is attached."),
          lateBecause: "The parking system’s supplier sent the figures two weeks late",
        },
      ],
    ],
  },
  {
    daysAgo: 51,
    subject: "Body cameras of wardens",
    question: "How many body cameras does the council own?",
    handled: true,
    steps: [
      [43, "answer", { decision: "not_held", answer: "The council owns none. Wardens are employed by the county." }],
    ],
  },
  {
    daysAgo: 40,
    subject: "Street lights that do not work",
    question: "How many lights were reported, and how long did mending take?",
    values: { regime: "eir" },
    handled: true,
    steps: [
      [36, "clarify", { askedOn: 36, comment: "Which streets or wards do you mean?" }],
      [26, "clarified", { clarifiedOn: 27, comment: "Millbrook and Eastgate." }],
    ],
    note: "Highways have sent Millbrook. Eastgate is promised for Thursday.",
  },
  {
    daysAgo: 33,
    subject: "Agency staff in social care",
    question: "What was spent on agency staff in adult and children’s social care, by quarter?",
    handled: true,
    note: "Finance say that the ledger codes changed in the summer, so the quarters must be put together by hand.",
  },
  {
    daysAgo: 30,
    subject: "Bids for the waste contract",
    question: "The names and scores of all who bid for the waste contract.",
    values: { applicant: "M. Okoro", replyTo: "12 Mill Lane, Aldermoor" },
    handled: true,
    steps: [
      [
        6,
        "extend",
        { extendedOn: 6, extendedFor: "s43", extendedBecause: "The public interest is weighed with legal." },
      ],
    ],
  },
  {
    daysAgo: 25,
    subject: "Members’ attendance this year",
    question: "Which members attended which committees since May?",
    handled: true,
    note: "Democratic services have the table. It only needs the last meeting.",
  },
  {
    daysAgo: 24,
    subject: "The map of street trees, for a walking app",
    question: "May we use the map of street trees, with species and planting year, in an app that we sell?",
    values: { regime: "reuse", applicant: "Greenways Maps Ltd", replyTo: "data@greenways.example" },
    handled: true,
    steps: [
      [
        12,
        "extend",
        {
          extendedOn: 12,
          extendedGround: "complex",
          extendedTo: -18,
          extendedBecause: "Part of the map was drawn by a contractor, and we ask them whose rights are in it.",
        },
      ],
    ],
  },
  {
    daysAgo: 22,
    subject: "Use of artificial intelligence",
    question: "Which tools are used, by which services, and what assessments were made?",
    handled: true,
    steps: [[15, "withdraw", { comment: "They found it in the transparency register." }]],
  },
  {
    daysAgo: 16,
    subject: "School transport contracts",
    question: "Which firms run school transport, and at what price for each route?",
    handled: true,
    steps: [
      [14, "transfer", { comment: "School transport is the county’s. They were told, with the address to ask." }],
    ],
  },
  {
    daysAgo: 13,
    subject: "Complaints about bin collections",
    question: "All complaints.",
    handled: true,
    steps: [[9, "clarify", { askedOn: 9, comment: "Since when, and do you want numbers or what each says?" }]],
  },
  {
    daysAgo: 12,
    subject: "A garden waste bin that was not emptied",
    question: "Our brown bin in Mill Lane was not emptied again. Why, and when is it done?",
    handled: true,
    steps: [
      [11, "to_desk", { comment: "This needs no formal request. The waste team comes on Thursday and writes to you." }],
    ],
  },
  {
    daysAgo: 11,
    subject: "Paper copies of planning files",
    question: "Paper copies of the files of all applications on Mill Lane.",
    handled: true,
    steps: [[5, "charge", { feesNoticeOn: 5, fee: 6_400 }]],
  },
  {
    daysAgo: 7,
    subject: "Prices of laptops: please look again",
    question: "The prices are public money. I ask for a review of the answer.",
    values: { regime: "foi_review", applicant: "Priory Computing Ltd", replyTo: "sales@priory.example" },
    reviews: "Laptop contract and its prices",
    handled: true,
  },
  {
    daysAgo: 4,
    subject: "Air quality at the bus station",
    question: "Hourly readings of nitrogen dioxide since January.",
    values: { regime: "eir", receivedBy: "form" },
  },
  { daysAgo: 1, subject: "Cost of the new website", question: "What did the website cost, and who made it?" },
];

/** Makes the requests for information, as those who handle them did. */
export async function makeInformationRequests(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  const type = typeNamed(tx.registry, "information_request");
  const { make, go, at, moment, asProduct } = penOf(tx, now);
  const manager = cast.people["policy-manager"];
  const made = new Map<string, Stored>();
  const answers = await answersOf(tx, cast, { make, go });
  for (const { daysAgo, subject, question, values, handled, reviews, steps = [], note } of demoRequests) {
    const record = await make(manager, daysAgo, type.name, {
      subject,
      question,
      receivedOn: dayOf(moment(daysAgo)),
      owner: handled ? manager.id : null,
      ...(reviews === undefined ? {} : { reviewOf: made.get(reviews)?.id }),
      ...values,
    });
    made.set(subject, record);
    await acknowledgeOne(await asProduct(daysAgo - 0.01), record);
    for (const [days, name, given = {}] of steps) {
      if (name === "answer") await answers.prepare(subject, record);
      await go(manager, days, record, name, withDays(given));
    }
    if (!steps.some(([, name]) => name === "answer")) await answers.prepare(subject, record);
    if (note !== undefined) {
      const acting = await at(manager, Math.min(daysAgo, 2));
      await comment(acting, type, record.id, { text: note, audience: "internal" });
    }
  }

  function withDays(given: Values): Values {
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        const day = typeof value === "number" && /(On|To)$/.test(name) ? dayOf(moment(value)) : value;
        return [name, name === "extendedTo" ? workingDateAfter(ukWorkingDays(), String(day), 1) : day];
      }),
    );
  }
}

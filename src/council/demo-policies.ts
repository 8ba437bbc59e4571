import type { DemoKey } from "./demo-people.ts";

/** A policy of the demonstration. Days are counted from today: negative ones lie in the past. */
export interface DemoPolicy {
  readonly title: string;
  readonly purpose: string;
  readonly audience: string;
  readonly owner: DemoKey;
  readonly approver: DemoKey;
  readonly clauses: readonly (readonly [heading: string, text: string])[];
  /** How far it has come. */
  readonly reaches: "draft" | "approved" | "published" | "under_review" | "withdrawn";
  /** The days from today on which it was written and must be looked at again. */
  readonly writtenDays: number;
  readonly reviewDays?: number;
  readonly remark?: string;
}

const everyone = "Everyone who works for the council, and councillors";

/** Policies in every state, with reviews behind, soon and far off. */
export const demoPolicies: readonly DemoPolicy[] = [
  {
    title: "Acceptable use of digital equipment",
    purpose: "Says what council equipment may be used for, so that nobody has to guess.",
    audience: everyone,
    owner: "lead-support",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -720,
    reviewDays: 9,
    clauses: [
      [
        "Work first",
        "Equipment is given for council work. Short private use is allowed where it costs nothing and harms nobody.",
      ],
      [
        "What is never allowed",
        "Nobody may use council equipment to harass, to look at indecent material, or to run a business of their own.",
      ],
      [
        "Looking after it",
        "Lock the screen when you leave it. Report loss or damage to the service desk the same day.",
      ],
      [
        "What we record",
        "The council records sign-ins and web addresses for 12 months. Reading what somebody wrote needs the monitoring officer’s approval.",
      ],
    ],
  },
  {
    title: "Using your own device for work",
    purpose: "Lets people use their own phone without putting residents’ information at risk.",
    audience: everyone,
    owner: "policy-manager",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -540,
    reviewDays: -12,
    clauses: [
      [
        "Who may",
        "Anyone may read mail and calendars on their own phone. Social care case notes may not be opened on it.",
      ],
      [
        "What the device needs",
        "A lock of six digits or more, an operating system that still gets updates, and the council’s separate work area.",
      ],
      ["When you leave", "The work area is wiped on your last day. Nothing of your own is touched."],
    ],
    remark:
      "The review is late because the supplier changes the work area in the spring. Proposed to the director that we wait for it.",
  },
  {
    title: "Passwords and signing in",
    purpose: "Sets what keeps accounts safe without making work harder than it must be.",
    audience: everyone,
    owner: "systems-officer",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -400,
    reviewDays: 21,
    clauses: [
      [
        "Length, not tricks",
        "A password has 12 characters or more. Three words that do not belong together are best. It is changed when it may be known, not by the calendar.",
      ],
      ["A second factor", "Everyone uses a second factor. Text messages are the last choice."],
      ["Sharing", "Nobody shares a password, not with a manager and not with the service desk."],
      ["Shared accounts", "A shared account needs an owner, a reason and a date on which it ends."],
    ],
  },
  {
    title: "Data protection",
    purpose: "Says how the council keeps to the UK GDPR and the Data Protection Act 2018.",
    audience: everyone,
    owner: "policy-manager",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -330,
    reviewDays: 64,
    clauses: [
      [
        "Why we hold it",
        "Personal information is collected for a stated purpose with a lawful basis, which is written in the record of processing.",
      ],
      ["Telling people", "Every form says why we ask, who sees the answer and how long it is kept."],
      [
        "When it goes wrong",
        "A breach is reported to the data protection officer at once. The regulator is told within 72 hours where there is a risk to anyone.",
      ],
      ["Rights", "A request to see, correct or delete information is passed on within one working day."],
      ["Impact assessments", "New uses of personal information have an assessment before they begin."],
    ],
  },
  {
    title: "Using artificial intelligence at work",
    purpose: "Lets people use these tools where they help, and says where they may not.",
    audience: everyone,
    owner: "assistant-director",
    approver: "head-of-delivery",
    reaches: "under_review",
    writtenDays: -260,
    reviewDays: 5,
    clauses: [
      [
        "Allowed tools",
        "Only tools on the council’s list are used for work. Nothing about a resident is typed into any other.",
      ],
      [
        "A person decides",
        "No decision about a person is made by a tool alone. Whoever signs it has read it and answers for it.",
      ],
      ["Saying so", "Text or pictures made by a tool and given to the public are marked as such."],
      ["Records", "High-risk uses are recorded in the algorithmic transparency register."],
    ],
    remark: "Clause 2 needs to say more about social care assessments. Legal will send words.",
  },
  {
    title: "Records retention and disposal",
    purpose: "Says how long records are kept and who may destroy them.",
    audience: "Everyone who keeps records for the council",
    owner: "policy-manager",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -300,
    reviewDays: 128,
    clauses: [
      [
        "The schedule",
        "Each kind of record has a period in the retention schedule. Where none is stated, ask before anything is destroyed.",
      ],
      [
        "Holds",
        "Nothing that an inquiry, a claim or a request for information may need is destroyed, whatever the schedule says.",
      ],
      ["Proof", "What is destroyed, when and by whose authority is recorded."],
    ],
  },
  {
    title: "Information security incidents",
    purpose: "Makes sure that the right people act within the hour.",
    audience: everyone,
    owner: "lead-support",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -180,
    reviewDays: 186,
    clauses: [
      [
        "Report it",
        "Report anything suspicious to the service desk at once. Nobody is blamed for a report made in good faith.",
      ],
      ["Who leads", "The lead support officer leads until the assistant director names somebody else."],
      [
        "Afterwards",
        "Every serious incident has a review within ten working days. What was learnt is published inside the council.",
      ],
    ],
  },
  {
    title: "Accessibility of digital services",
    purpose: "Keeps the council’s services usable by everyone, as the 2018 regulations ask.",
    audience: "Everyone who publishes or buys digital services",
    owner: "service-manager",
    approver: "assistant-director",
    reaches: "approved",
    writtenDays: -35,
    clauses: [
      [
        "The standard",
        "Every public service meets WCAG 2.2 at level AA, and has an accessibility statement that is true.",
      ],
      ["Buying", "A tender asks for evidence of accessibility, and the contract says who mends what is found."],
      ["Testing", "New services are tested with people who use assistive technology before they open."],
    ],
  },
  {
    title: "Access to systems and data",
    purpose: "Gives people what they need for their work, and takes it back when they no longer do.",
    audience: "System owners and managers",
    owner: "systems-officer",
    approver: "assistant-director",
    reaches: "draft",
    writtenDays: -12,
    reviewDays: 353,
    clauses: [
      ["Owners", "Each system has an owner, who decides who may use it."],
      ["Least that will do", "Access is given for tasks, never by copying somebody else’s."],
      ["Checks", "Owners confirm the list of users each quarter. What is not confirmed is removed."],
    ],
    remark: "Draft for comment until the end of the month.",
  },
  {
    title: "Approving digital spend",
    purpose: "Makes sure that money is spent once, on what was agreed.",
    audience: "Budget holders and project managers",
    owner: "delivery-support",
    approver: "head-of-delivery",
    reaches: "published",
    writtenDays: -150,
    reviewDays: 33,
    clauses: [
      [
        "Before you buy",
        "Every purchase over £5,000 has a spend request with the need, the options and the cost for its whole life.",
      ],
      [
        "Who approves",
        "Up to £25,000 the head of delivery, above it the assistant director, above £100,000 the board.",
      ],
      ["Contracts", "Nothing renews by itself. Each contract has an owner and a date for the decision."],
    ],
  },
  {
    title: "How we deliver projects",
    purpose: "Gives every project the same few gates, and no more paper than it needs.",
    audience: "Project managers and sponsors",
    owner: "head-of-delivery",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -210,
    reviewDays: -3,
    clauses: [
      ["Gates", "A project has four: need, plan, ready, close. The board decides at each."],
      ["Risks", "Each risk has one owner and one next action, looked at every two weeks."],
      ["Benefits", "Benefits are measured six and twelve months after closing, by somebody outside the project."],
    ],
  },
  {
    title: "Members’ equipment and data",
    purpose: "Says what councillors are given, and how they keep residents’ casework safe.",
    audience: "Councillors and those who support them",
    owner: "councillor",
    approver: "assistant-director",
    reaches: "draft",
    writtenDays: -20,
    reviewDays: 345,
    clauses: [
      ["What you are given", "A tablet or laptop, a council address and training within the first month."],
      ["Casework", "Casework is kept on council systems. You are the controller of the personal information in it."],
      [
        "At the end of a term",
        "Equipment is returned within ten working days. Casework is passed on or deleted, as the resident chooses.",
      ],
    ],
    remark: "The group leaders have seen this. Comments by the next meeting, please.",
  },
  {
    title: "Working at a shared desk",
    purpose: "Keeps shared desks usable and screens private.",
    audience: "Everyone who works at Town Hall and Eastgate",
    owner: "staff",
    approver: "head-of-delivery",
    reaches: "under_review",
    writtenDays: -390,
    reviewDays: 15,
    clauses: [
      ["Clear at the end", "Nothing is left on a shared desk overnight."],
      ["Screens", "Screens that visitors can see have a filter."],
      ["Faults", "Report a faulty screen or dock through the label on it, so that the next person finds it mended."],
    ],
  },
  {
    title: "Systems administrators’ duties",
    purpose: "Says what people with wide rights may and may not do with them.",
    audience: "Administrators of any council system",
    owner: "administrator",
    approver: "assistant-director",
    reaches: "published",
    writtenDays: -280,
    reviewDays: 47,
    clauses: [
      ["Two accounts", "Administrators work with an ordinary account and use the other only for tasks that need it."],
      ["What is recorded", "Everything done with wide rights is recorded where the administrator cannot change it."],
      ["Curiosity", "Rights to see are not a reason to look."],
    ],
  },
  {
    title: "Removable media",
    purpose: "Governed memory sticks and discs.",
    audience: everyone,
    owner: "policy-manager",
    approver: "assistant-director",
    reaches: "withdrawn",
    writtenDays: -900,
    reviewDays: -200,
    clauses: [
      ["Encryption", "Only encrypted memory sticks that the council supplies may be used."],
      ["Loss", "Loss is reported within one hour."],
    ],
    remark:
      "Replaced by “Acceptable use of digital equipment” and “Data protection”. Memory sticks are blocked on every laptop now.",
  },
];

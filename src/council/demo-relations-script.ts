import type { Registers } from "./demo-registers.ts";

interface DemoRelationship {
  readonly name: string;
  readonly kind: string;
  readonly temperature: string;
  readonly why: string;
  readonly services?: readonly (keyof Registers["services"])[];
  readonly reviewIn: number;
  readonly ends?: boolean;
  readonly asks: readonly { ask: string; daysAgo: number; outcome: string; answer?: string }[];
  readonly contacts: readonly { daysAgo: number; how: string; who: string; said: string }[];
}

export const demoRelationships: readonly DemoRelationship[] = [
  {
    name: "Adult social care",
    kind: "service_area",
    temperature: "strained",
    why: "Tablets for visits came two months late",
    reviewIn: 9,
    asks: [
      { ask: "Tablets that last a whole day of visits", daysAgo: 70, outcome: "open" },
      {
        ask: "Case notes when there is no network",
        daysAgo: 120,
        outcome: "refused",
        answer: "The supplier has it planned for next year",
      },
    ],
    contacts: [
      {
        daysAgo: 95,
        how: "meeting",
        who: "The head of adult social care",
        said: "The tablets are late and nobody said so. They want a date that holds.",
      },
      {
        daysAgo: 12,
        how: "visit",
        who: "The Millbrook team",
        said: "Went along on two visits. The battery is gone by two in the afternoon.",
      },
    ],
  },
  {
    name: "Housing",
    kind: "service_area",
    temperature: "warm",
    why: "They asked us before they bought anything, twice",
    services: ["housing"],
    reviewIn: 60,
    asks: [{ ask: "Letters by e-mail instead of by post", daysAgo: 40, outcome: "open" }],
    contacts: [
      {
        daysAgo: 21,
        how: "meeting",
        who: "The housing options manager",
        said: "Letters by e-mail would save them a day a week. The assessment is begun.",
      },
    ],
  },
  {
    name: "Members of the planning committee",
    kind: "members",
    temperature: "fair",
    why: "Papers open well; maps are slow on their tablets",
    reviewIn: 30,
    asks: [
      {
        ask: "Maps that open at once in the chamber",
        daysAgo: 33,
        outcome: "done",
        answer: "They are kept on the tablet since October",
      },
    ],
    contacts: [
      { daysAgo: 33, how: "call", who: "The chair", said: "Maps take a minute each. It holds the meeting up." },
    ],
  },
  {
    name: "The shared payroll with Brackenshire",
    kind: "other",
    temperature: "fair",
    why: "It ended with the contract",
    reviewIn: 200,
    ends: true,
    asks: [],
    contacts: [],
  },
];

interface DemoActivity {
  readonly reaches: "draft" | "current" | "ended";
  readonly reviewIn: number;
  readonly system?: keyof Registers["systems"];
  readonly name: string;
  readonly purpose: string;
  readonly basis: string;
  readonly basisInLaw?: string;
  readonly isSpecial?: boolean;
  readonly specialCondition?: string;
  readonly subjects: string;
  readonly categories: string;
  readonly recipients?: string;
  readonly keptFor: string;
}

export const demoActivities: readonly DemoActivity[] = [
  {
    reaches: "current",
    reviewIn: 120,
    system: "homefinder",
    name: "Housing applications",
    purpose: "To give homes to those who need them most.",
    basis: "public_task",
    basisInLaw: "Housing Act 1996, part 6",
    isSpecial: true,
    specialCondition: "Article 9(2)(g); Data Protection Act 2018, schedule 1, paragraph 6",
    subjects: "Applicants and their families",
    categories: "Names, addresses, income, health where it bears on a need",
    recipients: "Housing associations with homes to let",
    keptFor: "Six years after the last contact",
  },
  {
    reaches: "current",
    reviewIn: 14,
    name: "Calls to the service desk",
    purpose: "To help staff with what they work with.",
    basis: "public_task",
    subjects: "Staff, councillors, suppliers’ people",
    categories: "Names, addresses at work, what they asked",
    keptFor: "Three years after a call is closed",
  },
  {
    reaches: "draft",
    reviewIn: 300,
    system: "cms",
    name: "Comments on the website",
    purpose: "To mend pages that people cannot use.",
    basis: "public_task",
    subjects: "Visitors of the website",
    categories: "What they wrote; an address where they gave one",
    keptFor: "One year",
  },
  {
    reaches: "ended",
    reviewIn: 60,
    name: "Devices lent to pupils",
    purpose: "To lend laptops to families without one.",
    basis: "consent",
    subjects: "Pupils and their parents",
    categories: "Names, schools, addresses",
    keptFor: "Until the device was returned",
  },
];

interface DemoAssessment {
  readonly reaches: "draft" | "advice" | "advised" | "agreed" | "not_needed" | "ended";
  readonly daysAgo: number;
  readonly reviewIn: number;
  readonly policy?: string;
  readonly advice?: string;
  readonly title: string;
  readonly kind: "data" | "equality";
  readonly what: string;
  readonly necessity?: string;
  readonly groups?: readonly string[];
  readonly risks?: readonly {
    risk: string;
    likelihood: string;
    severity: string;
    measure?: string;
    remains?: string;
  }[];
}

const wrongHome = {
  risk: "A message reaches somebody else than whom it is for",
  likelihood: "medium",
  severity: "high",
  measure: "Addresses are confirmed before the first message",
  remains: "low",
};

export const demoAssessments: readonly DemoAssessment[] = [
  {
    reaches: "agreed",
    daysAgo: 150,
    reviewIn: 40,
    policy: "Using your own device for work",
    title: "Work mail on people’s own telephones",
    kind: "data",
    what: "Staff who wish to read mail and meet on their own telephone, in an app that keeps the council’s data apart.",
    necessity: "Two in three asked for it. Nothing of the council’s is kept outside the app.",
    advice: "Wipe the app alone, never the telephone, and say so before people begin.",
    risks: [
      {
        risk: "Private pictures are deleted with the council’s data",
        likelihood: "low",
        severity: "medium",
        measure: "Only the app can be wiped",
        remains: "low",
      },
      {
        risk: "A lost telephone gives residents’ data away",
        likelihood: "medium",
        severity: "high",
        measure: "A code of its own, and wiping within the hour",
        remains: "medium",
      },
    ],
  },
  {
    reaches: "advice",
    daysAgo: 6,
    reviewIn: 300,
    title: "Housing letters by e-mail",
    kind: "data",
    what: "Letters on applications go by e-mail to those who choose it.",
    necessity: "Post takes three days, and one in ten letters comes back. Nobody has to choose it.",
    risks: [wrongHome],
  },
  {
    reaches: "advised",
    daysAgo: 12,
    reviewIn: 300,
    policy: "Accessibility of digital services",
    title: "Booking a visit to the library online only",
    kind: "equality",
    what: "Rooms in libraries are to be booked online, and no longer at the counter.",
    groups: ["age", "disability", "carers"],
    advice: "Keep the counter and the telephone for those who are not online, and count how many use them.",
    risks: [
      {
        risk: "People who are not online get no room",
        likelihood: "high",
        severity: "medium",
        measure: "Staff book for them at the counter",
        remains: "low",
      },
    ],
  },
  {
    reaches: "draft",
    daysAgo: 3,
    reviewIn: 300,
    policy: "Using artificial intelligence at work",
    title: "Summaries of meetings by artificial intelligence",
    kind: "data",
    what: "Meetings of the council’s own officers are summed up by the tool that records them.",
    necessity: "Notes take an hour after each meeting. Meetings about people are left out.",
  },
  {
    reaches: "not_needed",
    daysAgo: 45,
    reviewIn: 300,
    title: "New signs in the car parks",
    kind: "equality",
    what: "Signs of the same words in a larger type.",
  },
  {
    reaches: "ended",
    daysAgo: 260,
    reviewIn: 100,
    title: "Counting visitors of the market by camera",
    kind: "data",
    what: "A pilot that counted people without keeping pictures.",
    necessity: "Counting by hand took two days a month.",
    advice: "Keep counts alone. Say at each entrance that people are counted.",
    risks: [{ ...wrongHome, risk: "Somebody is recognised in a picture", remains: "low" }],
  },
];

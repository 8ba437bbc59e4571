import type { Values } from "../kernel/store/values.ts";
import type { Worker } from "./demo-desk.ts";

/** What happened to a case: so many days ago, which move, with what; days and moments among the values are days ago as well. */
export type Step = readonly [daysAgo: number, move: string, values?: Values];

/** A case of the demonstration. */
export interface DemoCase {
  readonly daysAgo: number;
  readonly subject: string;
  readonly values?: Values;
  /** Who asks, complains or reports, where they are known here. */
  readonly by?: Worker;
  readonly unowned?: boolean;
  /** Fields that lead to cases made before, by their subject. */
  readonly about?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

/** Data subjects’ requests in every state; the oldest first. */
export const dataRequests: readonly DemoCase[] = [
  {
    daysAgo: 140,
    subject: "Housing file, asked by a solicitor",
    values: {
      kind: "third_party",
      question: "The whole housing file of our client since 2020.",
      dataSubject: "Rosalind Pike",
      authority: "solicitor",
      applicant: "Carver & Lowe Solicitors",
      replyTo: "post@carverlowe.example",
      receivedBy: "letter",
    },
    steps: [
      [138, "ask_identity", { identityAskedOn: 138, comment: "Please send us the signed authority of your client." }],
      [131, "identified", { identifiedOn: 131, identityBy: "authority" }],
      [
        110,
        "extend",
        { extendedOn: 110, extendedFor: "complex", extendedBecause: "The file is on paper in three places" },
      ],
    ],
  },
  {
    daysAgo: 95,
    subject: "Erasing an old parking account",
    values: {
      kind: "erasure",
      question: "Please delete my parking account and all permits.",
      applicant: "T. Lindqvist",
      replyTo: "t.lindqvist@example.org",
    },
    steps: [
      [93, "identified", { identifiedOn: 93, identityBy: "account" }],
      [
        80,
        "answer",
        {
          decision: "granted",
          answer: "The account and its permits were deleted. Payments are kept for six years by law.",
        },
      ],
    ],
  },
  {
    daysAgo: 88,
    subject: "Council tax records of five years",
    values: { question: "All you hold on my council tax.", applicant: "P. Marsden", replyTo: "p.marsden@example.org" },
    steps: [
      [
        86,
        "ask_identity",
        { identityAskedOn: 86, comment: "Please show us a passport, a licence or two official letters." },
      ],
      [
        20,
        "lapse",
        { comment: "We asked who you are and heard nothing for two months. Please ask again at any time." },
      ],
    ],
  },
  {
    daysAgo: 44,
    subject: "Moving leisure bookings to another club",
    values: {
      kind: "portability",
      question: "My bookings in a file that another club can read.",
      applicant: "K. Osman",
    },
    steps: [[39, "withdraw", { comment: "They found the export in their account." }]],
  },
  {
    daysAgo: 26,
    subject: "Recordings of calls to the contact centre",
    values: { question: "Recordings of all my calls.", applicant: "H. Baptiste", replyTo: "h.baptiste@example.org" },
    steps: [
      [25, "identified", { identifiedOn: 25, identityBy: "questions" }],
      [20, "clarify", { askedOn: 20, comment: "Which numbers did you ring from, and in which months?" }],
    ],
  },
  {
    daysAgo: 19,
    subject: "A third copy of the same file",
    values: { question: "Send me my file again.", applicant: "R. Vance", replyTo: "14 Quay Street, Aldermoor" },
    steps: [
      [18, "identified", { identifiedOn: 18, identityBy: "known" }],
      [
        12,
        "charge",
        { feesNoticeOn: 12, fee: 1_500, comment: "You had two copies this year. A further one costs the copying." },
      ],
    ],
  },
  {
    daysAgo: 14,
    subject: "My file since I joined",
    by: "staff",
    values: { question: "Everything that is held about me, mail included.", receivedBy: "form" },
    steps: [[13, "identified", { identifiedOn: 13, identityBy: "account" }]],
  },
  {
    daysAgo: 9,
    subject: "Putting a date of birth right",
    values: {
      kind: "rectification",
      question: "You have my birthday wrong.",
      applicant: "E. Noakes",
      replyTo: "e.noakes@example.org",
    },
    steps: [[8, "ask_identity", { identityAskedOn: 8, comment: "Please show us a paper with the right date." }]],
  },
  {
    daysAgo: 3,
    subject: "Camera pictures of Quay Street, asked by the police",
    unowned: true,
    values: {
      kind: "disclosure",
      question: "Pictures of 14 November between 22:00 and 23:00, under Schedule 2 paragraph 2.",
      dataSubject: "Somebody who is not known yet",
      basis: "crime",
      wantedBy: -2,
      applicant: "County police",
    },
  },
];

/** What members asked, in every state. */
export const membersQuestions: readonly DemoCase[] = [
  {
    daysAgo: 120,
    subject: "Bus shelters in Millbrook",
    by: "councillor",
    values: { question: "When are the four broken shelters mended?", receivedBy: "form" },
    steps: [
      [119, "acknowledge", { acknowledgedOn: 119 }],
      [
        101,
        "answer",
        { answer: "Two are mended. The others wait for glass.", lateBecause: "The contractor answered late" },
      ],
    ],
  },
  {
    daysAgo: 66,
    subject: "Affordable homes built since 2022",
    by: "councillor",
    values: {
      kind: "council",
      meeting: "Full council",
      meetingOn: 52,
      question: "How many affordable homes were finished in each year since 2022?",
    },
    steps: [
      [58, "answer", { answer: "61 in 2022, 48 in 2023, 77 in 2024 and 52 so far this year." }],
      [
        51,
        "add_supplementary",
        { supplementary: "How many of them are council homes?", supplementaryAnswer: "94 of the 238." },
      ],
      [50, "publish"],
    ],
  },
  {
    daysAgo: 40,
    subject: "Cost of temporary accommodation",
    by: "councillor",
    values: {
      kind: "committee",
      meeting: "Scrutiny committee",
      meetingOn: 26,
      question: "What does temporary accommodation cost in a month, and for how many households?",
    },
    steps: [
      [36, "answer", { answer: "£184,000 in October, for 212 households." }],
      [25, "publish"],
    ],
  },
  {
    daysAgo: 34,
    subject: "Gritting of the county’s roads",
    by: "councillor",
    values: { question: "Why is Mill Lane not gritted?" },
    steps: [[32, "transfer", { comment: "Gritting is the county’s. The member was given whom to ask." }]],
  },
  {
    daysAgo: 28,
    subject: "Opening hours of the library",
    by: "councillor",
    values: { question: "Can it open on Sunday?" },
    steps: [[27, "withdraw", { comment: "Answered at the ward meeting." }]],
  },
  {
    daysAgo: 8,
    subject: "Waiting time for a blue badge",
    values: {
      kind: "mp",
      question: "My constituent has waited eleven weeks. When will there be a decision?",
      applicant: "Office of the Member of Parliament",
      replyTo: "office@mp.example",
      onBehalfOf: "Mrs Delia Frost",
    },
    steps: [[7, "acknowledge", { acknowledgedOn: 7 }]],
  },
  {
    daysAgo: 5,
    subject: "Broadband in community centres",
    by: "councillor",
    values: { question: "Which centres have free Wi-Fi, and what would the rest cost?", receivedBy: "form" },
  },
  {
    daysAgo: 2,
    subject: "Use of agency staff",
    by: "councillor",
    values: {
      kind: "council",
      meeting: "Full council",
      meetingOn: -16,
      question: "What was spent on agency staff in the last two years, by service?",
    },
  },
];

/** Complaints in every state: to us, to the regulator, before the tribunal. */
export const complaints: readonly DemoCase[] = [
  {
    daysAgo: 84,
    subject: "Part of a housing file was left out",
    about: { aboutDataRequest: "Housing file, asked by a solicitor" },
    values: { question: "Pages 40 to 52 are missing.", applicant: "Carver & Lowe Solicitors" },
    steps: [
      [80, "acknowledge", { acknowledgedOn: 80 }],
      [
        55,
        "conclude",
        {
          outcome: "not_upheld",
          answer: "The pages are about a neighbour. We explain each in the list.",
          lessons: "The list now says why for each page.",
        },
      ],
    ],
  },
  {
    daysAgo: 60,
    subject: "The regulator asks why an answer was late",
    values: {
      kind: "regulator",
      question: "The complainant had no answer in 20 working days.",
      theirReference: "IC-204511-K7",
      answerBy: 32,
      applicant: "Information Commissioner",
    },
    steps: [
      [40, "answer", { answer: "It was answered on day 27. We were late because the supplier was." }],
      [21, "order", { notice: "Decision notice IC-204511-K7", stepsBy: -14 }],
    ],
  },
  {
    daysAgo: 45,
    subject: "Appeal about the laptop contract",
    values: {
      kind: "tribunal",
      question: "The appellant says that the prices are not confidential.",
      theirReference: "EA/2026/0119",
      answerBy: 17,
      hearingOn: -40,
      applicant: "First-tier Tribunal",
    },
    steps: [[20, "answer", { answer: "Our response, with the statement of the head of procurement." }]],
  },
  {
    daysAgo: 37,
    subject: "A newsletter that was not wanted",
    values: { question: "I said no and still get it.", applicant: "B. Ashcroft", replyTo: "b.ashcroft@example.org" },
    steps: [[30, "withdraw", { comment: "It was stopped the same day, and they were content." }]],
  },
  {
    daysAgo: 6,
    subject: "A letter that went to a neighbour",
    by: "staff",
    values: { question: "My benefit letter was put through the door of number 12.", receivedBy: "form" },
  },
];

/** Personal data breaches in every state. */
export const breaches: readonly DemoCase[] = [
  {
    daysAgo: 151,
    subject: "School list sent to the wrong school",
    by: "staff",
    values: {
      what: "A list of forty children with special needs went to another school of nearly the same name.",
      kind: "wrong_person",
      happenedAt: 151.2,
      discoveredAt: 151,
      awareAt: 151,
      people: 40,
      whose: ["children"],
      data: ["contact", "health"],
      atOnce: "The school deleted it within the hour and said so in writing.",
    },
    steps: [
      [
        150.8,
        "assess",
        { risk: "high", riskBecause: "Health data of children; deleted soon, but opened by two people." },
      ],
      [149.6, "tell_regulator", { notifiedAt: 149.6, theirReference: "IC-198820-B2" }],
      [148, "tell_people", { peopleToldOn: 148, comment: "Each family was telephoned, and had a letter." }],
      [
        120,
        "close",
        {
          cause: "Two schools of the same name in the address book.",
          lessons: "Lists go through the portal, never by mail.",
        },
      ],
    ],
  },
  {
    daysAgo: 70,
    subject: "Phone lost on a bus",
    by: "callum",
    values: {
      what: "A council phone was left on the 41. It was locked, and erased from afar after half an hour.",
      kind: "lost",
      discoveredAt: 70,
      awareAt: 70,
      people: 0,
      data: ["contact"],
    },
    steps: [
      [69.5, "assess", { risk: "unlikely", riskBecause: "Encrypted, locked, and erased before anybody could try." }],
      [69.4, "not_regulator", { notNotifiedBecause: "Nobody could read it, so no risk to anybody is likely." }],
    ],
  },
  {
    daysAgo: 24,
    subject: "Payslips in the wrong envelopes",
    values: {
      what: "Sixteen payslips went to colleagues after a fault of the folding machine.",
      discoveredAt: 24,
      awareAt: 24,
      people: 16,
      whose: ["staff"],
      data: ["money", "contact"],
    },
    steps: [
      [23.5, "assess", { risk: "risk", riskBecause: "Pay and bank details; those who got them know each other." }],
      [22.2, "tell_regulator", { notifiedAt: 22.2, theirReference: "IC-207733-P1" }],
      [22, "tell_people", { peopleToldOn: 22, comment: "Each of the sixteen was told by their manager." }],
    ],
  },
  {
    daysAgo: 1.6,
    subject: "Shared folder open to all staff",
    values: {
      what: "A folder with references of applicants could be read by everybody who works here, since a change of Tuesday.",
      kind: "access",
      discoveredAt: 1.7,
      awareAt: 1.6,
      people: 85,
      whose: ["staff"],
      data: ["contact", "other"],
      atOnce: "The folder was closed, and the log of who opened it asked for.",
    },
    steps: [[1, "assess", { risk: "risk", riskBecause: "The log shows eleven people who opened it." }]],
  },
  {
    daysAgo: 0.4,
    subject: "Mail to residents with all addresses shown",
    by: "grace",
    unowned: true,
    values: {
      what: "A reminder about garden waste went to 312 residents with every address in the open.",
      discoveredAt: 0.4,
      awareAt: 0.4,
      people: 312,
      whose: ["residents"],
      data: ["contact"],
    },
  },
];

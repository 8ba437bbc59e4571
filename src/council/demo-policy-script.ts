/** A version that followed the first. Days are counted back from today, `confirmDays` and `reviewDays` forward. */
export interface DemoRevision {
  readonly title: string;
  readonly daysAgo: number;
  readonly change: "material" | "editorial";
  readonly reason: string;
  /** The words of clauses that it changes, by their numbers. */
  readonly clauses: Readonly<Record<number, string>>;
  readonly reviewDays: number;
  /** Who must confirm does so by then; absent where nobody must. */
  readonly confirmDays?: number;
  /** One in so many has not confirmed it. */
  readonly slackers: number;
  readonly quiz?: readonly {
    readonly question: string;
    readonly answerA: string;
    readonly answerB: string;
    readonly answerC: string;
    readonly rightAnswer: string;
  }[];
}

export const demoRevisions: readonly DemoRevision[] = [
  {
    title: "Data protection",
    daysAgo: 60,
    change: "editorial",
    reason: "“The regulator” is now called by its name, the Information Commission.",
    clauses: {
      3: "A breach is reported to the data protection officer at once. The Information Commission is told within 72 hours where there is a risk to anyone.",
    },
    reviewDays: 64,
    slackers: 2,
  },
  {
    title: "Passwords and signing in",
    daysAgo: 34,
    change: "material",
    reason: "Two accounts were taken over in the spring. Passwords are longer, and text messages no longer count.",
    clauses: {
      1: "A password has 14 characters or more. Three words that do not belong together are best. It is changed when it may be known, not by the calendar.",
      2: "Everyone uses a second factor: the app or a security key. Text messages are no longer taken.",
    },
    reviewDays: 330,
    confirmDays: -6,
    slackers: 6,
    quiz: [
      {
        question: "How long is a password at least?",
        answerA: "8 characters",
        answerB: "12 characters",
        answerC: "14 characters",
        rightAnswer: "c",
      },
      {
        question: "Who may you give your password to?",
        answerA: "The service desk, when they ask",
        answerB: "Nobody",
        answerC: "Your manager",
        rightAnswer: "b",
      },
    ],
  },
  {
    title: "Information security incidents",
    daysAgo: 3,
    change: "material",
    reason: "An incident is now reported by telephone, so that nobody waits for an answer to an e-mail.",
    clauses: {
      1: "Ring the service desk at once about anything suspicious, on any day and at any hour. Do not send an e-mail. Nobody is blamed for a report made in good faith.",
    },
    reviewDays: 362,
    confirmDays: 11,
    slackers: 2,
    quiz: [
      {
        question: "You have opened a strange attachment. What do you do first?",
        answerA: "Ring the service desk",
        answerB: "Send an e-mail to the service desk",
        answerC: "Wait and see whether anything happens",
        rightAnswer: "a",
      },
    ],
  },
];

/** What rests on which clause, by titles. */
export const demoCitations = [
  {
    type: "article",
    title: "Change a password that you have forgotten",
    policy: "Passwords and signing in",
    clause: 1,
  },
  { type: "article", title: "Set up two-step sign-in on a new phone", policy: "Passwords and signing in", clause: 2 },
  {
    type: "article",
    title: "What to do with a suspicious e-mail",
    policy: "Information security incidents",
    clause: 1,
  },
  { type: "policy", title: "Systems administrators’ duties", policy: "Passwords and signing in", clause: 4 },
  { type: "policy", title: "Using your own device for work", policy: "Acceptable use of digital equipment", clause: 3 },
] as const;

/** The laws and standards that policies follow. */
export const demoBasis = [
  {
    title: "Data protection",
    basis: [
      { kind: "law", name: "UK General Data Protection Regulation", part: "Article 33", clause: 3 },
      { kind: "law", name: "Data Protection Act 2018", part: "Part 3", clause: 4 },
    ],
  },
  {
    title: "Accessibility of digital services",
    basis: [
      { kind: "law", name: "Public Sector Bodies Accessibility Regulations 2018", part: "Regulation 6", clause: 1 },
      { kind: "standard", name: "WCAG 2.2", part: "Level AA", clause: 1 },
    ],
  },
  {
    title: "Passwords and signing in",
    basis: [{ kind: "standard", name: "Cyber Essentials", part: "User access control", clause: 2 }],
  },
] as const;

/** What people are asked about just now. */
export const proposedForTools = {
  title: "Using artificial intelligence at work",
  clauses: {
    2: "No decision about a person is made by a tool alone, and no assessment in social care is drafted by one. Whoever signs it has read it and answers for it.",
  },
} as const;

export const demoComments = [
  {
    from: "Maria Santos",
    clause: 2,
    title: "Does “drafted” cover the notes of a visit that I dictate?",
    words: "The tool writes down what I say. That saves an hour a day, and I correct every line.",
    outcome: "partly",
    answer: "Dictation is meant to stay. The clause will say “drafted from a resident’s records”.",
  },
  {
    from: "Gareth Lloyd",
    clause: 3,
    title: "Planning reports have a standard paragraph already. Is that enough?",
    words: "",
    outcome: "noted",
    answer: "Yes: the paragraph counts as a mark. Guidance will show it.",
  },
  {
    from: "Beth Carrick",
    clause: 3,
    title: "Say how large the mark on a picture must be",
    words: "On a phone our present one cannot be read.",
    outcome: null,
    answer: null,
  },
  {
    from: "Anil Kapadia",
    clause: null,
    title: "Please keep it at one page",
    words: "",
    outcome: null,
    answer: null,
  },
] as const;

/** Exceptions that were asked for. Days are counted back from today, `endsDays` forward. */
export const demoExceptions = [
  {
    from: "Eleanor Finch",
    policy: "Acceptable use of digital equipment",
    clause: 2,
    what: "Let readers use library tablets for their own business",
    why: "People without a computer write invoices and applications in the library.",
    daysAgo: 80,
    becomes: "granted",
    conditions: "On the tablets for the public only, which are wiped each night.",
    endsDays: 9,
  },
  {
    from: "Colin Hargreaves",
    policy: "Passwords and signing in",
    clause: 4,
    what: "One shared account for the weighbridge",
    why: "Drivers change by the hour, and the software knows one user. The supplier promises better in the summer.",
    daysAgo: 50,
    becomes: "granted",
    conditions: "The account weighs and does nothing else. The depot keeps a list of who was on shift.",
    endsDays: 120,
  },
  {
    from: "Alice Thornton",
    policy: "Records retention and disposal",
    clause: 1,
    what: "Keep scanned certificates a year longer",
    why: "The old scanner has no network, so copies go by hand.",
    daysAgo: 150,
    becomes: "ended",
    conditions: "On the registrar’s own drive alone.",
    endsDays: 40,
  },
  {
    from: "Jade Wilkins",
    policy: "Using your own device for work",
    clause: 2,
    what: "Read mail on a phone that gets no more updates",
    why: "I cannot afford another before the spring.",
    daysAgo: 20,
    becomes: "refused",
    conditions: "The risk is to residents, not to you. Ask for a council phone: the catalogue has one.",
    endsDays: null,
  },
  {
    from: "Megan Price-Jones",
    policy: "Passwords and signing in",
    clause: 2,
    what: "Go without a second factor in the secure unit",
    why: "Phones and keys may not be carried in. It is for four of us, on two computers, until the unit has a reader of cards.",
    daysAgo: 2,
    becomes: "asked",
    conditions: "",
    endsDays: null,
  },
] as const;

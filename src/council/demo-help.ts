/** What the demonstration’s help says and what its catalogue offers. */
import type { DemoKey, OfficerKey } from "./demo-people.ts";
import type { CategoryName, QueueKey } from "./demo-desk.ts";

/** An article of the demonstration. Days count back from today. */
export interface DemoArticle {
  readonly title: string;
  readonly body: string;
  readonly synonyms: string;
  readonly category: CategoryName;
  readonly author: OfficerKey;
  readonly writtenDays: number;
  readonly audience?: "desk";
  /** Where it stands; published unless said. */
  readonly reaches?: "draft" | "in_review";
  /** How often readers said that it solved it, that it did not, and what was missing. */
  readonly solved?: number;
  readonly notSolved?: readonly string[];
  /** How often it was opened on each of the last 20 days. */
  readonly views?: number;
}

export const demoArticles: readonly DemoArticle[] = [
  {
    title: "Connect to Wi-Fi on a council laptop",
    body: "## In the office\n\n1. Select the Wi-Fi sign at the bottom right of the screen.\n2. Select **Aldermoor-Staff**, then **Connect**. You need no password: the laptop is known.\n3. If it asks for a password, restart the laptop and wait a minute before you sign in.\n\n## At home\n\nConnect to your own Wi-Fi first, with the password that is on your router. Remote access then starts by itself.\n\nIf other people beside you cannot connect either, report a problem and say which building and floor you are on.",
    synonyms: "internet, wireless, network, connection, offline",
    category: "Wi-Fi",
    author: "callum",
    writtenDays: 240,
    solved: 4,
    notSolved: ["It did not say what to do on a phone"],
    views: 9,
  },
  {
    title: "Change a password that you have forgotten",
    body: "1. On the sign-in page, select **Forgotten your password?**\n2. Say yes on your phone when it asks whether it is you.\n3. Choose a new password: three words that do not belong together are easy to keep in mind and hard to guess.\n4. Sign in again on your phone and in Teams, which still hold the old one.\n\nNobody from the desk ever asks you for your password.",
    synonyms: "reset, locked out, login, sign in, account",
    category: "Password reset",
    author: "zainab",
    writtenDays: 320,
    solved: 6,
    notSolved: [],
    views: 14,
  },
  {
    title: "Print from a council laptop",
    body: "1. Print to **FollowMe**, from whatever you are in.\n2. Hold your card to the reader of any printer within 24 hours.\n3. Select your document and **Print**.\n\nWhen a printer says that it is out of paper, there is some in the cupboard beside it. When it says anything else, report a problem with the number that stands on its front.",
    synonyms: "printer, printing, paper, follow me, photocopier",
    category: "Printer",
    author: "piotr",
    writtenDays: 180,
    solved: 2,
    notSolved: ["My card is not known to the printer"],
    views: 6,
  },
  {
    title: "Open a shared mailbox in Outlook",
    body: "You need to be a member of it first: ask for it under **Shared mailbox** in the help pages.\n\n1. Close Outlook and open it again. It can take an hour after you were added.\n2. The mailbox stands below your own on the left.\n3. To send from it, start a message, select **From** and choose the mailbox.",
    synonyms: "team inbox, group email, outlook, send as",
    category: "Shared mailbox",
    author: "leah",
    writtenDays: 120,
    solved: 1,
    views: 4,
  },
  {
    title: "Join a hybrid meeting from a meeting room",
    body: "1. Press the tablet on the table. It wakes the screen and the camera.\n2. Select your meeting, then **Join**. If it is not there, forward the invitation to the room’s address.\n3. Keep your own laptop’s sound off, or everybody hears an echo.",
    synonyms: "teams, video, camera, sound, echo, projector",
    category: "Hybrid meeting",
    author: "callum",
    writtenDays: 95,
    solved: 1,
    views: 3,
  },
  {
    title: "What to do with a suspicious e-mail",
    body: "Do not open links or files in it, and do not answer.\n\n1. Select **Report**, then **Phishing**. It goes to information security and leaves your mailbox.\n2. If you have already opened a link or typed a password, report a problem now and say so. Nobody is blamed for telling us quickly.",
    synonyms: "phishing, spam, scam, virus, attachment, hacked",
    category: "Phishing",
    author: "zainab",
    writtenDays: 200,
    solved: 3,
    views: 7,
  },
  {
    title: "Unlock an account after too many attempts",
    body: "Check the caller first: job title, line manager and one thing from the record. Then unlock in the directory and stay on the line while they sign in. Three locks in a day are an incident for information security.",
    synonyms: "locked, directory, attempts",
    category: "Password reset",
    author: "leah",
    writtenDays: 150,
    audience: "desk",
    views: 2,
  },
  {
    title: "Set up two-step sign-in on a new phone",
    body: "1. Keep the old phone until the end.\n2. On a laptop, open **Your account**, then **Ways to sign in**.\n3. Add the new phone and follow it. Take the old one away afterwards.",
    synonyms: "authenticator, code, mfa, new phone",
    category: "Mobile phone",
    author: "leah",
    writtenDays: 6,
    reaches: "in_review",
  },
  {
    title: "Laptop is slow after an update",
    body: "## When this helps\n\nThe laptop takes minutes to start after an update.\n\n## What to do\n\nLeave it plugged in over night, then restart it twice.",
    synonyms: "slow, freeze, update",
    category: "Laptop",
    author: "piotr",
    writtenDays: 2,
    reaches: "draft",
  },
];

type Question = readonly [label: string, kind: string, more?: Readonly<Record<string, unknown>>];

/** An item of the demonstration’s catalogue. */
export interface DemoItem {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly synonyms: string;
  readonly queue: QueueKey;
  readonly category: CategoryName;
  readonly days: number;
  readonly owner: DemoKey;
  readonly questions: readonly Question[];
  readonly approvals: readonly {
    readonly by: "manager" | "service_owner" | "person";
    readonly who?: DemoKey;
    readonly why?: string;
  }[];
  readonly steps: readonly (readonly [what: string, queue: QueueKey, days: number, together?: true])[];
}

const needed = { required: true } as const;

export const demoItems = {
  laptop: {
    name: "Laptop for a new starter",
    summary: "A laptop with everything on it, ready on the first day",
    details: "Ask at least two weeks before the first day. One that is broken is not asked for here: report a problem.",
    synonyms: "computer, new starter, joiner, induction, notebook",
    queue: "field",
    category: "Laptop",
    days: 10,
    owner: "systems-officer",
    questions: [
      ["Who is it for?", "text", { ...needed, hint: "Their full name" }],
      ["What is their first day?", "date", needed],
      [
        "What kind of work do they do?",
        "choice",
        { ...needed, choices: "Mostly in the office; Mostly out and about; Drawing, maps or video" },
      ],
      ["Which programs do they draw with?", "text", { ...needed, onlyIf: 3, onlyIfAnswer: "Drawing, maps or video" }],
      ["Do they need a screen at home?", "yes_no", needed],
      ["Where should it be brought to?", "text", needed],
    ],
    approvals: [{ by: "manager" }, { by: "person", who: "head-of-delivery", why: "the money" }],
    steps: [
      ["Make the account and its access", "systems", 2],
      ["Set the laptop up", "field", 3, true],
      ["Hand it over and show how it works", "desk", 2],
    ],
  },
  software: {
    name: "Software",
    summary: "A program that is not on your laptop yet",
    synonyms: "program, application, licence, install, adobe, project, visio",
    queue: "desk",
    category: "Installation",
    days: 5,
    owner: "systems-officer",
    questions: [
      ["Which program?", "text", needed],
      ["What do you need it for?", "long", needed],
      ["Does it cost money?", "choice", { ...needed, choices: "No; Yes; I do not know" }],
      ["Which budget pays for it?", "text", { ...needed, onlyIf: 3, onlyIfAnswer: "Yes" }],
    ],
    approvals: [{ by: "manager" }, { by: "service_owner", why: "that it is safe" }],
    steps: [
      ["Check the licence", "systems", 3],
      ["Install it", "field", 2],
    ],
  },
  mailbox: {
    name: "Shared mailbox",
    summary: "An address that a team reads together, or to be added to one",
    synonyms: "team inbox, group email, outlook",
    queue: "desk",
    category: "Shared mailbox",
    days: 2,
    owner: "systems-officer",
    questions: [
      ["What do you need?", "choice", { ...needed, choices: "A new shared mailbox; To be added to one" }],
      ["Its name or address", "text", needed],
      ["Who should be able to read it?", "long", needed],
    ],
    approvals: [],
    steps: [["Set up the mailbox and its members", "systems", 2]],
  },
  phone: {
    name: "Mobile phone",
    summary: "A phone with a number, for work away from a desk",
    synonyms: "iphone, smartphone, sim, number, mobile",
    queue: "field",
    category: "Mobile phone",
    days: 7,
    owner: "service-manager",
    questions: [
      ["Why do you need a phone?", "long", needed],
      ["Do you work alone or out of hours?", "yes_no", needed],
    ],
    approvals: [{ by: "manager" }],
    steps: [
      ["Order the phone and its number", "field", 4],
      ["Set it up and hand it over", "desk", 2],
    ],
  },
  access: {
    name: "Access to a system",
    summary: "To be let into a system, or to do more in one",
    synonyms: "permission, login, account, role, housing, finance, social care",
    queue: "systems",
    category: "Permissions",
    days: 3,
    owner: "systems-officer",
    questions: [
      ["Which system?", "text", needed],
      ["What do you need to do in it?", "long", needed],
      ["Until when?", "date", { hint: "Leave it empty if it is for as long as you are in this job" }],
    ],
    approvals: [{ by: "manager" }, { by: "service_owner", why: "what you may see" }],
    steps: [["Give the access", "systems", 2]],
  },
} as const satisfies Readonly<Record<string, DemoItem>>;

/** A request that somebody made: how far it has come. */
export interface DemoRequest {
  readonly item: keyof typeof demoItems;
  readonly daysAgo: number;
  /** By the staff of the demonstration: Joe Price, who has a button, or one of the others by place. */
  readonly by: "staff" | number;
  readonly answers: readonly string[];
  /** Decisions in order; true approves, a text declines for that reason. */
  readonly decisions: readonly (true | string)[];
  /** How many tasks are done. */
  readonly done: number;
  readonly rating?: readonly [stars: number, words: string];
}

export const demoRequests: readonly DemoRequest[] = [
  {
    item: "laptop",
    daysAgo: 6,
    by: "staff",
    answers: ["Theo Lambert", "7 December 2026", "Mostly in the office", "Yes", "Housing, second floor"],
    decisions: [true, true],
    done: 1,
  },
  {
    item: "software",
    daysAgo: 2,
    by: "staff",
    answers: ["A program for floor plans", "To draw changes to flats for repairs", "I do not know"],
    decisions: [],
    done: 0,
  },
  {
    item: "mailbox",
    daysAgo: 12,
    by: "staff",
    answers: ["A new shared mailbox", "damp.and.mould", "The repairs team"],
    decisions: [],
    done: 1,
    rating: [5, "The same day"],
  },
  {
    item: "phone",
    daysAgo: 9,
    by: 4,
    answers: ["To be rung by customers at the counter", "No"],
    decisions: ["The counter has a telephone. Ask again if you go out to people"],
    done: 0,
  },
  {
    item: "access",
    daysAgo: 1,
    by: 11,
    answers: ["Children’s social care", "Read the plans of the children I visit", "Not answered"],
    decisions: [true],
    done: 0,
  },
];

/** A notice of the demonstration: when it was sent (days ago), for how many hours it is shown, and how far it has come. */
export interface DemoNotice {
  readonly reaches: "draft" | "awaiting_approval" | "scheduled" | "sent" | "cancelled";
  readonly days: number;
  readonly hours: number;
  readonly title: string;
  readonly body: string;
  readonly byMail?: boolean;
  readonly onStatus?: boolean;
  readonly publicWords?: string;
}

export const demoNotices: readonly DemoNotice[] = [
  {
    reaches: "sent",
    days: 40,
    hours: 120,
    title: "A second step when you sign in",
    byMail: true,
    body: "From Monday, signing in from outside the council’s buildings asks for a code from your telephone.\n\n- **What to do now**: set it up, which takes three minutes.\n- **No council telephone?** The desk lends you a key that does the same.\n\nIt keeps others out of your account when your password has leaked.",
  },
  {
    reaches: "cancelled",
    days: 25,
    hours: 72,
    title: "The finance system is off on Friday evening",
    body: "The supplier brings it up to date from 6pm to 10pm. Save what you work on before six.",
  },
  {
    reaches: "sent",
    days: 0.6,
    hours: 100,
    title: "Wi-Fi is renewed in the town hall this week",
    byMail: true,
    onStatus: true,
    publicWords:
      "We are renewing the wireless network in the town hall this week. Public Wi-Fi in the foyer may drop for some minutes between 8am and 9am.",
    body: "Floor by floor, from 7am to 9am, from Tuesday to Friday. Your laptop finds the new network by itself.\n\nIf it does not, switch Wi-Fi off and on again, or ask the desk.",
  },
  {
    reaches: "scheduled",
    days: 0.4,
    hours: 24 * 6,
    title: "Printers ask for your badge from next week",
    body: "Hold your badge to the printer and choose what to print. What nobody fetches in a day is thrown away.",
  },
  {
    reaches: "awaiting_approval",
    days: 0.2,
    hours: 24 * 9,
    title: "Shared folders move to Teams in January",
    body: "Each team’s folder moves on a day that its manager knows. Nothing is lost, and links of old keep working for a year.",
  },
  {
    reaches: "draft",
    days: 0.1,
    hours: 24 * 20,
    title: "Opening hours of the desk at Christmas",
    body: "The desk is open from 9am to 1pm on 24 and 31 December, and closed on the days between but for what cannot wait.",
  },
];

/** A survey of the demonstration: when it was opened (days ago), in how many days it closes, and how much of the council answers. */
export interface DemoSurvey {
  readonly reaches: "draft" | "open" | "closed" | "published" | "cancelled";
  readonly days: number;
  readonly closesIn: number;
  readonly share: number;
  readonly title: string;
  readonly purpose: string;
  /** It asks people outside, by so many links for one answer each; the people of the council when absent. */
  readonly links?: number;
  readonly questions: readonly { text: string; kind: string; options?: string; required?: boolean }[];
  readonly breakdown: string;
  readonly breakdownQuestion?: number;
  /** What the nth person says, by the numbers of the questions. */
  readonly answers: (nth: number) => Readonly<Record<string, unknown>>;
  readonly did?: readonly { said: string; done: string; kind: string }[];
}

const places = {
  text: "Where do you mostly work?",
  kind: "one",
  options: "At a desk in the town hall\nAt home\nOut and about",
  required: true,
};

export const demoSurveys: readonly DemoSurvey[] = [
  {
    reaches: "published",
    days: 60,
    closesIn: -30,
    share: 0.9,
    title: "Your laptop and you",
    purpose:
      "Next year we buy new laptops. Tell us what yours lets you do and what it keeps you from, so that we buy what helps.\n\nWe publish the results here, and say what we did about them.",
    questions: [
      places,
      { text: "My laptop lets me do my work.", kind: "scale", required: true },
      { text: "What do you use each day?", kind: "many", options: "Teams\nOutlook\nThe case system\nA paper diary" },
      { text: "What one thing should we mend first?", kind: "words" },
    ],
    breakdown: "question",
    breakdownQuestion: 1,
    answers: (nth) => ({
      "1": nth % 7 === 0 ? 3 : nth % 2 === 0 ? 1 : 2,
      "2": 2 + (nth % 4),
      "3": [1, 2, ...(nth % 3 === 0 ? [3] : []), ...(nth % 5 === 0 ? [4] : [])],
      ...(nth % 3 === 0
        ? {
            "4": [
              "It takes five minutes to start.",
              "The battery is gone by eleven.",
              "Teams and the case system at once are too much for it.",
            ][(nth / 3) % 3],
          }
        : {}),
    }),
    did: [
      {
        said: "Laptops take five minutes to start.",
        done: "We took three old programs off that start with them. It is now one minute.",
        kind: "other",
      },
      {
        said: "Nobody knows what may be done on a council laptop.",
        done: "The policy says it in a page, with examples.",
        kind: "policy",
      },
    ],
  },
  {
    reaches: "published",
    days: 45,
    closesIn: -16,
    share: 0.8,
    links: 84,
    title: "Asking us for things on the website",
    purpose:
      "You asked us for something this summer, and we gave you this link. Tell us how it went, in two minutes and without your name.",
    questions: [
      {
        text: "What did you ask for?",
        kind: "one",
        options: "A bin or a collection\nParking\nCouncil tax\nSomething else",
        required: true,
      },
      { text: "I knew what would happen next.", kind: "scale", required: true },
      { text: "What would have helped?", kind: "words" },
    ],
    breakdown: "question",
    breakdownQuestion: 1,
    answers: (nth) => ({
      "1": nth % 3 === 0 ? 1 : nth % 2 === 0 ? 2 : 3,
      "2": nth % 4 === 0 ? 2 : 3 + (nth % 3),
      ...(nth % 6 === 0
        ? { "3": ["A day, and not “soon”.", "A number to ring.", "The same form on my telephone."][(nth / 6) % 3] }
        : {}),
    }),
    did: [
      {
        said: "Nobody knew when something would be done.",
        done: "Each receipt now names the day by which it is done.",
        kind: "other",
      },
    ],
  },
  {
    reaches: "open",
    days: 4,
    closesIn: 8,
    share: 0.4,
    title: "How does the desk do?",
    purpose: "Six questions take two minutes. We read what you say in January and tell you what changes.",
    questions: [
      { text: "The desk answers in good time.", kind: "scale", required: true },
      { text: "The desk explains things so that I understand.", kind: "scale" },
      { text: "How do you like to ask?", kind: "one", options: "By telephone\nBy e-mail\nOn the help page\nIn person" },
      { text: "What should the desk do otherwise?", kind: "words" },
    ],
    breakdown: "none",
    answers: (nth) => ({ "1": 3 + (nth % 3), "2": 2 + (nth % 4), "3": 1 + (nth % 4) }),
  },
  {
    reaches: "closed",
    days: 30,
    closesIn: -2,
    share: 0.7,
    title: "Meetings from two places at once",
    purpose: "Some sit in a room and others at home. Tell us what works, so that we equip the right rooms.",
    questions: [places, { text: "I can follow a meeting from where I am.", kind: "scale" }],
    breakdown: "team",
    answers: (nth) => ({ "1": 1 + (nth % 3), "2": 1 + (nth % 5) }),
  },
  {
    reaches: "cancelled",
    days: 100,
    closesIn: -80,
    share: 0.1,
    title: "Telephones: keep or return?",
    purpose: "To know how many desk telephones are still used.",
    questions: [{ text: "I use my desk telephone.", kind: "one", options: "Each day\nSometimes\nNever" }],
    breakdown: "none",
    answers: () => ({ "1": 3 }),
  },
  {
    reaches: "draft",
    days: 1,
    closesIn: 40,
    share: 0,
    title: "Training that you would take",
    purpose: "We plan the courses of next year. Say what you would come to.",
    questions: [
      {
        text: "Which would help you?",
        kind: "many",
        options: "Excel\nAccessible documents\nAgile working\nData protection",
      },
    ],
    breakdown: "none",
    answers: () => ({}),
  },
];

import type { DemoKey, OfficerKey } from "./demo-people.ts";

/** Somebody of the demonstration who works: one of those with a button or one of the officers. */
export type Worker = DemoKey | OfficerKey;

/** A queue of the demonstration, with the team that looks after it and the people who take its tickets. */
export interface DemoQueue {
  readonly name: string;
  readonly purpose: string;
  readonly team: { readonly name: string; readonly purpose: string; readonly lead: Worker };
  readonly hours?: { readonly name: string; readonly hours: string };
  readonly workers: readonly Worker[];
  /** Whom an escalation proposes after whoever is on call. */
  readonly seniors?: readonly Worker[];
  /** How its new tickets are given out; by hand when absent. */
  readonly assignment?: "turn" | "load" | "skill";
  /** Respond and resolve in working minutes, for priority 1 to 5; the usual ones when absent. */
  readonly targets?: readonly (readonly [respond: number, resolve: number])[];
}

/** The queues. The first is the one that every organisation starts with. */
export const demoQueues = {
  desk: {
    name: "Service desk",
    purpose: "Everything that has no other home",
    team: { name: "Service desk", purpose: "The first place to ask", lead: "lead-support" },
    workers: ["lead-support", "zainab", "leah", "zainab", "leah"],
    seniors: ["callum", "systems-officer"],
  },
  field: {
    name: "Field support",
    purpose: "Laptops, printers, phones and meeting rooms: what needs a visit or a part",
    team: { name: "Field support", purpose: "Visits offices and depots", lead: "callum" },
    workers: ["callum", "piotr"],
    seniors: ["callum"],
    assignment: "skill",
  },
  systems: {
    name: "Systems and access",
    purpose: "Line-of-business systems, their permissions and their data",
    team: { name: "Systems", purpose: "Looks after systems, their access and their data", lead: "systems-officer" },
    workers: ["systems-officer", "systems-officer", "administrator"],
    seniors: ["systems-officer"],
    targets: [
      [15, 240],
      [60, 600],
      [240, 2400],
      [600, 4800],
      [600, 9000],
    ],
  },
  web: {
    name: "Website and online forms",
    purpose: "The website, online forms and what residents see",
    team: { name: "Digital delivery", purpose: "Builds and runs the council’s online services", lead: "grace" },
    hours: { name: "Office hours, nine to five", hours: "Mon-Fri 09:00-17:00" },
    workers: ["grace", "owen"],
    assignment: "turn",
  },
  security: {
    name: "Information security",
    purpose: "Phishing, lost devices, data sent to the wrong place",
    team: { name: "Information security", purpose: "Keeps the council’s information safe", lead: "lead-support" },
    hours: { name: "Long hours", hours: "Mon-Fri 07:00-20:00; Sat 08:00-13:00" },
    workers: ["lead-support", "zainab", "administrator"],
    targets: [
      [15, 180],
      [30, 360],
      [120, 1200],
      [480, 2400],
      [480, 4800],
    ],
  },
} as const satisfies Readonly<Record<string, DemoQueue>>;

export type QueueKey = keyof typeof demoQueues;

/** Categories in two levels. */
export const demoCategories = {
  "Accounts and access": ["Password reset", "New starter", "Leaver", "Permissions", "Shared mailbox"],
  Hardware: ["Laptop", "Monitor or dock", "Mobile phone", "Printer"],
  "Software and systems": ["Office software", "Line-of-business system", "Installation", "Report or data"],
  "Network and telephony": ["Wi-Fi", "Remote access", "Telephone"],
  Website: ["Content change", "Online form", "Fault"],
  "Information security": ["Phishing", "Lost or stolen device", "Data sent in error", "Investigation"],
  "Meetings and rooms": ["Room equipment", "Hybrid meeting"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Skills that not everybody of the field team has, and the categories that need them. */
export const demoSkills: Readonly<Record<string, { people: readonly Worker[]; categories: readonly string[] }>> = {
  "Printers and plotters": { people: ["piotr"], categories: ["Printer"] },
  "Meeting room equipment": { people: ["callum", "piotr"], categories: ["Room equipment", "Hybrid meeting"] },
};

/** A category's name at the second level. */
export type CategoryName = (typeof demoCategories)[keyof typeof demoCategories][number];

/** Words that the desk writes often. */
export const demoTemplates = [
  {
    name: "It works again",
    recordType: "ticket",
    text: "Dear {{requester}},\n\n“{{summary}}” ({{reference}}) works again as far as we can see. If it does not, reopen the ticket or call us on 4444.\n\nThe service desk",
  },
  {
    name: "No longer needed",
    recordType: "ticket",
    text: "Dear {{requester}},\n\nWe close {{reference}}, “{{summary}}”, because it is no longer needed. Tell us if that is not so.\n\nThe service desk",
  },
  {
    name: "News of a major incident",
    recordType: "major_incident",
    text: "We know of it: {{title}} ({{reference}}).\n\n{{description}}\n\nYou need not report it again. We tell you more as soon as we know it.",
  },
  {
    name: "Planned work",
    recordType: "broadcast",
    text: "On … from … to … we work on …, and it cannot be used.\n\nYou need do nothing. If something does not work afterwards, tell the service desk on 4444.",
  },
];

import { approvesCases, asksAsMember, asksForAnswers, handlesCases } from "./roles-of-cases.ts";
import type { Scope } from "../kernel/transaction.ts";
import { answerApprover, answersQuestions, decidesOnAnswers, draftsAnswers, signsAnswers } from "./roles-of-answers.ts";
import { approvesPolicies, keepsPolicies, managesPolicies } from "./roles-of-policies.ts";
import { telling } from "./roles-of-telling.ts";

/** A role that every new organisation starts with; an administrator changes them as records. */
export interface StartingRole {
  readonly name: string;
  readonly purpose: string;
  /** Permissions by type (or `*`), each `permission` or `permission:scope`; all records unless a scope is said. */
  readonly may: Readonly<Record<string, readonly string[]>>;
}

const everything = [
  "read",
  "create",
  "change",
  "comment",
  "internal",
  "restricted",
  "handle",
  "reopen",
  "cancel",
  "approve",
  "decide",
  "publish",
  "overrule",
  "authorise",
  "authorise_high",
  "confirm",
  "take_back",
  "withdraw",
  "waive",
  "answer",
  "sign",
  "remark",
  "send",
  "erase",
  "dispose",
  "deliver",
  "advise",
];
const registers = {
  person: ["read"],
  team: ["read"],
  queue: ["read"],
  category: ["read"],
  service: ["read"],
  system: ["read"],
  site: ["read"],
  device: ["read:own"],
  visit: ["read:own"],
} as const;
/** Reads what is published, says whether it helped, asks for what the catalogue offers and decides on what they are asked. */
const usesHelp = {
  article: ["read"],
  article_feedback: ["create"],
  catalogue_item: ["read"],
  approval: ["read:own", "decide:own"],
  request_task: ["read:own"],
} as const;
const asksForHelp = {
  ...registers,
  ...usesHelp,
  ...keepsPolicies,
  survey: ["read"],
  ticket: ["read:own", "create", "comment:own", "reopen:own", "cancel:own"],
  ...asksForAnswers,
  ...answersQuestions,
} as const;
/** Who comes, whom to ask, who is on: what hangs on tickets. */
const besideTickets = {
  device: ["read", "create", "change", "comment"],
  supplier: ["read"],
  visit: ["read", "create", "change", "comment", "internal", "handle"],
  advice: ["read", "create", "change", "comment", "internal"],
  handover: ["read", "create", "change", "comment", "internal", "handle"],
  priority_group: ["read"],
} as const;
/** Decides on requests; a deputy then does so too while they are away, which takes reach beyond one’s own. */
const decides = { approval: ["read", "decide"] } as const;
const managesTickets = ["read", "create", "change", "comment", "internal", "handle", "reopen", "cancel"];
const looksAfterMail = ["read", "internal", "comment", "handle"];
const runsRegister = ["read", "create", "change", "comment"];
const managesProblems = ["read", "create", "change", "comment", "internal", "handle"];
/** Problems and changes, by those who work on them and by those who authorise what is risky. */
const worksOnCauses = {
  hypercare: ["read", "comment", "internal", "handle"],
  major_incident: managesProblems,
  problem: managesProblems,
  change_request: managesProblems,
  change_template: ["read", "create", "change"],
  change_freeze: ["read"],
};
const authorisesChanges = {
  hypercare: ["read", "comment", "internal", "waive"],
  major_incident: ["read", "comment", "internal"],
  problem: ["read", "comment", "internal"],
  change_request: ["read", "comment", "internal", "authorise", "authorise_high"],
  change_template: ["read", "authorise"],
  change_freeze: ["read"],
};
const doesTasks = ["read", "create", "change", "comment", "internal", "handle"];
/** Writes help articles and does the steps of requests. */
const worksOnHelp = {
  article: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
  article_feedback: ["read", "create", "comment", "internal", "handle"],
  approval: ["read", "decide", "internal"],
  request_task: doesTasks,
} as const;

/** The roles of the people who run a council's digital function, of those they serve, and of who looks after the product. */
export const startingRoles = {
  administrator: {
    name: "Administrator",
    purpose: "Looks after Reeve itself: people, roles and settings",
    may: { "*": everything },
  },
  staff: { name: "Staff", purpose: "Asks for help and reads policies", may: asksForHelp },
  councillor: {
    name: "Councillor",
    purpose: "A member of the council: asks for help and for answers, and reads policies",
    may: { ...asksForHelp, ...asksAsMember },
  },
  supportOfficer: {
    name: "Support officer",
    purpose: "Works the desk’s tickets",
    may: {
      ...asksForHelp,
      ...besideTickets,
      quality_review: ["read:own", "comment:own"],
      quality_criterion: ["read"],
      ...worksOnCauses,
      ...worksOnHelp,
      ticket: managesTickets,
      inbound_message: looksAfterMail,
      mailbox: ["read"],
      calendar: ["read"],
      service_level_policy: ["read"],
      shift: ["read"],
      skill: ["read"],
    },
  },
  leadSupport: {
    name: "Lead support officer",
    purpose: "Answers for the desk: its tickets, queues, categories and service levels",
    may: {
      ...asksForHelp,
      ...besideTickets,
      visit: [...besideTickets.visit, "restricted"],
      advice: [...besideTickets.advice, "restricted"],
      quality_review: [...managesProblems, "restricted"],
      quality_criterion: runsRegister,
      ...worksOnHelp,
      article: [...worksOnHelp.article, "publish"],
      approval: [...worksOnHelp.approval, "handle"],
      catalogue_item: runsRegister,
      ticket: [...managesTickets, "restricted"],
      supplier: runsRegister,
      site: runsRegister,
      priority_group: runsRegister,
      broadcast: telling.people.broadcast,
      major_incident: [...managesProblems, "restricted"],
      hypercare: [...managesProblems, "restricted", "waive"],
      problem: [...managesProblems, "restricted"],
      change_request: [...managesProblems, "restricted", "authorise"],
      change_template: [...runsRegister, "authorise"],
      change_freeze: runsRegister,
      inbound_message: [...looksAfterMail, "restricted"],
      mailbox: ["read"],
      queue: runsRegister,
      category: runsRegister,
      calendar: runsRegister,
      service_level_policy: runsRegister,
      shift: runsRegister,
      skill: runsRegister,
      text_template: runsRegister,
      team: runsRegister,
      person: ["read", "create", "change"],
    },
  },
  policyManager: {
    name: "Policy and relationship manager",
    purpose: "Answers for policies, guidance and requests for information",
    may: {
      ...asksForHelp,
      ...managesPolicies,
      ...telling.people,
      ...telling.keeps,
      // Relationships are with suppliers as well.
      supplier: ["read"],
      major_incident: ["read", "comment"],
      person: ["read", "create", "change"],
      ...handlesCases,
      redaction: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
      ...draftsAnswers,
      publication: ["read", "create", "change", "comment", "internal", "restricted", "publish", "overrule"],
    },
  },
  serviceManager: {
    name: "Service manager",
    purpose: "Answers for digital services and their users",
    may: {
      ...asksForHelp,
      service: runsRegister,
      relationship: ["read", "create", "change", "comment", "internal", "handle"],
      ...decides,
      ticket: ["read", "create", "comment", "reopen:own", "cancel:own"],
      policy: ["read", "comment"],
      change_request: ["read", "comment"],
      major_incident: ["read", "comment"],
      hypercare: ["read", "comment"],
    },
  },
  deliverySupport: {
    name: "Delivery support officer",
    purpose: "Runs the portfolio, spend, contracts and boards",
    may: { ...asksForHelp, policy: ["read", "comment"] },
  },
  systemsOfficer: {
    name: "Digital systems officer",
    purpose: "Looks after systems, their access and their data",
    may: {
      ...asksForHelp,
      ...besideTickets,
      system: runsRegister,
      ...telling.assesses,
      service: runsRegister,
      ...worksOnCauses,
      ...worksOnHelp,
      ticket: [
        ...managesTickets.map((permission) => `${permission}:team` as const),
        "create",
        "read:own",
        "comment:own",
      ],
      calendar: ["read"],
      service_level_policy: ["read"],
      shift: ["read"],
      skill: ["read"],
    },
  },
  assistantDirector: {
    name: "Assistant director",
    purpose: "Signs off: answers, policies and spend",
    may: {
      ...asksForHelp,
      ...authorisesChanges,
      ...decides,
      ticket: ["read", "create", "comment", "reopen:own", "cancel:own"],
      ...approvesPolicies,
      ...telling.agrees,
      policy: ["read", "comment", "internal", "approve", "handle"],
      ...approvesCases,
      ...decidesOnAnswers,
      publication: ["read", "comment", "internal", "overrule"],
    },
  },
  answerApprover: { ...answerApprover, may: { ...asksForHelp, ...signsAnswers } },
  headOfDelivery: {
    name: "Head of delivery",
    purpose: "Answers for delivery and stands in for the assistant director",
    may: {
      ...asksForHelp,
      ...authorisesChanges,
      ...decides,
      ticket: ["read", "create", "comment", "reopen:own", "cancel:own"],
      ...approvesPolicies,
      ...telling.advises,
      policy: ["read", "comment", "internal", "approve"],
      ...signsAnswers,
    },
  },
} as const satisfies Readonly<Record<string, StartingRole>>;

/** The name by which code asks for one of the roles. */
export type StartingRoleName = keyof typeof startingRoles;

/** The lines of a role's record. */
export function permissionLines(role: StartingRole): { type: string; permission: string; scope: Scope }[] {
  return Object.entries(role.may).flatMap(([type, permissions]) =>
    permissions.map((given) => {
      const [permission = "", scope = "all"] = given.split(":");
      // The type of `may` admits only scopes after the colon.
      return { type, permission, scope: scope as Scope };
    }),
  );
}

import type { Scope } from "../kernel/transaction.ts";

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
  "publish",
  "erase",
  "dispose",
];
const registers = { person: ["read"], team: ["read"], queue: ["read"], category: ["read"] } as const;
const asksForHelp = {
  ...registers,
  ticket: ["read:own", "create", "comment:own", "reopen:own", "cancel:own"],
  policy: ["read"],
} as const;
const managesTickets = ["read", "create", "change", "comment", "internal", "handle", "reopen", "cancel"];
const looksAfterMail = ["read", "internal", "comment", "handle"];
const runsRegister = ["read", "create", "change", "comment"];

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
    purpose: "A member of the council: asks for help and reads policies",
    may: asksForHelp,
  },
  supportOfficer: {
    name: "Support officer",
    purpose: "Works the desk’s tickets",
    may: {
      ...asksForHelp,
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
      ticket: [...managesTickets, "restricted"],
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
      policy: ["read", "create", "change", "comment", "internal", "restricted", "handle", "publish"],
      person: ["read", "create", "change"],
    },
  },
  serviceManager: {
    name: "Service manager",
    purpose: "Answers for digital services and their users",
    may: {
      ...asksForHelp,
      ticket: ["read", "create", "comment", "reopen:own", "cancel:own"],
      policy: ["read", "comment"],
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
      ticket: ["read", "create", "comment", "reopen:own", "cancel:own"],
      policy: ["read", "comment", "internal", "approve", "handle"],
    },
  },
  headOfDelivery: {
    name: "Head of delivery",
    purpose: "Answers for delivery and stands in for the assistant director",
    may: {
      ...asksForHelp,
      ticket: ["read", "create", "comment", "reopen:own", "cancel:own"],
      policy: ["read", "comment", "internal", "approve"],
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

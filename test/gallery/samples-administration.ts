/** Sample models of signing in, the account, administration, numbers, errors and reference. */
import type { FormContent, Table } from "../../src/web/view/models.ts";
import { plainShell, shell } from "./samples-shell.ts";
import type { Sample } from "./samples-type.ts";

const signIn: FormContent = {
  action: "/sign-in",
  hidden: [],
  fields: [
    {
      id: "email",
      name: "email",
      label: "E-mail address",
      widget: "text",
      inputType: "email",
      autocomplete: "username",
      value: "",
    },
    { id: "password", name: "password", label: "Password", widget: "password", autocomplete: "current-password" },
  ],
  submit: { label: "Sign in" },
};

const setup: FormContent = {
  action: "/setup",
  hidden: [],
  fields: [
    { id: "organisation", name: "organisation", label: "Name of the organisation", widget: "text", value: "" },
    { id: "name", name: "name", label: "Your name", widget: "text", autocomplete: "name", value: "" },
    ...signIn.fields.slice(0, 1),
    {
      id: "password",
      name: "password",
      label: "Password",
      hint: "At least 12 characters. Three words that you do not use elsewhere make a good one.",
      widget: "password",
      autocomplete: "new-password",
    },
  ],
  submit: { label: "Create the organisation" },
};

const signInLink = {
  shell: shell("Make a sign-in link", "People"),
  breadcrumb: [
    { text: "People", href: "/people" },
    { text: "PER-00008", href: "/people/PER-00008" },
  ],
  caption: "PER-00008 Joe Price",
};

const demoPeople = [
  ["Amina Yusuf", "Delivery support"],
  ["Priya Nair", "Policy manager"],
  ["Dee Osei", "Service manager"],
  ["Tom Reid", "Lead support officer"],
  ["Ama Boateng", "Systems officer"],
  ["Marcus Webb", "Assistant director"],
  ["Helen Marsh", "Head of delivery"],
  ["Joe Price", "Member of staff"],
  ["Cllr Ngozi Okafor", "Councillor"],
  ["Sam Field", "Administrator"],
] as const;

const months = ["June", "July", "August", "September", "October", "November"];
const backlog = [212, 204, 187, 171, 149, 126];

const bars = backlog
  .map(
    (value, index) =>
      `<rect x="${20 + index * 95}" y="${230 - value}" width="60" height="${value}" fill="#12436d"/><text x="${50 + index * 95}" y="${222 - value}" text-anchor="middle" font-size="16" fill="#0b0c0c">${value}</text><text x="${50 + index * 95}" y="252" text-anchor="middle" font-size="15" fill="#484f54">${months[index]}</text>`,
  )
  .join("");

const backlogTable: Table = {
  caption: "Open tickets at month end",
  columns: [{ label: "Month" }, { label: "Open", number: true }],
  rows: months.map((month, index) => ({
    cells: [
      { kind: "text", text: month },
      { kind: "number", text: String(backlog[index]) },
    ],
  })),
};

const chart = {
  finding: "Fewer tickets wait each month",
  description: "Open tickets at month end, June to November 2026",
  svg: `<svg viewBox="0 0 600 260" aria-hidden="true">${bars}</svg>`,
  table: backlogTable,
};

const fieldsTable: Table = {
  caption: "Fields of a ticket",
  columns: [{ label: "Field" }, { label: "Kind" }, { label: "Meaning", wide: true }],
  rows: [
    {
      cells: [
        { kind: "text", text: "summary" },
        { kind: "text", text: "string, required" },
        { kind: "text", text: "The record's title, up to 200 characters" },
      ],
    },
    {
      cells: [
        { kind: "text", text: "impact" },
        { kind: "text", text: "1, 2 or 3" },
        { kind: "text", text: "How many people it touches; 2 when not given" },
      ],
    },
  ],
};

const problems: Table = {
  caption: "Problems",
  columns: [{ label: "Status" }, { label: "Meaning", wide: true }],
  rows: [
    {
      cells: [
        { kind: "text", text: "412" },
        { kind: "text", text: "Someone else changed the record; read it again" },
      ],
    },
    {
      cells: [
        { kind: "text", text: "428" },
        { kind: "text", text: "If-Match is missing" },
      ],
    },
  ],
};

const kept = [
  { label: "Summary", value: "Payments page shows an error" },
  { label: "Details", value: "It began after the weekend.\nOnly cards, not direct debit." },
];

/** All the other pages. */
export function administration(): readonly Sample[] {
  const sessionHidden = [{ name: "session", value: "1" }];
  return [
    {
      name: "sign-in",
      page: "sign-in",
      model: {
        shell: plainShell("Sign in"),
        errors: [],
        form: signIn,
        demoPeople: {
          action: "/demo/sign-in",
          people: demoPeople.map(([name, role]) => ({
            key: role.toLowerCase().replaceAll(" ", "-"),
            name,
            role,
            hidden: [{ name: "person", value: role }],
          })),
        },
      },
    },
    {
      name: "sign-in-error",
      page: "sign-in",
      model: {
        shell: plainShell("Sign in"),
        errors: [{ text: "The e-mail address or the password is wrong", fieldId: "email" }],
        form: signIn,
      },
    },
    { name: "setup", page: "setup", model: { shell: plainShell("Set up Reeve"), errors: [], form: setup } },
    {
      name: "account",
      page: "account",
      model: {
        shell: shell("Your account", ""),
        name: "Priya Nair",
        email: "priya.nair@aldermoor.example",
        roles: ["Policy manager"],
        errors: [],
        endOthersAction: "/account/sessions/others",
        sessions: [
          {
            device: "Edge on Windows",
            started: "today 08:55",
            lastSeen: "now",
            current: true,
            endAction: "/account/sessions/1/end",
            hidden: sessionHidden,
          },
          {
            device: "Safari on iPhone",
            started: "19 November 2026",
            lastSeen: "yesterday 18:10",
            current: false,
            endAction: "/account/sessions/2/end",
            hidden: sessionHidden,
          },
        ],
        tokens: [
          {
            name: "Power BI",
            scopes: "Read tickets",
            created: "1 November 2026",
            expires: "1 December 2026",
            lastUsed: "Last used today 06:00.",
            revokeAction: "/account/tokens/1/revoke",
            hidden: [],
          },
        ],
        newToken: {
          action: "/account/tokens",
          hidden: [],
          fields: [
            { id: "token-name", name: "name", label: "What it is for", widget: "text", value: "" },
            {
              id: "scopes",
              name: "scopes",
              label: "What it may do",
              widget: "checkboxes",
              values: [],
              options: [
                { value: "ticket:read", label: "Read tickets" },
                { value: "ticket:write", label: "Change tickets" },
              ],
            },
            {
              id: "expires",
              name: "expires",
              label: "It ends after",
              widget: "select",
              value: "30",
              options: [
                { value: "30", label: "30 days" },
                { value: "90", label: "90 days" },
              ],
            },
          ],
          submit: { label: "Make the token" },
        },
        changePassword: {
          action: "/account/password",
          hidden: [],
          fields: [
            {
              id: "current",
              name: "current",
              label: "Password now",
              widget: "password",
              autocomplete: "current-password",
            },
            { id: "new", name: "new", label: "New password", widget: "password", autocomplete: "new-password" },
          ],
          submit: { label: "Change password" },
        },
      },
    },
    {
      name: "token-created",
      page: "token-created",
      model: {
        shell: shell("Your new token", ""),
        name: "Power BI",
        token: "reeve_9f2c41d07b6e4a58a1c3f0b2d4e6a8c0",
        expires: "23 December 2026",
        scopes: "Read tickets",
        example: 'curl -H "Authorization: Bearer reeve_9f2c..." http://localhost:3000/api/v1/tickets?limit=5',
        back: { text: "Back to your account", href: "/account" },
      },
    },
    {
      name: "sign-in-link",
      page: "sign-in-link",
      model: {
        ...signInLink,
        title: "Make a sign-in link",
        paragraphs: [
          "With the link, Joe Price chooses a password and can then sign in. They sign in with joe.price@aldermoor.gov.uk.",
          "It works once, for 24 hours. Making it changes nothing until it is used.",
        ],
        form: {
          action: "/people/PER-00008/sign-in-link",
          fields: [],
          hidden: [],
          submit: { label: "Make the link" },
          cancel: { text: "Cancel", href: "/people/PER-00008" },
        },
      },
    },
    {
      name: "sign-in-link-made",
      page: "sign-in-link",
      model: {
        ...signInLink,
        title: "Sign-in link for Joe Price",
        paragraphs: ["Copy it now. It is shown this once and cannot be read again."],
        link: {
          label: "Sign-in link",
          value: `https://reeve.example.gov.uk/sign-in/link?person=PER-00008&key=${"9f2c41d0".repeat(8)}`,
          after: ["It works once, until 23 November 2026 at 14:30."],
        },
        back: { text: "Back to Joe Price", href: "/people/PER-00008" },
      },
    },
    {
      name: "admin",
      page: "admin",
      model: {
        shell: shell("Administration", "Administration"),
        title: "Administration",
        intro: "What the organisation is made of. Each list is a record type like any other, with its history.",
        groups: [
          {
            label: "People and access",
            cards: [
              {
                title: "People",
                href: "/people",
                text: "Who works here, their teams and their roles.",
                count: "1,204",
              },
              { title: "Teams", href: "/teams", text: "Groups of people that work is given to.", count: "61" },
              { title: "Roles", href: "/roles", text: "What a person may see and do, by type and scope.", count: "10" },
            ],
          },
          {
            label: "Service desk",
            cards: [
              { title: "Queues", href: "/queues", text: "Where tickets come in, with their hours.", count: "6" },
              { title: "Service levels", href: "/levels", text: "Times to respond and to resolve." },
            ],
          },
        ],
      },
    },
    {
      name: "numbers",
      page: "numbers",
      model: {
        shell: shell("Support desk numbers", "Reports"),
        breadcrumb: [{ text: "Support desk", href: "/desk" }],
        title: "Support desk in numbers",
        sentence: "The last six months, all queues.",
        query: {
          action: "/numbers",
          filters: [
            {
              kind: "select",
              name: "queue",
              label: "Queue",
              options: [{ value: "", label: "All queues", selected: true }],
            },
          ],
        },
        tiles: [
          { figure: "126", label: "open now", tone: "neutral" },
          { figure: "91%", label: "resolved in time", tone: "good" },
          { figure: "4.2 days", label: "median age", tone: "neutral" },
          { figure: "38", label: "reopened", tone: "warn" },
        ],
        charts: [
          { id: "backlog", ...chart },
          {
            id: "again",
            ...chart,
            finding: "Half are resolved within a day",
            table: { ...backlogTable, caption: "Resolved" },
          },
        ],
      },
    },
    { name: "not-found", page: "not-found", model: { shell: shell("Page not found", ""), searchAction: "/search" } },
    {
      name: "not-allowed",
      page: "not-allowed",
      model: {
        shell: shell("You cannot publish this policy", ""),
        what: "publish this policy",
        why: "You may not approve this policy. It needs the permission “approve” for policies",
        back: { text: "Back to POL-0012", href: "/records/POL-0012" },
      },
    },
    {
      name: "conflict",
      page: "conflict",
      model: {
        shell: shell("This can no longer be done", ""),
        sentence: "Dee Osei resolved INC-20931 at 10:42, so it cannot be assigned any more.",
        record: { text: "INC-20931", href: "/desk/INC-20931" },
        kept,
      },
    },
    {
      name: "session-ended",
      page: "session-ended",
      model: {
        shell: plainShell("Your session ended"),
        errors: [],
        form: {
          ...signIn,
          action: "/sign-in/resume",
          hidden: [{ name: "kept.summary", value: "Payments page" }],
          submit: { label: "Sign in and carry on" },
        },
        kept,
      },
    },
    {
      name: "too-many-requests",
      page: "too-many-requests",
      model: { shell: plainShell("Too many requests"), retry: "in 30 seconds" },
    },
    {
      name: "fault",
      page: "fault",
      model: { shell: plainShell("Sorry, something went wrong"), reference: "R-7F3K-92QD" },
    },
    {
      name: "unavailable",
      page: "unavailable",
      model: { shell: plainShell("The records cannot be reached"), cause: "database", reference: "R-7F3K-92QE" },
    },
    {
      name: "unavailable-disk",
      page: "unavailable",
      model: { shell: plainShell("Nothing can be saved"), cause: "disk" },
    },
    {
      name: "bad-request",
      page: "bad-request",
      model: {
        shell: plainShell("This address is not right"),
        title: "This address is not right",
        sentences: ["The date in it cannot be read. Go back and choose it again."],
        back: { text: "Go back", href: "/" },
      },
    },
    {
      name: "api-reference",
      page: "api-reference",
      model: {
        shell: shell("API reference", ""),
        openapiHref: "/api/v1/openapi.json",
        baseUrl: "http://localhost:3000/api/v1",
        intro: ["Everything that the pages do, for programs. Send a token as a bearer."],
        example: 'curl -H "Authorization: Bearer $TOKEN" http://localhost:3000/api/v1/tickets?limit=5',
        types: [{ text: "Tickets", href: "/api/reference/tickets" }],
        problems,
      },
    },
    {
      name: "api-type",
      page: "api-type",
      model: {
        shell: shell("Tickets: API reference", ""),
        breadcrumb: [{ text: "API reference", href: "/api" }],
        baseUrl: "http://localhost:3000/api/v1",
        title: "Tickets",
        description: "An incident or a request.",
        fields: fieldsTable,
        endpoints: [
          {
            method: "GET",
            path: "/tickets",
            summary: "A page of tickets that you may see.",
            parameters: { ...fieldsTable, caption: "Parameters of GET /tickets" },
            answers: "200",
          },
          { method: "POST", path: "/tickets", summary: "Makes a ticket.", answers: "201 with Location and ETag" },
        ],
      },
    },
    {
      name: "status",
      page: "status",
      model: {
        shell: plainShell("Service status"),
        title: "Service status",
        sentence: "1 thing is not working as it should.",
        tone: "bad",
        stale: "21 November 2026 at 10:00",
        services: [
          { name: "Paying online", state: { text: "Disrupted", tone: "bad" }, href: "#min-0002" },
          { name: "Libraries", state: { text: "Working", tone: "good" } },
        ],
        incidents: [
          {
            id: "min-0002",
            title: "Paying council tax online is not working",
            state: { text: "Cause found", tone: "bad" },
            began: "21 November 2026 at 09:00",
            next: "21 November 2026 at 10:30",
            updates: [
              {
                moment: "21 November 2026 at 09:40",
                iso: "2026-11-21T09:40:00Z",
                stage: "Cause found",
                html: "<p>Our provider mends it now.</p>",
              },
            ],
          },
        ],
        notices: [],
        past: [],
        changes: [
          {
            id: "chg-00003",
            text: "Planning applications are away for an hour",
            when: "28 November 2026 at 20:00 to 28 November 2026 at 21:00",
            now: false,
          },
        ],
        feed: { text: "Follow this page in a feed reader", href: "/status/feed" },
      },
    },
    {
      name: "accessibility",
      page: "accessibility",
      model: {
        shell: plainShell("Accessibility statement"),
        organisation: "Aldermoor Borough Council",
        contact: { email: "digital@aldermoor.example", phone: "01632 960000" },
        checkedOn: "21 November 2026",
        knownProblems: [],
      },
    },
  ];
}

/** Sample models of a record, its ledger, its conflict and the search that finds it. */
import type { ErasePage, RailCard, RecordPage, RecordSection, SearchPage } from "../../src/web/view/models.ts";
import { everyWidget } from "./samples-desk.ts";
import { shell } from "./samples-shell.ts";
import type { Sample } from "./samples-type.ts";

const clock: Extract<RailCard, { kind: "clock" }> = {
  kind: "clock",
  label: "Answer due",
  due: "Wednesday 25 November",
  dueIso: "2026-11-25",
  sub: "2 working days left of 20",
  tone: "neutral",
  progress: [
    { kind: "used", share: 0.78 },
    { kind: "paused", share: 0.12 },
  ],
  sentence: "A fresh 20 working days ran from 28 October, when the requester clarified.",
  ledgerHref: "/records/FOI-2026-0412/clocks/answer-due",
};

const rail: readonly RailCard[] = [
  clock,
  {
    kind: "note",
    title: "Forecast",
    tag: { text: "Likely 24 November", tone: "warn" },
    text: "Waiting on Tom Reid for question 2. Commercial usually answers in 3 days.",
  },
  {
    kind: "rows",
    title: "People",
    rows: [
      { label: "Owner", text: "Priya Nair" },
      { label: "Signs", text: "Marcus Webb" },
      { label: "Watching", text: "3 people", href: "/watchers" },
    ],
  },
  {
    kind: "rows",
    title: "Connected",
    rows: [
      { label: "Contract", text: "CON-0087 Homefinder", href: "/records/CON-0087" },
      { label: "System", text: "Homefinder", href: "/records/SYS-0031" },
      { label: "Earlier answer", text: "FOI-2025-0310", href: "/records/FOI-2025-0310" },
    ],
  },
];

const lines: RecordSection = {
  kind: "table",
  title: "Three questions, two answered",
  table: {
    caption: "Questions",
    columns: [
      { label: "#" },
      { label: "Question", wide: true },
      { label: "With" },
      { label: "Due inside" },
      { label: "Answer" },
    ],
    rows: [
      {
        cells: [
          { kind: "text", text: "1" },
          { kind: "text", text: "Total spend by year and supplier" },
          { kind: "text", text: "Answered from the contracts register" },
          { kind: "empty" },
          { kind: "tag", text: "Held, ready", tone: "good" },
        ],
      },
      {
        highlight: true,
        cells: [
          { kind: "text", text: "2" },
          { kind: "text", text: "Copies of the current contracts" },
          { kind: "text", text: "Commercial team, Tom Reid" },
          { kind: "due", text: "Tomorrow", tone: "warn" },
          { kind: "tag", text: "Chased twice", tone: "warn" },
        ],
      },
      {
        cells: [
          { kind: "text", text: "3" },
          { kind: "text", text: "Number of licences in use" },
          { kind: "text", text: "Housing systems, Ama Boateng" },
          { kind: "due", text: "23 November", tone: "neutral" },
          { kind: "tag", text: "Held, ready", tone: "good" },
        ],
      },
    ],
  },
};

const fields: RecordSection = {
  kind: "fields",
  title: "The request",
  fields: [
    { label: "Regime", value: { kind: "text", text: "FOIA 2000" } },
    { label: "Received", value: { kind: "text", text: "21 October 2026" } },
    { label: "System", value: { kind: "link", text: "Homefinder", href: "/records/SYS-0031" } },
    {
      label: "Exemptions",
      value: {
        kind: "tags",
        tags: [
          { text: "s43 commercial", tone: "neutral" },
          { text: "s40 personal", tone: "neutral" },
        ],
      },
    },
    { label: "Decision", value: { kind: "empty" } },
    {
      label: "What they asked for",
      wide: true,
      value: {
        kind: "html",
        html: "<p>How much was spent on temporary accommodation systems since 2022?</p><ul><li>by year</li><li>by supplier</li></ul>",
      },
    },
  ],
};

const conversation: RecordSection = {
  kind: "conversation",
  title: "Reply being agreed",
  comments: [
    {
      id: "1",
      author: "Priya Nair",
      initials: "PN",
      note: "version 3",
      moment: "today 10:42",
      iso: "2026-11-23T10:42:00Z",
      internal: false,
      bodyHtml:
        "<p>You asked for the council’s spending on temporary accommodation systems since 2022. We hold this information. The table below shows payments by financial year and supplier, excluding VAT.</p>",
    },
    {
      id: "2",
      author: "Marcus Webb",
      initials: "MW",
      note: "assistant director",
      moment: "today 11:05",
      internal: true,
      bodyHtml:
        "<p>Can we say why 2024 rose? The new contract started in June. Happy to sign once question 2 is in.</p>",
      files: [{ text: "contract.pdf (48 KB)", href: "/files/1" }],
      erase: { href: "/records/FOI-2026-0412/erase?line=2", which: "line 2, a comment by Marcus Webb" },
    },
    {
      id: "3",
      author: "Tom Reid",
      initials: "TR",
      moment: "Friday 16:20",
      internal: false,
      bodyHtml: "",
      erased: true,
    },
  ],
  form: {
    action: "/records/FOI-2026-0412/comments",
    hidden: [],
    fields: [
      { id: "body", name: "body", label: "Add a comment", widget: "textarea", value: "", rows: 3 },
      {
        id: "visibility",
        name: "visibility",
        label: "Who sees it",
        widget: "radios",
        inline: true,
        value: "internal",
        options: [
          { value: "internal", label: "Staff only" },
          { value: "public", label: "The requester too" },
        ],
      },
    ],
    submit: { label: "Add comment" },
  },
};

const timeline: RecordSection = {
  kind: "timeline",
  entries: [
    {
      id: "9",
      actor: "Priya Nair",
      sentence: "changed two fields",
      moment: "Today 10:42",
      iso: "2026-11-23T10:42:00Z",
      changes: [
        { field: "Decision", from: "", to: "Part released" },
        { field: "Reviewer", from: "Dee Osei", to: "Marcus Webb" },
      ],
      erase: { href: "/records/FOI-2026-0412/erase?line=9", which: "line 9, Priya Nair changed two fields" },
    },
    {
      id: "8",
      actor: "The answer clock",
      sentence: "restarted with a fresh 20 working days",
      moment: "28 October 2026 at 09:12",
    },
    {
      id: "7",
      actor: "A person erased by law",
      sentence: "wrote a comment",
      moment: "24 October 2026 at 12:00",
      erased: "Erased on 2 November 2026, certificate ERA-2026-0004. That it happened is kept.",
    },
    {
      id: "6",
      actor: "Priya Nair",
      sentence: "asked for clarification",
      moment: "24 October 2026 at 11:58",
      changes: [{ field: "State", from: "Open", to: "Awaiting clarification" }],
    },
  ],
  olderHref: "?tab=timeline&before=6",
};

const connected: RecordSection = {
  kind: "connected",
  groups: [
    {
      relation: "Answered from",
      records: [
        {
          reference: "CON-0087",
          title: "Homefinder",
          href: "/records/CON-0087",
          type: "Contract",
          state: { text: "Live", tone: "good" },
          remove: { action: "/links/1/remove", hidden: [] },
        },
      ],
    },
    {
      relation: "Earlier answers",
      records: [
        {
          reference: "FOI-2025-0310",
          title: "Spend on housing systems",
          href: "/records/FOI-2025-0310",
          type: "Information request",
          state: { text: "Answered", tone: "neutral" },
        },
      ],
    },
  ],
  empty: { title: "Nothing is connected yet", text: "Connect the records this one depends on." },
  form: {
    action: "/records/FOI-2026-0412/links",
    hidden: [],
    fields: [
      {
        id: "relation",
        name: "relation",
        label: "How they are connected",
        widget: "select",
        value: "",
        placeholder: "Choose",
        options: [{ value: "about", label: "Is about" }],
      },
      {
        id: "other",
        name: "other",
        label: "The other record",
        hint: "A reference, such as CON-0087",
        widget: "lookup",
        value: "",
        suggestions: [],
      },
    ],
    submit: { label: "Connect", tone: "secondary" },
  },
};

const move = (label: string) => ({
  label,
  href: `/records/FOI-2026-0412/moves/${label}`,
  method: "get" as const,
});

function record(current: string, sections: readonly RecordSection[]): RecordPage {
  return {
    shell: shell(
      "FOI-2026-0412 How much was spent on temporary accommodation systems since 2022?",
      "Information rights",
    ),
    breadcrumb: [
      { text: "Information rights", href: "/rights" },
      { text: "Open requests", href: "/rights?view=open" },
    ],
    title: "How much was spent on temporary accommodation systems since 2022?",
    reference: "FOI-2026-0412",
    state: { text: "Drafting", tone: "info" },
    tags: [{ text: "FOI", tone: "neutral" }],
    sub: "from a member of the public, received 21 October 2026",
    moves: [
      { ...move("Send for agreement"), method: "post", hidden: [{ name: "version", value: "7" }] },
      move("Ask for clarification"),
      move("Commission a team"),
      move("Extend for public interest"),
      { ...move("Withdraw"), tone: "warning" },
    ],
    actions: [
      { label: "Edit", href: "/records/FOI-2026-0412/edit", method: "get" },
      { label: "Watch", href: "/records/FOI-2026-0412/watch", method: "post", hidden: [] },
    ],
    tabs: ["Details", "Conversation", "Timeline", "Connected"].map((label, index) => ({
      label,
      href: `?tab=${label.toLowerCase()}`,
      ...(index > 0 ? { count: String([0, 3, 23, 9][index]) } : {}),
      current: label === current,
    })),
    sections,
    rail,
  };
}

const days = [
  [
    "Wednesday 28 October 2026",
    false,
    "",
    "The day clarification came; counting starts the working day after",
    "start",
  ],
  ["Thursday 29 October 2026", true, "Day 1 of 20", "Working day", ""],
  ["Friday 30 October 2026", true, "Day 2 of 20", "Working day", ""],
  ["Saturday 31 October 2026", false, "", "Saturday", ""],
  ["Sunday 1 November 2026", false, "", "Sunday", ""],
  ["Monday 2 November 2026", true, "Day 3 of 20", "Working day", ""],
  ["Monday 30 November 2026", false, "", "St Andrew’s Day, a bank holiday in Scotland", ""],
  ["Wednesday 25 November 2026", true, "Day 20 of 20", "The answer is due", "due"],
] as const;

const search: SearchPage = {
  shell: { ...shell("Search: homefinder", "Search"), search: { action: "/search", value: "homefinder" } },
  query: "homefinder",
  action: "/search",
  countText: "1,000+ records",
  types: [
    { label: "Everything", count: "1,000+", href: "?q=homefinder", current: true },
    { label: "Tickets", count: "1,000+", href: "?q=homefinder&type=ticket" },
    { label: "Policies", count: "2", href: "?q=homefinder&type=policy" },
  ],
  didYouMean: { text: "home finder", href: "?q=home+finder" },
  note: "Many records hold this word, so only the newest 1,000 were ranked. Add a word to narrow it.",
  results: ["INC-20931", "POL-0012"].map((reference, index) => ({
    type: index ? "Policy" : "Ticket",
    reference,
    title: index ? "Acceptable use of Homefinder" : "New starter needs access to Homefinder",
    href: `/records/${reference}`,
    state: { text: index ? "Published" : "Assigned", tone: index ? "good" : "info" },
    snippetHtml: "… needs an account in <mark>Homefinder</mark> before Monday, with the rights of a housing officer …",
    updated: "Updated 21 November 2026",
  })),
  paging: { nextHref: "?q=homefinder&after=2" },
};

const reasonMissing = "Enter why the law asks for this, in 3 to 1,000 characters, without repeating what is erased";

const erase: ErasePage = {
  shell: shell("Error: Erase what this line says: FOI-2026-0412", "Information rights"),
  breadcrumb: [{ text: "FOI-2026-0412", href: "/records/FOI-2026-0412" }],
  caption: "FOI-2026-0412 How much was spent on temporary accommodation systems since 2022?",
  title: "Erase what this line says",
  line: [
    { label: "Number", text: "7" },
    { label: "Who", text: "Marcus Webb" },
    { label: "What", text: "wrote an internal comment" },
    { label: "When", text: "Today 11:05" },
    { label: "Internal comment begins", text: "Can we say why 2024 rose? The new…" },
  ],
  goes: ["All that this line says, for ever: every word and value in it"],
  stays: ["That it happened, who did it and when", "What the request holds now"],
  before: "If the request still holds what must go, change it first.",
  errors: [{ text: reasonMissing, fieldId: "field-reason" }],
  form: {
    action: "/records/FOI-2026-0412/erase?line=7",
    hidden: [],
    fields: [
      {
        id: "field-reason",
        name: "reason",
        label: "Why the law asks for this",
        hint: "It stays in the timeline, so do not repeat what is erased.",
        error: reasonMissing,
        widget: "textarea",
        value: "x",
        rows: 4,
        maxLength: 1000,
      },
      {
        id: "field-confirm",
        name: "confirm",
        label: "Type FOI-2026-0412 to confirm",
        widget: "text",
        width: "short",
        value: "",
      },
    ],
    submit: { label: "Erase for ever", tone: "warning" },
    cancel: { text: "Cancel", href: "/records/FOI-2026-0412?tab=timeline" },
  },
};

/** Records, ledger, erasure, conflict, search. */
export function records(): readonly Sample[] {
  return [
    { name: "erase", page: "erase", model: erase },
    { name: "record", page: "record", model: record("Details", [lines, fields, conversation]) },
    { name: "record-conversation", page: "record", model: record("Conversation", [conversation]) },
    { name: "record-timeline", page: "record", model: record("Timeline", [timeline]) },
    { name: "record-connected", page: "record", model: record("Connected", [connected]) },
    {
      name: "ledger",
      page: "ledger",
      model: {
        shell: shell("Every day counted: FOI-2026-0412", "Information rights"),
        breadcrumb: [{ text: "FOI-2026-0412", href: "/records/FOI-2026-0412" }],
        title: "Answer due: every day counted",
        sentences: ["The answer is due on Wednesday 25 November 2026: the 20th working day after 28 October 2026."],
        clock: {
          ...clock,
          progress: [
            { kind: "used", share: 1 },
            { kind: "over", share: 0 },
          ],
          tone: "warn",
          ledgerHref: undefined,
        },
        facts: [
          { label: "Rule", value: { kind: "text", text: "20 working days after receipt, FOIA s10(1)" } },
          {
            label: "Calendar",
            value: { kind: "text", text: "Bank holidays in any part of the United Kingdom, s10(6)" },
          },
        ],
        entries: days.map(([when, counted, amount, why, mark]) => ({
          when,
          counted,
          amount,
          why,
          citation: { text: "FOIA s10(6)", href: "https://www.legislation.gov.uk/ukpga/2000/36/section/10" },
          ...(mark ? { mark: { text: mark === "due" ? "Due" : "Start", tone: "warn" as const } } : {}),
        })),
      },
    },
    {
      name: "form-conflict",
      page: "form",
      model: {
        shell: shell("Change INC-20931", "Support desk"),
        caption: "INC-20931 Payments page shows an error",
        title: "Change the ticket",
        errors: [{ text: "Dee Osei changed this ticket while you were typing", fieldId: "conflict-title" }],
        conflict: {
          who: "Dee Osei",
          moment: "today at 10:42",
          rows: [
            {
              field: "Summary",
              yours: "Payments page shows an error after card details",
              theirs: "Payments page: error after card",
              differs: true,
            },
            { field: "Impact", yours: "2 A service or team", theirs: "2 A service or team", differs: false },
          ],
        },
        form: { ...everyWidget, fields: everyWidget.fields.slice(0, 2), submit: { label: "Save my version" } },
      },
    },
    { name: "search", page: "search", model: search },
    {
      name: "search-empty",
      page: "search",
      model: {
        ...search,
        query: "hoemfinder",
        countText: "Nothing found",
        results: [],
        types: [],
        paging: {},
        empty: {
          title: "Nothing you can see holds these words",
          text: "Try fewer words, another spelling, or a reference such as INC-20931.",
        },
      },
    },
  ];
}

/** Rich sample models for every page: an invented council on Monday 23 November 2026. */
import type { Column, MyWorkPage, QuestionPage, Row } from "../../src/web/view/models.ts";
import { administration } from "./samples-administration.ts";
import { everyWidget, list } from "./samples-desk.ts";
import { records } from "./samples-records.ts";
import { shell } from "./samples-shell.ts";
import type { Sample } from "./samples-type.ts";

const dueColumns: readonly Column[] = [
  { label: "Due" },
  { label: "Reference" },
  { label: "What", wide: true },
  { label: "State" },
  { label: "Waiting on" },
];

type DueRow = [string, "neutral" | "warn" | "bad", string, string, string, "neutral" | "info" | "warn" | "bad", string];

function dueRow([due, tone, reference, title, state, stateTone, waiting]: DueRow): Row {
  return {
    highlight: reference === "INC-20931",
    cells: [
      { kind: "due", text: due, tone },
      { kind: "link", text: reference, href: `/records/${reference}` },
      { kind: "text", text: title },
      { kind: "tag", text: state, tone: stateTone },
      { kind: "person", text: waiting },
    ],
  };
}

const myWork: MyWorkPage = {
  shell: { ...shell("My work"), demo: "Everyone and everything here is invented." },
  greeting: "Good morning, Priya",
  sentence: "Monday 23 November 2026. Two things are due today and one person is waiting on you.",
  tiles: [
    { figure: "1", label: "late", tone: "bad", href: "/my-work?due=late" },
    { figure: "2", label: "due today", tone: "neutral", href: "/my-work?due=today" },
    { figure: "6", label: "due this week", tone: "neutral", href: "/my-work?due=week" },
    { figure: "97.4%", label: "requests on time, 12 months", tone: "neutral", href: "/numbers" },
  ],
  sections: [
    {
      id: "due",
      title: "Due, soonest first",
      count: "14 records",
      links: [{ text: "see them as a list", href: "/list" }],
      table: {
        caption: "Due, soonest first",
        columns: dueColumns,
        rows: (
          [
            [
              "Friday, 1 day late",
              "bad",
              "MEM-2026-0188",
              "Cllr Okafor: broadband in sheltered housing",
              "Overdue",
              "bad",
              "Property services",
            ],
            ["Today 17:00", "warn", "INC-20931", "Major incident update: payments page", "Update due", "warn", "You"],
            ["Today", "warn", "POL-0012", "Acceptable use policy: sign off version 4", "Consultation", "info", "You"],
            [
              "Wednesday",
              "neutral",
              "FOI-2026-0412",
              "Spend on temporary accommodation systems",
              "Drafting",
              "info",
              "Tom Reid",
            ],
            [
              "Thursday",
              "neutral",
              "SAR-2026-0056",
              "Subject access: former tenant",
              "Gathering",
              "neutral",
              "3 holders",
            ],
            [
              "27 November",
              "neutral",
              "FOI-2026-0415",
              "School admissions appeals by ward",
              "Commissioned",
              "neutral",
              "Education",
            ],
          ] as DueRow[]
        ).map(dueRow),
      },
    },
    {
      id: "waiting",
      title: "Waiting on me",
      count: "3",
      table: {
        caption: "Waiting on me",
        columns: [{ label: "Since" }, { label: "Reference" }, { label: "Asked", wide: true }, { label: "By" }],
        rows: [
          {
            cells: [
              { kind: "date", text: "2 hours" },
              { kind: "link", text: "CHG-0441", href: "/records/CHG-0441" },
              { kind: "text", text: "Approve: new telephony routing on Thursday" },
              { kind: "person", text: "Dee Osei" },
            ],
          },
          {
            cells: [
              { kind: "date", text: "Yesterday" },
              { kind: "link", text: "ACT-0219", href: "/records/ACT-0219" },
              { kind: "text", text: "Report BYOD take-up to the digital board" },
              { kind: "person", text: "Digital board" },
            ],
          },
        ],
      },
    },
    {
      id: "watching",
      title: "Watching",
      table: {
        caption: "Watching",
        columns: [{ label: "Reference" }, { label: "What" }],
        rows: [],
        empty: {
          title: "You watch nothing yet",
          text: "Watch a record to hear when it changes. The button is at the top of each record.",
        },
      },
    },
  ],
};

const begun = {
  title: "The printer",
  begun: "21 November 2026 at 14:02",
  saved: "21 November 2026 at 14:05",
  until: "21 December 2026",
  href: "/new?draft=one",
  removeAction: "/drafts/one/remove",
};

const question: QuestionPage = {
  shell: shell("What is it, in a few words?"),
  back: { text: "Back", href: "/new" },
  caption: "New ticket",
  errors: [{ text: "Enter a summary", fieldId: "field-summary" }],
  form: {
    action: "/questions",
    hidden: [{ name: "_ask", value: "summary" }],
    fields: [
      {
        id: "field-summary",
        name: "summary",
        label: "What is it, in a few words?",
        hint: "For example, “My phone will not ring”",
        error: "Enter a summary",
        heading: true,
        widget: "text",
        value: "",
      },
    ],
    submit: { label: "Continue" },
    draft: { id: "two", action: "/drafts", href: "/new?draft=two", again: "/new", begun: [begun] },
  },
};

/** Every page, some in several states. */
export function samples(): readonly Sample[] {
  return [
    { name: "my-work", page: "my-work", model: myWork },
    { name: "list", page: "list", model: list(12) },
    { name: "list-filters-open", page: "list", model: { ...list(0), query: { ...list(0).query, filtersOpen: true } } },
    {
      name: "form",
      page: "form",
      model: {
        shell: shell("New ticket", "Support desk"),
        breadcrumb: [{ text: "Support desk", href: "/desk" }],
        title: "New ticket",
        errors: [
          { text: "Enter a summary", fieldId: "summary" },
          { text: "First seen on must be a real date", fieldId: "seen-on" },
        ],
        form: everyWidget,
      },
    },
    { name: "question", page: "question", model: question },
    {
      name: "answers",
      page: "answers",
      model: {
        shell: shell("Check your answers before you send them"),
        back: { text: "Back", href: "/new?ask=details" },
        caption: "New ticket",
        errors: [{ text: "Enter a summary", fieldId: "answer-summary" }],
        answers: [
          {
            id: "answer-kind",
            question: "Is something broken?",
            value: { kind: "text", text: "Incident" },
            changeHref: "/new",
          },
          {
            id: "answer-summary",
            question: "What is it, in a few words?",
            value: { kind: "empty" },
            changeHref: "/new",
          },
        ],
        form: { action: "/new", fields: [], hidden: [], submit: { label: "Send" } },
      },
    },
    ...records(),
    ...administration(),
  ];
}

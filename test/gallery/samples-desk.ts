/** Sample models of the support desk: its queue, and a form that holds every widget. */
import type { FormContent, FormField, ListPage, Row } from "../../src/web/view/models.ts";
import { shell } from "./samples-shell.ts";

const priorities = [
  ["1 Critical", "bad"],
  ["2 High", "warn"],
  ["3 Medium", "info"],
  ["4 Low", "neutral"],
] as const;
const summaries = [
  "Payments page shows an error after card details",
  "Laptop will not join the wi-fi in Moor House",
  "New starter needs access to Homefinder",
  "Shared mailbox for licensing is full",
  "Cannot print from the planning floor since the weekend",
  "Screen reader loses focus in the revenues system",
  "Councillor's phone was left on a train",
];
const people = ["Amina Yusuf", "Tom Reid", "Dee Osei", "Ama Boateng", "Unassigned"];

function ticketRow(index: number): Row {
  const [priority, tone] = priorities[index % 4] ?? ["4 Low", "neutral"];
  const late = index < 2;
  return {
    cells: [
      { kind: "link", text: `INC-${20_931 - index * 7}`, href: `/desk/INC-${20_931 - index * 7}` },
      { kind: "text", text: summaries[index % summaries.length] ?? "" },
      { kind: "tag", text: priority, tone },
      {
        kind: "tag",
        text: ["New", "Assigned", "Waiting for user"][index % 3] ?? "",
        tone: index % 3 ? "neutral" : "info",
      },
      { kind: "person", text: people[index % people.length] ?? "" },
      {
        kind: "due",
        text: late ? "Friday, 1 day late" : index < 5 ? "Today 17:00" : "Thursday",
        tone: late ? "bad" : index < 5 ? "warn" : "neutral",
      },
      { kind: "date", text: `${22 - (index % 20)} November 2026` },
    ],
  };
}

const sort = (direction: "ascending" | "descending" | "none") => ({ href: "?sort=due", direction });

/** The support desk's queue with as many rows as asked for. */
export function list(rows = 50): ListPage {
  return {
    shell: {
      ...shell("Support desk", "Support desk"),
      flash: { tone: "good", text: "The view is saved.", link: { text: "See all views", href: "/views" } },
    },
    title: "Support desk",
    countText: "126 records",
    create: { text: "New ticket", href: "/desk/new" },
    links: [{ text: "numbers", href: "/numbers" }],
    views: [
      { label: "All open", href: "?view=open", current: true },
      { label: "Unassigned", href: "?view=unassigned" },
      { label: "Mine", href: "?view=mine" },
      { label: "Breaching today", href: "?view=breaching" },
    ],
    query: {
      action: "/desk",
      search: { name: "q", label: "Search in this list", value: "" },
      filters: [
        {
          kind: "select",
          name: "queue",
          label: "Queue",
          options: [
            { value: "", label: "Any" },
            { value: "service-desk", label: "Service desk", selected: true },
          ],
        },
        {
          kind: "many",
          name: "priority",
          label: "Priority",
          options: priorities.map(([label], index) => ({ value: String(index + 1), label, selected: index < 2 })),
        },
        { kind: "date-range", name: "opened", label: "Opened", from: "2026-11-01", to: "" },
        { kind: "text", name: "requester", label: "Requester", value: "" },
      ],
      columns: {
        name: "columns",
        canOrder: true,
        options: ["Reference", "Summary", "Priority", "State", "Owner", "Due", "Opened", "Team"].map(
          (label, index) => ({ value: label.toLowerCase(), label, selected: index < 7 }),
        ),
      },
      hidden: [{ name: "sort", value: "due" }],
      clearHref: "/desk",
    },
    chips: [
      { label: "Queue: Service desk", removeHref: "/desk?priority=1&priority=2" },
      { label: "Priority: 1 Critical, 2 High", removeHref: "/desk?queue=service-desk" },
    ],
    saveView: {
      action: "/views",
      hidden: [{ name: "query", value: "queue=service-desk" }],
      name: "",
      share: [
        { value: "", label: "Only me" },
        { value: "t1", label: "Service desk" },
      ],
    },
    table: {
      caption: "Support desk, all open",
      columns: [
        { label: "Reference", sort: sort("none") },
        { label: "Summary", wide: true, sort: sort("none") },
        { label: "Priority", sort: sort("none") },
        { label: "State" },
        { label: "Owner" },
        { label: "Due", sort: sort("ascending") },
        { label: "Opened", sort: sort("none") },
      ],
      rows: Array.from({ length: rows }, (_, index) => ticketRow(index)),
      empty: {
        title: "No tickets match",
        text: "A ticket is one thing someone needs from the desk. Take a filter away, or raise the first one.",
        actions: [
          { text: "New ticket", href: "/desk/new" },
          { text: "Import a log", href: "/import" },
        ],
      },
    },
    paging: { nextHref: "?after=abc", text: "1 to 50" },
    csvHref: "/desk.csv",
  };
}

const options = [
  { value: "1", label: "1 Whole organisation" },
  { value: "2", label: "2 A service or team", hint: "Several people cannot do their work" },
  { value: "3", label: "3 One person" },
];

const clauseFields = (number: number, text: string): FormField[] => [
  {
    id: `clause-${number}-number`,
    name: `clauses-${number}-number`,
    label: "Number",
    widget: "text",
    value: `${number}`,
    width: "short",
  },
  {
    id: `clause-${number}-text`,
    name: `clauses-${number}-text`,
    label: "Text",
    widget: "textarea",
    value: text,
    rows: 2,
  },
];

const everyField: readonly FormField[] = [
  {
    id: "summary",
    name: "summary",
    label: "Summary",
    hint: "One line that says what is wrong",
    widget: "text",
    value: "",
    error: "Enter a summary",
  },
  {
    id: "details",
    name: "details",
    label: "Details",
    optional: true,
    widget: "textarea",
    value: "It began after the weekend.",
    maxLength: 4000,
  },
  {
    id: "category",
    name: "category",
    label: "Category",
    widget: "select",
    value: "net",
    placeholder: "Choose a category",
    options: [
      { value: "net", label: "Network" },
      { value: "app", label: "Application" },
    ],
  },
  { id: "impact", name: "impact", label: "Impact", widget: "radios", value: "2", options },
  {
    id: "tags",
    name: "tags",
    label: "What it touches",
    optional: true,
    widget: "checkboxes",
    values: ["web"],
    options: [
      { value: "web", label: "Website" },
      { value: "pay", label: "Payments" },
    ],
  },
  {
    id: "seen-on",
    name: "seen-on",
    label: "First seen on",
    hint: "For example, 21 11 2026",
    widget: "date",
    day: "21",
    month: "13",
    year: "2026",
    error: "First seen on must be a real date",
  },
  {
    id: "call-at",
    name: "call-at",
    label: "Call back at",
    hint: "For example, 24 11 2026 at 14:30",
    optional: true,
    widget: "date-time",
    day: "",
    month: "",
    year: "",
    time: "",
  },
  { id: "affected", name: "affected", label: "People affected", widget: "number", value: "12", suffix: "people" },
  { id: "cost", name: "cost", label: "Cost so far", optional: true, widget: "money", value: "1,250" },
  { id: "major", name: "major", label: "Is it a major incident?", widget: "yes-no", value: "no" },
  {
    id: "requester",
    name: "requester",
    label: "Requester",
    hint: "Type a name",
    widget: "lookup",
    value: "Amina Yusuf",
    suggestions: [{ value: "Amina Yusuf", label: "Revenues" }],
    suggestHref: "/suggest/person?for=ticket",
  },
  {
    id: "queue",
    name: "queue",
    label: "Queue",
    widget: "lookup",
    value: "sd",
    options: [{ value: "sd", label: "Service desk" }],
  },
  { id: "photo", name: "photo", label: "Picture", optional: true, widget: "file", value: "" },
  {
    id: "clauses",
    name: "clauses",
    label: "Clauses",
    widget: "lines",
    rowLabel: "Clause",
    addLabel: "Add a clause",
    canOrder: true,
    rows: [
      { id: "0", fields: clauseFields(1, "Devices are encrypted.") },
      { id: "1", fields: clauseFields(2, "Accounts are for one person.") },
    ],
  },
];

/** A form that holds every widget. */
export const everyWidget: FormContent = {
  action: "/desk",
  fields: everyField,
  hidden: [{ name: "version", value: "3" }],
  submit: { label: "Save ticket" },
  cancel: { text: "Cancel", href: "/desk" },
  multipart: true,
};

import { columnsOf, eachRow, moment, momentIn, person, text } from "./cells.ts";
import type { MovedStanding, MovedState, MovedTicket, Row, Source } from "./moved.ts";
import { needs } from "./needs.ts";

const states: Readonly<Record<string, MovedState>> = {
  open: "assigned",
  resolved: "resolved",
  closed: "closed",
  archived: "closed",
  deleted: "cancelled",
};
const priorities: Readonly<Record<string, MovedStanding["priority"]>> = { emergency: 1, high: 2, normal: 3, low: 4 };
/** Times in an export are those of whoever exported it, without a zone. */
const zone = "Europe/London";

/** The CSV that osTicket’s list of tickets exports. osTicket gives no history with it. */
export const osTicket: Source = {
  name: "osticket",
  label: "osTicket",
  holds: "the CSV of a list of tickets, with the columns Ticket Number, Date Created, Subject and Current Status",
  read: (parts) => eachRow(needs(parts, "tickets"), (row) => text(row["Ticket Number"]), readTicket),
};

function readTicket(row: Row, number: string): MovedTicket {
  const openedAt = momentIn(row, "Date Created", zone);
  const owner = text(row["Agent Assigned"]) ?? text(row["Assigned To"]);
  const state = states[text(row["Current Status"])?.toLowerCase() ?? ""] ?? "assigned";
  const priority = priorities[text(row["Priority"])?.toLowerCase() ?? ""] ?? 3;
  const topic = text(row["Help Topic"]);
  return {
    number,
    title: text(row["Subject"]) ?? `Ticket ${number}`,
    details: null,
    kind: "incident",
    impact: 2,
    urgency: priority <= 2 ? 1 : priority === 3 ? 2 : 3,
    // Open and nobody’s is new here.
    state: state === "assigned" && owner === null ? "new" : state,
    priority,
    queue: text(row["Department"]),
    category: topic === null ? [] : topic.split(" / ").map((part) => part.trim()),
    owner: person(owner),
    requester: person(text(row["From Email"]) ?? text(row["From"]), text(row["From"]), text(row["From Email"])),
    openedAt,
    updatedAt: moment(row["Last Updated"], zone) ?? openedAt,
    endedAt: moment(row["Date Closed"] ?? row["Closed Date"], zone),
    resolution: null,
    history: [],
    columns: columnsOf(row),
  };
}

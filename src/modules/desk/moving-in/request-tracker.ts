import { columnsOf, eachRow, grouped, moment, person, plain, RowProblem, text } from "./cells.ts";
import type { MovedEntry, MovedPerson, MovedStanding, MovedState, MovedTicket, Row, Source } from "./moved.ts";
import { needs } from "./needs.ts";

const states: Readonly<Record<string, MovedState>> = {
  new: "new",
  open: "assigned",
  stalled: "waiting_user",
  resolved: "closed",
  rejected: "cancelled",
  deleted: "cancelled",
};

/**
 * RT’s REST2 API: `/REST/2.0/tickets` with every field, `/REST/2.0/ticket/{id}/history` with every field; or the
 * spreadsheet (`Results.tsv`) that a search gives. RT’s resolved is an end, so it is closed here.
 */
export const requestTracker: Source = {
  name: "request-tracker",
  label: "Request Tracker",
  holds: "tickets, and with them transactions; or the Results.tsv of a search",
  read: (parts) => {
    const transactions = grouped(
      parts.get("transactions") ?? parts.get("history"),
      (row) => text(row["Object"]) ?? text(row["ObjectId"]) ?? text(row["TicketId"]),
    );
    return eachRow(
      needs(parts, "tickets", "items", "results"),
      (row) => text(row["id"]),
      (row, number) => readTicket(row, number, transactions.get(number) ?? []),
    );
  },
};

/** “Nobody” is RT’s own account for nobody, and RT_System for itself. */
function named(value: unknown): MovedPerson | null {
  const first = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  const key = typeof first === "object" && first !== null ? (text((first as Row)["id"]) ?? text(first)) : text(first);
  if (key === null || ["Nobody", "Nobody in particular", "RT_System", "not set"].includes(key)) return null;
  const row = typeof first === "object" && first !== null ? (first as Row) : {};
  return person(key.split(/,\s*/)[0]!, text(row["RealName"]), text(row["EmailAddress"]));
}

function readTicket(row: Row, number: string, transactions: readonly Row[]): MovedTicket {
  const inOrder = transactions.toSorted((one, other) => at(one) - at(other));
  const created = inOrder.find((one) => text(one["Type"]) === "Create");
  const openedAt = moment(row["Created"]) ?? (created ? moment(created["Created"]) : null);
  if (openedAt === null) throw new RowProblem("it has no Created");
  const priority = priorityOf(row["Priority"]);
  return {
    number,
    title: text(row["Subject"]) ?? `Ticket ${number}`,
    details: created ? plain(created["Content"], isHtml(created)) : null,
    kind: "incident",
    impact: 2,
    urgency: priority <= 2 ? 1 : priority === 3 ? 2 : 3,
    state: stateOf(row["Status"]),
    priority,
    queue: text(row["Queue"]),
    category: [],
    owner: named(row["Owner"]),
    requester: named(row["Requestor"] ?? row["Requestors"]),
    openedAt,
    updatedAt: moment(row["LastUpdated"]) ?? openedAt,
    endedAt: moment(row["Resolved"]),
    resolution: null,
    history: inOrder.flatMap(entryOf),
    columns: columnsOf(row),
  };
}

const at = (row: Row): number => moment(row["Created"])?.epochMilliseconds ?? 0;
const isHtml = (row: Row): boolean => text(row["ContentType"]) === "text/html";
const stateOf = (value: unknown): MovedState => states[text(value)?.toLowerCase() ?? ""] ?? "assigned";

/** RT counts from 0 to 100 as it comes, or says Low, Medium, High. */
function priorityOf(value: unknown): MovedStanding["priority"] {
  const given = text(value)?.toLowerCase() ?? "0";
  const number = { low: 0, medium: 50, high: 100 }[given] ?? (Number(given) || 0);
  return number >= 80 ? 2 : number >= 40 ? 3 : 4;
}

function entryOf(row: Row): MovedEntry[] {
  const when = moment(row["Created"]);
  if (when === null) return [];
  const by = named(row["Creator"]);
  const type = text(row["Type"]) ?? "";
  if (type === "Correspond" || type === "Comment") {
    const said = plain(row["Content"], isHtml(row)) ?? "(nothing was written)";
    return [{ at: when, by, said: { text: said, audience: type === "Comment" ? "internal" : "everyone" } }];
  }
  const field =
    type === "Status"
      ? "Status"
      : ["Give", "Take", "Steal", "Force", "Untake"].includes(type)
        ? "Owner"
        : text(row["Field"]);
  const [became, was] = [changeOf(field, row["NewValue"]), changeOf(field, row["OldValue"])];
  return became ? [{ at: when, by, became, ...(was ? { was } : {}) }] : [];
}

function changeOf(field: string | null, value: unknown): Partial<MovedStanding> | null {
  if (field === "Status") return { state: stateOf(value) };
  if (field === "Priority") return { priority: priorityOf(value) };
  if (field === "Queue") return { queue: text(value) };
  return field === "Owner" ? { owner: named(value) } : null;
}

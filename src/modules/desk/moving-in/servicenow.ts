import { code, columnsOf, eachRow, grouped, moment, person, plain, RowProblem, text } from "./cells.ts";
import type { MovedEntry, MovedPerson, MovedStanding, MovedState, MovedTicket, Parts, Row, Source } from "./moved.ts";
import { needs } from "./needs.ts";

/** The base system’s values of `state`, and its labels. */
const states: Readonly<Record<string, MovedState>> = {
  1: "new",
  2: "assigned",
  3: "waiting_user",
  6: "resolved",
  7: "closed",
  8: "cancelled",
  new: "new",
  "in progress": "assigned",
  active: "assigned",
  "on hold": "waiting_user",
  "awaiting user info": "waiting_user",
  "awaiting vendor": "waiting_supplier",
  resolved: "resolved",
  closed: "closed",
  canceled: "cancelled",
  cancelled: "cancelled",
};

/** Columns of an export by label, as the API names them. */
const labels: Readonly<Record<string, string>> = {
  Number: "number",
  "Short description": "short_description",
  Description: "description",
  State: "state",
  Priority: "priority",
  Impact: "impact",
  Urgency: "urgency",
  Caller: "caller_id",
  "Assignment group": "assignment_group",
  "Assigned to": "assigned_to",
  Category: "category",
  Subcategory: "subcategory",
  Opened: "opened_at",
  Created: "sys_created_on",
  Updated: "sys_updated_on",
  Resolved: "resolved_at",
  Closed: "closed_at",
  "Resolution notes": "close_notes",
  "Close notes": "close_notes",
};

/**
 * ServiceNow’s Table API (`/api/now/table/incident` with `sysparm_display_value=all`, and `sys_journal_field`, `sys_audit`,
 * `sys_user`), or the CSV of a list. Times are UTC, as the API gives them.
 */
export const serviceNow: Source = {
  name: "servicenow",
  label: "ServiceNow",
  holds: "incident, and with it sys_journal_field, sys_audit and sys_user; or the CSV of a list of incidents",
  read: (parts) => {
    const users = usersOf(parts);
    const journal = grouped(parts.get("sys_journal_field"), (row) => code(row["element_id"]));
    const audit = grouped(parts.get("sys_audit"), (row) => code(row["documentkey"]));
    return eachRow(
      needs(parts, "incident", "incidents", "result", "records"),
      (row) => text(row["number"]) ?? text(row["Number"]),
      (given, number) => {
        const row = "Number" in given ? byField(given) : given;
        const id = code(row["sys_id"]) ?? "";
        const history = [
          ...(journal.get(id) ?? []).map((one) => journalEntry(one, users)),
          ...(audit.get(id) ?? []).flatMap((one) => auditEntry(one, users)),
        ];
        return readTicket(row, number, { users, history });
      },
    );
  },
};

type Users = (value: unknown) => MovedPerson | null;

function usersOf(parts: Parts): Users {
  const known = new Map<string, MovedPerson>();
  for (const row of parts.get("sys_user") ?? []) {
    const found = person(text(row["user_name"]), text(row["name"]), text(row["email"]));
    for (const key of [code(row["sys_id"]), text(row["user_name"]), text(row["name"])])
      if (key !== null && found) known.set(key.toLowerCase(), found);
  }
  return (value) => {
    const keys = [code(value), text(value)].filter((key) => key !== null);
    const label = text(value);
    const found = keys.map((key) => known.get(key.toLowerCase())).find((one) => one !== undefined);
    return found ?? (label === null || label === "system" ? null : person(label));
  };
}

function byField(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [labels[name] ?? name, value]));
}

function readTicket(
  row: Row,
  number: string,
  { users, history }: { users: Users; history: readonly MovedEntry[] },
): MovedTicket {
  const openedAt = moment(row["opened_at"]) ?? moment(row["sys_created_on"]);
  if (openedAt === null) throw new RowProblem("it has no opened_at");
  return {
    number,
    title: text(row["short_description"]) ?? `Incident ${number}`,
    details: text(row["description"]),
    kind: "incident",
    impact: threeOf(row["impact"]),
    urgency: threeOf(row["urgency"]),
    state: stateOf(row["state"] ?? row["incident_state"]),
    priority: priorityOf(row["priority"]),
    queue: text(row["assignment_group"]),
    category: [text(row["category"]), text(row["subcategory"])].filter((part) => part !== null),
    owner: users(row["assigned_to"]),
    requester: users(row["caller_id"]),
    openedAt,
    updatedAt: moment(row["sys_updated_on"]) ?? openedAt,
    endedAt: moment(row["closed_at"]) ?? moment(row["resolved_at"]),
    resolution: text(row["close_notes"]),
    history,
    columns: columnsOf(row),
  };
}

function stateOf(value: unknown): MovedState {
  return states[code(value)?.toLowerCase() ?? ""] ?? states[text(value)?.toLowerCase() ?? ""] ?? "assigned";
}

/** `3 - Moderate` and 3 are 3. */
function levelOf(value: unknown): number {
  return Number((code(value) ?? text(value) ?? "").charAt(0)) || 3;
}

function threeOf(value: unknown): 1 | 2 | 3 {
  const level = levelOf(value);
  return level === 1 ? 1 : level === 2 ? 2 : 3;
}

function priorityOf(value: unknown): MovedStanding["priority"] {
  const level = levelOf(value);
  return level === 1 ? 1 : level === 2 ? 2 : level === 4 ? 4 : level === 5 ? 5 : 3;
}

function journalEntry(row: Row, users: Users): MovedEntry {
  const at = moment(row["sys_created_on"]);
  if (at === null) throw new RowProblem("a note of it has no sys_created_on");
  const internal = text(row["element"]) === "work_notes";
  return {
    at,
    by: users(row["sys_created_by"]),
    said: { text: plain(row["value"]) ?? "(nothing was written)", audience: internal ? "internal" : "everyone" },
  };
}

function auditEntry(row: Row, users: Users): MovedEntry[] {
  const field = text(row["fieldname"]);
  const at = moment(row["sys_created_on"]);
  const [became, was] = [changeOf(field, row["newvalue"], users), changeOf(field, row["oldvalue"], users)];
  if (at === null || !became) return [];
  return [{ at, by: users(row["user"] ?? row["sys_created_by"]), became, ...(was ? { was } : {}) }];
}

function changeOf(field: string | null, value: unknown, users: Users): Partial<MovedStanding> | null {
  if (field === "state" || field === "incident_state") return { state: stateOf(value) };
  if (field === "priority") return { priority: priorityOf(value) };
  if (field === "assignment_group") return { queue: text(value) };
  return field === "assigned_to" ? { owner: users(value) } : null;
}

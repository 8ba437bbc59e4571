import { anyOf, columnsOf, eachRow, grouped, moment, momentIn, person, plain, text } from "./cells.ts";
import type { MovedEntry, MovedPerson, MovedStanding, MovedState, MovedTicket, Parts, Row, Source } from "./moved.ts";
import { needs } from "./needs.ts";

const states: Readonly<Record<string, MovedState>> = {
  new: "new",
  open: "assigned",
  "pending reminder": "waiting_user",
  "pending close": "resolved",
  closed: "closed",
  merged: "cancelled",
  removed: "cancelled",
};
const priorities = { "1": 4, "2": 3, "3": 2 } as const;

/**
 * Zammad’s REST API, asked with `expand=true`: `/api/v1/tickets`, `/api/v1/ticket_articles/by_ticket/{id}`,
 * `/api/v1/ticket_history/{id}` (its `history`) and `/api/v1/users`.
 */
export const zammad: Source = {
  name: "zammad",
  label: "Zammad",
  holds: "tickets (with expand=true), and with them articles, history and users",
  read: (parts) => {
    const users = usersOf(parts);
    const articles = grouped(parts.get("articles") ?? parts.get("ticket_articles"), (row) => text(row["ticket_id"]));
    const history = grouped(parts.get("history"), (row) => text(row["o_id"]) ?? text(row["ticket_id"]));
    return eachRow(
      needs(parts, "tickets"),
      (row) => text(row["number"]),
      (row, number) => {
        const id = text(row["id"]) ?? "";
        return readTicket(row, number, { users, articles: articles.get(id) ?? [], history: history.get(id) ?? [] });
      },
    );
  },
};

type Users = (value: unknown) => MovedPerson | null;

function usersOf(parts: Parts): Users {
  const known = new Map<string, MovedPerson>();
  for (const row of parts.get("users") ?? []) {
    const name = [text(row["firstname"]), text(row["lastname"])].filter((part) => part !== null).join(" ");
    const login = text(row["login"]);
    const found = person(login, name === "" ? login : name, text(row["email"]));
    if (!found) continue;
    for (const key of [text(row["id"]), login, text(row["email"])])
      if (key !== null) known.set(key.toLowerCase(), found);
  }
  return (value) => {
    const key = text(value);
    // Nobody is user 1, “-”.
    return key === null || key === "-" || key === "1" ? null : (known.get(key.toLowerCase()) ?? person(key));
  };
}

function readTicket(
  row: Row,
  number: string,
  { users, articles, history }: { users: Users; articles: readonly Row[]; history: readonly Row[] },
): MovedTicket {
  const [first, ...others] = articles.toSorted((one, other) => at(one) - at(other));
  const priority = priorityOf(row["priority"]);
  return {
    number,
    title: text(row["title"]) ?? `Ticket ${number}`,
    details: first ? bodyOf(first) : null,
    kind: "incident",
    impact: 2,
    urgency: priority <= 2 ? 1 : priority === 3 ? 2 : 3,
    state: stateOf(row["state"]),
    priority,
    queue: text(row["group"]),
    category: [],
    owner: users(row["owner"] ?? row["owner_id"]),
    requester: users(row["customer"] ?? row["customer_id"]),
    openedAt: momentIn(row, "created_at"),
    updatedAt: moment(row["updated_at"]) ?? momentIn(row, "created_at"),
    endedAt: moment(row["close_at"]),
    resolution: null,
    history: [
      ...others.map((article) => articleEntry(article, users)),
      ...history.flatMap((line) => historyEntry(line, users)),
    ],
    columns: columnsOf(row),
  };
}

const at = (row: Row): number => moment(row["created_at"])?.epochMilliseconds ?? 0;
const bodyOf = (row: Row): string | null => plain(row["body"], text(row["content_type"]) !== "text/plain");
const stateOf = (value: unknown): MovedState => states[text(value)?.toLowerCase() ?? ""] ?? "assigned";

function priorityOf(value: unknown): MovedStanding["priority"] {
  const level = (text(value) ?? "2").charAt(0);
  return level === "1" || level === "2" || level === "3" ? priorities[level] : 3;
}

function articleEntry(row: Row, users: Users): MovedEntry {
  const sender = text(row["sender"])?.toLowerCase();
  return {
    at: momentIn(row, "created_at"),
    by: sender === "system" ? null : (users(row["created_by"] ?? row["created_by_id"]) ?? person(text(row["from"]))),
    said: {
      text: bodyOf(row) ?? "(nothing was written)",
      audience: row["internal"] === true || anyOf(row, "internal") === "true" ? "internal" : "everyone",
    },
  };
}

/** What changed, of all that the history notes. */
function historyEntry(row: Row, users: Users): MovedEntry[] {
  if (text(row["object"]) !== "Ticket" || text(row["type"]) !== "updated") return [];
  const became = changeOf(text(row["attribute"]), row["value_to"], row["id_to"], users);
  const was = changeOf(text(row["attribute"]), row["value_from"], row["id_from"], users);
  if (!became) return [];
  return [{ at: momentIn(row, "created_at"), by: users(row["created_by_id"]), became, ...(was ? { was } : {}) }];
}

function changeOf(attribute: string | null, value: unknown, id: unknown, users: Users): Partial<MovedStanding> | null {
  if (attribute === "state") return { state: stateOf(value) };
  if (attribute === "priority") return { priority: priorityOf(value) };
  if (attribute === "group") return { queue: text(value) };
  return attribute === "owner" ? { owner: users(id ?? value) } : null;
}

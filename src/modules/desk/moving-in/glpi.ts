import { columnsOf, eachRow, grouped, moment, momentIn, person, plain, text } from "./cells.ts";
import type { MovedEntry, MovedPerson, MovedStanding, MovedState, MovedTicket, Parts, Row, Source } from "./moved.ts";
import { needs } from "./needs.ts";

/** CommonITILObject’s own numbers, and the labels of the English interface as lists are exported. */
const states: Readonly<Record<string, MovedState>> = {
  1: "new",
  2: "assigned",
  3: "assigned",
  4: "waiting_user",
  5: "resolved",
  6: "closed",
  new: "new",
  "processing (assigned)": "assigned",
  "processing (planned)": "assigned",
  pending: "waiting_user",
  solved: "resolved",
  closed: "closed",
};
const levels: Readonly<Record<string, number>> = {
  "very low": 1,
  low: 2,
  medium: 3,
  high: 4,
  "very high": 5,
  major: 6,
};
/** The search options that GLPI’s log gives numbers: status, priority, category, assigned group, assigned technician. */
const logged: Readonly<Record<string, keyof MovedStanding>> = {
  12: "state",
  3: "priority",
  7: "category",
  8: "queue",
  5: "owner",
};
/** Times in GLPI are those of its server, which says no zone. */
const zone = "Europe/London";

/**
 * GLPI’s REST API, asked with `expand_dropdowns=true`: `Ticket`, `ITILFollowup`, `ITILSolution`, `Ticket_User`,
 * `Group_Ticket`, `User`, `Log`; or the CSV that a list of tickets exports.
 */
export const glpi: Source = {
  name: "glpi",
  label: "GLPI",
  holds:
    "Ticket (with expand_dropdowns=true), and with it ITILFollowup, ITILSolution, Ticket_User, Group_Ticket, User and Log; or the CSV of a list",
  read: (parts) => {
    const related = relatedOf(parts);
    return eachRow(
      needs(parts, "ticket", "tickets"),
      (row) => text(row["id"]) ?? text(row["ID"]),
      (row, number) => readTicket("date" in row ? row : fromList(row), number, related),
    );
  },
};

interface Related {
  readonly followups: ReadonlyMap<string, readonly Row[]>;
  readonly solutions: ReadonlyMap<string, readonly Row[]>;
  readonly people: ReadonlyMap<string, readonly Row[]>;
  readonly groups: ReadonlyMap<string, readonly Row[]>;
  readonly log: ReadonlyMap<string, readonly Row[]>;
  readonly named: (value: unknown) => MovedPerson | null;
}

function relatedOf(parts: Parts): Related {
  const ofTicket = (name: string) =>
    grouped(
      (parts.get(name) ?? []).filter((row) => (text(row["itemtype"]) ?? "Ticket") === "Ticket"),
      (row) => text(row["items_id"]) ?? text(row["tickets_id"]),
    );
  const users = new Map<string, MovedPerson>();
  for (const row of parts.get("user") ?? []) {
    const name = [text(row["firstname"]), text(row["realname"])].filter((part) => part !== null).join(" ");
    const login = text(row["name"]);
    const found = person(login, name === "" ? login : name, text(row["email"]));
    for (const key of [login, text(row["id"])]) if (key !== null && found) users.set(key.toLowerCase(), found);
  }
  return {
    followups: ofTicket("itilfollowup"),
    solutions: ofTicket("itilsolution"),
    people: ofTicket("ticket_user"),
    groups: ofTicket("group_ticket"),
    log: ofTicket("log"),
    named: (value) => {
      const key = text(value);
      return key === null || key === "0" ? null : (users.get(key.toLowerCase()) ?? person(key));
    },
  };
}

/** A row of an exported list, by the names that the API has. */
function fromList(row: Row): Row {
  return {
    ...row,
    name: row["Title"],
    status: row["Status"],
    date: row["Opening date"],
    date_mod: row["Last update"],
    priority: row["Priority"],
    requester: row["Requester - Requester"] ?? row["Requester"],
    technician: row["Assigned to - Technician"],
    group: row["Assigned to - Technician group"],
    itilcategories_id: row["Category"],
    type: row["Type"],
    content: row["Description"],
    closedate: row["Closing date"],
    solvedate: row["Resolution date"],
  };
}

function readTicket(row: Row, number: string, related: Related): MovedTicket {
  const people = related.people.get(number) ?? [];
  const playing = (role: string) => people.find((one) => text(one["type"]) === role)?.["users_id"];
  const solutions = related.solutions.get(number) ?? [];
  const groups = related.groups.get(number) ?? [];
  const openedAt = momentIn(row, "date", zone);
  const kind = text(row["type"])?.toLowerCase();
  return {
    number,
    title: text(row["name"]) ?? `Ticket ${number}`,
    details: plain(row["content"]),
    kind: kind === "2" || kind === "request" ? "request" : "incident",
    impact: threeOf(row["impact"]),
    urgency: threeOf(row["urgency"]),
    state: stateOf(row["status"]),
    priority: priorityOf(row["priority"]),
    queue: text(groups.find((one) => text(one["type"]) === "2")?.["groups_id"]) ?? text(row["group"]),
    category: categoryOf(row["itilcategories_id"]),
    owner: related.named(playing("2") ?? row["technician"]),
    requester: related.named(playing("1") ?? row["requester"] ?? row["users_id_recipient"]),
    openedAt,
    updatedAt: moment(row["date_mod"], zone) ?? openedAt,
    endedAt: moment(row["closedate"], zone) ?? moment(row["solvedate"], zone),
    resolution: plain(solutions.at(-1)?.["content"]),
    history: [
      ...(related.followups.get(number) ?? []).map((one) => followup(one, related)),
      ...(related.log.get(number) ?? []).flatMap((one) => logEntry(one, related)),
    ],
    columns: columnsOf(row),
  };
}

const stateOf = (value: unknown): MovedState => states[text(value)?.toLowerCase() ?? ""] ?? "assigned";
const levelOf = (value: unknown): number => levels[text(value)?.toLowerCase() ?? ""] ?? (Number(text(value) ?? 3) || 3);
/** Five is very high there; one is the whole council here. */
const threeOf = (value: unknown): 1 | 2 | 3 => (levelOf(value) >= 4 ? 1 : levelOf(value) === 3 ? 2 : 3);

function priorityOf(value: unknown): MovedStanding["priority"] {
  const level = levelOf(value);
  return level >= 5 ? 1 : level === 4 ? 2 : level === 3 ? 3 : level === 2 ? 4 : 5;
}

function categoryOf(value: unknown): string[] {
  const name = text(value);
  return name === null || name === "0" ? [] : name.split(" > ").map((part) => part.trim());
}

function followup(row: Row, { named }: Related): MovedEntry {
  const internal = ["1", "true"].includes(text(row["is_private"]) ?? "");
  return {
    at: momentIn(row, "date", zone),
    by: named(row["users_id"]),
    said: { text: plain(row["content"]) ?? "(nothing was written)", audience: internal ? "internal" : "everyone" },
  };
}

function logEntry(row: Row, { named }: Related): MovedEntry[] {
  const what = logged[text(row["id_search_option"]) ?? ""];
  if (!what) return [];
  const valueOf = (value: unknown): Partial<MovedStanding> => {
    if (what === "state") return { state: stateOf(value) };
    if (what === "priority") return { priority: priorityOf(value) };
    if (what === "category") return { category: categoryOf(nameOf(value)) };
    return what === "queue" ? { queue: nameOf(value) } : { owner: named(nameOf(value)) };
  };
  return [
    {
      at: momentIn(row, "date_mod", zone),
      by: named(nameOf(row["user_name"])),
      became: valueOf(row["new_value"]),
      was: valueOf(row["old_value"]),
    },
  ];
}

/** “Networks (12)” is Networks: the log puts the number behind the name. */
function nameOf(value: unknown): string | null {
  return text(value)?.replace(/ \(\d+\)$/, "") || null;
}

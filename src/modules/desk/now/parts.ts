import type { ListQuery } from "../../../kernel/store/list.ts";
import type { Tone } from "../../../web/view/models.ts";

type Narrowed = Required<Pick<ListQuery, "show" | "states" | "where">>;

/** Something that can need whoever leads the desk: records of a type, found as its list finds them. */
export interface Part {
  readonly id: string;
  readonly title: string;
  /** Under the figure: “late”. */
  readonly label: string;
  /** The same where there is one, if that differs. */
  readonly one?: string;
  /** The name of the type. Where the product has none of the name, or the person may not read them, the part is left out. */
  readonly type: string;
  readonly query: Narrowed;
  /** The field that says why it is there, or what it waits for; `state` for the state. */
  readonly says: string;
  readonly tone: Tone;
  /** Whether it is something to be done; what only tells how things are does not count as needing somebody. */
  readonly needs: boolean;
}

const unresolved = ["new", "assigned", "waiting_user", "waiting_supplier", "waiting_evidence", "waiting_problem"];
const waiting = unresolved.filter((state) => state.startsWith("waiting_"));

/** The parts of the page on a day in London, most pressing first. */
export function partsOn(today: Temporal.PlainDate): readonly Part[] {
  const day = today.toString();
  const yesterday = today.subtract({ days: 1 }).toString();
  const open = (where: ListQuery["where"] = {}, states: readonly string[] = []): Narrowed => ({
    show: "open",
    states,
    where,
  });
  return [
    {
      id: "major",
      title: "Major incidents",
      label: "major incidents",
      one: "major incident",
      type: "major_incident",
      query: open({}, ["open"]),
      says: "stage",
      tone: "bad",
      needs: true,
    },
    {
      id: "hypercare",
      title: "Hypercare that runs",
      label: "in hypercare",
      type: "hypercare",
      query: open({}, ["running"]),
      says: "mood",
      tone: "warn",
      needs: false,
    },
    {
      id: "late",
      title: "Late",
      label: "late",
      type: "ticket",
      query: open({ deadline: ["passed"] }, unresolved),
      says: "state",
      tone: "bad",
      needs: true,
    },
    {
      id: "today",
      title: "Due later today",
      label: "due later today",
      type: "ticket",
      query: open({ deadline: ["today"] }, unresolved),
      says: "state",
      tone: "warn",
      needs: true,
    },
    {
      id: "nobodys",
      title: "Nobody has it",
      label: "that nobody has",
      type: "ticket",
      query: open({ owner: ["none"] }, unresolved),
      says: "assignmentNote",
      tone: "warn",
      needs: true,
    },
    {
      id: "waiting",
      title: "Waits, and is to be asked after",
      label: "to be asked after",
      type: "ticket",
      query: open({ "reviewOn-to": [day] }, waiting),
      says: "waitingReason",
      tone: "warn",
      needs: true,
    },
    {
      id: "partners",
      title: "Partners who missed their day",
      label: "missed by partners",
      one: "missed by a partner",
      type: "ticket",
      query: open({ "supplierDueOn-to": [yesterday] }, ["waiting_supplier"]),
      says: "supplier",
      tone: "bad",
      needs: true,
    },
    {
      id: "approvals",
      title: "Approvals that wait",
      label: "approvals that wait",
      one: "approval that waits",
      type: "approval",
      query: open(),
      says: "requester",
      tone: "warn",
      needs: true,
    },
    {
      id: "authorise",
      title: "Changes to authorise",
      label: "changes to authorise",
      one: "change to authorise",
      type: "change_request",
      query: open({}, ["awaiting"]),
      says: "risk",
      tone: "warn",
      needs: true,
    },
    {
      id: "mail",
      title: "Held mail",
      label: "held mail",
      type: "inbound_message",
      query: open({}, ["held"]),
      says: "why",
      tone: "warn",
      needs: true,
    },
    {
      id: "quality",
      title: "Quality to review",
      label: "tickets to score",
      one: "ticket to score",
      type: "quality_review",
      query: open({}, ["to_do"]),
      says: "officer",
      tone: "warn",
      needs: true,
    },
    {
      id: "changes",
      title: "Changes today",
      label: "changes today",
      one: "change today",
      type: "change_request",
      query: open({ "windowFrom-to": [day], "windowTo-from": [day] }, ["scheduled", "implementing"]),
      says: "services",
      tone: "neutral",
      needs: false,
    },
    {
      id: "shift",
      title: "On shift today",
      label: "shifts today",
      one: "shift today",
      type: "shift",
      query: open({ "startsAt-to": [day], "endsAt-from": [day] }),
      says: "person",
      tone: "neutral",
      needs: false,
    },
  ];
}

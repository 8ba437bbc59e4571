import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { formatMoment } from "../../web/view/format.ts";
import type { FieldValue, RecordSection } from "../../web/view/models.ts";
import { authorisationsNeeded } from "./change-approval.ts";
import { collisionsWith, freezesIn } from "./change-window.ts";
import { linkedTickets } from "./linked-tickets.ts";

/** On a change: who must still authorise it, what stands in the way of its window, and the tickets about it. */
export async function changeSections(tx: Tx, change: Stored): Promise<RecordSection[]> {
  const [inTheWay, tickets] = await Promise.all([
    windowSection(tx, change),
    linkedTickets(tx, change, { by: "change", title: "Tickets about this change", offer: null }),
  ]);
  return [...authorisationSection(change), ...inTheWay, ...tickets];
}

function authorisationSection({ state, values }: Stored): RecordSection[] {
  if (state !== "awaiting" && state !== "draft") return [];
  const { people, senior } = authorisationsNeeded(values);
  const given = Array.isArray(values["authorisations"]) ? values["authorisations"].length : 0;
  const who = senior ? ", one of them allowed to authorise high risk" : "";
  const text =
    values["kind"] === "standard"
      ? "None of its own while its template is authorised"
      : `${given} of ${people === 1 ? "1 person" : `${people} people`}${who}. Nobody authorises their own`;
  return [
    { kind: "fields", title: "What it takes", fields: [{ label: "Authorised by", value: { kind: "text", text } }] },
  ];
}

async function windowSection(tx: Tx, change: Stored): Promise<RecordSection[]> {
  const { windowFrom: from, windowTo: to } = change.values;
  if (typeof from !== "string" || typeof to !== "string" || change.closedAt !== null) return [];
  const planned = { id: change.id, from, to, values: change.values };
  const [freezes, collisions] = await Promise.all([freezesIn(tx, planned), collisionsWith(tx, planned)]);
  const at = (moment: string) => formatMoment(Temporal.Instant.from(moment), "Europe/London");
  const fields: FieldValue[] = [
    ...freezes.map(({ type, reference, title }) => ({
      label: "Falls into a freeze",
      value: { kind: "link" as const, text: `${reference} ${title}`, href: hrefOf(tx, type, reference) },
    })),
    ...collisions.map((other) => ({
      label: "At the same time",
      value: {
        kind: "link" as const,
        text: `${other.reference} ${other.title}, ${at(other.windowFrom)} to ${at(other.windowTo)}`,
        href: hrefOf(tx, change.type, other.reference),
      },
    })),
  ];
  return fields.length === 0 ? [] : [{ kind: "fields", title: "In the way", fields }];
}

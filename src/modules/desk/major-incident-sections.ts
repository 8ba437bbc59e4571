import { may } from "../../kernel/access.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import type { RecordSection } from "../../web/view/models.ts";
import { affectedIds, affectedNames } from "./affected.ts";
import { linkedTickets } from "./linked-tickets.ts";
import { linesOf, updateStages } from "./major-incident.ts";
import { wordsOf } from "./words-alike.ts";

/** The states of a ticket in which somebody still works on it or waits. */
const unresolved = ["new", "assigned", "waiting_user", "waiting_supplier", "waiting_evidence", "waiting_problem"];

/** Its tickets, and while it lasts those that may belong to it. */
export async function majorIncidentSections(tx: Tx, incident: Stored): Promise<RecordSection[]> {
  const [tickets, alike] = await Promise.all([
    linkedTickets(tx, incident, {
      by: "majorIncident",
      title: "Tickets that belong to it",
      offer: {
        label: "Next",
        text: "Resolve the {n} that are not resolved: what becomes of each is shown first",
        states: unresolved,
        when: ["resolved", "in_review", "closed"],
      },
    }),
    incident.state === "open" ? alikeSection(tx, incident) : [],
  ]);
  return [...tickets, ...alike];
}

const consideredMax = 200;
const suggestedMax = 50;
const hoursBefore = 4;

/** Tickets of the same hours with the same words, which belong to none yet. */
async function alikeSection(tx: Tx, incident: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "ticket");
  if (!may(tx.actor, type.name, type.access.change.permission)) return [];
  const began = String(incident.values["startedAt"] ?? incident.openedAt);
  const from = Temporal.Instant.from(began).subtract({ hours: hoursBefore });
  const { items } = await list(tx, type, {
    show: "open",
    sort: "-opened",
    limit: consideredMax,
    fields: ["summary", "details", "majorIncident", "service", "system"],
  });
  const words = wordsOf([incident.title, ...(await affectedNames(tx, incident))].join(" "));
  const touched = affectedIds(incident.values);
  const alike = items
    .filter(({ openedAt, values, state }) => {
      const soon = Temporal.Instant.compare(Temporal.Instant.from(openedAt), from) >= 0;
      return soon && !values["majorIncident"] && unresolved.includes(state);
    })
    .filter((ticket) => {
      const said = wordsOf(`${ticket.title} ${String(ticket.values["details"] ?? "")}`);
      const about = touched.some((id) => id === ticket.values["service"] || id === ticket.values["system"]);
      return [...words].filter((word) => said.has(word)).length + (about ? 1 : 0) >= Math.min(2, words.size);
    })
    .slice(0, suggestedMax);
  if (alike.length === 0) return [];
  const ticked = new URLSearchParams([
    ...alike.map(({ reference, version }): [string, string] => ["record", `${reference}@${version}`]),
    ["do", "field:majorIncident"],
  ]);
  return [
    {
      kind: "fields",
      title: "Tickets that may belong to it",
      fields: [
        {
          label: "They say the same",
          value: {
            kind: "links",
            links: alike.slice(0, 10).map((ticket) => ({
              text: `${ticket.reference} ${ticket.title}`,
              href: hrefOf(tx, ticket.type, ticket.reference),
            })),
          },
        },
        {
          label: "Next",
          value: {
            kind: "link",
            text: `Look at ${alike.length === 1 ? "it" : `all ${alike.length}`} and put ${alike.length === 1 ? "it" : "them"} under ${incident.reference}`,
            href: `/tickets/bulk?${ticked.toString()}`,
          },
        },
      ],
    },
  ];
}

/** On a ticket that belongs to a major incident: what people were told last. */
export async function majorIncidentOf(tx: Tx, ticket: Stored): Promise<RecordSection[]> {
  const id = ticket.values["majorIncident"];
  if (typeof id !== "string" || !may(tx.actor, "major_incident", "read")) return [];
  const incident = await findIfSeen(tx, typeNamed(tx.registry, "major_incident"), id);
  if (incident === null) return [];
  const last = linesOf(incident, "updates").at(-1);
  const stages: Readonly<Record<string, string>> = updateStages;
  const link = { kind: "link" as const, text: incident.title, href: hrefOf(tx, incident.type, incident.reference) };
  return [
    {
      kind: "fields",
      title: "Part of a major incident",
      fields: [
        { label: incident.reference, value: link },
        ...(last
          ? [
              {
                label: stages[String(last["stage"])] ?? "Update",
                value: { kind: "text" as const, text: String(last["text"]) },
                wide: true,
              },
            ]
          : []),
      ],
    },
  ];
}

import { may, mayAskAbout } from "../../kernel/access.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { count, countMax, list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { formatCount } from "../../web/view/format.ts";
import type { FieldValue, RecordSection, Row } from "../../web/view/models.ts";

/** A field of tickets by which they hang on another record. */
type Hanging = "problem" | "change" | "majorIncident";

interface Asked {
  readonly by: Hanging;
  readonly title: string;
  /** What is offered for those in some states, once the record is in one of `when`. */
  readonly offer: {
    readonly label: string;
    readonly text: string;
    readonly states: readonly string[];
    readonly when: readonly string[];
  } | null;
}

const shownMax = 20;

/** The tickets that hang on a record, as far as the person sees them, and one step that takes several of them on, previewed first. */
export async function linkedTickets(tx: Tx, record: Stored, { by, title, offer }: Asked): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "ticket");
  // The link is told among officers: whoever may not narrow a list by it is not told which tickets hang here either.
  if (!may(tx.actor, type.name, "read") || !mayAskAbout(tx.actor, type, by)) return [];
  const where = { [by]: [record.id] };
  const offering = offer !== null && offer.when.includes(record.state) && may(tx.actor, type.name, "handle");
  const [open, all, ready, page] = await Promise.all([
    count(tx, type, { where, show: "open" }),
    count(tx, type, { where }),
    offering ? count(tx, type, { where, states: offer.states }) : 0,
    list(tx, type, { where, show: "open", sort: "-opened", limit: shownMax, fields: ["summary"] }),
  ]);
  if (all === 0) return [];
  const rows = page.items.map((ticket): Row => {
    const state = type.states[ticket.state];
    return {
      cells: [
        { kind: "link", text: ticket.reference, href: hrefOf(tx, ticket.type, ticket.reference) },
        { kind: "text", text: ticket.title },
        { kind: "tag", text: state?.label ?? ticket.state, tone: state?.tone ?? "neutral" },
      ],
    };
  });
  const links: FieldValue[] = [
    {
      label: "How many",
      value: {
        kind: "link",
        text: `${formatCount(all, countMax)} in all, ${formatCount(open, countMax)} open`,
        href: `/${type.path}?${new URLSearchParams({ [by]: record.id, show: "all" }).toString()}`,
      },
    },
    ...(offering && ready > 0
      ? [
          {
            label: offer.label,
            value: {
              kind: "link" as const,
              text: offer.text.replace("{n}", formatCount(ready, countMax)),
              href: together(record, by, offer.states),
            },
          },
        ]
      : []),
  ];
  return [
    ...(rows.length > 0
      ? [
          {
            kind: "table" as const,
            title,
            table: {
              caption: title,
              columns: [{ label: "Reference" }, { label: "Summary", wide: true }, { label: "State" }],
              rows,
            },
          },
        ]
      : []),
    { kind: "fields", title: rows.length > 0 ? "All of them together" : title, fields: links },
  ];
}

/** The kernel's way to change many at once: what it comes to for each is shown before anything is written. */
function together(record: Stored, by: Hanging, states: readonly string[]): string {
  const view = new URLSearchParams([[by, record.id], ...states.map((state): [string, string] => ["state", state])]);
  return `/tickets/bulk?${new URLSearchParams({ all: "yes", view: view.toString(), do: "move:resolve" }).toString()}`;
}

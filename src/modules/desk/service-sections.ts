import { may, mayAskAbout } from "../../kernel/access.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { count, countMax, list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { stateTag } from "../../web/pages/places.ts";
import { formatCount, plural } from "../../web/view/format.ts";
import type { RecordSection, Row } from "../../web/view/models.ts";

const shownMax = 10;
const kinds = ["major_incident", "hypercare", "problem", "change_request"] as const;

/** On a service or system: what of the desk is open on it, the most pressing kind first, and how many tickets. */
export async function openOnSections(tx: Tx, record: Stored): Promise<RecordSection[]> {
  const by = record.type === "service" ? "services" : "systems";
  const seen = kinds.filter((name) => may(tx.actor, name, "read"));
  const found = await Promise.all(
    seen.map((name) =>
      list(tx, typeNamed(tx.registry, name), {
        where: { [by]: [record.id] },
        show: "open",
        sort: "-opened",
        limit: shownMax,
        fields: [],
      }),
    ),
  );
  const rows = found.flatMap(({ items }) =>
    items.map((item): Row => {
      const type = typeNamed(tx.registry, item.type);
      return {
        cells: [
          { kind: "text", text: type.label.one },
          { kind: "link", text: `${item.reference} ${item.title}`, href: hrefOf(tx, item.type, item.reference) },
          { kind: "tag", ...stateTag(type, item.state) },
        ],
      };
    }),
  );
  const title = `Open on this ${record.type}`;
  return [
    ...(rows.length > 0
      ? [
          {
            kind: "table" as const,
            title,
            table: {
              caption: title,
              columns: [{ label: "What" }, { label: "Which", wide: true }, { label: "State" }],
              rows,
            },
          },
        ]
      : []),
    ...(await ticketsSection(tx, record)),
  ];
}

async function ticketsSection(tx: Tx, record: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "ticket");
  if (!may(tx.actor, type.name, "internal") || !mayAskAbout(tx.actor, type, record.type)) return [];
  const open = await count(tx, type, { where: { [record.type]: [record.id] }, show: "open" });
  if (open === 0) return [];
  const text = open > countMax ? `${formatCount(open, countMax)} tickets` : plural(open, "ticket");
  const href = `/${type.path}?${new URLSearchParams({ [record.type]: record.id }).toString()}`;
  return [{ kind: "fields", title: "Tickets", fields: [{ label: "Open", value: { kind: "link", text, href } }] }];
}

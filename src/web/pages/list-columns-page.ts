import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { listHref, queryText, readAddress } from "./list-address.ts";
import { columnChoices, linkedColumns } from "./list-columns.ts";
import { titleOf } from "./list-model.ts";
import { crumbsTo, navigationOf } from "./places.ts";

/** GET `/{path}/columns`: every column that the list can show, those of linked records among them, with their order. */
export async function columnsPage(page: PageRequest, tx: Tx, type: RecordType): Promise<PageAnswer> {
  const address = { ...readAddress(tx, type, page.query), cursor: "" };
  const place = (name: string) => (address.columns.includes(name) ? address.columns.indexOf(name) + 1 : 0);
  const option = ([value, label]: readonly [string, string]) => ({
    value,
    label,
    selected: address.columns.includes(value),
    position: place(value) === 0 ? "" : String(place(value)),
  });
  const linked = Map.groupBy(linkedColumns(tx, type), ({ through }) => through);
  const kept = [...new URLSearchParams(queryText(type, address))].filter(([name]) => name !== "columns");
  const title = `Columns of ${type.label.many.toLowerCase()}`;
  return {
    page: "columns",
    model: {
      shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
      breadcrumb: [...crumbsTo(tx, type).slice(0, -1), { text: titleOf(tx, type), href: listHref(type, address) }],
      title,
      action: `/${type.path}`,
      hidden: kept.map(([name, value]) => ({ name, value })),
      sections: [
        { title: type.label.one, options: columnChoices(tx.actor, type).map(option) },
        ...[...linked].map(([through, columns]) => ({
          title: type.fields[through]?.options.label ?? through,
          options: columns.map(({ name, own }) => option([name, own])),
        })),
      ],
      cancel: { text: "Cancel", href: listHref(type, address) },
    },
  };
}

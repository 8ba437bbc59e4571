import type { OwnWork } from "../parts.ts";
import type { Column, MyWorkPage, Row } from "../view/models.ts";
import type { MyWork } from "./my-work-read.ts";

/** What every table of My work says of a record. */
export const workColumns: readonly Column[] = [
  { label: "Due" },
  { label: "Reference" },
  { label: "What", wide: true },
  { label: "Kind" },
  { label: "State" },
];

/** A person’s work without what stands in a place of its own, and how much of what they own that is. */
export type WorkElsewhere = MyWork & { readonly elsewhere: number };

/** What has a place of its own stands there alone. */
export function withoutAsked(work: MyWork, asked: readonly OwnWork[]): WorkElsewhere {
  const ids = new Set(asked.flatMap(({ items }) => items.map(({ id }) => id)));
  const owned = work.owned.filter(({ id }) => !ids.has(id));
  const nobodys = work.nobodys.filter(({ id }) => !ids.has(id));
  return { ...work, owned, nobodys, elsewhere: work.owned.length - owned.length };
}

/** What a module asks of the person, in a place of its own. */
export function askedOfSection({ id, title, count, more, items }: OwnWork): MyWorkPage["sections"][number] {
  return {
    id,
    title,
    count,
    links: more ? [more] : [],
    table: {
      caption: `${title}, soonest first`,
      columns: workColumns,
      rows: items.map((item): Row => ({
        id: `${id}-${item.id}`,
        cells: [
          item.due === null ? { kind: "empty" } : { kind: "due", ...item.due },
          { kind: "link", text: item.reference, href: item.href },
          { kind: "text", text: item.text },
          { kind: "text", text: item.kind },
          { kind: "tag", ...item.state },
        ],
        ...(item.due?.tone === "bad" ? { highlight: true } : {}),
      })),
    },
  };
}

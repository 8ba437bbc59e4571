import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { dependingRelations, reached, reachedMax, relationWords, stepsMax } from "../../kernel/store/relations.ts";
import type { Joined } from "../../kernel/store/relations.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { ConnectionsPage, Table } from "../view/models.ts";
import { drawGraph } from "../graph.ts";
import type { Connected } from "../graph.ts";
import { connectionsOf } from "./record-connected.ts";
import { addressOf, crumbsTo, navigationOf, stateTag } from "./places.ts";

const views = {
  around: "Around it",
  needed: "What depends on it",
  needs: "What it depends on",
} as const;

type View = keyof typeof views;

/** A record in the picture, and the sentence that says how it is joined. */
type Found = Omit<Joined, "relation"> & { readonly edge: string; readonly how: string };

/** What a record is joined to, as a picture with the list behind it: one step around it, or what depends on it three steps out. */
export async function connectionsPage(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const asked = first(page.query, "view");
  const view: View = asked === "needed" || asked === "needs" ? asked : "around";
  return page.as(async (tx) => {
    const record = await find(tx, type, page.params["reference"] ?? "");
    const found = view === "around" ? await around(tx, type, record) : await depending(tx, record, view === "needed");
    const model: ConnectionsPage = {
      shell: await page.shell(tx, {
        title: `Connections of ${record.reference}`,
        current: navigationOf(tx.registry, type),
        follows: addressOf(tx, record),
        followsAlso: found.map((one) => typeNamed(tx.registry, one.type)),
        followsEvery: 5,
      }),
      breadcrumb: [...crumbsTo(tx, type), { text: record.reference, href: addressOf(tx, record) }],
      caption: `${record.reference} ${record.title}`,
      title: titleOf(view, record, found),
      tabs: Object.entries(views).map(([name, label]) => ({
        label,
        href: `?view=${name}`,
        ...(name === view ? { current: true } : {}),
      })),
      ...(found.length > 0 ? { picture: drawGraph(graphOf(tx, record, found)), table: tableOf(tx, found) } : {}),
      empty: {
        title: emptyTitle[view],
        text: `Join records on the tab “Connected” of this ${inSentence(type.label.one)}.`,
        actions: [{ text: "Join it to another record", href: `${addressOf(tx, record)}?tab=connected` }],
      },
      ...(found.length >= reachedMax ? { note: `Only the nearest ${reachedMax} are shown. There are more.` } : {}),
    };
    return { page: "connections", model };
  });
}

/** What a record's fields and joins lead to, and what leads to it: as its tab shows them. */
async function around(tx: Tx, type: RecordType, record: Stored): Promise<Found[]> {
  const { groups } = await connectionsOf(tx, type, record, { whole: true });
  const found = groups.flatMap(({ relation, records }) =>
    records.map((other) => ({
      ...other,
      step: 1,
      via: record.id,
      edge: inSentence(relation),
      how: other.join === null ? relation : `${record.reference} ${inSentence(relation)} ${other.reference}`,
    })),
  );
  // One that is joined in two ways, such as by asking and by having it, stands once, with both.
  const byId = new Map<string, Found>();
  for (const one of found) {
    const before = byId.get(one.id);
    byId.set(
      one.id,
      before ? { ...before, edge: `${before.edge}, ${one.edge}`, how: `${before.how}, ${inSentence(one.how)}` } : one,
    );
  }
  byId.delete(record.id);
  return [...byId.values()];
}

async function depending(tx: Tx, record: Stored, back: boolean): Promise<Found[]> {
  const found = await reached(tx, record, { back, steps: stepsMax, by: dependingRelations });
  const names = new Map([record, ...found].map(({ id, reference }) => [id, reference]));
  return found.map((one) => {
    const edge = inSentence(relationWords(one.relation, false));
    const [from, to] = back ? [one.reference, names.get(one.via)] : [names.get(one.via), one.reference];
    return { ...one, edge, how: `${from} ${edge} ${to}` };
  });
}

const emptyTitle: Readonly<Record<View, string>> = {
  around: "Nothing is joined to it yet",
  needed: "Nothing is known to depend on it",
  needs: "It is not known to depend on anything",
};

function titleOf(view: View, { reference }: Stored, found: readonly Found[]): string {
  const many = `${found.length} ${found.length === 1 ? "record" : "records"}`;
  if (view === "around") return found.length === 0 ? `Around ${reference}` : `${many} around ${reference}`;
  if (found.length === 0) return view === "needed" ? `What depends on ${reference}` : `What ${reference} depends on`;
  return view === "needed"
    ? `${many} ${found.length === 1 ? "depends" : "depend"} on ${reference}`
    : `${reference} depends on ${many}`;
}

/** Columns of the picture: what leads here at the left, what it leads to at the right, each step a column. */
function graphOf(tx: Tx, record: Stored, found: readonly Found[]): Connected {
  const node = (
    { id, type, reference, title }: Pick<Joined, "id" | "type" | "reference" | "title">,
    column: number,
  ) => ({
    id,
    column,
    reference,
    title,
    href: hrefOf(tx, type, reference),
  });
  return {
    nodes: [
      { ...node(record, 0), current: true },
      ...found.map((joined) => node(joined, joined.back ? -joined.step : joined.step)),
    ],
    edges: found.map(({ id, via, edge, back }) => ({ from: back ? id : via, to: back ? via : id, text: edge })),
  };
}

function tableOf(tx: Tx, found: readonly Found[]): Table {
  return {
    caption: "The records in the picture",
    columns: [
      { label: "Steps", number: true },
      { label: "Record" },
      { label: "Title", wide: true },
      { label: "Kind" },
      { label: "State" },
      { label: "How" },
    ],
    rows: found.map(({ step, type: name, reference, title, state, how }) => {
      const type = typeNamed(tx.registry, name);
      const { text, tone } = stateTag(type, state);
      return {
        cells: [
          { kind: "number", text: String(step) },
          { kind: "link", text: reference, href: hrefOf(tx, name, reference) },
          { kind: "text", text: title },
          { kind: "text", text: type.label.one },
          { kind: "tag", text, tone },
          { kind: "text", text: how },
        ],
      };
    }),
  };
}

import { unseen } from "../../../kernel/errors.ts";
import { todayAt } from "../../../kernel/measures/periods.ts";
import { countMax } from "../../../kernel/store/list.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { addressOfList } from "../../../kernel/measures/address.ts";
import { namesOf } from "../../../web/names.ts";
import type { Named } from "../../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { dueCell, listCell } from "../../../web/pages/list-cells.ts";
import { mentionedIn } from "../../../web/pages/field-value.ts";
import { addressOf, pageClock } from "../../../web/pages/places.ts";
import { formatCount, formatWeekdayDate } from "../../../web/view/format.ts";
import type { Cell, MyWorkPage, Row, Tile } from "../../../web/view/models.ts";
import { seesNumbers } from "../sees-numbers.ts";
import { partsOn } from "./parts.ts";
import { readParts } from "./read.ts";
import type { Found } from "./read.ts";

export const nowPath = "/desk";

type Names = ReadonlyMap<string, Named>;

/** The lead’s home: what of the desk needs somebody now, each figure with its list and the first of what is in it. */
export function deskNow(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!seesNumbers(tx.actor)) unseen("There is no such page");
    const today = todayAt(tx.now);
    const found = await readParts(tx, partsOn(today));
    const [names, shell] = await Promise.all([
      namesOf(tx, found.flatMap(mentioned)),
      page.shell(tx, { title: "What needs us now", current: nowPath, follows: "/tickets", followsEvery: 2 }),
    ]);
    const model: MyWorkPage = {
      shell,
      greeting: "What needs us now",
      sentence: sentenceOf(found, formatWeekdayDate(today)),
      tiles: found.filter(({ part, many }) => many > 0 || part.always === true).map(tileOf),
      sections: found.filter(({ many }) => many > 0).map((one) => sectionOf(tx, one, names)),
    };
    return { page: "my-work", model };
  });
}

function sentenceOf(found: readonly Found[], day: string): string {
  const needs = found.filter(({ part, many }) => part.needs && many > 0);
  if (needs.length === 0) return `${day}. Nothing needs anybody just now.`;
  const [first, ...others] = needs.map((found) => `${bounded(found.many)} ${labelOf(found)}`);
  const last = others.pop();
  return `${day}. ${[first, ...others].join(", ")}${last === undefined ? "" : ` and ${last}`}.`;
}

function labelOf({ part, many }: Found): string {
  return many === 1 ? (part.one ?? part.label) : part.label;
}

function tileOf(found: Found): Tile {
  const { part, type, many } = found;
  return {
    figure: bounded(many),
    label: labelOf(found),
    tone: many > 0 ? part.tone : "neutral",
    ...(many > 0 ? { href: addressOfList(type, part.query) } : {}),
  };
}

function sectionOf(tx: Tx, found: Found, names: Names): MyWorkPage["sections"][number] {
  const { part, type, many, first } = found;
  const dues = first.some(({ dueAt }) => dueAt !== null);
  const says = part.says === "state" ? "State" : (type.fields[part.says]?.options.label ?? "State");
  return {
    id: part.id,
    title: part.title,
    count: many > first.length ? `${bounded(many)}, the first ${first.length} here` : bounded(many),
    links: [{ text: `The list: ${part.title.toLowerCase()}`, href: addressOfList(type, part.query) }],
    table: {
      caption: part.title,
      columns: [
        ...(dues ? [{ label: "Due" }] : []),
        { label: "Reference" },
        { label: "What", wide: true },
        { label: says },
        ...(part.id === "nobodys" ? [] : [{ label: "Owner" }]),
      ],
      rows: first.map((record) => rowOf(tx, found, record, { names, dues })),
    },
  };
}

function rowOf(
  tx: Tx,
  { part, type }: Found,
  record: Stored,
  { names, dues }: { readonly names: Names; readonly dues: boolean },
): Row {
  const clock = pageClock(tx);
  const says = Object.hasOwn(type.fields, part.says) ? part.says : "state";
  const owner: Cell = record.ownerId
    ? { kind: "text", text: names.get(record.ownerId)?.title ?? "Not yours to see" }
    : { kind: "empty" };
  return {
    id: `${part.id}-${record.id}`,
    cells: [
      ...(dues ? [dueCell(record.dueAt, clock)] : []),
      { kind: "link", text: record.reference, href: addressOf(tx, record) },
      { kind: "text", text: record.title },
      listCell(type, record, says, names, clock),
      ...(part.id === "nobodys" ? [] : [owner]),
    ],
  };
}

function mentioned({ part, type, first }: Found): string[] {
  const field = type.fields[part.says];
  return first.flatMap((record) => [
    ...(record.ownerId === null ? [] : [record.ownerId]),
    ...(field ? mentionedIn(field, record.values[part.says]) : []),
  ]);
}

function bounded(many: number): string {
  return formatCount(many, countMax);
}

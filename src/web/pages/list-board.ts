import { may } from "../../kernel/access.ts";
import type { RecordType } from "../../kernel/record.ts";
import { countMax } from "../../kernel/store/list.ts";
import { groupsOf } from "../../kernel/store/groups.ts";
import type { Group, Groups } from "../../kernel/store/groups.ts";
import { movesFor } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Board, BoardCard, BoardMove } from "../view/models.ts";
import { listHref, listQuery } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { dueCell } from "./list-cells.ts";
import { groupAddress, groupLabel, groupings, hasClocks, knownKeys } from "./list-groups.ts";
import type { Grouping } from "./list-groups.ts";
import { countText, groupingOf, inOrder, keyIds, noteOn } from "./list-seen.ts";
import type { Seen } from "./list-seen.ts";
import type { Names } from "./field-value.ts";
import { asksSomething } from "./moves.ts";
import { addressOf, pageClock, stateTag } from "./places.ts";
import { givenFields } from "./seen-fields.ts";
import { submissionField } from "./submitting.ts";

const cardsOfColumn = 15;
const columnsMax = 24;

/** The list as a board: a column for each state, or for each value of what it is grouped by, and a card for each record. */
export async function seenAsBoard(tx: Tx, type: RecordType, address: ListAddress): Promise<Seen> {
  const grouping = groupingOf(tx, type, address.by);
  const found = await groupsOf(
    tx,
    type,
    { ...listQuery(address, 1), fields: fieldsOfCards(type, grouping) },
    {
      by: grouping.by,
      each: cardsOfColumn,
      most: columnsMax,
    },
  );
  const records = found.groups.flatMap(({ items }) => items);
  return {
    ids: [...records.flatMap(({ ownerId }) => ownerId ?? []), ...keyIds(found.groups)],
    many: () => Promise.resolve(found.more ? countMax + 1 : found.rows),
    any: found.rows > 0,
    middle: ({ names }) =>
      Promise.resolve({
        board: boardOf(tx, type, address, { grouping, found, names }),
        ...noteOn(type, found),
      }),
  };
}

function fieldsOfCards(type: RecordType, { by }: Grouping): string[] {
  return [type.titleField, "owner", "team", by.name].filter((name) => Object.hasOwn(type.fields, name));
}

interface Parts {
  readonly grouping: Grouping;
  readonly found: Groups;
  readonly names: Names;
}

function boardOf(tx: Tx, type: RecordType, address: ListAddress, { grouping, found, names }: Parts): Board {
  const groups = withEmpty(type, grouping, address, found.groups);
  const targets = targetsOf(type, grouping, groups, names);
  return {
    back: listHref(type, address),
    hidden: [submissionField(), { name: "_back", value: listHref(type, address) }],
    columns: groups.map((group) => {
      const target = groupAddress(type, address, grouping.by, group.key);
      return {
        key: group.key ?? "",
        title: groupLabel(type, grouping.by, group.key, names),
        ...(grouping.by.name === "state" && group.key !== null ? { tone: stateTag(type, group.key).tone } : {}),
        count: countText(group, found),
        ...(target ? { href: listHref(type, target) } : {}),
        leftOut: Math.max(0, group.count - group.items.length),
        cards: group.items.map((record) => cardOf(tx, type, record, { grouping, targets, names })),
      };
    }),
  };
}

/** The groups with the values that no record has, so that a card can be moved there. */
function withEmpty(
  type: RecordType,
  grouping: Grouping,
  address: ListAddress,
  groups: readonly Group[],
): readonly Group[] {
  const known = knownKeys(type, grouping.by, address) ?? [];
  const empty = known.filter((key) => !groups.some((group) => group.key === key));
  return inOrder(type, grouping, address, [...groups, ...empty.map((key): Group => ({ key, count: 0, items: [] }))]);
}

interface Target {
  readonly key: string;
  readonly label: string;
  /** As a form would send it. */
  readonly value: string;
}

/** The values that a card can be given on a board by a field. */
function targetsOf(type: RecordType, { by }: Grouping, groups: readonly Group[], names: Names): Target[] {
  const filter = type.fields[by.name]?.kind.filter;
  return groups.flatMap(({ key }): Target[] => {
    if (key === null) return [];
    const value = filter === "yes-no" ? (key === "true" ? "yes" : "no") : key;
    return [{ key, label: groupLabel(type, by, key, names), value }];
  });
}

function cardOf(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { grouping, targets, names }: { grouping: Grouping; targets: readonly Target[]; names: Names },
): BoardCard {
  const owner = record.ownerId === null ? null : (names.get(record.ownerId)?.title ?? null);
  const due = record.dueAt === null || !hasClocks(type) ? null : dueCell(record.dueAt, pageClock(tx));
  return {
    reference: record.reference,
    title: record.title,
    href: addressOf(tx, record),
    version: record.version,
    ...(due?.kind === "due" ? { due: { text: due.text, tone: due.tone } } : {}),
    ...(owner === null ? {} : { owner }),
    ...(grouping.by.name === "state" ? {} : { state: stateTag(type, record.state) }),
    moves:
      grouping.by.name === "state" ? stateMoves(tx, type, record) : fieldMoves(tx, type, record, grouping, targets),
  };
}

/** The moves to another state that can be made now; one that asks for nothing is made at once, the others lead to their form. */
function stateMoves(tx: Tx, type: RecordType, record: Stored): BoardMove[] {
  return movesFor(tx, type, record).flatMap(([name, definition]) => {
    if (definition.to === undefined) return [];
    const href = `${addressOf(tx, record)}/moves/${name}`;
    if (asksSomething(definition)) return { label: `${definition.label} …`, href };
    return {
      label: definition.label,
      href,
      post: true,
      ...(typeof definition.to === "string" ? { to: definition.to } : {}),
    };
  });
}

/** The other values of the field that a board goes by, where this person may give it. */
function fieldMoves(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { by }: Grouping,
  targets: readonly Target[],
): BoardMove[] {
  if (by.unit !== undefined || !maySet(tx, type, record, by.name)) return [];
  const now = record.values[by.name];
  return targets
    .filter(({ key }) => key !== String(now ?? ""))
    .map(({ key, label, value }) => ({
      label,
      href: `${addressOf(tx, record)}/fields/${by.name}?value=${encodeURIComponent(value)}`,
      post: true,
      to: key,
    }));
}

/** Whether this person may give a field of a record by itself: one that a board goes by, as its form would let them. */
export function maySet(tx: Tx, type: RecordType, record: Stored, name: string): boolean {
  return (
    groupings(tx, type).some(({ by }) => by.name === name && by.unit === undefined) &&
    may(tx.actor, type.name, type.access.change.permission, record) &&
    type.locked(record) === null &&
    givenFields(tx, type, type.views.form, record).includes(name)
  );
}

import { may } from "../../kernel/access.ts";
import { refuse } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { Move } from "../../kernel/lifecycle.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Chosen } from "../../kernel/bulk/deed.ts";
import { count, list, pageMax } from "../../kernel/store/list.ts";
import type { ListQuery } from "../../kernel/store/list.ts";
import { permissionOf } from "../../kernel/store/move.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { all, first } from "../page.ts";
import { formOf, listQuery, readAddress } from "./list-address.ts";
import { checkFilters } from "./list-read.ts";
import { resolveAddress } from "./list-surroundings.ts";
import { givenFields, linesOf } from "./seen-fields.ts";

/** The most records that are changed together. */
export const bulkMax = 200;

/** The records that a deed is for: those that were ticked, or all that a list finds where they are too many for a page. */
export interface Choice {
  /** None where there are too many. */
  readonly chosen: readonly Chosen[];
  /** The list that finds them, where they are too many for a page; then a job changes them. */
  readonly query?: ListQuery;
  /** How many there are; counted no further than 1,001. */
  readonly many: number;
}

/** What is to be done to each: a move, or one field given another value. */
export type Deed =
  | { readonly kind: "move"; readonly name: string; readonly label: string; readonly move: Move<string, string> }
  | { readonly kind: "field"; readonly name: string; readonly label: string };

/** The deeds that this person may do to some record of a type: the moves, and the fields that its form gives. */
export function deedsOn(tx: Tx, type: RecordType): Deed[] {
  const moves = Object.entries(type.moves)
    .filter(([, move]) => may(tx.actor, type.name, permissionOf(type, move)))
    .map(([name, move]): Deed => ({ kind: "move", name, label: move.label, move }));
  const fields = may(tx.actor, type.name, type.access.change.permission)
    ? givenFields(tx, type, type.views.form, null).filter((name) => isSetTogether(tx, type, name))
    : [];
  return [...moves, ...fields.map((name): Deed => ({ kind: "field", name, label: type.fields[name]!.options.label }))];
}

/** Whether giving several records the same value of a field makes sense: not their name, their lines or a file. */
function isSetTogether(tx: Tx, type: RecordType, name: string): boolean {
  const field = type.fields[name];
  if (!field || name === type.titleField || linesOf(field) || field.kind.name === "file") return false;
  return name !== "sensitivity" || may(tx.actor, type.name, "restricted");
}

/** The deed that a form names, as `move:resolve` or `field:queue`; null when it names none. Refuses (invalid) one that there is not. */
export function deedNamed(tx: Tx, type: RecordType, form: Form): Deed | null {
  const given = first(form, "do");
  if (given === "") return null;
  return deedsOn(tx, type).find((deed) => deedName(deed) === given) ?? refuse("do", "Select what to do with them");
}

export function deedName({ kind, name }: Deed): string {
  return `${kind}:${name}`;
}

/** The fields that a deed asks for. */
export function askedBy(tx: Tx, type: RecordType, deed: Deed): string[] {
  if (deed.kind === "field") return [deed.name];
  return givenFields(tx, type, deed.move.asks ?? [], null).filter((name) => type.fields[name]?.kind.name !== "file");
}

/** The records that were ticked, or all that the list finds. Refuses (invalid) none, and more than 200 that were ticked. */
export async function chosenRecords(tx: Tx, type: RecordType, form: Form): Promise<Choice> {
  if (first(form, "all") === "yes") return everyRecord(tx, type, form);
  const ticked = new Map(
    all(form, "record").flatMap((text) => {
      const [, reference, version] = /^([A-Za-z]{1,20}-[\d-]{1,30})(?:@(\d{1,9}))?$/.exec(text) ?? [];
      if (reference === undefined) return [];
      return [[reference, { reference, version: version === undefined ? null : Number(version) }] as const];
    }),
  );
  if (ticked.size === 0) refuse("record", `Tick the ${type.label.many.toLowerCase()} to change`);
  if (ticked.size > bulkMax) tooMany(type, String(ticked.size));
  return { chosen: [...ticked.values()], many: ticked.size };
}

async function everyRecord(tx: Tx, type: RecordType, form: Form): Promise<Choice> {
  const typed = { ...readAddress(tx, type, formOf(first(form, "view"))), cursor: "" };
  checkFilters(tx, type, typed);
  const address = await resolveAddress(tx, type, typed);
  const query = listQuery(address, pageMax);
  const many = await count(tx, type, query);
  if (many > bulkMax) return { chosen: [], query, many };
  // By reference, which an index keeps: the order does not matter here.
  const { items } = await list(tx, type, { ...query, fields: [], sort: "reference" });
  if (items.length === 0) refuse("record", `The list finds no ${type.label.many.toLowerCase()}`);
  return { chosen: items.map(({ reference, version }) => ({ reference, version })), many: items.length };
}

function tooMany(type: RecordType, many: string): never {
  return refuse(
    "record",
    `At most ${bulkMax} ${type.label.many.toLowerCase()} can be ticked together, and these are ${many}. Tick fewer, or choose all that the list finds`,
  );
}

/** A chosen record as a hidden control carries it. */
export function chosenText({ reference, version }: Chosen): string {
  return version === null ? reference : `${reference}@${version}`;
}

import type { Field } from "./fields/kind.ts";

/** What every record has under these names, so that no field can. */
const ownNames: ReadonlySet<string> = new Set([
  "id",
  "reference",
  "state",
  "due",
  "opened",
  "updated",
  "closed",
  "version",
  "type",
  "title",
  "events",
  "comments",
  "organisation",
  "links",
  "organisationId",
  "ownerId",
  "teamId",
  "requesterId",
  "withinId",
  "createdBy",
  "openedAt",
  "updatedAt",
  "nextDueAt",
  "closedAt",
  "added",
  // What the address of a list says beside its filters.
  "q",
  "show",
  "sort",
  "columns",
  "cursor",
  "as",
  "by",
  "on",
  "to",
  "at",
]);

/** What the forms of several records and the files of a list are told beside values: which records, from which list, what to do. */
const formNames: ReadonlySet<string> = new Set(["record", "view", "do", "all", "comment", "whole"]);

/** Words that PostgreSQL keeps for itself (the appendix “SQL Key Words”, reserved), so that no table can be called by them. */
const reservedBySql = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable
  desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading
  limit localtime localtimestamp not null offset on only or order placing primary references returning select some symmetric
  system_user table then to trailing true union unique user using variadic when where window with`.split(/\s+/),
);

/** What is wrong with the name of a type, as the end of a sentence; null when nothing is. */
export function typeNameProblem(name: string): string | null {
  if (!/^[a-z][a-z_]{1,40}$/.test(name)) return "is not lower-case words joined by underscores";
  return reservedBySql.has(name) ? "is a word that PostgreSQL keeps for itself: add one, like purchase_order" : null;
}

/** What is wrong with the name of a field; null when nothing is. */
export function fieldNameProblem(name: string, isTitle: boolean): string | null {
  if (!/^[a-z][a-zA-Z0-9]{0,39}$/.test(name)) return "a field's name is in camelCase";
  if (/^our[A-Z]/.test(name)) return "names that begin with “our” belong to the fields that an organisation adds";
  if (formNames.has(name)) return "forms and files speak of records themselves by that name";
  return ownNames.has(name) && !(name === "title" && isTitle) ? "that name belongs to every record" : null;
}

/** Throws when a type or one of its fields has a name that it cannot have. */
export function checkNames(type: string, fields: Readonly<Record<string, Field>>): void {
  const wrong = typeNameProblem(type);
  if (wrong !== null) throw new Error(`The type's name “${type}” ${wrong}`);
  for (const [name, { options }] of Object.entries(fields)) {
    const problem = fieldNameProblem(name, options.is === "title");
    if (problem !== null) throw new Error(`${type}.${name}: ${problem}`);
  }
}

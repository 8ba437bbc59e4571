import type { Field } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import { lineTables, storedFields } from "../schema/definition-sql.ts";
import { addedNames } from "../store/added.ts";
import { partColumns } from "../schema/visibility.ts";
import type { TimelineEvent } from "../store/timeline.ts";

/** Kinds that hold whatever somebody wrote or sent, so that nobody can say what of a person is in them. */
const freeKinds = new Set(["text", "long text", "e-mail", "phone", "web address", "file"]);

/**
 * What an erasure of a whole record empties besides its title, by table: free texts, files, and all that its definition
 * marks `personal`. Under `links` stand relations rather than columns.
 */
export function erasableOf(type: RecordType): Readonly<Record<string, readonly string[]>> {
  const own = storedFields(type.fields)
    .filter(({ field }) => isErasable(field))
    .map(({ column }) => column);
  const lines = lineTables(type).map(({ name, table, fields }) => {
    const allOfIt = type.fields[name]?.options.personal === true;
    return [
      table,
      storedFields(fields)
        .filter(({ field }) => allOfIt || isErasable(field))
        .map(({ column }) => column),
    ] as const;
  });
  const personal = Object.entries(type.fields).filter(([, { options }]) => options.personal === true);
  const shared = personal.flatMap(([, { options }]) =>
    options.is && options.is !== "title" ? [partColumns[options.is]] : [],
  );
  const links = personal.filter(([, { kind }]) => kind.name === "links").map(([name]) => name);
  // What an organisation put into fields of its own, nobody can say: all of it goes.
  return Object.fromEntries(
    [[type.name, own] as const, ...lines, ["records", [...shared, "added"]] as const, ["links", links] as const].filter(
      ([, names]) => names.length > 0,
    ),
  );
}

/** The fields that an erasure of a whole record empties, all or in part; its title first. */
export function erasedFields(type: RecordType): readonly string[] {
  const own = storedFields(type.fields).filter(({ field }) => isErasable(field));
  const lines = lineTables(type).filter(({ fields }) => Object.values(fields).some(isErasable));
  const personal = Object.keys(type.fields).filter((name) => type.fields[name]?.options.personal === true);
  const every = [...own.map(({ name }) => name), ...personal, ...lines.map(({ name }) => name), ...addedNames(type)];
  return [...new Set([type.titleField, ...every])];
}

/**
 * Whether a line of a timeline holds words that somebody wrote, or personal values: what the law can ask to have erased. A
 * line that says only that a state, a number or a choice changed holds none.
 */
export function holdsWords(type: RecordType, { verb, body }: Pick<TimelineEvent, "verb" | "body">): boolean {
  if (verb === "erased" || body === null) return false;
  if (verb === "commented" && Object.keys(body.files ?? {}).length > 0) return true;
  if ([body.text, body.note, body.by, body.reason, body.removed].some((words) => words !== undefined && words !== ""))
    return true;
  if (Object.keys(body.columns ?? {}).length > 0) return true;
  const names = [
    ...Object.entries(body.values ?? {}).filter(([, value]) => isThere(value)),
    ...Object.entries(body.changes ?? {}).filter(([, { from, to }]) => isThere(from) || isThere(to)),
  ].map(([name]) => name);
  const erased = new Set(erasedFields(type));
  // What is no field any more may have been a text.
  return names.some((name) => erased.has(name) || !Object.hasOwn(type.fields, name));
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function isErasable({ kind, options }: Field): boolean {
  return options.personal === true || freeKinds.has(kind.name);
}

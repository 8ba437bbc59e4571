import type { Catalogue } from "./catalogue.ts";
import { columnName } from "../record.ts";
import type { RecordType } from "../record.ts";
import { lineTables, quoteName } from "./definition-sql.ts";

/** What a database lacks to be as the definitions say, and what has to be decided by a person. */
export interface Difference {
  /** Statements that make it so, in order. */
  readonly statements: readonly string[];
  /** Things that only a person may drop or change, a sentence each. */
  readonly byHand: readonly string[];
}

/**
 * Compares a database with one made from the definitions alone. Additions and renames become statements; whatever is
 * there but no longer defined, or is defined otherwise, is named for a person to write.
 */
export function difference(actual: Catalogue, wanted: Catalogue, types: Iterable<RecordType>): Difference {
  const renames = renamesOf(types, actual);
  const have = renamed(actual, renames);
  const lacking = [...wanted].filter(([key]) => !have.has(key));
  const changed = [...wanted].filter(([key, definition]) => have.has(key) && have.get(key) !== definition);
  const surplus = [...have.keys()].filter((key) => !wanted.has(key));
  const remade = new Set(["view", "policy", "function"]);
  const views = [...lacking, ...changed].filter(([key]) => key.startsWith("view "));
  return {
    statements: [
      ...renames.map(
        ({ table, from, to }) => `alter table ${table} rename column ${quoteName(from)} to ${quoteName(to)};`,
      ),
      ...newTables(lacking),
      ...changed.filter(([key]) => key.startsWith("view ")).map(([key]) => `drop view ${key.split(" ")[1]};`),
      ...lacking
        .filter(([key]) => !isOfNewTable(key, lacking) && !key.startsWith("view "))
        .map(([key, definition]) => addition(key, definition)),
      ...changed
        .filter(([key]) => key.startsWith("policy "))
        .flatMap(([key, definition]) => [
          `drop policy ${key.split(" ")[2]} on ${key.split(" ")[1]};`,
          addition(key, definition),
        ]),
      ...views.flatMap(([, definition]) => `${definition};`),
      ...views.map(([key]) => `grant select on ${key.split(" ")[1]} to reeve_app;`),
      ...changed
        .filter(([key]) => key.startsWith("constraint "))
        .flatMap(([key, definition]) => [
          `alter table ${key.split(" ")[1]} drop constraint ${key.split(" ")[2]};`,
          addition(key, definition),
        ]),
    ],
    byHand: [
      ...surplus.map((key) => `The database has ${key}, which no definition names: drop it in a migration of your own`),
      ...changed
        .filter(([key]) => !remade.has(key.split(" ")[0] ?? "") && !key.startsWith("constraint "))
        .map(
          ([key, definition]) =>
            `${key} is “${have.get(key)}” in the database and “${definition}” by definition: change it in a migration of your own`,
        ),
    ],
  };
}

interface Rename {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

function renamesOf(types: Iterable<RecordType>, actual: Catalogue): Rename[] {
  return [...types].flatMap((type) =>
    [{ table: type.name, fields: type.fields }, ...lineTables(type)].flatMap(({ table, fields }) =>
      Object.entries(fields).flatMap(([name, { options }]) => {
        const from = options.renamedFrom ? columnName(options.renamedFrom) : null;
        return from && actual.has(`column ${table} ${from}`) ? [{ table, from, to: columnName(name) }] : [];
      }),
    ),
  );
}

function renamed(actual: Catalogue, renames: readonly Rename[]): Catalogue {
  const column = (key: string) => {
    const rename = renames.find(({ table, from }) => key === `column ${table} ${from}`);
    return rename ? `column ${rename.table} ${rename.to}` : key;
  };
  return new Map([...actual].map(([key, definition]) => [column(key), definition]));
}

/** Tables that are new whole: known by their column `organisation_id`. */
function newTableNames(lacking: readonly (readonly [string, string])[]): string[] {
  return lacking.flatMap(([key]) =>
    /^column (\w+) organisation_id$/.exec(key)?.[1] ? [/^column (\w+) organisation_id$/.exec(key)![1]!] : [],
  );
}

function isOfNewTable(key: string, lacking: readonly (readonly [string, string])[]): boolean {
  return key.startsWith("column ") && newTableNames(lacking).includes(key.split(" ")[1] ?? "");
}

function newTables(lacking: readonly (readonly [string, string])[]): string[] {
  return newTableNames(lacking).map((table) => {
    const columns = lacking
      .filter(([key]) => key.startsWith(`column ${table} `))
      .map(([key, definition]) => `  ${quoteName(key.split(" ")[2] ?? "")} ${definition}`);
    return `create table ${table} (\n${columns.join(",\n")}\n);`;
  });
}

function addition(key: string, definition: string): string {
  const [kind = "", table = "", name = ""] = key.split(" ");
  if (kind === "column") return `alter table ${table} add column ${quoteName(name)} ${definition};`;
  if (kind === "constraint") return `alter table ${table} add constraint ${name} ${definition};`;
  if (kind === "index" || kind === "function") return `${definition};`;
  if (kind === "security") return `alter table ${table} enable row level security;`;
  if (kind === "grant" || kind === "column-grant") return `grant ${definition} on ${table} to reeve_app;`;
  const [command = "", ...rest] = definition.split(/(?= using | with check )/);
  return `create policy ${name} on ${table} ${command} to reeve_app${rest.join("")};`;
}

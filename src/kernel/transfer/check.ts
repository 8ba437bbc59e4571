import { sql } from "kysely";
import { may } from "../access.ts";
import { Refusal, forbid, refusalOr } from "../errors.ts";
import type { JobKind } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import { resolveLinks } from "../store/check-links.ts";
import { completeValues } from "../store/create.ts";
import type { Values } from "../store/values.ts";
import type { Actor, Stored, Tx } from "../transaction.ts";
import { cellsByField, mustFit, linkTexts, targetOf, valuesOfCells } from "./cells.ts";
import { changesOf } from "./changes.ts";
import type { Said } from "./changes.ts";
import { isOurs } from "./columns.ts";
import { comparable, readExisting } from "./existing.ts";
import { importCounts, importOfJob, importRows, setImport, setRows } from "./imports.ts";
import type { Import, ImportRow, Plan, RowChange } from "./imports.ts";
import { LinkNames } from "./link-names.ts";
import { inTurns } from "./turns.ts";

const rowsAtATime = 2000;

/** What a file is checked against, all the way through it. */
interface Checking {
  readonly type: RecordType;
  readonly file: Import & { readonly plan: Plan };
  readonly ours: boolean;
  readonly names: LinkNames;
  /** The row of the file that first had a key. */
  readonly keys: Map<string, number>;
}

/** Refuses someone who may neither make nor change records of a type. */
export function mustImport(actor: Actor, type: RecordType): void {
  if (!mayImport(actor, type))
    forbid(
      `You may not bring in ${type.label.many.toLowerCase()}. It needs the permission “${type.access.create.permission}” for them`,
    );
}

/** Whether someone may make or change records of a type, and so bring some in. */
export function mayImport(actor: Actor, type: RecordType): boolean {
  return may(actor, type.name, type.access.create.permission) || may(actor, type.name, type.access.change.permission);
}

/** Whether a list offers to bring in a file: to whoever works with such records, and not to those who only make their own. */
export function offersImport(actor: Actor, type: RecordType): boolean {
  return may(actor, type.name, type.access.change.permission);
}

/** The job that says of each row what it would come to, and saves nothing of it. */
export const checkImport: JobKind = async (run) => {
  let from = 0;
  const checking = await run.as(async (tx): Promise<Checking> => {
    const file = await importOfJob(tx, run);
    const type = typeNamed(tx.registry, file.type);
    mustImport(tx.actor, type);
    const { columns, key, blanks, ignored = [] } = file.plan;
    if (!columns || key === undefined || !blanks)
      throw new Refusal("impossible", [{ message: "Say first which column is which" }]);
    const ours = isOurs(type, file.headings.slice(0, file.told.headed));
    from = file.told.headingRow ?? 0;
    return {
      type,
      file: { ...file, plan: { columns, key, blanks, ignored } },
      ours,
      names: new LinkNames(),
      keys: new Map(),
    };
  });
  let [after, done] = [from, 0];
  await inTurns(
    () =>
      run.as(async (tx) => {
        const rows = await importRows(tx, run.subject, { after, limit: rowsAtATime });
        after = rows.at(-1)?.number ?? after;
        return rows.length === 0 ? null : checkRows(tx, checking, rows);
      }),
    (results) =>
      run.as(async (tx) => {
        await setRows(tx, run.subject, results);
        done += results.length;
        await run.progress(tx, done, checking.file.rowCount);
      }),
  );
  return run.as(async (tx) => {
    await setImport(tx, run.subject, { stage: "checked" });
    return sentence(await importCounts(tx, run.subject));
  });
};

function sentence({ of }: Awaited<ReturnType<typeof importCounts>>): string {
  const many = (count: number) => count.toLocaleString("en-GB");
  return `${many(of("create"))} to make, ${many(of("update"))} to change, ${many(of("unchanged"))} as they are, ${many(of("rejected"))} rejected. Nothing is saved yet`;
}

async function checkRows(tx: Tx, checking: Checking, rows: readonly ImportRow[]): Promise<RowChange[]> {
  const { type, file, ours, names } = checking;
  const cells = rows.map((row) => cellsByField(file, row.cells, ours));
  await names.read(tx, textsIn(type, cells));
  const { key } = file.plan;
  const existing =
    key === null
      ? { of: () => [] }
      : await readExisting(
          tx,
          type,
          key,
          cells.flatMap((row) => row.get(key) ?? []),
        );
  const titles = await titlesOf(
    tx,
    type,
    cells.flatMap((row) => existing.of((key === null ? undefined : row.get(key)) ?? "")),
  );
  const results: RowChange[] = [];
  const changing: (Said & { readonly at: number })[] = [];
  const rejected = (number: number, error: Refusal, own: ReadonlyMap<string, string>) =>
    ({ number, outcome: "rejected", reason: reasonOf(error, own) }) as const;
  for (const [at, row] of rows.entries()) {
    const own = cells[at]!;
    const title = own.get(type.titleField) ?? (key === null ? null : (own.get(key) ?? null));
    const found = await refusalOr(() => {
      mustFit(file, row.cells);
      return outcomeOf(tx, checking, own, { record: recordFor(checking, row.number, own, existing.of), titles });
    });
    if (!(found instanceof Refusal) && "record" in found) changing.push({ at, ...found });
    const outcome = found instanceof Refusal ? rejected(row.number, found, own) : "record" in found ? {} : found;
    results.push({ ...nothing, number: row.number, title, reason: null, ...outcome });
  }
  for (const [place, changes] of (await changesOf(tx, type, changing)).entries()) {
    const { at, record } = changing[place]!;
    const before = results[at]!;
    results[at] = {
      ...before,
      ...(changes instanceof Refusal ? rejected(before.number, changes, cells[at]!) : changeOf(type, record, changes)),
    };
  }
  return results;
}

/** What is known of a row before it is checked. */
const nothing = { given: null, recordId: null, before: null, version: null, state: "waiting" } as const;

/** Why a row is refused, with the cell that each sentence is about. */
function reasonOf({ problems }: Refusal, cells: ReadonlyMap<string, string>): string {
  return problems
    .map(({ field, message }) => {
      const cell = field === undefined ? undefined : cells.get(field)?.trim();
      return cell === undefined || message.includes(cell)
        ? message
        : `${message}. The cell has “${cell.slice(0, 100).toWellFormed()}”`;
    })
    .join(". ");
}

/** The record that a row changes; null for a new one. Refuses a key that means none, several, or what a row before meant. */
function recordFor(
  { type, file, keys }: Checking,
  number: number,
  cells: ReadonlyMap<string, string>,
  existing: (cell: string) => readonly Stored[],
): Stored | null {
  const { key } = file.plan;
  const cell = key === null ? undefined : cells.get(key);
  if (key === null || cell === undefined) return null;
  const label = key === "reference" ? "Reference" : (type.fields[key]?.options.label ?? key);
  const same = comparable(type, key, cell);
  const before = keys.get(same);
  if (before !== undefined && before !== number)
    throw invalid(`${label}: row ${before} has “${cell.slice(0, 100)}” as well. Each may stand in the file once`);
  keys.set(same, number);
  const found = existing(cell);
  if (found.length > 1)
    throw invalid(`${label}: ${found.length} ${type.label.many.toLowerCase()} have “${cell.slice(0, 100)}”`);
  if (found.length === 0 && key === "reference")
    throw invalid(`There is no ${type.label.one.toLowerCase()} ${cell.slice(0, 100)}, or you may not see it`);
  return found[0] ?? null;
}

/** What a row that makes a record comes to; for one that is here already, what it says of it. */
async function outcomeOf(
  tx: Tx,
  { type, file, names }: Checking,
  cells: ReadonlyMap<string, string>,
  { record, titles }: { readonly record: Stored | null; readonly titles: ReadonlyMap<string, string> },
): Promise<Omit<RowChange, "number"> | Said> {
  const { values: read, problems } = valuesOfCells(type, cells, names, record && { record, titles });
  if (problems.length > 0) throw new Refusal("invalid", problems);
  const hasLines = Object.keys(read).some((name) => type.fields[name]?.kind.name === "lines");
  const values: Record<string, unknown> = hasLines ? { ...(await resolveLinks(tx, type, read)) } : read;
  if (record === null) {
    if (!may(tx.actor, type.name, type.access.create.permission))
      forbid(`There is none here yet, and you may not make a ${type.label.one.toLowerCase()}`);
    const given = withoutLineIds(type, values);
    await completeValues(tx, type, given, { linksKnown: !hasLines });
    return { outcome: "create", given };
  }
  if (file.plan.blanks === "empty")
    for (const name of file.plan.columns)
      if (name !== null && name !== "reference" && !cells.has(name)) values[name] = null;
  return { record, given: values };
}

/** What a row that changes a record comes to. */
function changeOf(type: RecordType, record: Stored, changes: Values): Omit<RowChange, "number"> {
  const names = Object.keys(changes);
  const labels = names.map((name) => type.fields[name]?.options.label ?? name);
  return {
    title: record.title,
    recordId: record.id,
    version: record.version,
    ...(names.length === 0
      ? { outcome: "unchanged" as const }
      : {
          outcome: "update" as const,
          given: changes,
          before: Object.fromEntries(names.map((name) => [name, record.values[name] ?? null])),
          reason: `Changes ${labels.join(", ")}`,
        }),
  };
}

/** Lines of a file that make a new record are new ones, whatever ids the record had that they came from. */
function withoutLineIds(type: RecordType, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      type.fields[name]?.kind.name === "lines" && Array.isArray(value)
        ? value.map((line: unknown) => {
            if (typeof line !== "object" || line === null) return line;
            return Object.fromEntries(Object.entries(line).filter(([part]) => part !== "id" && part !== "number"));
          })
        : value,
    ]),
  );
}

/** The texts that name records, by the type that they name. */
function textsIn(type: RecordType, rows: readonly ReadonlyMap<string, string>[]): Map<string, Set<string>> {
  const targets = new Map(Object.keys(type.fields).map((name) => [name, targetOf(type, name)]));
  const texts = new Map<string, Set<string>>();
  for (const row of rows)
    for (const [name, cell] of row) {
      const target = targets.get(name);
      if (!target) continue;
      const known = texts.get(target.type) ?? new Set();
      for (const text of linkTexts(cell, target.many)) known.add(text);
      texts.set(target.type, known);
    }
  return texts;
}

/** The titles of what records lead to, by id. */
async function titlesOf(tx: Tx, type: RecordType, records: readonly Stored[]): Promise<ReadonlyMap<string, string>> {
  const fields = Object.keys(type.fields).filter((name) => targetOf(type, name)?.many === false);
  const ids = new Set(
    records.flatMap(({ values }) => fields.map((name) => values[name])).filter((id) => typeof id === "string"),
  );
  if (ids.size === 0) return new Map();
  const { rows } = await sql<{ id: string; title: string }>`select id, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${[...ids]}::uuid[])`.execute(tx.db);
  return new Map(rows.map(({ id, title }) => [id, title]));
}

function invalid(message: string): Refusal {
  return new Refusal("invalid", [{ message }]);
}

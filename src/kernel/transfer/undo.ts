import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { heldAmong } from "../retention/holds.ts";
import { typeNamed } from "../registry.ts";
import { change } from "../store/change.ts";
import { storeClocksAnew } from "../store/clocks-anew.ts";
import type { Tx } from "../transaction.ts";
import { importOfJob, importRows, setImport, setRows } from "./imports.ts";
import type { Import, ImportRow, RowChange } from "./imports.ts";

const rowsAtATime = 500;
const outcomes = ["create", "update"] as const;

/** What undoing an import would do: how many of the records that it touched it can take back. */
export interface UndoPreview {
  /** Made by the import and touched by nobody since: closed and erased, or closed where rules read them. */
  readonly made: number;
  /** Changed by the import and by nobody since: what they held before comes back. */
  readonly changed: number;
  /** Somebody changed them since, so they stay as they are; the first 100, and how many in all. */
  readonly kept: readonly { readonly reference: string; readonly title: string }[];
  readonly keptMany: number;
}

/** Counts what undoing an import would do, and changes nothing. */
export async function previewUndo(tx: Tx, file: Import): Promise<UndoPreview> {
  const touched = sql`import_rows w left join records r on r.organisation_id = w.organisation_id and r.id = w.record_id
    where w.organisation_id = ${tx.actor.organisationId}::uuid and w.import_id = ${file.id}::uuid and w.state = 'saved'`;
  const untouched = sql`coalesce(r.version = w.version and (w.outcome = 'update' or r.event_count = 1), w.outcome = 'create')`;
  const [counts, kept] = [
    await sql<{ made: number; changed: number; kept: number }>`
      select (count(*) filter (where w.outcome = 'create' and ${untouched}))::integer as made,
        (count(*) filter (where w.outcome = 'update' and ${untouched}))::integer as changed,
        (count(*) filter (where not ${untouched}))::integer as kept from ${touched}`.execute(tx.db),
    await sql<{ reference: string; title: string }>`
      select coalesce(r.reference, '') as reference, coalesce(r.title, w.title, '') as title from ${touched} and not ${untouched}
      order by w.number limit 100`.execute(tx.db),
  ];
  const { made = 0, changed = 0, kept: keptMany = 0 } = counts.rows[0] ?? {};
  return { made, changed, kept: kept.rows, keptMany };
}

/** The state in which records of a type are closed that should never have been; null where a type has none. */
export function closedState(type: RecordType): string | null {
  return Object.keys(type.states).findLast((name) => type.states[name]?.final) ?? null;
}

/** The job that takes an import back, the last rows like the first: what somebody changed since stays as it is. */
export const undoImport: JobKind = async (run) => {
  const { type, file } = await run.as(async (tx) => {
    const found = await importOfJob(tx, run);
    return { file: found, type: typeNamed(tx.registry, found.type) };
  });
  const many = { undone: 0, kept: 0 };
  let after: number | null = 0;
  const total = await run.as(async (tx) => (await remaining(tx, run.subject)).many);
  while (after !== null) after = await undoBatch(run, type, file, { after, many, total });
  return run.as(async (tx) => {
    await setImport(tx, run.subject, { stage: "undone" });
    const count = (number: number) => number.toLocaleString("en-GB");
    return `${count(many.undone)} taken back, ${count(many.kept)} left as they are`;
  });
};

async function remaining(tx: Tx, importId: string): Promise<{ many: number }> {
  const { rows } = await sql<{ many: number }>`select count(*)::integer as many from import_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and import_id = ${importId}::uuid and state = 'saved'`.execute(
    tx.db,
  );
  return rows[0] ?? { many: 0 };
}

interface Undoing {
  readonly after: number;
  readonly many: { undone: number; kept: number };
  readonly total: number;
}

function undoBatch(run: JobRun, type: RecordType, file: Import, at: Undoing): Promise<number | null> {
  return run.as(async (tx) => {
    const rows = await importRows(tx, file.id, {
      after: at.after,
      limit: rowsAtATime,
      outcomes,
      states: ["saved"],
      locked: true,
    });
    const results: RowChange[] = [];
    const made = rows.flatMap(({ outcome, recordId }) => (outcome === "create" && recordId !== null ? [recordId] : []));
    // Somebody may need them as evidence: the database knows of holds by name, this of those by a list as well.
    const held = await heldAmong(tx, type, made);
    const free = made.filter((id) => !held.has(id));
    const gone = await removeMade(tx, type, file, free);
    for (const row of rows) {
      const hold = held.get(row.recordId ?? "");
      const reason =
        hold === undefined ? await takeBack(tx, type, row, gone) : `It is under the legal hold ${hold}, so it stays`;
      if (reason === null) at.many.undone += 1;
      else at.many.kept += 1;
      results.push({ number: row.number, state: reason === null ? "undone" : "kept", ...(reason ? { reason } : {}) });
    }
    await setRows(tx, file.id, results);
    await run.progress(tx, at.many.undone + at.many.kept, at.total);
    return rows.length < rowsAtATime ? null : rows.at(-1)!.number;
  });
}

/** Takes one row's record back. Gives why it stays, or null when it went. */
async function takeBack(tx: Tx, type: RecordType, row: ImportRow, gone: ReadonlySet<string>): Promise<string | null> {
  if (row.recordId === null) return null;
  if (row.outcome === "create")
    return gone.has(row.recordId) ? null : "Somebody changed it since, or a legal hold keeps it, so it stays";
  try {
    await change(tx, type, row.recordId, row.version ?? 0, linesAnew(type, row.before ?? {}));
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.kind === "stale" ? "Somebody changed it since, so it stays" : error.message;
  }
}

/** Takes the records back that an import made, in one statement. Gives those that went: nobody had touched them. */
async function removeMade(
  tx: Tx,
  type: RecordType,
  file: Import,
  recordIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (recordIds.length === 0) return new Set();
  const state = closedState(type);
  // Rules may have read a register, and what they decided is verified by it: it is closed, not erased.
  const reason = type.referenceData ? null : `The import of ${file.fileName.slice(0, 200)} was undone`;
  const { rows } = await sql<{ gone: string[] }>`
    select undo_created(${file.id}::uuid, ${recordIds}::uuid[], ${state}, ${reason}) as gone`.execute(tx.db);
  const gone = rows[0]?.gone ?? [];
  // Now that they are closed, their clocks stand still.
  await storeClocksAnew(tx, type, gone);
  return new Set(gone);
}

/** Lines that went with the import come back as new ones: the old ids belong to lines that were taken away. */
function linesAnew(type: RecordType, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      type.fields[name]?.kind.name === "lines" && Array.isArray(value)
        ? value.map((line: object) =>
            Object.fromEntries(Object.entries(line).filter(([part]) => part !== "id" && part !== "number")),
          )
        : value,
    ]),
  );
}

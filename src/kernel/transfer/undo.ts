import { sql } from "kysely";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import { isHeld } from "../retention/holds.ts";
import { typeNamed } from "../registry.ts";
import { viewOf } from "../store/row.ts";
import type { Tx } from "../transaction.ts";
import { importCounts, importOfJob, importRows, mustBe, setImport, setRows } from "./imports.ts";
import type { Import, ImportRow, RowChange } from "./imports.ts";
import { refusedBy } from "./save-rows.ts";
import { changeBack, readyBack, removeAll } from "./take-back.ts";
import type { Back, Kept } from "./take-back.ts";
import { inTurns } from "./turns.ts";

const rowsAtATime = 500;
const outcomes = ["create", "update"] as const;

/** What undoing an import would do: how many of the records that it touched it can take back. */
export interface UndoPreview {
  /** Made by the import and touched by nobody since: closed and erased, or closed where rules read them. */
  readonly made: number;
  /** Changed by the import and by nobody since: what they held before comes back. */
  readonly changed: number;
  /** Somebody changed them since, so they stay as they are. */
  readonly keptMany: number;
  /** Made by the import, and kept by a legal hold. */
  readonly heldMany: number;
  /** The first 100 of those that stay. */
  readonly kept: readonly { readonly reference: string; readonly title: string }[];
}

/** Counts what undoing an import would do, and changes nothing. */
export async function previewUndo(tx: Tx, type: RecordType, file: Import): Promise<UndoPreview> {
  const holding = await isHeld(tx, type);
  const organisation = tx.actor.organisationId;
  // What is under a hold is looked for among the records that the import made alone.
  const held =
    holding === null
      ? sql`false`
      : sql`(w.outcome = 'create' and exists (select 1 from ${viewOf(type)} where organisation_id = ${organisation}::uuid and id = w.record_id and ${holding}))`;
  const touched = sql`import_rows w left join records r on r.organisation_id = w.organisation_id and r.id = w.record_id
    where w.organisation_id = ${organisation}::uuid and w.import_id = ${file.id}::uuid and w.state = 'saved'`;
  const untouched = sql`coalesce(r.version = w.version and (w.outcome = 'update' or r.event_count = 1), w.outcome = 'create')`;
  const [counts, kept] = [
    await sql<{ made: number; changed: number; kept: number; held: number }>`
      with saved as materialized (select w.outcome, ${untouched} as untouched, ${held} as held from ${touched})
      select (count(*) filter (where outcome = 'create' and untouched and not held))::integer as made,
        (count(*) filter (where outcome = 'update' and untouched))::integer as changed,
        (count(*) filter (where not untouched and not held))::integer as kept, (count(*) filter (where held))::integer as held
      from saved`.execute(tx.db),
    await sql<{ reference: string; title: string }>`
      select coalesce(r.reference, '') as reference, coalesce(r.title, w.title, '') as title from ${touched}
        and (not ${untouched} or ${held}) order by w.number limit 100`.execute(tx.db),
  ];
  const { kept: keptMany = 0, held: heldMany = 0, ...many } = counts.rows[0] ?? { made: 0, changed: 0 };
  return { ...many, kept: kept.rows, keptMany, heldMany };
}

/** The job that takes an import back, the last rows like the first: what somebody changed since stays as it is. */
export const undoImport: JobKind = async (run) => {
  const { type, file, total } = await run.as(async (tx) => {
    const found = await importOfJob(tx, run);
    const { of } = await importCounts(tx, run.subject);
    return {
      file: found,
      type: typeNamed(tx.registry, found.type),
      total: of("create", "saved") + of("update", "saved"),
    };
  });
  const undoing: Undoing = { run, type, file, total, many: { undone: 0, kept: 0 } };
  let after = 0;
  await inTurns(
    async () => {
      const rows = await run.as((tx) =>
        importRows(tx, file.id, { after, limit: rowsAtATime, outcomes, states: ["saved"] }),
      );
      after = rows.at(-1)?.number ?? after;
      return rows.length === 0 ? null : { rows, back: await run.as((tx) => readyBack(tx, type, rows)) };
    },
    async ({ rows, back }) => {
      if (await undoRows(undoing, rows, back)) return;
      for (const row of rows) await undoAlone(undoing, row);
    },
  );
  return run.as(async (tx) => {
    await setImport(tx, run.subject, { stage: "undone" });
    const count = (number: number) => number.toLocaleString("en-GB");
    return `${count(undoing.many.undone)} taken back, ${count(undoing.many.kept)} left as they are`;
  });
};

interface Undoing {
  readonly run: JobRun;
  readonly type: RecordType;
  readonly file: Import;
  readonly total: number;
  readonly many: { undone: number; kept: number };
}

/** Takes rows back in one transaction. Gives whether it did: no, where the database refuses one of them. */
async function undoRows(
  { run, type, file, total, many }: Undoing,
  rows: readonly ImportRow[],
  back: Back,
): Promise<boolean> {
  try {
    const kept = await run.as(async (tx): Promise<Kept> => {
      await mustBe(tx, file.id, rows, "saved");
      const reasons = new Map([...(await removeAll(tx, type, file, rows)), ...(await changeBack(tx, type, back))]);
      await setRows(tx, file.id, rows.map(rowAfter(reasons)));
      await run.progress(tx, many.undone + many.kept + rows.length, total);
      return reasons;
    });
    many.kept += kept.size;
    many.undone += rows.length - kept.size;
    return true;
  } catch (error) {
    if (refusedBy(error) === null) throw error;
    return false;
  }
}

async function undoAlone(undoing: Undoing, row: ImportRow): Promise<void> {
  const { run, type, file, total, many } = undoing;
  if (await undoRows(undoing, [row], await run.as((tx) => readyBack(tx, type, [row])))) return;
  many.kept += 1;
  await run.as(async (tx) => {
    const reason = "The database does not take it back together with what is there now";
    await setRows(tx, file.id, [row].map(rowAfter(new Map([[row.number, reason]]))));
    await run.progress(tx, many.undone + many.kept, total);
  });
}

function rowAfter(kept: Kept): (row: ImportRow) => RowChange {
  return ({ number }) => {
    const reason = kept.get(number);
    return reason === undefined ? { number, state: "undone" } : { number, state: "kept", reason };
  };
}

import { sql } from "kysely";
import { addJob } from "../jobs/jobs.ts";
import type { JobKind, JobRun } from "../jobs/run.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { beforeAll, countedTypes, deadlinesToMove, moveDeadlines } from "./move-deadlines.ts";
import { sameValue } from "./values.ts";
import type { Values } from "./values.ts";

const kind = "move-deadlines";
const recordsAtATime = 200;

/** Whether deadlines of other records follow from what changes here: the record's beginning, its state, or a field that counts. */
export function movesDeadlines(
  type: RecordType,
  before: Pick<Stored, "state" | "values"> | null,
  after: { readonly state: string; readonly values: Values },
): boolean {
  if (type.deadlinesBy.length === 0) return false;
  if (!type.deadlinesByFieldsAlone && before?.state !== after.state) return true;
  return (
    before !== null &&
    type.deadlinesBy.some((name) => !sameValue(before.values[name] ?? null, after.values[name] ?? null))
  );
}

/**
 * Starts the job that moves the deadlines that follow from a record of a register, in the transaction that changes it. One
 * that waits already does it for this change too, and does not begin before it is kept. What the product does by itself (founding, bringing in) starts none.
 */
export async function startMoving(tx: Tx, type: RecordType, record: { id: string; reference: string }): Promise<void> {
  if (tx.actor.personId === null) return;
  const { rows } = await sql<{ id: string | null }>`select waiting_job(${kind}) as id`.execute(tx.db);
  const id =
    rows[0]?.id ??
    (await addJob(tx, {
      kind,
      title: `Move the deadlines that follow from ${record.reference}`,
      subject: record.id,
      page: null,
    }));
  tx.memo.set(kind, Promise.resolve(id));
}

/** The job that this transaction started to move deadlines; null when it started none. */
export async function movingJob(tx: Tx): Promise<string | null> {
  const id = await tx.memo.get(kind);
  return typeof id === "string" ? id : null;
}

/**
 * Moves every deadline of an organisation to where the rules in force put it. What was moved is where it belongs, so it can
 * begin again at any point. Without a subject it is the bank holidays that changed.
 */
export const moveAllDeadlines = async (run: Moving): Promise<string> => {
  let [looked, moved] = [0, 0];
  const total = await run.asProduct(countOpen);
  const types = await run.asProduct((tx) => Promise.resolve(countedTypes(tx.registry)));
  for (const type of types) {
    for (let after: string | null = beforeAll; after !== null;) {
      const part: Part = await movePart(run, type, after);
      looked += part.looked;
      moved += part.moved;
      after = part.last;
      const done = Math.min(looked, total);
      await run.asProduct((tx) => run.progress(tx, done, total));
    }
  }
  const count = (number: number, word: string) => `${number.toLocaleString("en-GB")} ${word}${number === 1 ? "" : "s"}`;
  return `Looked at ${count(looked, "open record")}. The deadlines of ${count(moved, "record")} moved`;
};

/** What moving is done with: a job, or the terminal. */
type Moving = Pick<JobRun, "subject" | "asProduct" | "progress">;

interface Part {
  readonly looked: number;
  readonly moved: number;
  readonly last: string | null;
}

/** Looks first and holds only what moves, so that nobody waits for a record that stays as it is. */
function movePart(run: Moving, type: RecordType, after: string): Promise<Part> {
  return run.asProduct(async (tx) => {
    const { moving, looked, last } = await deadlinesToMove(tx, type, { after, limit: recordsAtATime });
    const ids = moving.map(({ record }) => record.id);
    const moved = ids.length === 0 ? 0 : await moveDeadlines(tx, type, ids, run.subject || null);
    return { looked, moved, last };
  });
}

async function countOpen(tx: Tx): Promise<number> {
  const types = countedTypes(tx.registry).map(({ name }) => name);
  const { rows } = await sql<{ many: number }>`select count(*)::integer as many from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = any (${types}::text[]) and closed_at is null`.execute(
    tx.db,
  );
  return rows[0]?.many ?? 0;
}

/** The kinds of job that keep deadlines where the rules put them. */
export const deadlineJobs: Readonly<Record<string, JobKind>> = { [kind]: moveAllDeadlines };

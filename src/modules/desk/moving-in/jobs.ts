import { sql } from "kysely";
import { Refusal } from "../../../kernel/errors.ts";
import { withLocalCopy } from "../../../kernel/files/content.ts";
import { findFile } from "../../../kernel/files/files.ts";
import type { JobKind, JobRun } from "../../../kernel/jobs/run.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { changesOrganisation } from "../../../web/pages/organisation.ts";
import { importKey } from "../import/place.ts";
import { historyOf, numbersHere, ticketsAtOnce, writeBatch } from "./bring-in.ts";
import { withExport } from "./export-thread.ts";
import type { ReadExport } from "./export-thread.ts";
import type { Source } from "./moved.ts";
import { findMove, setMove } from "./moves.ts";
import { sentBytesMax } from "./parts.ts";
import { countServices } from "./services.ts";
import type { ServiceChoice } from "./naming-columns.ts";
import { sources } from "./sources.ts";

/** Looks at an export and keeps what it would come to; what it cannot read is told with it, and is no failure of the job. */
const lookAtMove: JobKind = async (run) => {
  try {
    return await withMove(run, async (source, read) => {
      const numbers = await read.numbers();
      const here = await run.asProduct((tx) => numbersHere(tx, source, named(numbers)));
      const looked = await read.looked(here);
      await run.as((tx) => setMove(tx, run.subject, { stage: "looked", told: { looked } }));
      return `It holds ${looked.tickets.toLocaleString("en-GB")} tickets. Nothing is brought in yet.`;
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    await run.as((tx) => setMove(tx, run.subject, { stage: "refused", told: { refused: error.message } }));
    return `The file was not read. ${error.message}`;
  }
};

/** Brings the tickets in, a batch in each transaction; those that are here stay as they are, so it goes on where it was stopped. */
const moveInJob: JobKind = (run) =>
  withMove(run, async (source, read, services) => {
    const numbers = await read.numbers();
    const made = { tickets: 0, comments: 0, changes: 0 };
    for (let at = 0; at < numbers.length; at += ticketsAtOnce) {
      const batch = await read.tickets(at, ticketsAtOnce);
      const fresh = await run.asProduct(async (tx) => {
        await beAlone(tx);
        await run.progress(tx, at, numbers.length);
        return writeBatch(tx, source, batch, services);
      });
      const { comments, changes } = historyOf(fresh);
      made.tickets += fresh.length;
      made.comments += comments;
      made.changes += changes;
    }
    if (made.tickets > 0) await run.refreshStatistics(["ticket"]);
    const inFile = services && (await read.services(services));
    const { here, ...counted } = await run.asProduct(async (tx) => ({
      here: await numbersHere(tx, source, named(numbers)),
      standing: await standingOf(tx, source, numbers),
      ...(inFile ? { services: await countServices(tx, source.name, numbers, inFile) } : {}),
    }));
    const { byState, notUnderstood } = await read.looked(here);
    const result = {
      source: source.name,
      tickets: numbers.length,
      made: made.tickets,
      here: numbers.length - made.tickets,
      comments: made.comments,
      changes: made.changes,
      byState,
      notUnderstood,
      complete: numbers.every((number) => here.has(number)),
      ...counted,
    };
    await run.as((tx) => setMove(tx, run.subject, { stage: "saved", told: { result } }));
    return `${made.tickets.toLocaleString("en-GB")} tickets were brought in.`;
  });

const named = (numbers: readonly string[]) => numbers.map((number) => ({ number }));

/** Works with the export of a move while it is read. */
async function withMove(
  run: JobRun,
  work: (source: Source, read: ReadExport, services: ServiceChoice | null) => Promise<string>,
): Promise<string> {
  const { move, file } = await run.as(async (tx) => {
    if (!changesOrganisation(tx)) throw new Refusal("forbidden", [{ message: "You may not bring in other tools" }]);
    const found = await findMove(tx, run.subject);
    return { move: found, file: found.fileId === null ? null : await findFile(tx, found.fileId) };
  });
  const source = sources.find(({ name }) => name === move.source);
  if (!source) throw new Refusal("invalid", [{ message: "Select the tool that the file comes from" }]);
  const worked =
    file &&
    (await withLocalCopy(run.filesFolder, file.sha256, (path) =>
      withExport({ path, called: move.fileName, source: source.name, unpackedMax: sentBytesMax }, (read) =>
        work(source, read, move.told.services ?? null),
      ),
    ));
  if (!worked) throw new Refusal("impossible", [{ message: "The file is not there any more. Send it again" }]);
  return worked;
}

/** Two imports at once would each make the same people and tickets. */
async function beAlone(tx: Tx): Promise<void> {
  const { rows } = await sql<{
    alone: boolean;
  }>`select pg_try_advisory_xact_lock(hashtextextended(${importKey(tx.actor.organisationId)}, 0)) as alone`.execute(
    tx.db,
  );
  if (!rows[0]?.alone)
    throw new Refusal("impossible", [
      { message: "Another import into this organisation is running. Try again when it has ended" },
    ]);
}

/** In which states the tickets of these numbers stand here. */
async function standingOf(
  tx: Tx,
  source: Source,
  numbers: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ state: string; many: number }>`select r.state, count(*)::integer as many
    from ticket t join records r using (organisation_id, id)
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.source = ${source.name} and t.source_reference = any (${numbers}::text[])
    group by r.state`.execute(tx.db);
  return Object.fromEntries(rows.map(({ state, many }) => [state, many]));
}

/** The kinds of job by which another tool’s tickets come in. */
export const movingInJobs: Readonly<Record<string, JobKind>> = { "look-at-move": lookAtMove, "move-in": moveInJob };

/** Lets go of exports that nobody brought in. */
export const forgetMoves: ModuleSchedule = {
  task: "forget-moves",
  match: "37 3 * * *",
  when: "Each night",
  what: "Lets go of exports of other tools that were sent 30 days ago and not brought in",
  run: ({ ownerPool }) =>
    ownerPool.query(
      "update reeve.moves_in set file_id = null where file_id is not null and started_at < now() - interval '30 days'",
    ),
};
